package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The photo's pixels follow a rule, 4y, 2x, 255-y-x, and are sent as they are.
func TestAPIPictureOfPixels(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/photo.npy")
	got := answered[pictureAnswer](t, a, "/picture", "slice", "[::-1]")
	if got.Rows != 64 || got.Columns != 96 || got.Of != [2]int{64, 96} || got.Low != "" {
		t.Fatalf("%d × %d of %v", got.Rows, got.Columns, got.Of)
	}
	for i := range 64 * 96 {
		y, x := 63-i/96, i%96
		if want := [4]byte{byte(4 * y), byte(2 * x), byte(255 - y - x), 255}; [4]byte(got.Pixels[4*i:]) != want {
			t.Fatalf("pixel %d, %d is %v, want %v", y, x, got.Pixels[4*i:][:4], want)
		}
	}
}

// Of numbers, the lowest and the highest have the first and the last colour, and NaN has none.
func TestAPIPictureOfNumbers(t *testing.T) {
	a := shelfOf(t, rawFlags{}, "testdata/floats.npy", "testdata/specials.npy")
	got := answered[pictureAnswer](t, a, "/picture")
	if got.Rows != 3 || got.Columns != 4 || got.Low != "-1" || got.High != "1" || len(got.Colors) != 4*256 {
		t.Fatalf("%+v", got)
	}
	if first, last := got.Pixels[:4], got.Pixels[4*11:]; string(first) != string(got.Colors[:4]) || string(last) != string(got.Colors[4*255:]) {
		t.Errorf("%v, %v", first, last)
	}
	leading := answered[pictureAnswer](t, shelfOf(t, rawFlags{}, "testdata/photo.npy"), "/picture", "slice", "[..., :2]", "at", "9")
	if leading.Of != [2]int{96, 2} || leading.Low != "0" || leading.High != "190" {
		t.Errorf("%+v", leading.Of)
	}
	if message := refused(t, a, http.StatusBadRequest, "/picture", "file", 1); !strings.Contains(message, "two dimensions") {
		t.Error(message)
	}
}

// Of a large array, some rows are shown, and all of them to who asks. What is sent is bounded.
func TestAPIPictureOfALargeArray(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(mostPainted + 1<<20); err != nil {
		t.Fatal(err)
	}
	for _, order := range []string{"C", "F"} {
		a := shelfOf(t, rawFlags{Format: "B", Shape: []int{mostPainted>>10 + 1<<10, 1 << 10}, Order: order}, path)
		some := answered[pictureAnswer](t, a, "/picture")
		all := answered[pictureAnswer](t, a, "/picture", "all", 1)
		if !some.Coarse || all.Coarse || min(some.Rows, some.Columns) > coarseRows || len(all.Pixels) > 4*pagePixels*pagePixels || some.Of != all.Of {
			t.Errorf("%d × %d, and %d × %d", some.Rows, some.Columns, all.Rows, all.Columns)
		}
	}
}
