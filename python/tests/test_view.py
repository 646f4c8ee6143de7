"""View where CPython and NumPy have no answer: its own methods, errors, consumers and lifetimes."""

import array
import collections.abc
import copy
import ctypes
import gc
import hashlib
import io
import itertools
import mmap
import os
import pickle
import socket
import struct
import subprocess
import sys
import tempfile
import textwrap
import unittest
import weakref
from typing import Any, Callable

import numpy as np
from gomemoryview import View
from gomemoryview import memoryview as ours

POINT = "T{<i:x:<d:y:}"


class Point(ctypes.Structure):
    """A record of C's."""

    _fields_ = [("x", ctypes.c_int64), ("y", ctypes.c_double)]


class Records(unittest.TestCase):
    """Items that have parts."""

    def test_named_tuples(self) -> None:
        """One type to a set of names, that can be pickled; plain tuples where the names are no attributes."""
        view = View(bytearray(24)).cast(POINT)
        view[0] = (1, 2.5)
        self.assertEqual(view[0], (1, 2.5))
        self.assertEqual((view[0].x, view[0]._fields), (1, ("x", "y")))
        self.assertIs(type(view[0]), type(view[1]))
        self.assertIs(type(view[0]), type(View(bytes(12)).cast("T{>i:x:>d:y:}")[0]))
        back = pickle.loads(pickle.dumps(view.tolist()))
        self.assertEqual((back, type(back[0])), (view.tolist(), type(view[0])))
        for text, names in {"T{b:a b:b:c:}": ("a b", "c"), "bb": (), "T{b:x:b}": ("x",), "T{b:_x:}": ("_x",)}.items():
            plain = View(bytes(2)).cast(text, 2 if "_x" in text else 1)
            self.assertIs(type(plain[0]), tuple)
            self.assertEqual(plain.fields, names)
        self.assertEqual(View(bytes(2)).cast("h").fields, ())

    def test_nested(self) -> None:
        """Records and subarrays in each other."""
        view = View(bytearray(range(15))).cast("T{B:a:(2)T{B:b:(2,1)<H:c:}:d:>I:e:}", 1).toreadonly()
        self.assertEqual(view[0], (0, [(1, [[770], [1284]]), (6, [[2055], [2569]])], 0x0B0C0D0E))

    def test_ctypes(self) -> None:
        """Structures of ctypes, which a memoryview cannot even compare with themselves."""
        points = (Point * 3)(Point(1, 1.5), Point(2, 2.5), Point(3, 3.5))
        view = View(points)
        self.assertEqual(view, points)
        self.assertEqual(view, np.array([(1, 1.5), (2, 2.5), (3, 3.5)], [("x", ">i4"), ("other", "f4")]))
        self.assertNotEqual(view, (Point * 3)())
        view["x"] = 7
        view[1] = {"x": 8, "y": 0}
        self.assertEqual([(p.x, p.y) for p in points], [(7, 1.5), (8, 0), (7, 3.5)])
        view["y"][::2].convert_from(array.array("h", [5, 6]))
        self.assertEqual(view.tolist(), [(7, 5), (8, 0), (7, 6)])

    def test_padding_stays(self) -> None:
        """Whether one record is written or all are."""
        memory = bytearray(b"\xff" * 16)
        view = View(memory).cast("T{b:a:3xi:b:}", 2)
        view[0] = (1, 2)
        self.assertEqual(memory, b"\x01\xff\xff\xff\x02\0\0\0" + b"\xff" * 8)
        view[:] = (3, 4)
        self.assertEqual(memory, b"\x03\xff\xff\xff\x04\0\0\0" * 2)

    def test_every_code(self) -> None:
        """Each of the struct module's codes in each order, packed there and here."""
        values = {"c": b"x", "?": True, "3s": b"abc", "4p": b"ab"}
        for mark, code in itertools.product(["", "@", "=", "<", ">", "!"], [*"cbB?hHiIlLqQefd", "3s", "4p"]):
            value = values.get(code, 5)
            packed = struct.pack(mark + code, value)
            view = View(bytearray(len(packed))).cast(mark + code)
            view[0] = value
            self.assertEqual((view.tobytes(), view[0]), (packed, value), mark + code)
            if code == "4p":
                view[0] = b""
                self.assertEqual(view[0], b"")

    def test_codes_beyond_struct(self) -> None:
        """Complex numbers, long doubles, text, pointers; what no code says."""
        for text, value in [("Zf", 1.5 - 2j), (">Zd", 1e300j), ("D", 1 + 0j), ("Zg", 2j), ("g", 1.25), ("2w", "é€"), (">3u", "ab"), ("P", 2**63), ("&i", 5), ("[bfloat16]", 1.5)]:
            view = View(bytearray(64)).cast(text, 1, strides=[1])
            view[0] = value
            self.assertEqual((view[0], view.tolist(), view.count(value), view == copy.deepcopy(view)), (value, [value], 1, True), text)
        with self.assertRaisesRegex(ValueError, "invalid format"):
            View(b"abcd").cast("4t")


