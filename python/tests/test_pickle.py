"""Pickling: beside the pickle without a copy, on the memory that comes with it, and nothing outside of that."""

import base64
import copy
import ctypes
import os
import pickle
import pickletools
import random
import struct
import subprocess
import sys
import tracemalloc
import unittest
from typing import Any, Callable

import gomemoryview
import gomemoryview_dask
import numpy as np
from exporter import Exporter
from gomemoryview import View

MiB = 1 << 20
SOAK = "MEMORYVIEW_SOAK" in os.environ


def address(exporter: Any) -> int:
    """Where item 0 lies."""
    return int(np.asarray(exporter).__array_interface__["data"][0])


def apart(view: Any) -> "tuple[bytes, list[pickle.PickleBuffer]]":
    """A pickle, and what lies beside it."""
    frames: "list[pickle.PickleBuffer]" = []
    return pickle.dumps(view, 5, buffer_callback=frames.append), frames


def peak(work: "Callable[[], Any]") -> "tuple[Any, int]":
    """What comes of some work, and how many bytes were taken for it at a time."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def cube() -> View:
    """Items that are all different."""
    return View(bytearray(struct.pack("<24i", *range(24)))).cast("<i", (2, 3, 4))


# Views whose items lie side by side, in whatever order.
WHOLE: "dict[str, Callable[[], View]]" = {
    "C": cube,
    "Fortran": lambda: cube().T,
    "swapped": lambda: cube().transpose(1, 0, 2),
    "backwards": lambda: cube()[::-1, :, ::-1],
    "backwards and swapped": lambda: cube()[:, ::-1].transpose(2, 0, 1),
    "one row": lambda: cube()[1, 2:],
    "read-only": lambda: cube().toreadonly()[::-1],
    "no dimensions": lambda: View(ctypes.c_double(2.5)),
    "records": lambda: View(bytearray(range(48))).cast("T{<i:id:>d:x:}", (2, 2)).T,
    "the other order": lambda: cube().cast(">i", (4, 6)),
    "wide items": lambda: View(np.arange(6).astype("M8[s]").view("i8")[::-1]),
}

# Views with gaps, or whose items overlap.
GAPS: "dict[str, Callable[[], View]]" = {
    "every second": lambda: cube()[:, :, ::2],
    "a column": lambda: cube()[1, :, -1],
    "a corner": lambda: cube()[:, 1:, 1:].T,
    "a field": lambda: View(bytearray(range(48))).cast("T{<i:id:>d:x:}")["x"],
    "read-only": lambda: cube().toreadonly()[..., ::-3],
    "again and again": lambda: View(bytes(8)).cast("d", (3, 2), strides=(0, 0)),
}


class Apart(unittest.TestCase):
    """Protocol 5 with a callback for buffers."""

    def same(self, got: View, want: View) -> None:
        """They show the same, and let one do the same."""
        self.assertEqual(got, want)
        self.assertEqual(
            (got.format, got.itemsize, got.shape, got.readonly, type(got)), (want.format, want.itemsize, want.shape, want.readonly, type(want))
        )

    def test_frames_are_the_memory(self) -> None:
        """Whatever the order of the items: the frame is where they lie, and the view that comes back is where the frame is."""
        for name, make in WHOLE.items():
            with self.subTest(name):
                view = make()
                told, (frame,) = apart(view)
                raw = frame.raw()
                lowest = address(view) + sum((extent - 1) * min(stride, 0) for extent, stride in zip(view.shape, view.strides))
                self.assertEqual((address(raw), raw.nbytes, raw.readonly), (lowest, view.nbytes, view.readonly))
                self.assertLess(len(told), 300)
                back = pickle.loads(told, buffers=[frame])
                self.same(back, view)
                self.assertEqual((address(back), back.strides), (address(view), view.strides))

    def test_gaps_are_packed(self) -> None:
        """They come back without, and the copy is the frame."""
        for name, make in GAPS.items():
            with self.subTest(name):
                view = make()
                told, (frame,) = apart(view)
                raw = frame.raw()
                self.assertEqual((bytes(raw), raw.readonly), (view.tobytes(), view.readonly))
                back = pickle.loads(told, buffers=[frame])
                self.same(back, view)
                self.assertTrue(back.c_contiguous)
                self.assertEqual(address(back), address(raw))

    def test_nothing_is_copied(self) -> None:
        """Of 64 MiB: neither there nor back, also inside of other things."""
        array = np.arange(8 * MiB, dtype="f8").reshape(1024, 64, 128)
        for name, view in {"C": View(array), "F": View(array.T), "swapped": View(array.swapaxes(1, 2)[::-1]), "inside": {"of": [View(array)]}}.items():
            with self.subTest(name):
                (told, frames), taken = peak(lambda: apart(view))
                self.assertLess(taken, 64 << 10)
                self.assertEqual([(address(frame.raw()), frame.raw().nbytes) for frame in frames], [(address(array), 64 * MiB)])
                back, taken = peak(lambda: pickle.loads(told, buffers=frames))
                self.assertLess(taken, 64 << 10)
                found: Any = back["of"][0] if name == "inside" else back
                self.assertTrue(np.shares_memory(np.asarray(found), array))

    def test_what_has_gaps_is_copied_once(self) -> None:
        """Of 64 MiB, every second item; the copy is not made anew by loading it."""
        array = np.arange(8 * MiB, dtype="f8").reshape(1024, -1)
        for view in (View(array)[:, ::2], View(array).toreadonly()[:, ::2]):
            (told, frames), taken = peak(lambda: apart(view))
            self.assertLess(32 * MiB, taken)
            self.assertLess(taken, 32 * MiB + (64 << 10))
            _, taken = peak(lambda: pickle.loads(told, buffers=frames))
            self.assertLess(taken, 64 << 10)

    def test_within_the_pickle(self) -> None:
        """Without a callback the bytes are in the pickle once, and nothing else of that size is made but the pickle itself."""
        view = View(bytearray(8 * MiB)).cast("d", (1024, 1024))
        for made in (view, view.T, view.toreadonly()):
            told, _ = peak(lambda: pickle.dumps(made, 5))
            self.assertLess(len(told), 8 * MiB + 300)
            back, taken = peak(lambda: pickle.loads(told))
            self.assertLess(taken, 8 * MiB + (64 << 10))
            self.same(back, made)

    def test_empty(self) -> None:
        """Nothing lies beside the pickle."""
        for view in (View(b""), View(bytearray()), cube()[:, 3:], cube()[2:, ::2].T):
            told, frames = apart(view)
            self.assertEqual(frames, [])
            self.same(pickle.loads(told), view)

    def test_writing(self) -> None:
        """What comes back is written to where the memory is writable; a frame that is not makes it read-only, as it does NumPy's arrays."""
        for view in (cube(), cube()[::-1], cube()[..., ::2], np.arange(24)):
            told, (frame,) = apart(view)
            data = bytearray(frame.raw())
            back = pickle.loads(told, buffers=[data])
            back[...] = 7
            self.assertEqual(set(memoryview(data).cast("i").tolist()) - {0}, {7})
            (fixed,) = [pickle.loads(told, buffers=[bytes(data)])]
            readonly = not fixed.flags.writeable if isinstance(fixed, np.ndarray) else fixed.readonly
            self.assertTrue(readonly)
        told, (frame,) = apart(cube().toreadonly())
        self.assertTrue(pickle.loads(told, buffers=[bytearray(frame.raw())]).readonly)

    def test_loans(self) -> None:
        """While a frame is out nobody may resize the memory, nor release the view: as with CPython's."""
        for kind in (View, memoryview):
            memory = bytearray(8)
            view = kind(memory)
            frame = pickle.PickleBuffer(view) if kind is memoryview else apart(view)[1][0]
            self.assertRaises(BufferError, memory.append, 0)
            self.assertRaises(BufferError, view.release)
            frame.release()
            view.release()
            memory.append(0)
        told, (frame,) = apart(View(bytearray(8)))
        received = bytearray(frame.raw())
        back = pickle.loads(told, buffers=[received])
        self.assertRaises(BufferError, received.clear)
        back.release()
        received.clear()

    def test_suboffsets(self) -> None:
        """Rows behind pointers are packed."""
        rows = [ctypes.create_string_buffer(b"abcd", 4), ctypes.create_string_buffer(b"efgh", 4)]
        table = struct.pack("2P", *map(ctypes.addressof, rows))
        lender = Exporter(table, len=8, ndim=2, shape=[2, 4], strides=[struct.calcsize("P"), 1], suboffsets=[0, -1], readonly=0)
        with View(lender) as view, view[:, ::-1] as part:
            for protocol in range(6):
                back = pickle.loads(pickle.dumps(part, protocol))
                self.assertEqual((back.tobytes(), back.shape, back.readonly), (b"dcbahgfe", (2, 4), False))

    def test_refusals(self) -> None:
        """What means nothing elsewhere, what could not be read again, and what is gone."""
        released = cube()
        released.release()
        lender = Exporter(format=b"nonsense")
        unreadable = View(lender)
        for view, error, text in [
            (View(np.array([{}], object)), TypeError, "refer to Python objects"),
            (View(np.zeros(2, [("a", "O"), ("b", "i4")])), TypeError, "refer to Python objects"),
            (unreadable, TypeError, "could not be read again"),
            (released, ValueError, "released"),
        ]:
            for protocol in range(6):
                self.assertRaisesRegex(error, text, pickle.dumps, view, protocol)
            self.assertRaisesRegex(error, text, copy.deepcopy, view)
            self.assertRaisesRegex(error, text, view.__dask_tokenize__)
        unreadable.release()

    def test_copies_are_apart(self) -> None:
        """Whatever the protocol but the fifth, and by copy.deepcopy; the layout is the same. copy.copy shows the same memory."""
        for name, make in {**WHOLE, **GAPS}.items():
            view = make()
            if view.obj is None or view.readonly:
                continue
            for twin in [copy.deepcopy(view), *(pickle.loads(pickle.dumps(view, protocol)) for protocol in range(6))]:
                with self.subTest(name):
                    self.same(twin, view)
                    self.assertEqual(twin.strides == view.strides, name in WHOLE)
                    self.assertFalse(np.shares_memory(np.asarray(twin), np.asarray(view)))
            self.assertTrue(np.shares_memory(np.asarray(copy.copy(view)), np.asarray(view)))


