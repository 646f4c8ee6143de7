package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/buffer"
)

// What is told to leave no gap leaves none, and an array that was only turned around can be turned back.
func TestArrangement(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 18))
	for range 2000 {
		var shape []int
		n := 1
		for range rng.IntN(5) {
			shape = append(shape, 1+rng.IntN(3))
			n *= shape[len(shape)-1]
		}
		v := must(must(memoryview.FromObject(make([]int16, n))).CastShape("h", shape))
		onlyTurned := true
		var cuts []string
		for range shape {
			cut := []string{":", ":", "::-1", "::2"}[rng.IntN(4)]
			onlyTurned = onlyTurned && cut != "::2"
			cuts = append(cuts, cut)
		}
		for d, cut := range cuts {
			all := slices.Repeat([]string{":"}, len(shape))
			all[d] = cut
			v = must(v.Select(strings.Join(all, ", ")))
		}
		v = must(v.Transpose(rng.Perm(len(shape))...))
		for _, order := range []buffer.Order{buffer.C, buffer.F} {
			cuts, axes, ok := arrangement(v.Buffer().Layout(), order)
			if !ok {
				if onlyTurned {
					t.Fatalf("%v %v is not told how to lie in %v order", v.Shape(), v.Strides(), order)
				}
				continue
			}
			turned := v
			if cuts != "" {
				turned = must(v.Select(cuts))
			}
			if turned = must(turned.Transpose(axes...)); !turned.Buffer().Layout().IsContiguous(order) {
				t.Fatalf("%v %v: [%s] and %v are not contiguous in %v order", v.Shape(), v.Strides(), cuts, axes, order)
			}
		}
	}
}

// Every flag has a name here, and every name leads to it.
func TestFlagNames(t *testing.T) {
	for name, flags := range flagsByName {
		for _, text := range []string{name, "PyBUF_" + name, flags.String()} {
			var all buffer.Flags
			for part := range strings.SplitSeq(text, "|") {
				flag, ok := flagOf(part)
				if !ok {
					t.Errorf("%s is not known", part)
				}
				all |= flag
			}
			if all != flags {
				t.Errorf("%s is %v", text, all)
			}
		}
	}
}
