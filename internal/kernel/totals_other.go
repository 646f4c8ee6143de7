//go:build !amd64 || purego

package kernel

func totals[F floats](x []F, out *laneTotals) { totalsGo(x, out) }

func spread[F floats](x []F, center float64, out *laneSpread) { spreadGo(x, center, out) }
