package arrayfile

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"math"

	"github.com/go-memoryview/memoryview/buffer"
	"github.com/go-memoryview/memoryview/format"
	"github.com/go-memoryview/memoryview/internal/kernel"
)

// preparePNG writes a picture of gray values, of red, green and blue, or of these and alpha, of 8 or 16 bits. It takes the
// memory of the whole picture.
func preparePNG(o *outgoing) (func(io.Writer) error, error) {
	t, err := format.Parse(o.format)
	if err != nil {
		return nil, err
	}
	if t.Kind() != format.Uint || t.Size() > 2 || o.itemSize != t.Size() {
		return nil, fmt.Errorf("%w: a PNG cannot hold items of format %.80q: it has B and H: convert them", buffer.ErrFormat, o.format)
	}
	shape, channels := o.view.Shape(), 1
	if len(shape) == 3 {
		channels = shape[2]
	}
	if len(shape) != 2 && len(shape) != 3 || channels != 1 && channels != 3 && channels != 4 {
		return nil, fmt.Errorf("%w: shape %v: a PNG has height by width, perhaps by 3 channels (red, green, blue) or 4 (and alpha): cut such a part out", buffer.ErrFormat, shape)
	}
	height, width := shape[0], shape[1]
	if height == 0 || width == 0 || height > math.MaxInt32 || width > math.MaxInt32 {
		return nil, fmt.Errorf("%w: %d by %d pixels: a PNG has from 1 to %d along each side", buffer.ErrFormat, height, width, math.MaxInt32)
	}
	if t.Size() == 2 { // the standard library keeps them big-endian
		if err := o.become(">H"); err != nil {
			return nil, err
		}
	}
	m, pix, err := newPicture(width, height, channels, t.Size())
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		items := &pixels{to: pix, channels: channels, itemSize: t.Size()}
		if err := o.write(items); err != nil {
			return err
		}
		if o, ok := m.(interface{ Opaque() bool }); ok && channels == 4 && o.Opaque() {
			m = translucent{m}
		}
		return png.Encode(w, m)
	}, nil
}

// newPicture is a picture with its memory. Pictures without alpha are opaque ones with it.
func newPicture(width, height, channels, itemSize int) (m image.Image, pix []byte, err error) {
	stored := 4
	if channels == 1 {
		stored = 1
	}
	if n := int64(width) * int64(height); n > math.MaxInt64/8 || int64(int(n*int64(stored*itemSize))) != n*int64(stored*itemSize) || !kernel.Affords(int(n)*stored*itemSize) {
		return nil, nil, fmt.Errorf("%w: %d by %d pixels do not fit into memory, which a PNG takes: write npy", buffer.ErrLayout, width, height)
	}
	bounds := image.Rect(0, 0, width, height)
	switch {
	case channels == 1 && itemSize == 1:
		m := image.NewGray(bounds)
		return m, m.Pix, nil
	case channels == 1:
		m := image.NewGray16(bounds)
		return m, m.Pix, nil
	case itemSize == 1:
		m := image.NewNRGBA(bounds)
		return m, m.Pix, nil
	}
	deep := image.NewNRGBA64(bounds)
	return deep, deep.Pix, nil
}

// translucent keeps a picture of 4 channels one, though all of it is opaque.
type translucent struct{ image.Image }

// Opaque is what the encoder asks for.
func (translucent) Opaque() bool { return false }

// pixels takes packed items, and puts an opaque alpha behind each three.
type pixels struct {
	to                 []byte
	channels, itemSize int
	at                 int // of the channel, in pixels that get alpha
}

func (p *pixels) Write(items []byte) (int, error) {
	if p.channels != 3 {
		p.to = p.to[copy(p.to, items):]
		return len(items), nil
	}
	for i := 0; i < len(items); i += p.itemSize {
		p.to = p.to[copy(p.to, items[i:i+p.itemSize]):]
		if p.at++; p.at == p.channels {
			p.to = p.to[copy(p.to, "\xff\xff"[:p.itemSize]):]
			p.at = 0
		}
	}
	return len(items), nil
}
