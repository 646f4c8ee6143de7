package summary

import (
	"math/bits"
	"sync"
)

// Map says how many items differ in each cell of a grid that is laid over an array: its first dimensions go down, the
// others across, so that the two sides differ least in length.
type Map struct {
	Rows, Columns int // cells
	Down          int // dimensions that go down
	Differ        []int
	Items         []int // in each cell

	height, width int // items
}

// newMap is empty. It has no more cells than there are items along a side.
func newMap(shape []int, rows, columns int) *Map {
	m := &Map{height: 1, width: 1}
	for _, extent := range shape {
		m.width *= extent
	}
	height, width := m.height, m.width
	for d, extent := range shape {
		height, width = height*extent, width/extent
		if ratio(height, width) < ratio(m.height, m.width) {
			m.height, m.width, m.Down = height, width, d+1
		}
	}
	if len(shape) == 1 { // a line lies down
		m.height, m.width, m.Down = 1, shape[0], 0
	}
	m.Rows, m.Columns = min(rows, m.height), min(columns, m.width)
	m.Differ = make([]int, m.Rows*m.Columns)
	return m
}

func ratio(a, b int) float64 { return max(float64(a)/float64(b), float64(b)/float64(a)) }

// end is where a cell ends, of so many that divide a side evenly.
func end(cell, cells, side int) int { return cellEdge(cell+1, cells, side) }

// cellEdge is the first index of a cell, rounded up from side*cell/cells.
func cellEdge(cell, cells, side int) int {
	high, low := bits.Mul64(uint64(side), uint64(cell))
	q, rest := bits.Div64(high, low, uint64(cells))
	if rest > 0 {
		q++
	}
	return int(q)
}

// cellOf is the cell of an index.
func cellOf(i, cells, side int) int {
	high, low := bits.Mul64(uint64(i), uint64(cells))
	q, _ := bits.Div64(high, low, uint64(side))
	return int(q)
}

// add counts items at a position in C order.
func (m *Map) add(position, n int) {
	row, column := position/m.width, position%m.width
	m.Differ[cellOf(row, m.Rows, m.height)*m.Columns+cellOf(column, m.Columns, m.width)] += n
}

// addMarks counts the marks of n items from a position on, a run in one cell at a time.
func (m *Map) addMarks(marks []uint64, from, n int) {
	row, column := from/m.width, from%m.width
	for done := 0; done < n; {
		cell := cellOf(column, m.Columns, m.width)
		run := min(end(cell, m.Columns, m.width)-column, n-done)
		m.Differ[cellOf(row, m.Rows, m.height)*m.Columns+cell] += countMarks(marks, done, done+run)
		done += run
		if column += run; column == m.width {
			row, column = row+1, 0
		}
	}
}

// countMarks counts the bits of a range.
func countMarks(marks []uint64, from, to int) (n int) {
	for from < to {
		word := marks[from/64] >> (from % 64)
		here := min(64-from%64, to-from)
		if here < 64 {
			word &= 1<<here - 1
		}
		n += bits.OnesCount64(word)
		from += here
	}
	return n
}

// fill counts the items of each cell.
func (m *Map) fill() {
	m.Items = make([]int, len(m.Differ))
	for r := range m.Rows {
		height := end(r, m.Rows, m.height) - cellEdge(r, m.Rows, m.height)
		for c := range m.Columns {
			m.Items[r*m.Columns+c] = height * (end(c, m.Columns, m.width) - cellEdge(c, m.Columns, m.width))
		}
	}
}

// maps are those of several goroutines; none where nobody asks for one.
type maps struct {
	empty *Map
	mutex sync.Mutex
	all   []*Map // that no goroutine uses
}

func newMaps(shape []int, ask Ask) *maps {
	if ask.Rows == 0 || ask.Columns == 0 {
		return &maps{}
	}
	return &maps{empty: newMap(shape, ask.Rows, ask.Columns)}
}

func (m *maps) take() *Map {
	if m.empty == nil {
		return nil
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if last := len(m.all) - 1; last >= 0 {
		taken := m.all[last]
		m.all = m.all[:last]
		return taken
	}
	one := *m.empty
	one.Differ = make([]int, len(one.Differ))
	return &one
}

func (m *maps) put(one *Map) {
	if one == nil {
		return
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.all = append(m.all, one)
}

// join adds all of them up.
func (m *maps) join() *Map {
	if m.empty == nil {
		return nil
	}
	for _, one := range m.all {
		for i, n := range one.Differ {
			m.empty.Differ[i] += n
		}
	}
	m.empty.fill()
	return m.empty
}