class Errors(unittest.TestCase):
    """What is refused, and that the text says what would work."""

    def refused(self, kind: type, text: str, run: Callable[[], Any]) -> None:
        """Runs it."""
        with self.assertRaisesRegex(kind, text):
            run()

    def test_index(self) -> None:
        """Indices."""
        view = View(bytearray(6)).cast("B", (2, 3))
        self.refused(IndexError, "index 2 is outside of dimension 0, which has 2 items", lambda: view[2])
        self.refused(IndexError, "index -4 is outside of dimension 1", lambda: view[:, -4])
        self.refused(IndexError, "at most one part to each", lambda: view[0, 0, 0])
        self.refused(IndexError, "one ellipsis", lambda: view[..., ...])
        self.refused(IndexError, "cannot fit", lambda: view[2**70, ...])
        self.refused(TypeError, "for a new axis cast", lambda: view[None])
        self.refused(TypeError, "have no fields: cast to a record", lambda: view["x"])
        self.refused(ValueError, "there is no field 'z', but 'x', 'y'", lambda: View(bytes(12)).cast(POINT)["z"])
        self.refused(ValueError, "slice step cannot be zero", lambda: view[:, ::0])
        self.refused(IndexError, "1 parts and 0 ellipses for 0 dimensions", lambda: View(ctypes.c_int())[0:1])
        self.refused(TypeError, "no length", lambda: len(View(ctypes.c_int())))
        self.refused(TypeError, "delete", lambda: view.__delitem__(0))

    def test_assignment(self) -> None:
        """Values and exporters that do not fit, of which nothing is written."""
        memory = bytearray(24)
        view = View(memory).cast(POINT)
        self.refused(ValueError, "1 values for the 2 fields of a record \\(x, y\\)", lambda: view.__setitem__(0, (1,)))
        self.refused(ValueError, "has to have just the 2 fields", lambda: view.__setitem__(0, {"x": 1}))
        self.refused(TypeError, "as many values in a sequence", lambda: view.__setitem__(0, 1))
        self.refused(ValueError, "range, -2147483648 to 2147483647", lambda: view.__setitem__(0, (2**31, 0)))
        self.refused(ValueError, "out of the range", lambda: view.__setitem__(0, (2**70, 0)))
        self.refused(TypeError, "made of a number, not of '1.5'", lambda: view.__setitem__(0, (1, "1.5")))
        self.refused(ValueError, "make them the same by cast, or use convert_from", lambda: view.__setitem__("x", array.array("h", [1, 2])))
        self.refused(ValueError, "in shape \\(3,\\) to '<i' \\(4 bytes\\) in shape \\(2,\\)", lambda: view.__setitem__("x", np.zeros(3, "<i4")))
        self.refused(ValueError, "does not fit", lambda: view["x"].convert_from(array.array("d", [1, 1e300])))
        self.refused(TypeError, "a str, not", lambda: View(memory).cast("6w").__setitem__(0, b"x"))
        self.refused(ValueError, "7 code points do not fit into 6", lambda: View(memory).cast("6w").__setitem__(0, "x" * 7))
        self.refused(TypeError, "bytes-like", lambda: View(memory).cast("24s").__setitem__(0, "x"))
        self.assertEqual(memory, bytes(24))
        for key in (0, slice(None), "x", ..., ()):
            self.refused(TypeError, "read-only", lambda: view.toreadonly().__setitem__(key, 0))
        self.refused(TypeError, "read-only", lambda: view.toreadonly().convert_from(b""))
        self.refused(TypeError, "read-only", lambda: view.toreadonly()._write(bytes(12)))

    def test_cast(self) -> None:
        """Casts that reach outside, or that the bytes do not fill."""
        view = View(bytearray(8))
        self.refused(ValueError, "8 bytes are no whole number of items of 3", lambda: view.cast("3s"))
        self.refused(ValueError, "items of 4 bytes in shape \\[3\\] are 12 bytes, and there are 8|outside", lambda: view.cast("i", 3))
        self.refused(ValueError, "outside the memory of 8 bytes", lambda: view.cast("i", [2], strides=[5]))
        self.refused(ValueError, "outside", lambda: view.cast("B", [2], strides=[-1], offset=0))
        self.refused(ValueError, "outside", lambda: view.cast("B", [0], offset=9))
        self.refused(ValueError, "larger than the address space", lambda: view.cast("i", [2**62, 2**62, 0]))
        self.refused(ValueError, "1 strides are those of as many dimensions, and the shape is None", lambda: view.cast("i", strides=[4]))
        self.refused(ValueError, "1 strides are those of", lambda: view.cast("i", [1, 1], strides=[4]))
        self.refused(ValueError, "must not exceed 64", lambda: view.cast("B", [1] * 65))
        self.refused(OverflowError, "too large", lambda: view.cast("B", [2**64]))
        self.refused(ValueError, "8 bytes are no whole number of items of 0 bytes", lambda: view.cast("0s"))
        self.refused(ValueError, "order", lambda: view.cast("B", order="A"))
        self.refused(TypeError, "must be str", lambda: view.cast(None))
        self.refused(ValueError, "null", lambda: view.cast("B\0"))
        self.refused(BufferError, "View.get_contiguous", lambda: view[::2].cast("B"))
        self.refused(ValueError, "each of the 1 dimensions once", lambda: view.transpose(1))

    def test_other_methods(self) -> None:
        """Everything else."""
        self.refused(TypeError, "a bytes-like object is required", lambda: View("text"))
        self.refused(ValueError, "is not in the view", lambda: View(b"abc").index(1))
        self.refused(TypeError, "in a part of the view", lambda: View(bytes(4)).cast("B", (2, 2)).index(0, 1))
        self.refused(ValueError, "no memory has -1 bytes", lambda: View.from_memory(1, -1))
        self.refused(ValueError, "no memory has 1 bytes at address 0x0", lambda: View.from_memory(0, 1))
        self.refused(TypeError, "integer", lambda: View.from_memory("0", 1))
        self.refused(ValueError, "'C', 'F' or 'A'", lambda: View.get_contiguous(b"", order="X"))
        self.refused(BufferError, "non-contiguous", lambda: View.get_contiguous(View(bytearray(4))[::2], False))
        self.refused(BufferError, "not writable", lambda: View.get_contiguous(b"ab", False))

    def test_python_objects_are_counted(self) -> None:
        """Nobody but NumPy may write its references, nor make some of bytes."""
        objects = np.array([{}, []], object)
        view = View(objects)
        self.assertEqual(view[0], id(objects[0]))
        for write in (lambda: view.__setitem__(0, 0), lambda: view.__setitem__(slice(None), View(objects)[::-1]), lambda: view.convert_from(view)):
            self.refused(TypeError, "refer to Python objects", write)
        self.refused(ValueError, "bytes do not make Python objects", lambda: View(bytes(8)).cast("T{O:x:}"))
        self.refused(ValueError, "nor objects bytes", lambda: view.cast("Q"))
        self.refused(TypeError, "cannot pickle", lambda: pickle.dumps(view))
        self.assertEqual(objects.tolist(), [{}, []])

    def test_formats_that_nobody_reads(self) -> None:
        """Such a view shows its bytes, and says what is wrong with its items."""
        class Odd(ctypes.Structure):
            _fields_ = [("a", ctypes.c_int, 3)]

        source = View(Odd())
        self.assertEqual(View(np.zeros(2, "M8[s]").view("i8")).nbytes, 16)
        self.assertIn("View of", repr(source))

    def test_repr(self) -> None:
        """It is short, whatever the view."""
        self.assertEqual(repr(View(b"ab")), "<View of 'B' in shape (2,), read-only: [97, 98]>")
        self.assertEqual(repr(View(bytearray(4)).cast("<h", (1, 2))), "<View of '<h' in shape (1, 2): [[0, 0]]>")
        self.assertEqual(repr(View(ctypes.c_int(5))), "<View of '<i' in shape (): 5>")
        for huge in (View(bytes(1)).cast("B", (2**40, 2**20), strides=(0, 0)), View(bytes(1)).cast("B", (2,) * 62, strides=(0,) * 62),
                     View(b"").cast("B", (*(2,) * 40, 0)), View(bytearray(10**6)).cast("1000000s"), View(bytearray(400)).cast("100w"), View(bytes(900)).cast("(900)B")):  # fmt: skip
            self.assertLess(len(repr(huge)), 600)
        view = View(b"ab")
        view.release()
        self.assertRegex(repr(view), "^<released View at 0x[0-9a-f]+>$")


