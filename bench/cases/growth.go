package cases

import (
	"errors"
	"slices"

	"github.com/go-memoryview/memoryview"
	"github.com/go-memoryview/memoryview/bench/stat"
)

// Line is what one operation costs a byte at every size.
type Line struct {
	Name   string
	Points []Point
}

// Point is the cost at one size, in nanoseconds a byte of the items.
type Point struct {
	Bytes int
	Cost  stat.Interval
}

// Growth measures the cost of a byte from 1 KiB on, in steps of four, to the largest size. All lines are measured
// in turn.
func Growth(m *Machine, largest int, plan stat.Plan) ([]Line, error) {
	src := numbers[float64](largest / 8)
	twin, dst := slices.Clone(src), make([]byte, largest)
	var lines []Line
	for size := 1 << 10; size <= largest; size *= 4 {
		names, sides, err := growing(m, src[:size/8], twin[:size/8], dst[:size])
		if err != nil {
			return nil, err
		}
		perCall, err := stat.Interleave(sides, plan)
		if err != nil {
			return nil, err
		}
		for i, name := range names {
			if i == len(lines) {
				lines = append(lines, Line{Name: name})
			}
			for k := range perCall[i] {
				perCall[i][k] /= float64(size)
			}
			lines[i].Points = append(lines[i].Points, Point{size, stat.Median95(perCall[i])})
		}
	}
	return lines, nil
}

// growing are the operations at one size: a transpose of a square matrix of float32, equality of two arrays of
// float64, a copy, and the C library's memcpy where there is one.
func growing(m *Machine, src, twin []float64, dst []byte) (names []string, sides []stat.Side, err error) {
	add := func(name string, s Side) {
		names, sides = append(names, name), append(sides, s.Run)
	}
	numbers, same := must(memoryview.FromObject(src)), must(memoryview.FromObject(twin))
	flat := must(numbers.Cast("B"))
	side := 1
	for side*side*4 < len(dst) {
		side *= 2
	}
	turned := must(must(flat.Cast("f", side, side)).Transpose())

	add("transpose, item 4", packing{}.ours(turned, dst))
	add("Equal, float64", calls(func() error {
		if !must(numbers.Equal(same)) {
			return errors.New("arrays that are the same are unequal")
		}
		return nil
	}, nil))
	add("copy", packing{}.ours(flat, dst))
	memcpy, err := m.memcpy(dst, bytesOf(src))
	if err == nil {
		add("memcpy of the C library", memcpy)
	} else if errors.Is(err, ErrMissing) {
		err = nil
	}
	return names, sides, err
}
