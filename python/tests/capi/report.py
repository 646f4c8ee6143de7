"""Prints what the seven functions do with everything that exports a buffer, and with much that does not.

    python report.py FOLDER

The extension module seven lies in the folder. Whether it was compiled for CPython's own memoryview or for ours, the lines are
the same: there are no addresses in them, and no names of types.
"""

import array
import ctypes
import gc
import io
import itertools
import mmap
import pickle
import sys
import weakref
from typing import Any, Callable, Dict, Iterator, Tuple

import _testbuffer

sys.path.insert(0, sys.argv[1])
import seven  # noqa: E402

READ, WRITE = 0x100, 0x200


class Record(ctypes.Structure):
    """A record, whose format is T{...}."""

    _fields_ = [("tag", ctypes.c_char), ("value", ctypes.c_double)]


class Exporter(bytearray):
    """An exporter that takes attributes and weak references."""


def ndarray(*shape: int, format: str = "B", flags: int = 0) -> Any:
    """An array of CPython's test module, with room for the items, counted up."""
    n = 1
    for extent in shape:
        n *= extent
    return _testbuffer.ndarray(list(range(n)), shape=list(shape), format=format, flags=flags)


def of_standard() -> "Iterator[Tuple[str, Any]]":
    """What the standard library exports."""
    yield "bytes", b"abcdef"
    yield "empty bytes", b""
    yield "bytearray", bytearray(b"abcdef")
    yield "empty bytearray", bytearray()
    yield "subclass", Exporter(b"abcdef")
    for code in "bBuhHiIlLqQfd":
        yield f"array {code}", array.array(code, "xyz" if code == "u" else [1, 2, 3])
    yield "empty array", array.array("d")
    yield "ctypes int", ctypes.c_int(5)
    yield "ctypes matrix", ((ctypes.c_short * 3) * 2)((1, 2, 3), (4, 5, 6))
    yield "ctypes records", (Record * 2)((b"a", 1.5), (b"b", 2.5))
    yield "mmap", mmap.mmap(-1, 8)
    yield "BytesIO", io.BytesIO(b"abcdef").getbuffer()


def of_builtin() -> "Iterator[Tuple[str, Any]]":
    """CPython's own views, which export too."""
    source = bytearray(range(24))
    yield "view", memoryview(source)
    yield "view, read-only", memoryview(source).toreadonly()
    yield "view, every second", memoryview(source)[::2]
    yield "view, backwards", memoryview(source)[::-1]
    yield "view, none", memoryview(source)[:0]
    yield "view, doubles", memoryview(source).cast("d")
    yield "view, 3-d", memoryview(source).cast("B", [2, 3, 4])
    yield "view, 3-d, cut", memoryview(source).cast("B", [2, 3, 4])[1:]
    yield "view, 0-d", memoryview(b"x").cast("B", [])


def of_test_module() -> "Iterator[Tuple[str, Any]]":
    """Layouts that only CPython's test module makes."""
    pil, fortran, writable = _testbuffer.ND_PIL, _testbuffer.ND_FORTRAN, _testbuffer.ND_WRITABLE
    yield "ndarray", ndarray(6)
    yield "ndarray, writable", ndarray(6, flags=writable)
    yield "ndarray, 2-d", ndarray(2, 3, format="h")
    yield "ndarray, Fortran", ndarray(2, 3, format="h", flags=fortran)
    yield "ndarray, Fortran, writable", ndarray(2, 3, 2, format="l", flags=fortran | writable)
    yield "ndarray, pointers", ndarray(2, 3, flags=pil)
    yield "ndarray, pointers, writable", ndarray(2, 3, 2, format="q", flags=pil | writable)
    yield "ndarray, pointers, 1-d", ndarray(3, flags=pil)
    yield "ndarray, strided", ndarray(12)[::5]
    yield "ndarray, backwards", ndarray(4, 3, format="i", flags=writable)[::-1, ::-2]
    yield "ndarray, 0-d", _testbuffer.ndarray(7, shape=[], format="i")
    yield "ndarray, pair", _testbuffer.ndarray([(1, 2), (3, 4)], shape=[2], format="<ih")
    yield "ndarray, strings", _testbuffer.ndarray([b"abc", b"def"], shape=[2], format="3s")
    yield "ndarray, big-endian", ndarray(3, format=">i")
    yield "ndarray, @", ndarray(3, format="@i")
    yield "ndarray, ?", ndarray(2, format="?")
    yield "ndarray, c", _testbuffer.ndarray([b"a", b"b"], shape=[2], format="c")
    yield "ndarray, 64-d", _testbuffer.ndarray([1], shape=[1] * 64)
    yield "ndarray, 65-d", _testbuffer.ndarray([1], shape=[1] * 65)
    yield "ndarray, redirect", _testbuffer.ndarray([1, 2, 3], shape=[3], flags=_testbuffer.ND_REDIRECT)


