package kernel

// plan is a walk over two arrays of the same shape in its simplest form: dimensions of extent 1 are
// gone, neighbours that lie evenly are one dimension, and rows without gaps are part of the item.
type plan struct {
	n     int // dimensions that are left
	size  int // bytes an item
	shape [MaxDims]int
	a, b  [MaxDims]int // strides in bytes
}

func (p *plan) build(a, b *Items) {
	p.size = a.Size
	for d, extent := range a.Shape {
		if extent != 1 {
			p.add(extent, a.Strides[d], b.Strides[d])
		}
	}
	if last := p.n - 1; p.n > 0 && p.a[last] == p.size && p.b[last] == p.size {
		p.size *= p.shape[last]
		p.n--
	}
}

// add appends a dimension, or widens the one before it when both step evenly through memory.
func (p *plan) add(extent, a, b int) {
	if outer := p.n - 1; p.n > 0 && p.a[outer] == a*extent && p.b[outer] == b*extent {
		p.shape[outer] *= extent
		p.a[outer], p.b[outer] = a, b
		return
	}
	p.shape[p.n], p.a[p.n], p.b[p.n] = extent, a, b
	p.n++
}
