"""View beside NumPy, on memory that they share: arrays, indices, assignments and formats that hypothesis makes up."""

import copy
import dataclasses
import itertools
import math
import os
import pickle
import unittest
from typing import Any

import hypothesis
import numpy as np
from gomemoryview import View
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

# How long a machine takes is no finding.
ANY_TIME: "dict[str, Any]" = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("short", max_examples=80, database=None, derandomize=True, **ANY_TIME)
hypothesis.settings.register_profile("soak", max_examples=1_000, database=None, **ANY_TIME)
hypothesis.settings.load_profile("soak" if "MEMORYVIEW_SOAK" in os.environ else "short")

NUMBERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]
OTHERS = ["?", "S1", "S3", "U2"]

numbers = st.builds(lambda order, code: np.dtype(order + code), st.sampled_from("<>"), st.sampled_from(NUMBERS))
scalars = numbers | st.sampled_from([np.dtype(code) for code in [*OTHERS, ">U2"]])


@st.composite
def records(draw: Any, inner: Any) -> np.dtype:
    """Records: packed, aligned or with gaps, of scalars, subarrays and records."""
    names = draw(st.sampled_from([["x"], ["x", "y"], ["count", "index", "x"], ["a b", "y"], ["class", "_", "z"], ["é", "y"]]))
    shapes = st.sampled_from([(), (), (2,), (2, 1, 2), (0,)])
    fields = [(name, draw(inner), draw(shapes)) for name in names]
    return np.dtype(fields, align=draw(st.booleans()))


def told(dtype: np.dtype) -> bool:
    """Whether NumPy's format of a record is one that NumPy itself reads as the same: it leaves padding out of some."""
    try:
        return all(np.asarray(memoryview(np.zeros(count, dtype))).dtype == dtype for count in (1, 2))
    except RuntimeError:
        return False


flat = records(scalars).filter(told)
nested = records(scalars | records(scalars)).filter(told)
dtypes = scalars | flat | nested


def fill(dtype: np.dtype, count: int, draw: Any) -> Any:
    """Items whose bytes are random as far as every item has a value: text has not every one."""
    if dtype.subdtype:
        base, shape = dtype.subdtype
        return fill(base, count * math.prod(shape), draw).reshape(count, *shape)
    items = np.zeros(count, dtype)
    if dtype.names:
        for name in dtype.names:
            items[name] = fill(dtype.fields[name][0], count, draw)
    elif dtype.kind == "U":
        items[:] = [draw(st.text(max_size=2)) for _ in range(count)]
    else:
        seed = draw(st.integers(0, 2**32 - 1))
        data = np.random.default_rng(seed).bytes(count * dtype.itemsize)
        items = np.frombuffer(bytearray(data), dtype, count) if dtype.kind != "b" else np.array([byte % 3 > 1 for byte in data], dtype)
    return items


@dataclasses.dataclass
class Block:
    """Memory, and an array over it."""

    data: bytes
    dtype: np.dtype
    shape: "tuple[int, ...]"
    strides: "tuple[int, ...]"
    offset: int

    def array(self) -> "tuple[Any, bytearray]":
        """The array, in memory of its own."""
        memory = bytearray(self.data or 1)  # of no bytes it would lie at an odd address, and NumPy would take it for unaligned
        return np.ndarray(self.shape, self.dtype, memory, self.offset, self.strides), memory


@st.composite
def blocks(draw: Any, of: Any = dtypes, least: int = 0) -> Block:
    """Of up to four dimensions, some of them transposed, reversed and with gaps."""
    dtype = draw(of)
    whole = draw(st.lists(st.integers(0, 4), min_size=least, max_size=4))
    data = fill(dtype, math.prod(whole), draw).tobytes()
    array = np.ndarray(whole, dtype, bytearray(data) or bytearray(1))
    start = address(array)
    array = array[(*(slice(None, None, draw(st.sampled_from([1, 1, -1, 2, -2]))) for _ in whole), ...)]
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    return Block(data, dtype, array.shape, array.strides, address(array) - start if array.size else 0)


def arrays(of: Any = dtypes, least: int = 0) -> Any:
    """The arrays of such blocks."""
    return blocks(of, least).map(lambda block: block.array()[0])


