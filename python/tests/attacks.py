"""The attacks that CPython's memoryview has suffered, as a table; test_attacks.py runs each in a process of its own.

    python attacks.py NAME

Each ends in a right answer or in a clean exception, which it checks itself.
"""

import array
import ctypes
import faulthandler
import gc
import io
import itertools
import mmap
import multiprocessing
import operator
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from typing import Any, Callable

import _testbuffer
from exporter import Exporter

import gomemoryview

View = gomemoryview.memoryview

SECONDS = 20.0 if "MEMORYVIEW_SOAK" in os.environ else 1.0
PEP688 = sys.version_info >= (3, 12)
SEARCH = hasattr(memoryview, "count")

ATTACKS: "dict[str, Callable[[], None]]" = {}


def attack(function: Callable[[], None]) -> Callable[[], None]:
    """Puts a function in the table."""
    ATTACKS[function.__name__] = function
    return function


class Hostile:
    """A value that acts when it is asked for a number, a length or a comparison."""

    def __init__(self, act: Callable[[], Any], answer: Any = 1) -> None:
        self.act, self.answer = act, answer

    def give(self) -> Any:
        """Acts, then answers."""
        self.act()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    __index__ = __len__ = give

    def __float__(self) -> float:
        return float(self.give())

    def __bool__(self) -> bool:
        return bool(self.give())

    def __eq__(self, other: object) -> bool:
        return bool(self.give())

    def __hash__(self) -> int:
        return int(self.give())


def free(view: Any, memory: bytearray) -> None:
    """Releases a view and frees what it saw, which others then write to."""
    view.release()
    try:
        memory.clear()
    except BufferError:  # somebody else still holds it, as is right
        return
    free.junk = [bytearray(b"\xaa" * 4096) for _ in range(64)]  # type: ignore[attr-defined]


def victim(fmt: str = "B", shape: Any = None) -> Any:
    """A view and what it sees."""
    memory = bytearray(4096)
    view = View(memory).cast(fmt, shape) if shape else View(memory).cast(fmt)
    return view, memory


def refused(call: Callable[[], Any], kind: type = ValueError, text: str = "released memoryview") -> None:
    """Checks that a call is refused."""
    try:
        result = call()
    except kind as error:
        assert text in str(error), error
        return
    raise AssertionError(f"not refused: {result!r}")


FORMATS = "bBhHiIlLqQnNfd?" + ("e" if PEP688 else "")


@attack
def value_releases() -> None:
    """1: the __index__, __float__ or __bool__ of a value releases the view."""
    for fmt in FORMATS:
        view, memory = victim(fmt)
        refused(lambda: operator.setitem(view, 0, Hostile(lambda: free(view, memory))))
        assert not any(memory)


@attack
def value_releases_and_raises() -> None:
    """1: the same, and raises what is told with the format, which is gone with the exporter."""
    for fmt, error in itertools.product("bBhHiIlLqQfd", (TypeError("x"), ValueError("x"), OverflowError("x"), KeyError("x"))):
        holder = [_testbuffer.ndarray([1, 2], shape=[2], format=fmt, flags=_testbuffer.ND_WRITABLE)]
        view = View(holder[0])

        def act() -> None:
            view.release()
            holder.clear()

        text = {TypeError: f"type for format '{fmt}'", KeyError: "x"}.get(type(error), f"value for format '{fmt}'")
        kind = ValueError if isinstance(error, OverflowError) else type(error)
        refused(lambda: operator.setitem(view, 0, Hostile(act, error)), kind, text)


@attack
def value_too_large_releases() -> None:
    """1: the same, and gives a value that the format does not hold."""
    for fmt, answer in (("b", 300), ("H", -1), ("q", 1 << 70), ("Q", -1)):
        holder = [_testbuffer.ndarray([1, 2], shape=[2], format=fmt, flags=_testbuffer.ND_WRITABLE)]
        view = View(holder[0])

        def act() -> None:
            view.release()
            holder.clear()

        refused(lambda: operator.setitem(view, 0, Hostile(act, answer)), ValueError, f"value for format '{fmt}'")