def of_numpy() -> "Iterator[Tuple[str, Any]]":
    """NumPy's arrays."""
    try:
        import numpy as np
    except ImportError:
        return
    matrix = np.arange(12, dtype="i4").reshape(3, 4)
    yield "numpy", matrix
    yield "numpy, Fortran", np.asfortranarray(matrix)
    yield "numpy, transposed", matrix.T
    yield "numpy, cut", matrix[::2, ::-1]
    yield "numpy, broadcast", np.broadcast_to(np.float64(1.5), (2, 3))
    yield "numpy, column", matrix[:, 1:2]
    yield "numpy, read-only", np.frombuffer(b"abcd", "u2")
    yield "numpy, 0-d", np.array(5, "i8")
    yield "numpy, none", np.zeros((0, 3), "f4")
    yield "numpy, record", np.array([(1, 2.5)], dtype=[("a", "i2"), ("b", "<f8")])
    for code in ("?", "f2", "f4", ">f8", "c16", "g", "S3", "U2", "V4", "M8[s]"):
        yield f"numpy {code}", np.zeros(2, code)


def of_nothing() -> "Iterator[Tuple[str, Any]]":
    """What exports nothing."""
    for thing in (None, 5, "text", [1], {}, object, Ellipsis, 1.5, iter(())):
        yield f"no exporter, {type(thing).__name__}", thing
    released = memoryview(b"abc")
    released.release()
    yield "released view", released
    released = seven.from_object(b"abc")
    released.release()
    yield "released view of the extension", released
    if sys.version_info >= (3, 12):
        yield "__buffer__", type("Python", (), {"__buffer__": lambda self, flags: memoryview(b"abc")})()
        yield "bad __buffer__", type("Python", (), {"__buffer__": lambda self, flags: b"abc"})()
        yield "failing __buffer__", type("Python", (), {"__buffer__": lambda self, flags: {}[flags]})()


def exporters() -> "Iterator[Tuple[str, Any]]":
    """All of them."""
    return itertools.chain(of_standard(), of_builtin(), of_test_module(), of_numpy(), of_nothing())


def attempt(what: "Callable[[], Any]") -> Any:
    """What a call returns, or what it raises."""
    try:
        return what()
    except Exception as error:
        text = str(error).replace("gomemoryview.", "")
        cause = error.__cause__
        return f"{type(error).__name__}: {text}" + (f", by {type(cause).__name__}: {cause}" if cause else "")


ATTRIBUTES = ("nbytes", "readonly", "itemsize", "format", "ndim", "shape", "strides", "suboffsets")
ATTRIBUTES += ("c_contiguous", "f_contiguous", "contiguous")


def tell(view: Any, source: Any) -> None:
    """Everything about a view, or the error that there is instead."""
    if isinstance(view, str):
        print("  ", view)
        return
    print("  ", {name: getattr(view, name) for name in ATTRIBUTES})
    base = seven.get_base(view)
    whose = "none" if base is ... else "the source" if base is source else "bytes" if type(base) is bytes else "another"
    print("  ", "base:", whose, (None if base is ... else base) is view.obj, seven.check(view))
    print("  ", seven.get_buffer(view), seven.first_byte(view) if view.nbytes and not view.suboffsets else "")
    print("  ", attempt(view.tobytes), attempt(view.tolist))
    print("  ", attempt(lambda: hash(view) == hash(view.tobytes())), attempt(lambda: view == seven.from_object(source)))


def countable(source: Any) -> bool:
    """Whether references to a source can be compared: a view of CPython's shares the loan of another, and holds no view."""
    return not seven.check(source) and type(source) not in (int, float, type, type(None), type(Ellipsis))