def plain(value: Any) -> Any:
    """Items as View has them, but for what can be told from it: NaN, and the NULs that NumPy cuts off."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist()) if value.dtype.names is None else [plain(item) for item in value]
    if isinstance(value, np.void):
        return tuple(plain(part) for part in value.item()) if value.dtype.names is None else tuple(plain(value[name]) for name in value.dtype.names)
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if isinstance(value, (float, complex)):
        return repr(value)
    return value.rstrip(b"\0") if isinstance(value, bytes) else value


def items_of(array: Any) -> Any:
    """The model of tolist."""
    return plain(array[()]) if array.ndim == 0 else [items_of(part) for part in array] if array.ndim > 1 else [plain(item) for item in array]


def address(array: Any) -> int:
    """Where item 0 lies."""
    return array.__array_interface__["data"][0]


def steps(array: Any) -> "list[int]":
    """The strides that are ever taken."""
    return [stride for extent, stride in zip(array.shape, array.strides) if extent > 1 and 0 not in array.shape]


def told_shape(array: Any) -> "tuple[int, ...]":
    """As much of a shape as counts in a comparison: what comes after the first dimension without items does not, but as one."""
    return (*itertools.takewhile(bool, array.shape), 0, array.ndim) if 0 in array.shape else array.shape


class Reads(unittest.TestCase):
    """What a view shows."""

    @given(arrays())
    def test_items(self, array: Any) -> None:
        """Items, bytes, and NumPy's own look through the view."""
        view = View(array)
        self.assertEqual((view.shape, steps(view), view.itemsize), (array.shape, steps(array), array.itemsize))
        self.assertEqual(plain(view.tolist()), items_of(array))
        if not padding(array.dtype):
            for order in "CF":
                self.assertEqual(view.tobytes(order), array.tobytes(order))
            self.assertEqual(view.hex(), array.tobytes().hex())
        again = np.asarray(view)
        self.assertEqual((again.dtype, again.shape, steps(again)), (array.dtype, array.shape, steps(array)))
        self.assertTrue(array.size == 0 or address(again) == address(array))
        if array.ndim:
            self.assertEqual([plain(part.tolist() if isinstance(part, View) else part) for part in view], items_of(array))
            self.assertEqual([plain(part.tolist() if isinstance(part, View) else part) for part in reversed(view)], items_of(array)[::-1])

    @given(st.data())
    def test_index(self, data: Any) -> None:
        """Every basic index: the part lies where NumPy's lies."""
        array = data.draw(arrays())
        key = data.draw(hnp.basic_indices(array.shape))
        part, model = View(array)[key], array[key]
        if not isinstance(part, View):
            self.assertEqual(plain(part), plain(model))
            self.assertEqual(plain(part), plain(View(array)[(*key, ...) if isinstance(key, tuple) else (key, ...)][()]))
            return
        self.assertEqual(part.shape, model.shape)
        if model.size:
            self.assertEqual(address(np.asarray(part)), address(model))
        self.assertEqual(steps(part), steps(model))

    @given(arrays(nested))
    def test_fields(self, array: Any) -> None:
        """Fields by name, of records of records too."""
        view = View(array)
        self.assertEqual(view.fields, array.dtype.names)
        for name in array.dtype.names:
            part, model = view[name], array[name]
            self.assertEqual((part.shape, plain(part.tolist())), (model.shape, items_of(model)))
            self.assertEqual(steps(part), steps(model))
            # The format of a record inside does not say that padding follows: NumPy adds it when it reads that, and refuses our size.
            if model.size and part.nbytes and part.itemsize == model.itemsize:
                self.assertEqual(address(np.asarray(part)), address(model))

    @given(arrays())
    def test_transpose(self, array: Any) -> None:
        """Every order of the dimensions."""
        view = View(array)
        self.assertEqual(plain(view.T.tolist()), items_of(array.T))
        for axes in itertools.permutations(range(array.ndim)):
            self.assertEqual(plain(view.transpose(*axes).tolist()), items_of(array.transpose(axes)))
            self.assertEqual(steps(view.transpose(axes)), steps(array.transpose(axes)))

    @given(arrays(numbers), arrays(numbers), st.booleans())
    def test_equality(self, a: Any, b: Any, converted: bool) -> None:
        """By value, as Python compares the lists of items."""
        if converted:
            with np.errstate(all="ignore"):
                b = a.astype(b.dtype) if a.dtype.kind != "c" or b.dtype.kind == "c" else a
        equal = told_shape(a) == told_shape(b) and a.tolist() == b.tolist()
        self.assertEqual((View(a) == View(b), View(a) != b), (equal, not equal))

    @given(arrays())
    def test_equality_of_anything(self, array: Any) -> None:
        """A view equals the same items in another layout, unless one of them is a NaN."""
        nan = "nan" in repr(items_of(array))
        other = np.array(array, order="F")
        self.assertEqual(View(array) == View(other), not nan)

    @given(st.data())
    def test_search(self, data: Any) -> None:
        """count, index and in, of a value that is there and of others."""
        array = data.draw(arrays(scalars, least=1))
        view = View(array)
        flat = list(View(np.ascontiguousarray(array)).cast(view.format))
        value = data.draw(st.sampled_from([*flat, 0, 1.0, b"", "a", None]))
        places = [at for at, item in zip(itertools.product(*map(range, array.shape)), flat) if item == value]
        self.assertEqual((view.count(value), value in view), (len(places), bool(places)))
        if not places:
            self.assertRaises(ValueError, view.index, value)
        else:
            self.assertEqual(view.index(value), places[0] if array.ndim > 1 else places[0][0])

    @given(arrays(), st.sampled_from("CFA"))
    def test_contiguous(self, array: Any, order: str) -> None:
        """get_contiguous: the same items, in that order; the memory itself only where it lies so."""
        made = View.get_contiguous(array, order=order)
        self.assertEqual((made.shape, made.format, plain(made.tolist())), (array.shape, View(array).format, items_of(array)))
        self.assertTrue(made.nbytes == 0 or {"C": made.c_contiguous, "F": made.f_contiguous, "A": made.contiguous}[order])
        lies_so = {"C": array.flags.c_contiguous, "F": array.flags.f_contiguous, "A": array.flags.forc}[order]
        if array.size:
            self.assertEqual(address(np.asarray(made)) == address(array), lies_so)
            if lies_so:
                self.assertFalse(View.get_contiguous(array, False, order).readonly)
            else:
                self.assertRaises(BufferError, View.get_contiguous, array, False, order)

    @given(arrays(), st.integers(0, 5), st.booleans(), st.booleans())
    def test_pickle(self, array: Any, protocol: int, readonly: bool, apart: bool) -> None:
        """Whatever the protocol, with the memory in the pickle or beside it."""
        view = View(array).toreadonly() if readonly else View(array)
        buffers: "list[Any]" = []
        told = pickle.dumps(view, protocol, buffer_callback=buffers.append if apart and protocol == 5 else None)
        for back in (pickle.loads(told, buffers=buffers), copy.deepcopy(view)):
            self.assertEqual((back.format, back.itemsize, back.shape, back.tobytes()), (view.format, view.itemsize, view.shape, view.tobytes()))
            self.assertEqual(back.readonly, readonly)
        self.assertEqual(len(buffers), int(apart and protocol == 5 and view.nbytes > 0))