@attack
def index_releases() -> None:
    """1: the __index__ of an index releases the view."""
    for shape, key in ((None, lambda h: h), (None, lambda h: (h,)), ([64, 64], lambda h: (h, 0)), ([64, 64], lambda h: (0, h))):
        view, memory = victim("B", shape)
        refused(lambda: view[key(Hostile(lambda: free(view, memory)))])
        view, memory = victim("B", shape)
        refused(lambda: operator.setitem(view, key(Hostile(lambda: free(view, memory))), 1))
        assert not any(memory)


@attack
def index_releases_indirect() -> None:
    """1: the same where items lie behind pointers."""
    for at in range(2):
        made = _testbuffer.ndarray(list(range(6)), shape=[2, 3], format="i", flags=_testbuffer.ND_PIL | _testbuffer.ND_WRITABLE)
        holder = [made]
        del made
        view = View(holder[0])

        def act() -> None:
            view.release()
            holder.clear()

        refused(lambda: view[(Hostile(act), 0) if at == 0 else (0, Hostile(act))])


@attack
def bound_releases() -> None:
    """2: a slice's bound releases the view."""
    for which in range(3):
        for assign in (False, True):
            view, memory = victim()

            def bounds() -> slice:
                parts: "list[Any]" = [0, 8, 1]
                parts[which] = Hostile(lambda: free(view, memory), parts[which] or 0)
                return slice(*parts)

            if assign:
                refused(lambda: operator.setitem(view, bounds(), b"12345678"))
                assert not any(memory)
            else:
                part = view[bounds()]
                assert part.tobytes() == bytes(8) and len(memory) == 4096  # the part held it
                part.release()
                memory.clear()


@attack
def bound_releases_right_side() -> None:
    """2: a slice's bound would release the view on the right side of the assignment, which is lent."""
    view, _ = victim()
    other, memory = victim()
    refused(lambda: operator.setitem(view, slice(0, Hostile(lambda: free(other, memory), 4096)), other), BufferError, "1 exported")
    assert other.tobytes() == bytes(4096) and len(memory) == 4096