def count(label: str, source: Any, make: "Callable[[], Any]") -> None:
    """How many references to a source a view of it takes, and gives back when it is released, and when it goes."""
    before = sys.getrefcount(source)
    try:
        view = make()
    except Exception:
        print("  ", label, sys.getrefcount(source) - before)
        return
    counts = [sys.getrefcount(source) - before, sys.getrefcount(view) - 1]
    second = seven.from_object(view)
    counts += [sys.getrefcount(source) - before, sys.getrefcount(view) - 1]
    del view
    counts.append(sys.getrefcount(source) - before)
    second.release()
    counts.append(sys.getrefcount(source) - before)
    del second
    counts.append(sys.getrefcount(source) - before)
    print("  ", label, counts)


def report_objects() -> None:
    """FromObject and GetContiguous, of everything."""
    for name, source in exporters():
        print(name)
        tell(attempt(lambda: seven.from_object(source)), source)
        tell(attempt(lambda: seven.from_object(seven.from_object(source))), source)
        tell(attempt(lambda: seven.by_unit(source)), source)
        for access, order in itertools.product((READ, WRITE), (b"C", b"F", b"A")):
            print("  contiguous", "read" if access == READ else "write", order)
            tell(attempt(lambda: seven.get_contiguous(source, access, order)), source)
        if countable(source):
            count("references", source, lambda: seven.from_object(source))
            count("references, contiguous", source, lambda: seven.get_contiguous(source, READ, b"C"))
        print("  ", seven.check(source), attempt(lambda: seven.check_while_raising(source)))


def report_memory() -> None:
    """FromMemory, which has no owner."""
    accesses = [READ, WRITE]
    if not hasattr(sys, "gettotalrefcount"):  # a debug build aborts on others
        accesses += [READ | WRITE, 0, 1]
    for size, access in itertools.product((0, 1, 16), accesses):
        print("memory", size, access)
        view = seven.from_memory(size, access)
        tell(view, None)
        print("  ", attempt(lambda: view.__setitem__(slice(0, 1), b"S")), seven.contents())
        print("  ", attempt(lambda: view.__setitem__(size - 1, 46)), seven.contents())
        count("references", view, lambda: seven.from_object(view))


def report_buffers() -> None:
    """FromBuffer, of loans that are described in full and in part."""
    for name, source in exporters():
        for without in ("", "f", "b", "r", "t", "fst"):
            whole = attempt(lambda: memoryview(source))
            if isinstance(whole, str) or whole.ndim == 0 and without not in ("", "b"):
                continue
            if "t" in without and not (whole.c_contiguous and not whole.suboffsets):
                continue
            if "s" in without and (whole.ndim != 1 or whole.nbytes == 0):
                continue
            if "f" in without and whole.itemsize != 1:
                continue
            del whole
            print("buffer of", name, without)
            before = sys.getrefcount(source)
            view = attempt(lambda: seven.from_buffer(source, without))
            tell(view, source)
            held = sys.getrefcount(source) - before
            del view
            seven.give_back()
            if countable(source):
                print("   references", held, sys.getrefcount(source) - before)


def report_lives() -> None:
    """How long exporters are held."""
    source = Exporter(b"abc")
    view = seven.from_object(source)
    print("resize", attempt(lambda: source.append(1)))
    other = seven.from_object(view)
    view.release()
    print("one released", attempt(lambda: source.append(1)), attempt(lambda: seven.from_object(view)))
    other.release()
    print("both released", attempt(lambda: source.append(1)), source)

    died = []
    source.view = seven.from_object(source)
    weakref.finalize(source, died.append, "source")
    weakref.finalize(source.view, died.append, "view")
    del source, view, other
    gc.collect()
    print("a cycle", sorted(died))

    view = seven.from_object(bytearray(b"abc"))
    print("temporary", view.tobytes(), attempt(lambda: view.release()), attempt(lambda: view.tobytes()))
    lender = seven.from_object(b"abc")
    loan = pickle.PickleBuffer(lender)
    print("lent on", attempt(lender.release), loan.release(), attempt(lender.release))


def main() -> None:
    """All reports."""
    report_objects()
    report_memory()
    report_buffers()
    report_lives()


main()