class Writes(unittest.TestCase):
    """What becomes of the memory."""

    @given(st.data())
    def test_assignment(self, data: Any) -> None:
        """To a part: an array of its shape, an array without dimensions, or another part of the same memory."""
        block = data.draw(blocks(scalars))
        (ours, memory), (model, expected) = block.array(), block.array()
        key = data.draw(hnp.basic_indices(block.shape))
        hypothesis.assume(isinstance(model[key], np.ndarray))
        kind = data.draw(st.sampled_from(["array", "item", "part"]))
        if kind == "part":
            other = data.draw(hnp.basic_indices(block.shape))
            hypothesis.assume(isinstance(model[other], np.ndarray) and model[other].shape in (model[key].shape, ()))
            View(ours)[key] = View(ours)[other]
            model[key] = model[other].copy()
        else:
            count = model[key].size if kind == "array" else 1
            source = fill(block.dtype, count, data.draw).reshape(model[key].shape if kind == "array" else ())
            View(ours)[key] = source
            model[key] = source
        self.assertEqual(memory, expected)

    @given(st.data())
    def test_items(self, data: Any) -> None:
        """One item, from what the model gives for an item, and the padding stays."""
        block = data.draw(blocks(least=1))
        (ours, memory), (model, _) = block.array(), block.array()
        hypothesis.assume(model.size)
        value = plain_item(fill(block.dtype, 1, data.draw)[0])
        index = tuple(data.draw(st.integers(-extent, extent - 1)) for extent in block.shape)
        view = View(ours)
        view[index] = value
        model[index] = value
        self.assertEqual(items_of(ours), items_of(model))
        self.assertEqual(plain(view[index]), plain(model[index]))
        untouched = [at for at, byte in enumerate(block.data) if memory[at] != byte]
        low = address(ours[(*index, ...)]) - address(ours) + block.offset
        self.assertTrue(all(low <= at < low + block.dtype.itemsize for at in untouched))
        for at in padding(block.dtype):
            self.assertEqual(memory[low + at], block.data[low + at])
        view[...] = view[index]
        model[...] = model[index]
        self.assertEqual(items_of(ours), items_of(model))

    @given(arrays(flat), st.data())
    def test_items_by_name(self, array: Any, data: Any) -> None:
        """From mappings and from other records; what does not fit changes nothing."""
        hypothesis.assume(array.size)
        names, before = array.dtype.names, items_of(array)
        view = View(array)
        value = plain_item(fill(array.dtype, 1, data.draw)[0])
        index = (0,) * array.ndim
        for wrong in (value[:-1], (*value, 1), {}, dict(zip(names, value[:-1])), 5, "ab", None):
            self.assertRaises((TypeError, ValueError), view.__setitem__, index, wrong)
        self.assertEqual(items_of(array), before)
        view[index] = dict(zip(names, value))
        array[index] = value
        self.assertEqual(plain(view[index]), plain(array[index]))

    @given(arrays(numbers), st.sampled_from("<>="), st.sampled_from(NUMBERS))
    def test_conversion(self, array: Any, order: str, code: str) -> None:
        """convert_from: as NumPy's astype, where every value has a place; else nothing is written."""
        target = np.zeros(array.shape, np.dtype(order + code))
        fits = array.dtype.kind != "c" or target.dtype.kind == "c"
        if target.dtype.kind in "iu" and fits:
            info = np.iinfo(target.dtype)
            fits = all(math.isfinite(value) and info.min <= math.trunc(value) <= info.max for value in array.flatten().tolist())
        if not fits and array.size:
            self.assertRaises((TypeError, ValueError), View(target).convert_from, array)
            self.assertFalse(target.any())
        elif fits:
            View(target).convert_from(array)
            with np.errstate(all="ignore"):
                self.assertEqual(items_of(target), items_of(array.astype(target.dtype)))


