//go:build !purego

package kernel

import "unsafe"

// totals and spread take whole turns.

func totals[F floats](x []F, out *laneTotals) {
	p, to := (*byte)(unsafe.Pointer(&x[0])), (*byte)(unsafe.Pointer(out))
	switch {
	case !hasAVX2:
		totalsGo(x, out)
	case sizeOf[F]() == 4:
		totalsFloat32AVX2(p, len(x), to)
	default:
		totalsFloat64AVX2(p, len(x), to)
	}
}

func spread[F floats](x []F, center float64, out *laneSpread) {
	p, to := (*byte)(unsafe.Pointer(&x[0])), (*byte)(unsafe.Pointer(out))
	switch {
	case !hasAVX2:
		spreadGo(x, center, out)
	case sizeOf[F]() == 4:
		spreadFloat32AVX2(p, len(x), center, to)
	default:
		spreadFloat64AVX2(p, len(x), center, to)
	}
}
