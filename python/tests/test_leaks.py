"""Nothing is left behind: references, memory of C's, or Go's, after many rounds of everything, errors included.

Under a debug build of Python every reference is counted; elsewhere the blocks that Python allocates are, and the process's size.
"""

import array
import gc
import os
import sys
import unittest
import weakref
from typing import Any, Callable

import _testbuffer

import gomemoryview

View = gomemoryview.memoryview

SOAK = "MEMORYVIEW_SOAK" in os.environ
CYCLES = 1_000_000 if SOAK else 100_000
ROUNDS = 2000 if SOAK else 200
COUNTED = "references" if hasattr(sys, "gettotalrefcount") else "blocks"


def resident() -> int:
    """Bytes of the process that lie in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def references() -> int:
    """What Python itself counts: references where it does, or else blocks of memory."""
    gc.collect()
    return sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else sys.getallocatedblocks()


def cycle(memory: bytearray) -> None:
    """What a view's life is made of."""
    view = View(memory)
    part = view[8:-8:2]
    with memoryview(part) as lent:
        assert lent.nbytes == part.nbytes
    part.release()
    view.release()


def tried(call: Callable[..., Any], *args: Any) -> None:
    """A call that may fail: what it gives is other tests' business."""
    try:
        call(*args)
    except Exception:
        pass


class Odd:
    """A value that cannot be converted."""

    def __index__(self) -> int:
        raise KeyError

    __float__ = __len__ = __bool__ = __index__  # type: ignore[assignment]


