package cases

import (
	"fmt"

	"github.com/go-memoryview/memoryview/bench/peer"
)

// extension: gomemoryview.memoryview beside Python's own, in one Python. What takes no time there must take none here;
// what passes over many items is where the engine shows.
func extension(s Scale) []Case {
	common, bulk := Target{1.25, Ratio}, Target{5, Faster}
	var all []Case
	add := func(t Target, programs ...pythonic) {
		for _, p := range programs {
			all = append(all, p.against(t))
		}
	}
	few := func(code string) string { return fmt.Sprintf("m = M(numbers(64, %q))", code) }
	thousand := func(code string) string { return fmt.Sprintf("m = M(numbers(%d, %q))", s.Thousand, code) }
	million := func(code string) string { return fmt.Sprintf("m = M(numbers(%d, %q))", s.Million, code) }
	other := func(code string) string { return fmt.Sprintf("; o = M(numbers(%d, %q))", s.Million, code) }
	some, many := counted(s.Thousand), counted(s.Million)
	const block = "b = bytes(range(64)); m = M(b)"

	add(common,
		pythonic{name: "len(m)", setup: few("u1"), run: "len(m)"},
		pythonic{name: "m.nbytes", setup: few("u1"), run: "m.nbytes"},
		pythonic{name: "m.readonly", setup: few("u1"), run: "m.readonly"},
		pythonic{name: "m.format", setup: few("f8"), run: "m.format"},
		pythonic{name: "m.shape", setup: few("u1"), run: "m.shape"},
		pythonic{name: "m[5], uint8", setup: few("u1"), run: "m[5]"},
		pythonic{name: "m[5], int32", setup: few("i4"), run: "m[5]"},
		pythonic{name: "m[5], float64", setup: few("f8"), run: "m[5]"},
		pythonic{name: "m[-5], uint8", setup: few("u1"), run: "m[-5]"},
		pythonic{name: "m[5] = 7, uint8", setup: few("u1"), run: "m[5] = 7", result: "m.tolist()"},
		pythonic{name: "m[5] = 7, int32", setup: few("i4"), run: "m[5] = 7", result: "m.tolist()"},
		pythonic{name: "m[5] = 7.5, float64", setup: few("f8"), run: "m[5] = 7.5", result: "m.tolist()"},
		pythonic{name: "m[5:15] = bytes", setup: few("u1") + "; b = bytes(10)", run: "m[5:15] = b", result: "m.tolist()"},
		pythonic{name: "m[5:40]", setup: few("u1"), run: "m[5:40]", result: "m[5:40].tolist()"},
		pythonic{name: "m[::2]", setup: few("u1"), run: "m[::2]", result: "m[::2].tolist()"},
		pythonic{name: "memoryview(bytes)", setup: block, run: "M(b)", result: "M(b).tolist()"},
		pythonic{name: "m.cast('I')", setup: block, run: "m.cast('I')", result: "m.cast('I').tolist()"},
		pythonic{name: "m.cast('I', (4, 4))", setup: block, run: "m.cast('I', (4, 4))", result: "m.cast('I', (4, 4)).tolist()"},
		pythonic{name: "m.toreadonly()", setup: block, run: "m.toreadonly()", result: "m.toreadonly().tolist()"},
		pythonic{name: "m[1, 2]", setup: block + ".cast('B', (8, 8))", run: "m[1, 2]"},
		pythonic{name: "memoryview(array)", setup: "b = numbers(64, 'f8')", run: "M(b)", result: "M(b).tolist()"},
		pythonic{name: "memoryview(m)", setup: block, run: "M(m)", result: "M(m).tolist()"},
		pythonic{name: "memoryview(bytes).release()", setup: block, run: "M(b).release()", result: "None"},
		pythonic{name: "with memoryview(bytes)", setup: block, run: "with M(b): pass", result: "None"},
		pythonic{name: "getbuffer: bytes(m)", setup: block, run: "bytes(m)"},
		pythonic{name: "getbuffer: unpack_from(m)", setup: block + "; import struct; unpack = struct.Struct('<iq').unpack_from", run: "unpack(m, 8)"},
		pythonic{name: fmt.Sprintf("for x in m, %s uint8", some), setup: thousand("u1"), run: "for x in m: pass", result: "sum(m)"},
		pythonic{name: fmt.Sprintf("for x in m, %s float64", some), setup: thousand("f8"), run: "for x in m: pass", result: "sum(m)"},
		pythonic{name: fmt.Sprintf("m.tolist(), %s uint8", some), setup: thousand("u1"), run: "m.tolist()"},
		pythonic{name: fmt.Sprintf("m.tolist(), %s float64", some), setup: thousand("f8"), run: "m.tolist()"},
		pythonic{name: "m == o, 16 bytes", setup: "m, o = M(bytes(16)), M(bytearray(16))", run: "m == o"},
		pythonic{name: "m == bytes, 16 bytes", setup: "m, b = M(bytes(16)), bytes(16)", run: "m == b"},
		pythonic{name: "m == o, 8 float64", setup: "m, o = M(numbers(8, 'f8')), M(numbers(8, 'f8'))", run: "m == o"},
		pythonic{name: "m.tobytes(), 64 bytes", setup: block, run: "m.tobytes()"},
		pythonic{name: "m[::2].tobytes(), 32 bytes", setup: "m = M(bytes(range(64)))[::2]", run: "m.tobytes()"},
		pythonic{name: "m.tobytes(), 4x2 float64 of 4x4", setup: "m = M(numbers(16, 'f8').reshape(4, 4)[:, ::2])", run: "m.tobytes()"},
		pythonic{name: "m.tobytes(), 8x4 float64 of 8x8", setup: "m = M(numbers(64, 'f8').reshape(8, 8)[:, ::2])", run: "m.tobytes()"},
		pythonic{name: "m.hex(), 16 bytes", setup: "m = M(bytes(range(16)))", run: "m.hex()"},
		pythonic{name: "m.hex(':'), 16 bytes", setup: "m = M(bytes(range(16)))", run: "m.hex(':')"},
		pythonic{name: fmt.Sprintf("m.hex(':'), %s uint8", many), setup: million("u1"), run: "m.hex(':')", result: "crc(m.hex(':').encode())"},
	)
	// In C, CPython copies a few whole rows before the engine is asked.
	add(Target{2, Ratio}, pythonic{name: "m.tobytes(), 8 rows of 4 float64", setup: "m = M(numbers(64, 'f8').reshape(8, 8)[:, 2:6])", run: "m.tobytes()"})
	add(bulk,
		pythonic{name: fmt.Sprintf("m == o, %s uint8", many), setup: million("u1") + other("u1"), run: "m == o"},
		pythonic{name: fmt.Sprintf("m == o, %s int32", many), setup: million("i4") + other("i4"), run: "m == o"},
		pythonic{name: fmt.Sprintf("m == o, %s int32 and float64", many), setup: million("i4") + other("f8"), run: "m == o"},
		pythonic{name: fmt.Sprintf("m[::2].tobytes(), %s uint8", many), setup: million("u1") + "[::2]", run: "m.tobytes()", result: "crc(m.tobytes())"},
		pythonic{name: fmt.Sprintf("m[::2].tobytes(), %s int32", many), setup: million("i4") + "[::2]", run: "m.tobytes()", result: "crc(m.tobytes())"},
		pythonic{name: fmt.Sprintf("m.hex(), %s uint8", many), setup: million("u1"), run: "m.hex()", result: "crc(m.hex().encode())"},
	)
	return append(all, views(s)...)
}

