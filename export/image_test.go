package export_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"log"
	"slices"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/buffertest"
	"github.com/go-memoryview/memoryview/export"
)

// TestImages fills a part of each type with a colour through the image and reads it through the view.
func TestImages(t *testing.T) {
	full := image.Rect(-1, 2, 9, 9)
	part := image.Rect(3, 4, 7, 7) // 3 rows of 4
	c := color.NRGBA64{0x1234, 0x5678, 0x9abc, 0xffff}
	for _, test := range []struct {
		img  draw.Image
		want []any // the channels of a pixel
	}{
		{image.NewAlpha(full), []any{uint8(0xff)}},
		{image.NewAlpha16(full), []any{uint16(0xffff)}},
		{image.NewGray(full), []any{color.GrayModel.Convert(c).(color.Gray).Y}},
		{image.NewGray16(full), []any{color.Gray16Model.Convert(c).(color.Gray16).Y}},
		{image.NewPaletted(full, color.Palette{color.Black, color.White, c}), []any{uint8(2)}},
		{image.NewRGBA(full), []any{uint8(0x12), uint8(0x56), uint8(0x9a), uint8(0xff)}},
		{image.NewNRGBA(full), []any{uint8(0x12), uint8(0x56), uint8(0x9a), uint8(0xff)}},
		{image.NewCMYK(full), nil},
		{image.NewRGBA64(full), []any{uint16(0x1234), uint16(0x5678), uint16(0x9abc), uint16(0xffff)}},
		{image.NewNRGBA64(full), []any{uint16(0x1234), uint16(0x5678), uint16(0x9abc), uint16(0xffff)}},
	} {
		draw.Draw(test.img, part, image.NewUniform(c), image.Point{}, draw.Src)
		sub := test.img.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(part)
		e, err := export.Image(sub)
		if err != nil {
			t.Errorf("%T: %v", sub, err)
			continue
		}
		if err := buffertest.TestExporter(e); err != nil {
			t.Errorf("%T: %v", sub, err)
		}
		v, err := memoryview.FromObject(e)
		if err != nil || !slices.Equal(v.Shape()[:2], []int{3, 4}) || v.ReadOnly() {
			t.Errorf("%T: %v, %v", sub, v, err)
			continue
		}
		if test.want == nil {
			test.want = cmyk(c)
		}
		items := 0
		for item, err := range v.All() {
			if want := test.want[items%len(test.want)]; err != nil || item != want {
				t.Errorf("%T: item %d is %v, want %v: %v", sub, items, item, want, err)
				break
			}
			items++
		}
		if items != 12*len(test.want) {
			t.Errorf("%T: %d items", sub, items)
		}
	}
}

func cmyk(c color.Color) []any {
	k := color.CMYKModel.Convert(c).(color.CMYK)
	return []any{k.C, k.M, k.Y, k.K}
}

func TestImageRefuses(t *testing.T) {
	for _, img := range []image.Image{nil, image.NewYCbCr(image.Rect(0, 0, 2, 2), image.YCbCrSubsampleRatio420), image.NewUniform(color.Black)} {
		if _, err := export.Image(img); !errors.Is(err, buffer.ErrType) {
			t.Errorf("%T: %v", img, err)
		}
	}
	broken := &image.Gray{Pix: make([]byte, 3), Stride: 2, Rect: image.Rect(0, 0, 2, 2)}
	if _, err := export.Image(broken); !errors.Is(err, buffer.ErrLayout) {
		t.Errorf("pixels that are missing: %v", err)
	}
	for _, empty := range []image.Image{image.NewRGBA(image.Rect(0, 0, 0, 5)), new(image.Gray)} {
		if _, err := export.Image(empty); err != nil {
			t.Errorf("a picture without pixels: %v", err)
		}
	}
}

func ExampleImage() {
	img := image.NewRGBA(image.Rect(0, 0, 4, 2))
	e, err := export.Image(img)
	if err != nil {
		log.Fatal(err)
	}
	v, err := memoryview.FromObject(e)
	if err != nil {
		log.Fatal(err)
	}
	red, err := v.Select("..., 0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(red.CopyFrom(255), red.Shape(), img.At(3, 1))
	// Output: <nil> [2 4] {255 0 0 0}
}