class Casts(unittest.TestCase):
    """The same bytes as other items."""

    @given(numbers | st.just(np.dtype("S3")), st.lists(st.integers(0, 4), max_size=4), st.sampled_from("CF"), st.integers(0, 3))
    def test_shapes(self, dtype: np.dtype, shape: "list[int]", order: str, offset: int) -> None:
        """To any format, in any shape and order, from any offset."""
        data = bytearray(range(7, 7 + offset)) + np.random.default_rng(len(shape)).bytes(math.prod(shape) * dtype.itemsize)
        text = View(np.zeros(1, dtype)).format
        view = View(data).cast(text, shape, order=order, offset=offset)
        model = np.ndarray(shape, dtype, bytes(data) or bytes(1), offset, order=order)
        self.assertEqual((view.shape, view.strides, plain(view.tolist())), (model.shape, model.strides, items_of(model)) if model.size else (model.shape, view.strides, items_of(model)))
        flat = View(np.ascontiguousarray(model)).cast(text)
        self.assertEqual(plain(flat.tolist()), items_of(model.flatten()))
        for wrong in ({"offset": offset + 1}, {"offset": -1}, {"shape": [*shape, 2]}, {"shape": [-1]}):
            if math.prod(shape):
                self.assertRaises(ValueError, View(data).cast, text, **{"shape": shape, "offset": offset, **wrong})

    @given(st.data())
    def test_strides(self, data: Any) -> None:
        """Strides may be any by which no item lies outside."""
        dtype = data.draw(numbers)
        size = data.draw(st.integers(0, 60))
        shape = data.draw(st.lists(st.integers(0, 4), max_size=3))
        strides = [data.draw(st.integers(-16, 16)) for _ in shape]
        offset = data.draw(st.integers(-2, size + 2))
        memory = np.random.default_rng(size).bytes(size)
        low = offset + sum(min(0, (extent - 1) * stride) for extent, stride in zip(shape, strides))
        high = offset + sum(max(0, (extent - 1) * stride) for extent, stride in zip(shape, strides)) + dtype.itemsize
        text = View(np.zeros(1, dtype)).format
        if math.prod(shape) == 0:
            hypothesis.assume(0 <= offset <= size)
            self.assertEqual(View(memory).cast(text, shape, strides=strides, offset=offset).nbytes, 0)
        elif 0 <= low and high <= size:
            view = View(memory).cast(text, shape, strides=strides, offset=offset)
            model = np.ndarray(shape, dtype, memory, offset, strides)
            self.assertEqual((view.strides, plain(view.tolist())), (model.strides, items_of(model)))
        else:
            self.assertRaises(ValueError, View(memory).cast, text, shape, strides=strides, offset=offset)


def plain_item(value: Any) -> Any:
    """An item of NumPy's as Python objects that View takes."""
    if isinstance(value, np.void):
        return tuple(plain_item(value[name]) for name in value.dtype.names)
    return [plain_item(part) for part in value] if isinstance(value, np.ndarray) else value.item() if isinstance(value, np.generic) else value


def padding(dtype: np.dtype) -> "set[int]":
    """The bytes of an item that belong to no field."""
    if dtype.subdtype:
        base, shape = dtype.subdtype
        return {at * base.itemsize + gap for at in range(math.prod(shape)) for gap in padding(base)}
    if dtype.names is None:
        return set()
    gaps = set(range(dtype.itemsize))
    for name in dtype.names:
        kind, offset = dtype.fields[name][:2]
        gaps -= {offset + at for at in set(range(kind.itemsize)) - padding(kind)}
    return gaps


if __name__ == "__main__":
    unittest.main()