class Named(View):
    """With an attribute, and an __init__ that nobody calls but who makes one."""

    def __init__(self, object: Any, name: str) -> None:
        self.name = name

    def __new__(cls, object: Any, name: str) -> "Named":
        return super().__new__(cls, object)  # type: ignore[return-value]


class Stateful(View):
    """That says itself what it is."""

    def __getstate__(self) -> Any:
        return {"told": self.name}

    def __setstate__(self, state: Any) -> None:
        self.name = state["told"]


class Subclasses(unittest.TestCase):
    """What is made of View in Python stays what it is."""

    def test_they_stay(self) -> None:
        """With their attributes."""
        named, stateful = Named(bytearray(8), "x"), Stateful(bytearray(8))
        stateful.name = "x"
        for view in (named, stateful):
            for twin in [copy.copy(view), copy.deepcopy(view), *(pickle.loads(pickle.dumps(view, protocol)) for protocol in range(6))]:
                self.assertEqual((type(twin), twin.name, twin), (type(view), "x", view))

    def test_cycles(self) -> None:
        """A view that an attribute leads back to."""
        view = Named(bytearray(8), "x")
        view.itself = [view]
        for twin in (copy.deepcopy(view), pickle.loads(pickle.dumps(view))):
            self.assertIs(twin.itself[0], twin)


