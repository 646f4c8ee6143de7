package kernel

import "unsafe"

const (
	// wideItem is the size from which an item fills cache lines by itself: its neighbours do not matter.
	wideItem = 64

	// shortRow is the length under which calling a kernel costs more than what it does.
	shortRow = 16

	// narrow is the side under which a matrix is not worth transposing in squares; 4 of 4 bytes or more is.
	narrow = 8

	tileSide  = 64   // items: the cache lines of a tile's rows and columns stay in the first cache
	tileItems = 4096 // of a tile that has a short side
)

// copyTiles is the plane kernel for two axes with gaps, or one that is short: tile by tile, so that
// what shares a cache line on either side is copied at about the same time.
func copyTiles(dst, src unsafe.Pointer, u, v axis, size int) {
	uStep, vStep := tileSide, tileSide
	if u.n < tileSide {
		vStep = tileItems / u.n
	} else if v.n < tileSide {
		uStep = tileItems / v.n
	}
	for j := 0; j < v.n; j += vStep {
		for i := 0; i < u.n; i += uStep {
			copyTile(unsafe.Add(dst, i*u.dst+j*v.dst), unsafe.Add(src, i*u.src+j*v.src),
				axis{min(uStep, u.n-i), u.dst, u.src}, axis{min(vStep, v.n-j), v.dst, v.src}, size)
		}
	}
}

// copyTile copies row by row, along the side that makes the rows long enough.
func copyTile(dst, src unsafe.Pointer, u, v axis, size int) {
	if u.n < shortRow && v.n > u.n {
		u, v = v, u
	}
	for j := range v.n {
		copyRow(unsafe.Add(dst, j*v.dst), unsafe.Add(src, j*v.src), u.n, u.dst, u.src, size)
	}
}
