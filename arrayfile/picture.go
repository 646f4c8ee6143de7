package arrayfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// What pictures begin with.
const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	jpegMagic = "\xff\xd8\xff"
)

// mostPixels is how many pixels a byte of a picture can hold at most: a PNG's deflate has 1,032 bytes of eight pixels each, and a block of
// 64 in a JPEG takes more than a bit. A header that promises more is not believed, since decoding takes the memory at once.
const (
	mostPixelsPNG  = 8 * maxDeflate
	mostPixelsJPEG = 1024
)

// decodingBytes is what decoding a pixel takes of memory at most.
const decodingBytes = 24

func readPNG(r io.ReaderAt, size int64) (content, error) {
	return readPicture(r, size, picture{"png", png.DecodeConfig, png.Decode, mostPixelsPNG})
}

func readJPEG(r io.ReaderAt, size int64) (content, error) {
	return readPicture(r, size, picture{"jpeg", jpeg.DecodeConfig, jpeg.Decode, mostPixelsJPEG})
}

// picture is a kind of picture that the standard library decodes.
type picture struct {
	kind   string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	most   int64 // pixels of a byte
}

// readPicture reads a picture's header, and makes an array of height, width and channels, of which gray and indices have none.
func readPicture(r io.ReaderAt, size int64, p picture) (content, error) {
	c, err := p.config(io.NewSectionReader(r, 0, size))
	if err != nil {
		return content{}, p.bad(err)
	}
	pixels, byteSize := int64(c.Width)*int64(c.Height), size
	switch {
	case c.Width <= 0 || c.Height <= 0 || pixels/int64(c.Width) != int64(c.Height):
		return content{}, badHeader(0, "%w: a picture of %d by %d pixels", buffer.ErrLayout, c.Width, c.Height)
	case pixels/p.most > byteSize:
		return content{}, badHeader(0, "%w: a picture of %d by %d pixels, which %d bytes cannot hold", ErrTruncated, c.Width, c.Height, byteSize)
	}
	a := &Array{order: buffer.C, how: "decoded"}
	channels, format, note := pixelsOf(c.ColorModel)
	if note != "" {
		a.notes = append(a.notes, note)
	}
	l := &a.layout
	l.Format, l.Shape = format, []int{c.Height, c.Width}
	if channels > 1 {
		l.Shape = append(l.Shape, channels)
	}
	if l.ItemSize, err = buffer.SizeFromFormat(format); err != nil {
		return content{}, err
	}
	if l.Strides, err = buffer.ContiguousStrides(l.Shape, l.ItemSize, buffer.C); err != nil {
		return content{}, badHeader(0, "the shape: %w", err)
	}
	a.load = func() ([]byte, error) {
		if n := pixels * decodingBytes; int64(int(n)) != n || !kernel.Affords(int(n)) {
			return nil, fmt.Errorf("decoding %d by %d pixels: %w: they do not fit into memory", c.Width, c.Height, buffer.ErrLayout)
		}
		m, err := p.decode(io.NewSectionReader(r, 0, size))
		if err != nil {
			return nil, p.bad(err)
		}
		if b := m.Bounds(); b.Dx() != c.Width || b.Dy() != c.Height {
			return nil, badHeader(0, "a picture of %v, where its header says %d by %d", b, c.Width, c.Height)
		}
		data := itemsOf(m, c.ColorModel, a.NBytes())
		if len(data) != a.NBytes() {
			return nil, badHeader(0, "it is decoded to another sort of picture than its header says")
		}
		return data, nil
	}
	return content{kind: p.kind, arrays: []*Array{a}, sealed: "a " + p.kind + " is compressed, and a view of it a copy"}, nil
}

// bad explains an error of decoding. One of reading the file stays what it is.
func (p picture) bad(err error) error {
	var badPNG png.FormatError
	var badJPEG jpeg.FormatError
	var newPNG png.UnsupportedError
	var newJPEG jpeg.UnsupportedError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return badHeader(0, "%w: it is a %s that ends too early", ErrTruncated, p.kind)
	case errors.As(err, &newPNG), errors.As(err, &newJPEG):
		return fmt.Errorf("%w: it is a %s of a sort that is not read: %w: save it as another", errors.ErrUnsupported, p.kind, err)
	case errors.As(err, &badPNG), errors.As(err, &badJPEG):
		return badHeader(0, "it is a damaged %s: %w", p.kind, err)
	}
	return damaged(err)
}

// pixelsOf says what a picture of a colour model is as an array. The standard library keeps numbers of 16 bits big-endian.
func pixelsOf(m color.Model) (channels int, format, note string) {
	if palette, ok := m.(color.Palette); ok {
		return 1, "B", fmt.Sprintf("indices into a palette of %d colours", len(palette))
	}
	switch m {
	case color.GrayModel:
		return 1, "B", ""
	case color.Gray16Model:
		return 1, ">H", ""
	case color.RGBA64Model:
		return 3, ">H", "channels: red, green, blue"
	case color.NRGBA64Model:
		return 4, ">H", "channels: red, green, blue, alpha"
	case color.NRGBAModel:
		return 4, "B", "channels: red, green, blue, alpha"
	case color.CMYKModel:
		return 4, "B", "channels: cyan, magenta, yellow, black"
	}
	return 3, "B", "channels: red, green, blue"
}

// itemsOf takes the items out of a picture, in C order, as pixelsOf has them.
func itemsOf(m image.Image, model color.Model, n int) []byte {
	data := make([]byte, 0, n)
	bounds := m.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		if row, ok := rowItems(m, model, y); ok {
			data = append(data, row...)
			continue
		}
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			data = appendPixel(data, m, model, x, y)
		}
	}
	return data
}

// rowItems is a row of a picture that lies in memory as the items do.
func rowItems(m image.Image, model color.Model, y int) ([]byte, bool) {
	r := m.Bounds()
	switch p := m.(type) {
	case *image.Gray:
		return p.Pix[p.PixOffset(r.Min.X, y):][:r.Dx()], model == color.GrayModel
	case *image.Gray16:
		return p.Pix[p.PixOffset(r.Min.X, y):][:2*r.Dx()], model == color.Gray16Model
	case *image.Paletted:
		return p.Pix[p.PixOffset(r.Min.X, y):][:r.Dx()], true
	case *image.NRGBA:
		return p.Pix[p.PixOffset(r.Min.X, y):][:4*r.Dx()], model == color.NRGBAModel
	case *image.NRGBA64:
		return p.Pix[p.PixOffset(r.Min.X, y):][:8*r.Dx()], model == color.NRGBA64Model
	case *image.CMYK:
		return p.Pix[p.PixOffset(r.Min.X, y):][:4*r.Dx()], true
	}
	return nil, false
}

// appendPixel appends one pixel. Colours that a PNG calls transparent keep their values.
func appendPixel(data []byte, m image.Image, model color.Model, x, y int) []byte {
	pixel := m.At(x, y)
	switch model {
	case color.GrayModel:
		return append(data, color.NRGBAModel.Convert(pixel).(color.NRGBA).R)
	case color.Gray16Model:
		return binary.BigEndian.AppendUint16(data, color.NRGBA64Model.Convert(pixel).(color.NRGBA64).R)
	case color.RGBA64Model:
		c := color.NRGBA64Model.Convert(pixel).(color.NRGBA64)
		for _, value := range []uint16{c.R, c.G, c.B} {
			data = binary.BigEndian.AppendUint16(data, value)
		}
		return data
	}
	c := color.NRGBAModel.Convert(pixel).(color.NRGBA)
	return append(data, c.R, c.G, c.B)
}