# Pickles of cube()[::-1] and of a record (7, 2.5), made by protocols 0, 2, 4, 5 and 5 apart when version 1 was new, in base 64; with their frames.
STORED = [
    (
        "KGNnb21lbW9yeXZpZXcKX3VucGlja2xlCnAwCihJMQpjZ29tZW1vcnl2aWV3ClZpZXcKcDEKY19fYnVpbHRpbl9fCmJ5dGVhcnJheQpwMgooY19jb2RlY3MK"
        "ZW5jb2RlCnAzCihWXHUwMDAwXHUwMDAwXHUwMDAwXHUwMDAwAVx1MDAwMFx1MDAwMFx1MDAwMAJcdTAwMDBcdTAwMDBcdTAwMDADXHUwMDAwXHUwMDAwXHUw"
        "MDAwBFx1MDAwMFx1MDAwMFx1MDAwMAVcdTAwMDBcdTAwMDBcdTAwMDAGXHUwMDAwXHUwMDAwXHUwMDAwB1x1MDAwMFx1MDAwMFx1MDAwMAhcdTAwMDBcdTAw"
        "MDBcdTAwMDAJXHUwMDAwXHUwMDAwXHUwMDAwXHUwMDBhXHUwMDAwXHUwMDAwXHUwMDAwC1x1MDAwMFx1MDAwMFx1MDAwMAxcdTAwMDBcdTAwMDBcdTAwMDBc"
        "dTAwMGRcdTAwMDBcdTAwMDBcdTAwMDAOXHUwMDAwXHUwMDAwXHUwMDAwD1x1MDAwMFx1MDAwMFx1MDAwMBBcdTAwMDBcdTAwMDBcdTAwMDARXHUwMDAwXHUw"
        "MDAwXHUwMDAwElx1MDAwMFx1MDAwMFx1MDAwMBNcdTAwMDBcdTAwMDBcdTAwMDAUXHUwMDAwXHUwMDAwXHUwMDAwFVx1MDAwMFx1MDAwMFx1MDAwMBZcdTAw"
        "MDBcdTAwMDBcdTAwMDAXXHUwMDAwXHUwMDAwXHUwMDAwCnA0ClZsYXRpbjEKcDUKdHA2ClJwNwp0cDgKUnA5ClY8aQpwMTAKSTQKKEkyCkkzCkk0CnRwMTEK"
        "KEktNDgKSTE2Ckk0CnRwMTIKSTQ4CkkwMAp0cDEzClJwMTQKY2dvbWVtb3J5dmlldwpfdW5waWNrbGVfcmVjb3JkCnAxNQooKFZ4CnAxNgpWeQpwMTcKdHAx"
        "OAooSTcKRjIuNQp0cDE5CnRwMjAKUnAyMQp0cDIyCi4=",
        [],
    ),
    (
        "gAJjZ29tZW1vcnl2aWV3Cl91bnBpY2tsZQpxAChLAWNnb21lbW9yeXZpZXcKVmlldwpxAWNfX2J1aWx0aW5fXwpieXRlYXJyYXkKcQJjX2NvZGVjcwplbmNv"
        "ZGUKcQNYYAAAAAAAAAABAAAAAgAAAAMAAAAEAAAABQAAAAYAAAAHAAAACAAAAAkAAAAKAAAACwAAAAwAAAANAAAADgAAAA8AAAAQAAAAEQAAABIAAAATAAAA"
        "FAAAABUAAAAWAAAAFwAAAHEEWAYAAABsYXRpbjFxBYZxBlJxB4VxCFJxCVgCAAAAPGlxCksESwJLA0sEh3ELStD///9LEEsEh3EMSzCJdHENUnEOY2dvbWVt"
        "b3J5dmlldwpfdW5waWNrbGVfcmVjb3JkCnEPWAEAAAB4cRBYAQAAAHlxEYZxEksHR0AEAAAAAAAAhnEThnEUUnEVhnEWLg==",
        [],
    ),
    (
        "gASVAQEAAAAAAACMDGdvbWVtb3J5dmlld5SMCV91bnBpY2tsZZSTlChLAWgAjARWaWV3lJOUjAhidWlsdGluc5SMCWJ5dGVhcnJheZSTlENgAAAAAAEAAAAC"
        "AAAAAwAAAAQAAAAFAAAABgAAAAcAAAAIAAAACQAAAAoAAAALAAAADAAAAA0AAAAOAAAADwAAABAAAAARAAAAEgAAABMAAAAUAAAAFQAAABYAAAAXAAAAlIWU"
        "UpSMAjxplEsESwJLA0sEh5RK0P///0sQSwSHlEswiXSUUpRoAIwQX3VucGlja2xlX3JlY29yZJSTlIwBeJSMAXmUhpRLB0dABAAAAAAAAIaUhpRSlIaULg==",
        [],
    ),
    (
        "gAWV6wAAAAAAAACMDGdvbWVtb3J5dmlld5SMCV91bnBpY2tsZZSTlChLAWgAjARWaWV3lJOUlmAAAAAAAAAAAAAAAAEAAAACAAAAAwAAAAQAAAAFAAAABgAA"
        "AAcAAAAIAAAACQAAAAoAAAALAAAADAAAAA0AAAAOAAAADwAAABAAAAARAAAAEgAAABMAAAAUAAAAFQAAABYAAAAXAAAAlIwCPGmUSwRLAksDSwSHlErQ////"
        "SxBLBIeUSzCJdJRSlGgAjBBfdW5waWNrbGVfcmVjb3JklJOUjAF4lIwBeZSGlEsHR0AEAAAAAAAAhpSGlFKUhpQu",
        [],
    ),
    (
        "gAWVggAAAAAAAACMDGdvbWVtb3J5dmlld5SMCV91bnBpY2tsZZSTlChLAWgAjARWaWV3lJOUl4wCPGmUSwRLAksDSwSHlErQ////SxBLBIeUSzCJdJRSlGgA"
        "jBBfdW5waWNrbGVfcmVjb3JklJOUjAF4lIwBeZSGlEsHR0AEAAAAAAAAhpSGlFKUhpQu",
        [bytearray(struct.pack("<24i", *range(24)))],
    ),
]


