package export

import (
	"fmt"
	"image"

	"github.com/go-memoryview/memoryview/buffer"
)

// Image returns an exporter of a picture's pixels, where they lie: height x width x channels, or
// height x width for one channel (also the indices of a Paletted). It takes the standard library's
// types that keep their pixels in one slice; a SubImage is lent with the strides of its parent.
//
// Channels are bytes ("B"), or for the 16-bit types big-endian words (">H"), as package image keeps
// them. Types with planes of their own (YCbCr) and others are buffer.ErrType: draw them into an RGBA
// first, or lend their planes by Strided.
func Image(img image.Image) (buffer.Exporter, error) {
	switch m := img.(type) {
	case *image.Alpha:
		return pixels(m.Pix, m.Stride, m.Rect, 1, "B")
	case *image.Gray:
		return pixels(m.Pix, m.Stride, m.Rect, 1, "B")
	case *image.Paletted:
		return pixels(m.Pix, m.Stride, m.Rect, 1, "B")
	case *image.Alpha16:
		return pixels(m.Pix, m.Stride, m.Rect, 1, ">H")
	case *image.Gray16:
		return pixels(m.Pix, m.Stride, m.Rect, 1, ">H")
	case *image.RGBA:
		return pixels(m.Pix, m.Stride, m.Rect, 4, "B")
	case *image.NRGBA:
		return pixels(m.Pix, m.Stride, m.Rect, 4, "B")
	case *image.CMYK:
		return pixels(m.Pix, m.Stride, m.Rect, 4, "B")
	case *image.RGBA64:
		return pixels(m.Pix, m.Stride, m.Rect, 4, ">H")
	case *image.NRGBA64:
		return pixels(m.Pix, m.Stride, m.Rect, 4, ">H")
	}
	return nil, fmt.Errorf("image exporter: %w: %T does not keep its pixels in one slice: draw it into an image.RGBA", buffer.ErrType, img)
}

// pixels lends the rows of a picture; the first one begins with the slice.
func pixels(pix []byte, stride int, r image.Rectangle, channels int, format string) (buffer.Exporter, error) {
	size, err := buffer.SizeFromFormat(format)
	if err != nil {
		return nil, err
	}
	l := buffer.Layout{ItemSize: size, Format: format, Shape: []int{r.Dy(), r.Dx()}, Strides: []int{stride, size * channels}}
	if channels > 1 {
		l.Shape, l.Strides = append(l.Shape, channels), append(l.Strides, size)
	}
	e, err := Strided(pix, 0, l, false)
	if err != nil {
		return nil, fmt.Errorf("image exporter: %w", err)
	}
	return e, nil
}