@attack
def file_cut_short() -> None:
    """2: a file is cut short under its mapping while a slice's bound runs, and before bulk work. Items die, as the builtin's do."""
    size = 4 * mmap.PAGESIZE

    def bound() -> Hostile:
        return Hostile(lambda: os.truncate(file.fileno(), 0), size)

    uses: "list[tuple[bool, Callable[[Any], Any]]]" = [
        (False, lambda view: operator.setitem(view, slice(0, bound()), bytes(size))),
        (False, lambda view: operator.setitem(view, slice(0, bound(), 2), bytes(size // 2))),
        (True, lambda view: view.tobytes()),
        (True, lambda view: view[::-1].tobytes()),
        (True, lambda view: view.cast("B", [4, size // 4]).tobytes("F")),
        (True, lambda view: view.hex()),
        (True, lambda view: view == bytes(size)),
        (True, lambda view: operator.setitem(View(bytearray(size)), slice(None), view)),
    ]
    for before, use in uses:
        with tempfile.TemporaryFile() as file:
            file.truncate(size)
            mapping = mmap.mmap(file.fileno(), size)
            view = View(mapping)
            if before:
                os.truncate(file.fileno(), 0)
            refused(lambda: use(view), BufferError, "memory is gone")
            view.release()
            mapping.close()


@attack
def hash_releases() -> None:
    """3: the hash of the object releases the view."""

    class Bytes(bytes):
        def __hash__(self) -> int:
            view.release()
            return 1

    view = View(Bytes(b"abc"))
    refused(lambda: hash(view))


@attack
def separator_releases() -> None:
    """3: the length of hex's separator, or the number after it, releases the view."""

    class Text(str):
        def __len__(self) -> int:
            free(view, memory)
            return 1

    view, memory = victim()
    refused(lambda: view.hex(Text(":")))
    view, memory = victim()
    refused(lambda: view.hex(":", Hostile(lambda: free(view, memory))))
    view, memory = victim()
    refused(lambda: view.hex(Text("")), ValueError, "sep")


@attack
def compare_releases() -> None:
    """3: the other side of a comparison releases the view."""
    view, memory = victim()
    assert (view == Exporter(bytes(4096), on_get=lambda: free(view, memory))) is False
    view, memory = victim()
    assert (view == Exporter(bytes(4096), on_release=lambda: free(view, memory))) is True
    assert (view != Hostile(lambda: None, 0)) in (True, False)


@attack
def order_in_cast() -> None:
    """3: a cast's shape, or a format that is no text, acts while it is read."""

    class Shape(list):
        def __len__(self) -> int:
            free(view, memory)
            return 100

        def __getitem__(self, at: Any) -> Any:
            free(view, memory)
            return 1

    view, memory = victim()
    assert view.cast("B", Shape([64, 64])).shape == (64, 64)

    class Extent(int):
        def __index__(self) -> int:
            free(view, memory)
            return 5

    assert view.cast("B", [Extent(4096)]).shape == (4096,)


@attack
def equality_releases() -> None:
    """4: the __eq__ of a value that is looked for releases the view."""
    view, memory = victim()
    value = Hostile(lambda: free(view, memory), 0)
    refused(lambda: value in view)
    if SEARCH:
        for look in (lambda v: v.count(value), lambda v: v.index(value)):
            view, memory = victim()
            refused(lambda: look(view))
        for at in range(2):
            view, memory = victim()
            refused(lambda: view.index(7, *([0] * at), Hostile(lambda: free(view, memory))))


@attack
def iteration_releases() -> None:
    """4: a release in the middle of an iteration."""
    view, memory = victim()

    def walk() -> None:
        for i, _ in enumerate(view):
            if i == 10:
                free(view, memory)

    refused(walk)
    view, memory = victim()
    backwards = reversed(view)
    next(backwards)
    free(view, memory)
    refused(lambda: next(backwards))
    view, memory = victim()
    refused(lambda: list(map(lambda _: free(view, memory), view)))


@attack
def exporter_reenters() -> None:
    """5: getbuffer or releasebuffer of the right side uses and releases the view."""
    view, memory = victim()
    refused(lambda: operator.setitem(view, slice(0, 64), Exporter(on_get=lambda: free(view, memory))))
    assert not any(memory)
    view, memory = victim()
    view[0:64] = Exporter(b"\1" * 64, on_release=lambda: free(view, memory))
    view, memory = victim()

    def use() -> None:
        view[0] = 3
        view[0:4] = view[4:8]
        assert view.tobytes()[:4] == bytes(4)

    view[0:64] = Exporter(b"\1" * 64, on_get=use, on_release=lambda: view.release())
    assert memory[:64] == b"\1" * 64


@attack
def release_reenters() -> None:
    """5: the exporter's releasebuffer uses the views of that loan."""
    seen = []

    def use() -> None:
        for view in views:
            view.release()
            refused(view.tobytes)
            refused(lambda: view[0])
            refused(lambda: View(view))
        seen.append(1)

    exporter = Exporter(on_release=use)
    views = [View(exporter)]
    views += [views[0][1:], views[0].toreadonly(), views[0].cast("b")]
    for view in views:
        view.release()
    assert seen == [1] and exporter.loans == 0
    views = [View(exporter)]
    views.pop().tobytes()
    assert seen == [1, 1] and exporter.loans == 0


@attack
def getbuffer_reenters() -> None:
    """5: getbuffer makes views of the same exporter."""
    views: "list[Any]" = []
    depth = [0]

    def again() -> None:
        if depth[0] < 50:
            depth[0] += 1
            views.append(View(exporter))

    exporter = Exporter(on_get=again)
    view = View(exporter)
    assert exporter.loans == 51
    views.clear()
    del view
    assert exporter.loans == 0


@attack
def cycles() -> None:
    """6: cycles of views, loans and exporters are collected, live exports or not."""

    class Memory(bytearray):
        pass

    def knot(exported: int) -> Any:
        memory = Memory(b"abcdef")
        view = View(memory)
        memory.parts = [view, view[1:], view[::2], view.cast("b"), iter(view)]
        memory.exports = [View(memoryview(view)), memoryview(view), memoryview(view[1:])][:exported]
        next(memory.parts[-1])
        return weakref.ref(memory), weakref.ref(view)

    for exported in range(4):
        seen = [knot(exported) for _ in range(50)]
        gc.collect()
        assert all(memory() is None and view() is None for memory, view in seen), exported


@attack
def cycle_with_callback() -> None:
    """6: a weak reference's callback and a finaliser look at a view that is being collected."""
    said: "list[Any]" = []

    class Memory(bytearray):
        def __del__(self) -> None:
            said.append(self.view.tobytes())

    class Other:
        pass

    memory = Memory(b"abc")
    memory.view = View(memory)
    other = Other()
    other.view, other.other = View(b"xyz"), other
    watcher = weakref.ref(other.view, lambda _: said.append("gone"))
    del memory, other
    gc.collect()
    gc.collect()
    assert watcher() is None and b"abc" in said and "gone" in said, said


@attack
def callback_view_kept() -> None:
    """7: views of the view that readinto is given are kept."""
    kept = []

    class Raw(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, target: Any) -> int:
            view = View(target)
            view[:4] = b"abcd"
            kept.append(view)
            return 4

    reader = io.BufferedReader(Raw())
    assert reader.read(4) == b"abcd"
    assert kept[0].tobytes()[:4] == b"abcd"
    kept.clear()


@attack
def release_buffer_leaks() -> None:
    """7: a view is kept that __release_buffer__ was given (from 3.12)."""
    kept = []

    class Leaky:
        def __buffer__(self, flags: int) -> memoryview:
            return memoryview(bytearray(b"abcd"))

        def __release_buffer__(self, view: memoryview) -> None:
            kept.append(view)
            assert View(view).tobytes() == b"abcd"

    view = View(Leaky()) if PEP688 else None
    if view is not None:
        assert view.tobytes() == b"abcd"
        view.release()
        # Some releases of CPython release what was given, and some keep it.
        for call in kept[0].tobytes, lambda: View(kept[0]).tobytes():
            try:
                assert call() == b"abcd"
            except ValueError as error:
                assert "released memoryview" in str(error), error


@attack
def buffer_methods() -> None:
    """7: __buffer__ and __release_buffer__ called from Python (from 3.12)."""
    if not PEP688:
        return
    view = View(bytearray(b"abcd"))
    lent = view.__buffer__(0)
    assert type(lent) is memoryview and lent.tobytes() == b"abcd"
    refused(view.release, BufferError, "1 exported buffer")
    refused(lambda: view.__release_buffer__(memoryview(b"x")), ValueError, "buffer is not this object")
    view.__release_buffer__(lent)
    refused(lambda: view.__release_buffer__(lent), ValueError, "already been released")
    view.release()
    refused(lambda: view.__buffer__(0))


def hammer(*works: Callable[[], Any], threads: int = 8) -> None:
    """Does these works in so many threads at once, over and over; what they raise may only be what a release or a loan explains."""
    stop = time.monotonic() + SECONDS
    failures: "list[BaseException]" = []

    def run(work: Callable[[], Any]) -> None:
        while time.monotonic() < stop:
            try:
                work()
            except (ValueError, BufferError) as error:
                if not any(text in str(error) for text in ("released", "exported buffer", "Existing exports", "cannot be re-sized")):
                    failures.append(error)
                    return
            except BaseException as error:
                failures.append(error)
                return

    sys.setswitchinterval(1e-6)
    running = [threading.Thread(target=run, args=(works[i % len(works)],)) for i in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not failures, failures


def threads_over(size: int, fmt: str = "B") -> None:
    """Threads that use, release and replace shared views of a memory that others resize."""
    memory = bytearray(size)
    shared = [View(memory)]

    def renew() -> None:
        shared[0].release()
        try:
            memory.extend(b"x" * 4096)
            del memory[size:]
        finally:
            shared[0] = View(memory).cast(fmt)

    def cut() -> None:
        part = shared[0][::2]
        part[1:].release()
        part.release()

    def look() -> None:
        view = shared[0]
        assert len(view.tobytes()) % size == 0
        assert len(view[::2].tobytes()) >= size // 2

    def write() -> None:
        view = shared[0]
        view[: len(view) // 2] = view[len(view) // 2 : len(view) // 2 * 2]

    def lend() -> None:
        with memoryview(shared[0]) as lent:
            assert lent.nbytes == size

    hammer(renew, cut, look, write, lend, lambda: shared[0].hex(":"), lambda: shared[0] == shared[0][:], lambda: shared[0].tolist()[:1])


@attack
def threads_small() -> None:
    """8: threads over a small memory."""
    threads_over(256)


@attack
def threads_large() -> None:
    """8: threads over a memory so large that bulk work lets others run."""
    threads_over(8 << 20)


@attack
def threads_release() -> None:
    """8: release against release, and against a loan."""
    memory = bytearray(1000)

    def work() -> None:
        views = [View(memory)]
        views += [views[0][i:] for i in range(20)]
        threads = [threading.Thread(target=lambda: [view.release() for view in views]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    hammer(work, lambda: View(memory).tolist())
    memory.clear()  # everything was given back


@attack
def threads_iterator() -> None:
    """8: one iterator in many threads."""
    iterators = [iter(View(b"x" * 1000))]

    def work() -> None:
        for value in iterators[0]:
            assert value == 120
        iterators[0] = iter(View(b"x" * 1000))

    hammer(work)


@attack
def malformed() -> None:
    """9: exporters that lend nonsense."""
    large = 1 << 62
    nonsense: "list[dict[str, Any]]" = [
        {"itemsize": -1},
        {"itemsize": 0},
        {"itemsize": 0, "format": b"T{}", "shape": [64], "len": 64},
        {"len": -1},
        {"len": -64, "shape": [-64]},
        {"ndim": -1},
        {"ndim": 65, "shape": [1] * 65, "len": 1},
        {"ndim": 1 << 30, "shape": [1]},
        {"ndim": 2, "shape": [large, large], "len": 0},
        {"ndim": 2, "shape": [large, 4], "len": 0},
        {"ndim": 3, "shape": [1 << 21, 1 << 21, 1 << 22], "len": 0},
        {"ndim": 2},
        {"ndim": 2, "strides": [8, 1]},
        {"shape": [65]},
        {"shape": [8], "strides": [8]},
        {"ndim": 2, "shape": [8, 8], "suboffsets": [0, -1]},
        {"ndim": 2, "shape": [-8, -8]},
        {"format": b"q", "shape": [64], "itemsize": 1},
    ]
    for fields in nonsense:
        exporter = Exporter(**fields)
        for use in (
            lambda: View(exporter),
            lambda: operator.setitem(View(bytearray(64)), slice(None), exporter),
            lambda: View(bytearray(64)) == exporter,
            lambda: View(bytes(64)) != exporter,
        ):
            try:
                result = use()
            except (BufferError, ValueError, TypeError):
                continue
            if isinstance(result, View):
                exercise(result)
        del result
        assert exporter.loans == 0, fields


def exercise(view: Any) -> None:
    """Uses a view in every way."""
    for work in (
        view.tobytes, view.tolist, view.hex, lambda: view.tobytes("F"), lambda: view[0], lambda: view[::-1].tobytes(), lambda: view == view,
        lambda: view.cast("B").tolist(), lambda: view.cast("B", [2, 32]), lambda: list(view), lambda: hash(view), lambda: bytes(view),
        lambda: repr(view), lambda: view[()], lambda: len(view), lambda: operator.setitem(view, 0, 1), lambda: [view.shape, view.strides],
    ):  # fmt: skip
        try:
            work()
        except (ValueError, TypeError, IndexError, NotImplementedError, BufferError):
            pass


@attack
def malformed_but_harmless() -> None:
    """9: what may be lent: no items, an extent of zero beside a huge one, more bytes than items."""
    for fields, shape in (
        ({"len": 0, "shape": [0]}, (0,)),
        ({"len": 0, "itemsize": 0, "shape": [64]}, (64,)),
        ({"len": 0, "ndim": 2, "shape": [0, 64], "strides": [1 << 62, 1]}, (0, 64)),
        ({"shape": [60]}, (60,)),
        ({"itemsize": 8, "ndim": 0, "format": b"q"}, ()),
    ):
        view = View(Exporter(**fields))
        assert view.shape == shape
        exercise(view)


@attack
def random_layouts() -> None:
    """9: layouts at random, whose items lie within the memory, are used in every way; others may only be refused."""
    rng = random.Random(1)
    for _ in range(3000):
        ndim = rng.randrange(4)
        shape = [rng.choice([0, 1, 2, 3, 5]) for _ in range(ndim)]
        strides = [rng.choice([-4, -1, 0, 1, 2, 4]) for _ in range(ndim)]
        size = 1
        for extent in shape:
            size *= extent
        low = sum(min(0, (extent - 1) * stride) for extent, stride in zip(shape, strides) if extent)
        high = sum(max(0, (extent - 1) * stride) for extent, stride in zip(shape, strides) if extent)
        exporter = Exporter(bytes(range(high - low + 1)), ndim=ndim, shape=shape, strides=strides, len=size + rng.choice([0, 0, 0, -1, 1, 7]))
        exporter.fields["buf"] = ctypes.addressof(exporter.memory) - low
        try:
            view = View(exporter)
        except BufferError:
            continue
        if view.nbytes <= len(exporter.memory) or size == view.nbytes:
            exercise(view)


@attack
def mismatched_copies() -> None:
    """9: copies between buffers that are unlike."""
    view, _ = victim()
    for right in (b"abc", bytes(4097), View(bytes(4096)).cast("b"), View(bytes(4096)).cast("B", [64, 64]), View(bytes(4096)).cast("h")):
        refused(lambda: operator.setitem(view, slice(None), right), ValueError, "different structures")
    refused(lambda: operator.setitem(view, slice(None), Exporter(bytes(8), len=4096, shape=[8])), ValueError, "different structures")
    refused(lambda: operator.setitem(view, slice(None), Exporter(bytes(8), len=8, shape=[4096])), BufferError, "malformed")


@attack
def format_freed() -> None:
    """9: a format that is gone with its exporter."""
    view = View(_testbuffer.ndarray([1, 2], shape=[2], format="h"))
    part = view[1:]
    view.release()
    gc.collect()
    assert part.format == "h" and part.tolist() == [2]
    part.release()
    refused(lambda: part.format)
    refused(lambda: part.cast("B"))
    cast = View(bytes(8)).cast("".join(["@", "i"]))
    gc.collect()
    assert cast.format == "@i"


@attack
def odd_bools() -> None:
    """10: bools other than 0 and 1."""
    content = bytes([0, 1, 2, 255])
    view = View(content).cast("?")
    assert view.tolist() == list(view) == [False, True, True, True] and view[2] is True
    assert all(type(item) is bool for item in view.tolist())
    assert view == View(bytes([0, 1, 1, 1])).cast("?") and view.tobytes() == content
    assert (True in view, False in view) == (True, True)


@attack
def fork_with_views() -> None:
    """11: children that use views, allocate and collect."""
    view = View(bytearray(b"x" * 100_000))
    holder = [View(bytes(8)) for _ in range(1000)]

    def child() -> None:
        for i in range(2000):
            part = View(bytearray(1000))[::2]
            part.tobytes(), part.hex(":"), part.tolist(), part == part[:], View(bytes(16)).cast("i", [2, 2]).tolist()
            part[1:] = part[:-1]  # as if through a temporary, which is allocated
        holder.clear()
        gc.collect()
        assert view[5:10].tobytes() == b"xxxxx"

    forked([child] * 30)


@attack
def fork_of_fork() -> None:
    """11: children of children."""

    def child() -> None:
        for _ in range(200):
            View(bytearray(5000))[1:] = View(bytearray(4999))
        forked([lambda: View(bytearray(100_000))[::3].tobytes()] * 3)

    forked([child] * 5)


@attack
def fork_after_reimport() -> None:
    """11: forks where the module was imported twice, and both have their hooks."""
    for name in [name for name in sys.modules if name.startswith("gomemoryview")]:
        del sys.modules[name]
    import gomemoryview as again

    assert again.memoryview is not View
    kept = again.memoryview(View(bytearray(b"abc")))
    for _ in range(3):
        forked([lambda: again.memoryview(bytearray(100_000))[::3].tobytes(), lambda: View(kept)[::-1].hex()])


@attack
def fork_beside_threads() -> None:
    """11: forks while other threads use the module."""
    stop = threading.Event()
    memory = bytearray(100_000)

    def busy() -> None:
        while not stop.is_set():
            view = View(memory)
            view[1:] = view[:-1]
            view[::2].tobytes(), view[:100].hex(":"), view == view[:]

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        forked([lambda: [View(bytearray(50_000))[::3].hex(":") for _ in range(100)]] * 20)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def forked(works: "list[Callable[[], Any]]") -> None:
    """Does each work in a child, all of them at once, and expects them to end well and soon."""
    children = []
    for work in works:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                signal.alarm(60)
                work()
                status = 0
            finally:
                os._exit(status)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0


def double(values: Any) -> bytes:
    """What a worker of multiprocessing does."""
    view = View(bytearray(values))
    return bytes(2 * x for x in view.tolist()) + view[::2].tobytes()


@attack
def workers() -> None:
    """11: multiprocessing, by every start method."""
    for method in ("fork", "forkserver", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            for i, result in enumerate(pool.map(double, [bytes([i, 2, 3]) for i in range(20)])):
                assert result == bytes([2 * i, 4, 6, i, 3])


def ends_well(program: str, *arguments: str) -> str:
    """Runs a program in another Python, which must end by itself and cleanly."""
    command = [sys.executable, "-X", "faulthandler", "-c", program, *arguments]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert child.returncode == 0 and "Fatal" not in child.stderr and "Traceback" not in child.stderr, child
    return child.stdout


@attack
def shutdown_with_views() -> None:
    """11: the interpreter ends with live views, exports, iterators and cycles."""
    for _ in range(5):
        ends_well("""
import atexit, sys, weakref
import gomemoryview
class Memory(bytearray):
    def __del__(self):
        self.view.tobytes()
memory = Memory(b"abc")
memory.view = gomemoryview.memoryview(memory)
kept = [gomemoryview.memoryview(b"abc"), memoryview(gomemoryview.memoryview(b"abc")), iter(gomemoryview.memoryview(b"abc"))]
kept.append(kept)
sys.kept = gomemoryview.memoryview(bytearray(b"abc"))
builtins = __builtins__
builtins.kept = [sys.kept[1:], gomemoryview]
watch = weakref.ref(kept[0], lambda _: sys.kept.tolist())
atexit.register(lambda: sys.kept.cast("b").hex(":"))
atexit.register(kept[0].release)
""")


@attack
def shutdown_beside_threads() -> None:
    """11: the interpreter ends while daemon threads use views."""
    for _ in range(5):
        ends_well("""
import threading, time
import gomemoryview
memory = bytearray(1 << 20)
def work():
    while True:
        view = gomemoryview.memoryview(memory)
        view[1:] = view[:-1]
        view[::2].tobytes(), view.hex(":"), list(view[:100])
for _ in range(6):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.1)
""")


INTERPRETER = """
import gc
import gomemoryview
View = gomemoryview.memoryview
memory = bytearray(range(256)) * 400
view = View(memory)
part = view[::2]
assert part.tobytes() == bytes(memory)[::2] and view[:3].hex(":") == "00:01:02"
view[1:] = view[:-1]
class Memory(bytearray):
    pass
knot = Memory(b"x")
knot.view, knot.items = View(knot), iter(View(knot))
kept = [view, part, memoryview(view), knot]
del knot
gc.collect()
"""


@attack
def interpreters() -> None:
    """11: interpreters that share the GIL use the module in turn, and end with live views; one with its own is refused."""
    try:
        import _xxsubinterpreters as interpreters  # before 3.13
    except ImportError:
        import _interpreters as interpreters  # type: ignore[import-not-found, no-redef]
    make = interpreters.create if sys.version_info >= (3, 13) else lambda kind: interpreters.create(isolated=kind == "isolated")
    for _ in range(5):
        others = [make("legacy") for _ in range(2)]
        for _ in range(2):
            for other in others:
                assert interpreters.run_string(other, INTERPRETER) is None
                exec(INTERPRETER, {})
        for other in others:
            interpreters.destroy(other)
    assert View(b"abc")[1:].tolist() == [98, 99]
    if PEP688:  # 3.12, whose interpreters can have a GIL of their own
        check = "try:\n    import gomemoryview\nexcept ImportError as error:\n    assert 'subinterpreters' in str(error)\nelse:\n    raise SystemError"
        assert interpreters.run_string(make("isolated"), check) is None


GO = """
package main

import "C"
import "runtime"

//export Sum
func Sum(n C.long) C.long {
	parts := make(chan int)
	for i := range 8 {
		go func() {
			garbage := make([][]byte, 0)
			for range int(n) {
				garbage = append(garbage, make([]byte, 1000))
			}
			parts <- len(garbage) * i
		}()
	}
	total := 0
	for range 8 {
		total += <-parts
	}
	runtime.GC()
	return C.long(total)
}

func main() {}
"""


@attack
def another_go() -> None:
    """11: another library in Go, with goroutines and a collector of its own, in the same process."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "main.go"), "w") as file:
            file.write(GO)
        environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "1", "GOFLAGS": ""}
        environment.pop("LD_PRELOAD", None)
        subprocess.run(["go", "build", "-buildmode=c-shared", "-o", "other.so", "main.go"], cwd=folder, env=environment, check=True)
        other = ctypes.CDLL(os.path.join(folder, "other.so"))
    memory = bytearray(range(256)) * 1024

    def ours() -> None:
        view = View(memory)
        assert view[::-3].tobytes() == bytes(memory)[::-3]
        assert view == view[:] and len(view.hex(":")) == 3 * len(memory) - 1

    def theirs() -> None:
        assert other.Sum(1000) == 28000

    hammer(ours, theirs, threads=4)


@attack
def signals() -> None:
    """11: signals arrive during bulk work."""
    seen: "list[int]" = []
    signal.signal(signal.SIGALRM, lambda number, _: seen.append(number))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    memory = bytearray(range(256)) * 4096
    view = View(memory)
    want = bytes(memory)[::3].hex(":")
    stop = time.monotonic() + SECONDS
    while time.monotonic() < stop:
        assert view[::3].hex(":") == want
        assert view == memory and view[::-1].tobytes() == memory[::-1]
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert len(seen) > 10
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        while True:
            view[::3].hex(":")
    except KeyboardInterrupt:
        timer.join()


if __name__ == "__main__":
    faulthandler.enable()
    ATTACKS[sys.argv[1]]()
    print("survived", sys.argv[1])