class Compatibility(unittest.TestCase):
    """What is pickled today is loaded tomorrow."""

    def test_names(self) -> None:
        """A pickle names nothing that is likely to move."""
        names = set()
        for view in (cube(), View(bytes(12)).cast("T{<i:x:<d:y:}")[0]):
            for code, argument, _ in pickletools.genops(pickle.dumps(view, 2)):
                if code.name == "GLOBAL":
                    names.add(argument)
        self.assertEqual(names, {"gomemoryview _unpickle", "gomemoryview _unpickle_record", "gomemoryview View", "__builtin__ bytearray", "_codecs encode"})

    def test_stored(self) -> None:
        """Those that were stored."""
        for told, frames in STORED:
            view, record = pickle.loads(base64.b64decode(told), buffers=frames)
            self.assertEqual((view, view.strides, view.readonly), (cube()[::-1], (-48, 16, 4), False))
            self.assertEqual((record, record.x), ((7, 2.5), 7))


class Hostile(unittest.TestCase):
    """What a pickle says is not believed."""

    GOOD = (1, View, bytearray(96), "<i", 4, (2, 3, 4), (48, 16, 4), 0, False)

    def refused(self, errors: Any, **changes: Any) -> None:
        """Loads a pickle whose arguments were changed."""
        names = ("version", "kind", "data", "format", "itemsize", "shape", "strides", "offset", "readonly")
        arguments = tuple(changes.get(name, good) for name, good in zip(names, self.GOOD))
        with self.subTest(**changes):
            self.assertRaises(errors, gomemoryview._unpickle, *arguments)

    def test_arguments(self) -> None:
        """Each that fits to nothing is an error."""
        self.assertEqual(gomemoryview._unpickle(*self.GOOD), View(bytearray(96)).cast("<i", (2, 3, 4)))
        self.refused(ValueError, version=2)
        self.refused(TypeError, kind=int)
        self.refused(TypeError, kind=memoryview)
        self.refused(TypeError, data="text")
        self.refused(BufferError, data=memoryview(bytearray(192))[::2])
        for size in (0, 1, 95, 97, 192):
            self.refused(ValueError, data=bytearray(size))
        for format in ("<q", "O", "T{O:x:}", "nonsense", None, b"<i", 5, "<i\0", "\udcff"):
            self.refused((ValueError, TypeError), format=format)
        for itemsize in (0, 1, 3, 8, 2**62, 2**64, "4", None):
            self.refused((ValueError, TypeError, OverflowError), itemsize=itemsize)
        for shape in ((2, 3, 5), (2, 3), (24,), (2, 3, -4), (-2, 3, -4), (2**62, 3, 4), (2**64, 0, 0), (0, 3, 4), None, 24, "abc", (2.0, 3, 4), (1,) * 65):
            self.refused((ValueError, TypeError, OverflowError), shape=shape)
        for strides in ((48, 16, 5), (-48, 16, 4), (48, 16), (), None, (2**62, 16, 4), (2**64, 16, 4), (48, 16, "4"), (1,) * 65):
            self.refused((ValueError, TypeError, OverflowError), strides=strides)
        for offset in (1, -1, 96, 2**62, 2**64, None):
            self.refused((ValueError, TypeError, OverflowError), offset=offset)

    def test_any_numbers(self) -> None:
        """Where random ones are no error, every item lies inside of the memory."""
        choose = random.Random(20)
        accepted = 0
        for _ in range(200_000 if SOAK else 10_000):
            ndim = choose.randrange(4)
            shape = tuple(choose.choice([0, 1, 2, 2, 3, 4]) for _ in range(ndim))
            strides = tuple(choose.choice([-12, -8, -4, 0, 1, 4, 8, 12, 16, 24, 48, 2**61]) for _ in range(ndim))
            size = choose.choice([int(np.prod(shape)) * 4, 96])
            try:
                view = gomemoryview._unpickle(1, View, bytearray(size), "<i", 4, shape, strides, choose.choice([0, 0, 4, 12, 44, size, -4]), False)
            except ValueError:
                continue
            if view.nbytes:
                accepted += 1
                ends = [(extent - 1) * stride for extent, stride in zip(shape, strides)]
                start = address(view) - address(view.obj)
                self.assertGreaterEqual(start + sum(min(end, 0) for end in ends), 0)
                self.assertLessEqual(start + sum(max(end, 0) for end in ends) + 4, size)
        self.assertGreater(accepted, 100)