// views: gomemoryview.View beside what there is without it, in one Python.
func views(s Scale) []Case {
	const ours = "from gomemoryview import View; "
	var all []Case
	add := func(t Target, programs ...beside) {
		for _, p := range programs {
			all = append(all, p.against(t))
		}
	}
	for _, code := range []string{"u1", "i4", "f8"} {
		array := fmt.Sprintf("a = numbers(%d, %q); x = a[5].item(); ", s.Million, code)
		add(Target{5, Faster}, beside{
			name: fmt.Sprintf("View.count(x), %s %s", counted(s.Million), code), peer: "CPython list(m).count(x)",
			ours:  peer.Program{Setup: ours + array + "v = View(a)", Run: "v.count(x)", Result: "v.count(x)"},
			peers: peer.Program{Setup: array + "m = memoryview(a)", Run: "list(m).count(x)", Result: "list(m).count(x)"},
		})
	}

	// Records of an int32 and a float64, packed: T{i:a:=d:b:}. View makes named tuples of them, the others plain ones.
	n := 4 * s.Thousand
	records := fmt.Sprintf("a = np.empty(%d, [('a', '<i4'), ('b', '<f8')]); a['a'] = numbers(%[1]d, 'i4'); a['b'] = numbers(%[1]d, 'f8'); ", n)
	list := peer.Program{Setup: ours + records + "v = View(a)", Run: "v.tolist()", Result: "[tuple(r) for r in v.tolist()]"}
	unpack := "list(unpack(a))"
	name := fmt.Sprintf("View.tolist(), %s records", counted(n))
	add(Target{2, Ratio},
		beside{name: name, peer: "NumPy", ours: list, peers: peer.Program{Setup: records, Run: "a.tolist()", Result: "a.tolist()"}},
		beside{name: name, peer: "CPython struct", ours: list, peers: peer.Program{Setup: records + "import struct; unpack = struct.Struct('<id').iter_unpack", Run: unpack, Result: unpack}},
	)

	const line, table = "a = numbers(64, 'f8'); ", "a = numbers(64, 'f8').reshape(8, 8); "
	onArray := func(name, array, run, result string) beside {
		return beside{
			name: name, peer: "NumPy",
			ours:  peer.Program{Setup: ours + array + "v = View(a)", Run: run, Result: result},
			peers: peer.Program{Setup: array + "v = a", Run: run, Result: result},
		}
	}
	add(Target{2, Ratio},
		onArray("View v[i], float64", line, "v[5]", "v[5]"),
		onArray("View v[i, j], float64", table, "v[2, 3]", "v[2, 3]"),
		onArray("View v[1:, ::2], float64", table, "v[1:, ::2]", "v[1:, ::2].tolist()"),
	)
	return all
}

// pythonic is one statement about M, which is either type.
type pythonic struct {
	name, setup, run string
	result           string // "" where the statement is an expression
}

func (p pythonic) against(t Target) Case {
	if p.result == "" {
		p.result = p.run
	}
	with := func(kind string) peer.Program {
		return peer.Program{Setup: kind + "; " + p.setup, Run: p.run, Result: p.result}
	}
	return beside{
		name: p.name, peer: "CPython",
		ours: with("from gomemoryview import memoryview as M"), peers: with("M = memoryview"),
	}.against(t)
}

// beside is two programs that come to the same, the first with gomemoryview.
type beside struct {
	name, peer  string
	ours, peers peer.Program
}

func (b beside) against(t Target) Case {
	return Case{
		Name: "Python: " + b.name, Peer: b.peer, Target: t,
		Prepare: func(m *Machine) (*Pair, error) {
			if m.OnlyOurs || !m.Extension {
				return nil, fmt.Errorf("%w: MEMORYVIEW_EXTENSION names no folder with gomemoryview", ErrMissing)
			}
			err := m.Python.Prepare(b.ours, b.peers)
			return &Pair{Ours: m.program(0), Peer: m.program(1)}, err
		},
	}
}