class Consumers(unittest.TestCase):
    """What takes buffers takes both types."""

    def test_everybody(self) -> None:
        """Readers."""
        data = bytes(range(48, 64))
        for kind in (ours, View):
            view = kind(data)
            self.assertEqual(bytes(view), data)
            self.assertEqual(bytearray(view), data)
            self.assertEqual(b"".join([view, view]), data * 2)
            self.assertEqual(data.find(kind(b"3")), 3)
            self.assertEqual(memoryview(view), data)
            self.assertEqual(np.asarray(view).tobytes(), data)
            self.assertEqual(np.frombuffer(view, "<u2").tobytes(), data)
            self.assertEqual(array.array("B", view).tobytes(), data)
            self.assertEqual(struct.unpack_from("<4I", view), struct.unpack("<4I", data))
            self.assertEqual(hashlib.sha256(view).digest(), hashlib.sha256(data).digest())
            self.assertEqual(io.BytesIO(view).read(), data)
            self.assertEqual(pickle.loads(pickle.dumps(pickle.PickleBuffer(view), 5)), data)
            self.assertEqual(int.from_bytes(view, "big"), int.from_bytes(data, "big"))
            self.assertEqual((ctypes.c_char * 16).from_buffer_copy(view).raw, data)
            with tempfile.TemporaryFile() as file:
                file.write(view)
                file.seek(0)
                self.assertEqual(file.read(), data)

    def test_writers(self) -> None:
        """What fills a buffer."""
        for kind in (ours, View):
            memory = bytearray(8)
            view = kind(memory)
            self.assertEqual(io.BytesIO(b"abcdefgh").readinto(view[2:]), 6)
            struct.pack_into("<H", view, 0, 0x4142)
            self.assertEqual(memory, b"BAabcdef")
            left, right = socket.socketpair()
            with left, right:
                left.sendall(view[:4])
                self.assertEqual(right.recv_into(view[4:]), 4)
            self.assertEqual(memory, b"BAabBAab")
            ctypes.c_uint16.from_buffer(view, 6).value = 0x3030
            np.asarray(view)[0] = 48
            self.assertEqual(memory, b"0AabBA00")

    def test_mmap(self) -> None:
        """A mapping is an exporter, which cannot be closed meanwhile."""
        with mmap.mmap(-1, 4096) as mapping:
            whole = View(mapping)
            view = whole.cast("<I", (32, 32))
            view[1, 2] = 0x41424344
            self.assertEqual(mapping[136:140], b"DCBA")
            self.assertRaises(BufferError, mapping.close)
            view.release()
            self.assertRaises(BufferError, mapping.close)
            whole.release()

    def test_types(self) -> None:
        """It is a sequence, generic, and a base for classes."""
        view = View(b"abc")
        self.assertIsInstance(view, collections.abc.Sequence)
        match view:
            case [first, *_]:
                self.assertEqual(first, 97)
            case _:
                self.fail("no sequence")
        self.assertEqual(repr(View[int]), "gomemoryview.View[int]")

        class Mine(View):
            def half(self) -> Any:
                return self[: len(self) // 2]

        mine = Mine(bytearray(12)).cast("<h", (2, 3))
        self.assertEqual([type(part) for part in (mine, mine[0], mine.T, mine.half(), Mine(mine), mine.toreadonly(), Mine.get_contiguous(mine.T))], [Mine] * 7)
        mine.color = "red"
        self.assertEqual(mine.color, "red")
        self.assertEqual((ours(mine).shape, View(ours(mine)), View(memoryview(mine))), ((2, 3), mine, mine))
        self.assertIs(View(memoryview(view)).obj, view)

    def test_sizes(self) -> None:
        """A view of one dimension takes what a memoryview takes."""
        self.assertEqual(sys.getsizeof(View(b"abc")), sys.getsizeof(memoryview(b"abc")))
        self.assertEqual(View(b"abc").__sizeof__(), memoryview(b"abc").__sizeof__())


class Lifetimes(unittest.TestCase):
    """Memory is held as long as it must, and no longer."""

    def test_from_memory(self) -> None:
        """The owner lives as long as the last view."""
        buffer = ctypes.create_string_buffer(b"hello")
        view = View.from_memory(ctypes.addressof(buffer), 5, True, owner=buffer)
        died = weakref.ref(buffer)
        self.assertIs(view.obj, buffer)
        del buffer
        part = view[1:3]
        view.release()
        gc.collect()
        part[0] = 0x45
        self.assertEqual((part.tobytes(), died().raw), (b"El", b"hEllo\0"))
        part.release()
        gc.collect()
        self.assertIsNone(died())
        self.assertIsNone(View.from_memory(0, 0).obj)
        self.assertTrue(View.from_memory(ctypes.addressof(ctypes.c_int()), 4).readonly)

    def test_owner_in_a_cycle(self) -> None:
        """An owner that holds the view is collected with it."""
        class Owner:
            pass

        owner, buffer = Owner(), bytearray(4)
        owner.view = View.from_memory(ctypes.addressof(ctypes.c_char.from_buffer(buffer)), 4, owner=owner)
        died = weakref.ref(owner)
        del owner
        gc.collect()
        self.assertIsNone(died())

    def test_formats_outlive_their_views(self) -> None:
        """A part's format is that of a view that is gone."""
        view = View(bytearray(24)).cast("T{>i:x:>d:y:}")
        field, part, loan, builtin = view["y"], view[1:], View(view), memoryview(view)
        expected = [(">d", [0.0, 0.0]), ("T{>i:x:>d:y:}", [(0, 0.0)]), ("T{>i:x:>d:y:}", [(0, 0.0)] * 2)]
        del view
        gc.collect()
        for i in range(2000):  # whatever is kept of formats is used up
            View(bytes(1)).cast(f"T{{b:x{i}:}}")[0]
        self.assertEqual([(each.format, each.tolist()) for each in (field, part, loan)], expected)
        self.assertEqual(builtin.format, "T{>i:x:>d:y:}")

    def test_release(self) -> None:
        """Every use after it is an error."""
        memory = bytearray(24)
        view = View(memory).cast("T{h:x:3sb}", 4)
        it = iter(view)
        next(it)
        other = view[::2]
        view.release()
        view.release()
        uses: "list[Callable[[], Any]]" = [
            lambda: view[0], lambda: view["x"], lambda: view[...], lambda: view.cast("B"), lambda: view.T, lambda: view.fields, lambda: view.tolist(),
            lambda: view.count(0), lambda: view.index(0), lambda: 0 in view, lambda: view.convert_from(b""), lambda: view.__setitem__(..., 0),
            lambda: view.__setitem__("x", 0), lambda: next(it), lambda: list(view), lambda: len(view), lambda: copy.copy(view), lambda: pickle.dumps(view),
            lambda: View(view), lambda: memoryview(view), lambda: view.toreadonly(), lambda: hash(view), lambda: view.__enter__(), lambda: View.get_contiguous(view),
        ]  # fmt: skip
        for use in uses:
            with self.assertRaisesRegex(ValueError, "released"):
                use()
        self.assertEqual((view == view, view == other), (True, False))
        self.assertRaises(BufferError, memory.append, 0)
        other.release()
        gc.collect()
        memory.append(0)
        with View(memory) as short:
            with memoryview(short) as inner:
                self.assertRaises(BufferError, short.release)
                self.assertEqual(inner.nbytes, 25)
        self.assertRaises(ValueError, len, short)

    def test_attacks(self) -> None:
        """Values, indices and exporters whose code releases the view and resizes the memory."""

        class Evil:
            def __init__(self, view: Any, memory: bytearray, parts: Any = ()) -> None:
                self.view, self.memory, self.parts = view, memory, parts

            def attack(self, *_: Any) -> Any:
                self.view.release()
                gc.collect()
                self.memory.clear()
                return 1

            __index__ = __float__ = __complex__ = __bool__ = __len__ = attack
            __eq__ = lambda self, other: bool(self.attack()) and False  # noqa: E731

            def __getitem__(self, at: int) -> Any:
                self.attack()
                return (1, 2)[at]

        for text in ("i", ">i", ">d", "<q", "Zd", "?", "T{i:x:d:y:}", "(2)i", "4s", "w", "<e", "g", "3p", "P"):
            for use in range(12):
                memory = bytearray(64)
                view = View(memory).cast(text, 2, strides=[16])
                evil = Evil(view, memory)
                record = (evil, evil)
                uses: "list[Callable[[], Any]]" = [
                    lambda: view.__setitem__(0, evil), lambda: view.__setitem__(slice(None), evil), lambda: view.__setitem__(0, record),
                    lambda: view.__setitem__(slice(None), record), lambda: view[evil], lambda: view[evil:], lambda: view[(evil,)], lambda: view[..., evil],
                    lambda: view.__setitem__((..., evil), 1), lambda: view.count(evil), lambda: view.index(evil), lambda: view.cast("B", [evil, 2]),
                ]  # fmt: skip
                with self.assertRaises((ValueError, TypeError, IndexError, BufferError)):
                    uses[use]()
                    raise ValueError("nothing was attacked")
                self.assertIn(len(memory), (0, 64))

    def test_an_exporter_that_attacks(self) -> None:
        """The right side of an assignment, whose loan releases the left one."""
        if sys.version_info < (3, 12):
            return

        class Evil:
            def __buffer__(self, flags: int) -> Any:
                view.release()
                try:
                    memory.clear()
                except BufferError:  # the part that is assigned to holds it
                    self.held = True
                return memoryview(b"abcd")

        for use in (lambda: view.__setitem__(..., Evil()), lambda: view.convert_from(Evil()), lambda: view == Evil()):
            memory = bytearray(4)
            view = View(memory)
            try:
                self.assertIn(use(), (None, False))
            except ValueError as error:
                self.assertIn("released", str(error))
            self.assertIn(bytes(memory), (b"", b"abcd"))

    def test_release_in_iteration(self) -> None:
        """Of items and of sub-views."""
        for shape in ((6,), (2, 3)):
            view = View(bytearray(6)).cast("B", shape)
            with self.assertRaisesRegex(ValueError, "released"):
                for _ in view:
                    view.release()

    def test_a_collector_that_attacks(self) -> None:
        """Finalizers that run while lists and tuples are made find the view in use."""
        memory = bytearray(1 << 12)
        view = View(memory).cast("T{(2)B:a:T{B:b:B:c:}:d:}")

        class Trap:
            def __del__(self) -> None:
                try:
                    view.release()
                    memory.clear()
                except BufferError:
                    pass

        before = gc.get_threshold()
        gc.set_threshold(1)
        try:
            for _ in range(20):
                trap = Trap()
                trap.itself = trap
                del trap
                try:
                    view.tolist()
                except ValueError:
                    view = View(memory or bytearray(1 << 12)).cast("T{(2)B:a:T{B:b:B:c:}:d:}")
        finally:
            gc.set_threshold(*before)

    def test_nothing_is_kept(self) -> None:
        """Memory and references are flat over many rounds of everything."""
        rounds = 200_000 if "MEMORYVIEW_SOAK" in os.environ else 3_000
        code = f"""
            import gc, pickle, resource, sys
            from gomemoryview import View
            owner = bytearray(96)
            def work():
                view = View(owner).cast("T{{<h:x:>d:y:(2)B:z:}}", 8)
                view[0] = (1, 2.0, [3, 4])
                view["x"] = 5
                view[::2] = view[1::2]
                parts = [view[1], view["z"].T, view[..., ::-1], view["y"][3], list(view), view == view[:], view.count(5), repr(view)]
                try:
                    view[0] = (1 << 20, 0, [])
                except ValueError:
                    pass
                try:
                    view[0, 0]
                except IndexError:
                    pass
                View.from_memory(0, 0, owner=owner)
                return len(pickle.dumps(view)) + len(parts)
            def measure(rounds):
                for _ in range(rounds):
                    work()
                gc.collect()
                return sys.getrefcount(owner), len(gc.get_objects()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            warm = measure(2000)
            end = measure({rounds})
            print(warm, end)
            assert end[0] == warm[0] and end[1] - warm[1] < 20, "references"
            assert end[2] - warm[2] < 4096, "memory"
        """
        child = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
        self.assertEqual(child.returncode, 0, child.stdout + child.stderr)


if __name__ == "__main__":
    unittest.main()