class Dask(unittest.TestCase):
    """What Dask asks of any object; remote/engines_test.go has Dask itself ask."""

    def test_tokens(self) -> None:
        """The same in another process, of what was pickled and of a copy; others for whatever differs."""
        plain = [make() for make in {**WHOLE, **GAPS}.values()] + [View(bytearray(8)), cube().cast("<I", (2, 3, 4)), View(bytearray(9))]
        views = [*plain, Named(bytearray(8), "x"), Named(bytearray(8), "y")]
        tokens = [str(view.__dask_tokenize__()) for view in views]
        self.assertEqual(len(set(tokens)), len(tokens))
        for view, token in zip(views, tokens):
            self.assertEqual(str(copy.deepcopy(view).__dask_tokenize__()), token)
            self.assertEqual(str(pickle.loads(pickle.dumps(view)).__dask_tokenize__()), token)
        changed = cube()
        changed[1, 2, 3] += 1
        self.assertNotIn(str(changed.__dask_tokenize__()), tokens)
        ask = "import pickle, sys; sys.stdout.write('\\n'.join(str(view.__dask_tokenize__()) for view in pickle.load(sys.stdin.buffer)))"
        environment = {**os.environ, "PYTHONHASHSEED": "7"}
        child = subprocess.run([sys.executable, "-c", ask], input=pickle.dumps(plain), env=environment, stdout=subprocess.PIPE, check=True)
        self.assertEqual(child.stdout.decode().split("\n"), tokens[: len(plain)])

    def test_sizes(self) -> None:
        """The items are counted, once each."""
        small = gomemoryview_dask.size(View(b""))
        for view, items in [(View(bytes(1000)), 1000), (View(bytes(1000))[::2], 500), (View(bytes(8)).cast("d", (1000,), strides=(0,)), 8), (gomemoryview.memoryview(bytes(1000)), 1000), (View(ctypes.c_double()), 8)]:
            self.assertLess(abs(gomemoryview_dask.size(view) - items - small), 100)
        released = View(bytes(1000))
        released.release()
        self.assertLess(gomemoryview_dask.size(released), 300)

    def test_dask_alone(self) -> None:
        """What Dask imports to know sizes does not start the engine."""
        code = "import gomemoryview_dask, sys; sys.exit('gomemoryview' in sys.modules)"
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 0)


if __name__ == "__main__":
    unittest.main()
