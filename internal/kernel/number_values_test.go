package kernel

import (
	"math"
	"math/big"

	"github.com/go-memoryview/memoryview/internal/draw"
)

// edges are numbers at which something changes.
var edges = func() (list []exact) {
	add := func(x exact) { list = append(list, x, new(big.Float).Neg(x)) }
	for _, f := range []float64{
		0, 0.25, 0.5, 0.75, 1, 1.5, 2.5, math.MaxFloat64, math.SmallestNonzeroFloat64, 0x1p-1022, 0x1p-150, 0x1p-149, 0x1.8p-149,
		math.MaxFloat32, 0x1.ffffffp127, 0x1.fffffefp127, 0x1p-126, 0x1p-25, 0x1.8p-25, 0x1p-24, 0x1p-14, 65504, 65519.99, 65520, 2049, 2051,
		0x1.01p0, 0x1.03p0, 0x1.010001p0, 0x1.fep127, 0x1.ffp127, 0x1p-133, 0x1p-134, 0x1.8p-134, math.Inf(1),
	} {
		add(exactFloat(f))
	}
	for _, bits := range []uint{7, 8, 11, 15, 16, 24, 31, 32, 53, 54, 62, 63} {
		for _, more := range []float64{-1, -0.5, 0, 0.5, 1} {
			power := new(big.Float).SetPrec(64).SetMantExp(big.NewFloat(1), int(bits))
			add(power.Add(power, big.NewFloat(more)))
		}
	}
	add(new(big.Float).SetPrec(64).SetUint64(math.MaxUint64))
	add(new(big.Float).SetPrec(64).SetUint64(1<<62 + 1<<54))
	add(new(big.Float).SetPrec(64).SetUint64(1<<62 + 1<<54 + 1))
	return append(list, nil)
}()

// draw writes some number to an item.
func (n Number) draw(t draw.Source, item []byte) {
	switch t.UpTo(3, "what") {
	case 0:
		for i := range item {
			item[i] = byte(t.UpTo(255, "byte"))
		}
	case 1:
		if !n.write(item, value{edges[t.UpTo(len(edges)-1, "edge")], edges[t.UpTo(len(edges)-1, "edge")]}) {
			clear(item)
		}
	default:
		n.write(item, value{exactFloat(float64(t.UpTo(3, "small"))), new(big.Float)})
	}
}

// fill writes numbers to all items: a few drawn ones, again and again, so that long arrays do not need
// many draws.
func (n Number) fill(t draw.Source, s *scattered) {
	few := make([][]byte, 1+t.UpTo(12, "different numbers"))
	for i := range few {
		few[i] = make([]byte, n.Size)
		n.draw(t, few[i])
	}
	i := 0
	s.each(func(item []byte) {
		copy(item, few[i%len(few)])
		i++
	})
}

// items are those of the values that there are in a sort of number.
func (n Number) items(values []exact) (list [][]byte) {
	for i, x := range values {
		item := make([]byte, n.Size)
		if n.write(item, value{x, values[i/8*8]}) {
			list = append(list, item)
		}
	}
	return list
}