def everything(memory: bytearray) -> None:
    """Every operation, and every way in which it fails."""
    view = View(memory)
    number = view.cast("d")
    table = view.cast("B", [8, len(memory) // 8])
    strided = view[::3]
    records = View(_testbuffer.ndarray([(1, 2.0)] * 3, shape=[3], format="<id", flags=_testbuffer.ND_WRITABLE))
    indirect = View(_testbuffer.ndarray(list(range(6)), shape=[2, 3], format="h", flags=_testbuffer.ND_PIL))
    scalar = View(_testbuffer.ndarray(3, shape=[], format="q", flags=_testbuffer.ND_WRITABLE))
    readonly = view.toreadonly()
    views = [view, number, table, strided, records, indirect, scalar, readonly]
    for v in views:
        for w in views:
            assert (v == w) is not (v != w) or v is not w
        repr(v), v.tobytes(), v.tobytes("F"), v.hex(), v.hex(":", 3), v == 3, v.__sizeof__(), View(v)
        for name in ("obj", "nbytes", "itemsize", "format", "ndim", "readonly", "shape", "strides", "suboffsets", "contiguous"):
            getattr(v, name)
        for call in (
            lambda: v["a"], lambda: v[1 << 70], lambda: v[Odd()], lambda: v[(1,) * 9], lambda: v[Odd() :], lambda: v[..., ...], lambda: v[:, :],
            lambda: v.cast(Odd()), lambda: v.cast("x"), lambda: v.cast("B", [Odd()]), lambda: v.cast("B", [1 << 70]), lambda: v.cast("é"),
            lambda: v.cast("B", 3), lambda: v.cast("B", [1] * 65), lambda: v.cast("H", [3]), lambda: v.cast(), lambda: v.cast("B", x=1),
            lambda: v.tobytes("X"), lambda: v.tobytes(3), lambda: v.hex(Odd()), lambda: v.hex("ab"), lambda: v.hex("é"), lambda: v.hex(":", Odd()),
            lambda: v.hex(1, 2, 3), lambda: v < v, lambda: hash(v[:, 0]), lambda: View(v, v), lambda: View(Odd()), lambda: View(),
            lambda: v.__setitem__(0, Odd()), lambda: v.__setitem__(0, "x"), lambda: v.__setitem__(0, 1 << 70), lambda: v.__setitem__("a", 1),
            lambda: v.__setitem__(slice(0, 2), b"1"), lambda: v.__setitem__(slice(Odd(), 2), b"12"), lambda: v.__setitem__(slice(0, 2), 3),
            lambda: v.__delitem__(0), lambda: setattr(v, "shape", 1), lambda: v.__reduce_ex__(4), lambda: _testbuffer.ndarray(v, getbuf=4),
        ):  # fmt: skip
            tried(call)
        iter_all(v)
    view[0:8], view[::2], view[0], view[-1], number[0], table[1, 2], scalar[()], scalar[...], indirect[1, 2]
    view[0], number[0], scalar[()], table[1, 2], view[0:8] = 1, 2.5, 3, 4, b"12345678"
    view[1:], strided[:-1] = view[:-1], strided[1:]
    view.tolist(), number.tolist(), table.tolist(), strided.tolist(), scalar.tolist(), indirect.tolist()
    hash(View(b"abc"))
    tried(hash, readonly)
    with memoryview(view):
        tried(view.release)
    for v in views:
        v.release()
        for call in (lambda: v[0], v.tobytes, v.hex, v.tolist, lambda: v.cast("B"), lambda: hash(v), lambda: View(v), lambda: iter(v), v.toreadonly):
            tried(call)
    knot: "list[Any]" = [View(memory)]
    knot += [knot, iter(knot[0]), memoryview(knot[0])]


def iter_all(view: Any) -> None:
    """Iterates where that can be."""
    if view.ndim == 1 and view.format != "<id":
        assert sum(1 for _ in view) == len(view)
        assert len(list(reversed(view))) == len(view)


class Leaks(unittest.TestCase):
    """What grows is a leak."""

    def grows(self, work: Callable[[], Any], most: int) -> int:
        """Does it twice to warm up, and then until little has grown, and returns that: caches of Python's do for a while, and a leak always does."""
        work()
        work()
        growths = []
        for _ in range(5):
            before = references()
            work()
            growths.append(references() - before)
            if growths[-1] <= most:
                return growths[-1]
        self.fail(f"every time more is left behind: {growths}")

    def test_cycles(self) -> None:
        """Create, slice, export, release."""
        memory = bytearray(256)

        def work() -> None:
            for _ in range(CYCLES):
                cycle(memory)

        work()
        size = resident()
        more = self.grows(work, 20)
        kept = resident() - size
        print(f"\n{CYCLES} cycles: {more} more {COUNTED}, {kept >> 10} KiB more", flush=True)
        # The smallest leak is 16 bytes a cycle. Parts of a heap may become a whole huge page, of 2 MiB.
        self.assertLess(kept, 4 << 20)
        memory.clear()

    def test_everything(self) -> None:
        """Every operation and every failure."""
        memory = bytearray(96)

        def work() -> None:
            for _ in range(ROUNDS):
                everything(memory)

        self.grows(work, ROUNDS // 2)  # a leak is one a round at least
        memory.clear()

    def test_bulk_memory(self) -> None:
        """What the engine allocates for copies that overlap, and for formats that it parses, goes back."""
        view = View(bytearray(1 << 20))
        records = [View(_testbuffer.ndarray([(1, 2.0)] * 3, shape=[3], format=f"<{i}xid")) for i in range(50)]

        def work() -> None:
            for _ in range(100):
                view[1:] = view[:-1]
                view[::2] = view[::-2]
                assert all(record == record for record in records)

        work()
        work()
        size = resident()
        for _ in range(5):
            work()
        self.assertLess(resident() - size, 64 << 20)

    def test_counts(self) -> None:
        """The references of one exporter, counted one by one."""
        memory = array.array("i", [1, 2, 3])
        count = sys.getrefcount(memory)
        view = View(memory)
        views = [view[1:], view.cast("B"), View(view), view.toreadonly(), memoryview(view)]
        self.assertEqual(sys.getrefcount(memory), count + 1)
        self.assertIs(view.obj, memory)
        view.obj, views[0].obj
        self.assertEqual(sys.getrefcount(memory), count + 1)
        del view, views
        self.assertEqual(sys.getrefcount(memory), count)
        kinds = [View, type(iter(View(b"")))]
        counts = [sys.getrefcount(kind) for kind in kinds]
        for _ in range(100):
            iter(View(b"abc")[1:])
            tried(View, 3)
        self.assertEqual([sys.getrefcount(kind) for kind in kinds], counts)

    def test_a_view_has_nothing_of_the_one_before(self) -> None:
        """What lies where another view lay, hashed, referred to weakly, released or not, is as new as Python's own."""
        for kind in memoryview, View:
            again = 0
            for release in (False, True) * 10:
                old = kind(b"old")
                hash(old)
                weak, place = weakref.ref(old, lambda _: None), id(old)
                if release:
                    old.release()
                del old
                self.assertIsNone(weak())
                new = kind(b"new")
                again += id(new) == place
                self.assertEqual((hash(new), weakref.getweakrefcount(new), new.tobytes()), (hash(b"new"), 0, b"new"))
                self.assertEqual((new.obj, new.shape, gc.is_tracked(new)), (b"new", (3,), True))
                new.release()
                self.assertRaises(ValueError, new.tobytes)
        self.assertGreater(again, 0, "no view lay where another one had lain")


if __name__ == "__main__":
    unittest.main()
