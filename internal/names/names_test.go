package names_test

import (
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview/internal/names"
)

func TestIsUnder(t *testing.T) {
	for _, test := range []struct {
		name, parent string
		want         bool
	}{
		{"encoder.bias", "encoder", true},
		{"encoder/0", "encoder", true},
		{"encoder/0", "encoder/", true},
		{"encoders/0", "encoder", false},
		{"encoder", "encoder", false},
		{"x", "", true},
	} {
		if got := names.IsUnder(test.name, test.parent); got != test.want {
			t.Errorf("%q under %q: %v", test.name, test.parent, got)
		}
	}
}

func TestAdvice(t *testing.T) {
	many := []string{"log.npy", "many.npz/x", "many.npz/y", "photo.npy"}
	for _, test := range []struct {
		name string
		all  []string
		want string
	}{
		{"x", nil, "there are no arrays"},
		{"x", []string{""}, `there is one array, named ""`},
		{"", many, `name one of 4 arrays: "log.npy", "many.npz/x", "many.npz/y", "photo.npy"`},
		{"many.npz", many, `below it are "many.npz/x", "many.npz/y"`},
		{"many.npz:y", many, `did you mean "many.npz/y"?`},
		{"PHOTO.NPY", many, `did you mean "photo.npy"?`},
		{"weather", many, `there are "log.npy", "many.npz/x", "many.npz/y", "photo.npy"`},
		{strings.Repeat("x", 1000), many[:1], `there are "log.npy"`},
		{"", strings.Split(strings.Repeat("a ", 11)+"a", " "), `name one of 12 arrays: "a", "a", "a", "a", "a", "a", "a", "a" and 4 more`},
	} {
		if got := names.Advice(test.name, test.all); got != test.want {
			t.Errorf("%.20q among %q: %s, want %s", test.name, test.all, got, test.want)
		}
	}
}
