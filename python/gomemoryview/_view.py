"""View, as far as it is not in C: what is not done often."""

from __future__ import annotations

import collections
import collections.abc
import copy
import functools
import hashlib
import math
import operator
import pickle
import struct
import sys
import types
from typing import Any, Callable, NamedTuple, Tuple

from . import _engine

__all__ = ["View", "from_dlpack"]

Plain = Tuple[int, int, float, float, bytes]
Packer = Callable[[bytearray, int, Any], None]

PyBUF_READ, PyBUF_WRITE = 0x100, 0x200
MANY = 500  # formats and records that are kept in mind
PICKLED = 1  # the version of what pickles hold of a view
NODE = struct.Struct("@4B7n")  # gmvNode in engine.h
BOOL, BYTE, INT, UINT, ADDRESS, FLOAT, COMPLEX, BYTES, PASCAL, TEXT, LIST, RECORD = range(1, 13)  # kinds, as there


class Node(NamedTuple):
    """A part of a format: see gmvNode in engine.h. Name and format are texts here."""

    kind: int
    offset: int
    size: int
    parts: int
    stride: int
    next: int
    name: str
    format: str


def nodes_of(table: bytes) -> list[Node]:
    """The nodes of a format."""
    count = NODE.unpack_from(table)[8]
    texts = table[count * NODE.size :]

    def text(at: int) -> str:
        return texts[at : texts.index(0, at)].decode("utf-8", "surrogateescape")

    found = (NODE.unpack_from(table, at * NODE.size) for at in range(count))
    return [Node._make((node[0], *node[4:9], text(node[9]), text(node[10]))) for node in found]


@functools.lru_cache(MANY)
def nodes(format: str) -> list[Node]:
    """The nodes of a format that a view has told."""
    return nodes_of(read(format.encode("utf-8", "surrogateescape"))[0])


def inside(all_nodes: list[Node], at: int) -> list[int]:
    """The numbers of the nodes directly inside of one."""
    found, child = [], at + 1
    while child < all_nodes[at].next:
        found.append(child)
        child = all_nodes[child].next
    return found


@functools.lru_cache(MANY)
def read(format: bytes) -> tuple[bytes, tuple[Any, ...]]:
    """What C keeps of a format: its table, and for each node that is a record the type of its items, or the names of the
    fields where they are plain tuples."""
    table = _engine.table(format)
    parsed = nodes_of(table)
    return table, tuple(
        record_type(tuple(parsed[field].name for field in inside(parsed, at))) if node.kind == RECORD else None
        for at, node in enumerate(parsed)
    )


@functools.lru_cache(MANY)
def record_type(names: tuple[str, ...]) -> Any:
    """The type of records whose fields have these names: a named tuple if they can be names of attributes."""
    try:
        named: Any = collections.namedtuple("Record", names, module="gomemoryview")
    except ValueError:
        return names
    named.__doc__ = f"An item with the fields {', '.join(names)}."
    named.__reduce__ = lambda self: (_unpickle_record, (self._fields, tuple(self)))  # nobody can import the type
    return named


def _unpickle_record(names: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    """A record out of a pickle, which names this function: it stays."""
    return record_type(names)._make(values)


def pack(format: str, value: Any) -> bytes:
    """An item of a format, made of a value. Padding is zero."""
    item = bytearray(nodes(format)[0].size)
    packer(format)(item, 0, value)
    return bytes(item)


@functools.lru_cache(MANY)
def packer(format: str) -> Packer:
    """A function that makes an item of a value, in a bytearray from an offset on."""
    return node_packer(nodes(format), 0)


def node_packer(all_nodes: list[Node], at: int) -> Packer:
    """The same for a node."""
    node = all_nodes[at]
    if node.kind == RECORD:
        fields = inside(all_nodes, at)
        names = tuple(all_nodes[field].name for field in fields)
        packers = [(all_nodes[field].offset, node_packer(all_nodes, field)) for field in fields]

        def record(item: bytearray, offset: int, value: Any) -> None:
            for (place, pack), part in zip(packers, parts(value, names, len(names))):
                pack(item, offset + place, part)

        return record
    if node.kind == LIST:
        element = node_packer(all_nodes, at + 1)

        def elements(item: bytearray, offset: int, value: Any) -> None:
            for i, part in enumerate(parts(value, None, node.parts)):
                element(item, offset + i * node.stride, part)

        return elements
    format, plain, store = node.format, PLAIN[node.kind], _engine.store

    def leaf(item: bytearray, offset: int, value: Any) -> None:
        store(item, offset, format, *plain(node, value))

    return leaf


def parts(value: Any, names: tuple[str, ...] | None, count: int) -> tuple[Any, ...]:
    """The parts of what shall become a record of fields of these names, or a list of elements."""
    what = "elements of a subarray" if names is None else f"fields of a record ({', '.join(names)})"
    if names and isinstance(value, collections.abc.Mapping):
        if not all(names) or set(value) != set(names):
            raise ValueError(f"a mapping has to have just the {count} {what}, and not {', '.join(map(repr, value))}")
        return tuple(value[name] for name in names)
    if not hasattr(type(value), "__getitem__") or isinstance(value, (str, bytes, bytearray, collections.abc.Mapping)):
        raise TypeError(f"{count} {what} are made of as many values in a sequence, not of {value!r:.100}")
    values = tuple(value)
    if len(values) != count:
        raise ValueError(f"{len(values)} values for the {count} {what}")
    return values


# A value as the engine has it: its kind, an integer, the parts of a complex number, and text.


def plain_integer(node: Node, value: Any) -> Plain:
    """For integers and addresses."""
    integer = operator.index(value)
    if 0 <= integer < 2**64:
        return UINT, integer, 0.0, 0.0, b""
    if not -(2**63) <= integer < 0:
        raise ValueError(f"{value!r:.100} is out of the range of format {node.format!r}")
    return INT, integer + 2**64, 0.0, 0.0, b""


def plain_number(node: Node, value: Any) -> Plain:
    """For floats and complex numbers."""
    if isinstance(value, (str, bytes, bytearray)):
        raise TypeError(f"an item of format {node.format!r} is made of a number, not of {value!r:.100}")
    number: complex = float(value) if node.kind == FLOAT else complex(value)
    return node.kind, 0, number.real, number.imag, b""


def plain_bool(node: Node, value: Any) -> Plain:
    """For bools."""
    return BOOL, bool(value), 0.0, 0.0, b""


def plain_bytes(node: Node, value: Any) -> Plain:
    """For bytes, with their length before them or not."""
    return BYTES, 0, 0.0, 0.0, value if isinstance(value, bytes) else memoryview(value).tobytes()


def plain_text(node: Node, value: Any) -> Plain:
    """For text."""
    if not isinstance(value, str):
        raise TypeError(f"an item of format {node.format!r} is made of a str, not of {value!r:.100}")
    return TEXT, 0, 0.0, 0.0, value.encode()


PLAIN: dict[int, Callable[[Node, Any], Plain]] = {
    BOOL: plain_bool, INT: plain_integer, UINT: plain_integer, ADDRESS: plain_integer,
    FLOAT: plain_number, COMPLEX: plain_number, BYTES: plain_bytes, PASCAL: plain_bytes, TEXT: plain_text,
}  # fmt: skip


@functools.lru_cache(MANY)
def places(format: str) -> dict[str, tuple[Any, ...]]:
    """Of each field with a name: format, size, offset, and the shape and strides of its subarray."""
    all_nodes, found = nodes(format), {}
    for at in reversed(inside(all_nodes, 0) if all_nodes[0].kind == RECORD else []):
        name, offset, shape, strides = all_nodes[at].name, all_nodes[at].offset, (), ()
        while all_nodes[at].kind == LIST:
            shape, strides, at = (*shape, all_nodes[at].parts), (*strides, all_nodes[at].stride), at + 1
        found[name] = all_nodes[at].format, all_nodes[at].size, offset, shape, strides
    found.pop("", None)
    return dict(reversed(found.items()))


def _unpickle(
    version: int, kind: type[View], data: Any, format: str, itemsize: int, shape: Any, strides: Any, offset: int, readonly: bool
) -> View:
    """A view out of a pickle, on the memory that the pickle comes with: read-only where that is.

    Pickles name this function, with all arguments: it stays, and what would mean something else has another version.
    """
    if version != PICKLED:
        raise ValueError(f"the pickle holds a view in version {version!r:.20}, and this gomemoryview reads version {PICKLED}: use a later one")
    memory = View.__new__(kind, data)
    extents, steps = (tuple(map(operator.index, given)) for given in (shape, strides))
    if not isinstance(format, str) or len(extents) != len(steps):
        raise ValueError(f"the pickle is damaged: format {format!r:.100}, shape {extents} and strides {steps} are of no view")
    try:
        view = memory._derive(format, itemsize, extents, steps, "C", offset, True)
    except NotImplementedError as error:
        raise ValueError(str(error)) from None
    if view.nbytes != memory.nbytes:
        raise ValueError(f"the pickle is damaged: {view.nbytes} bytes of items in shape {extents}, and {memory.nbytes} bytes of memory")
    return view.toreadonly() if readonly else view


def refuse_unpicklable(format: str) -> None:
    """Refuses formats that nobody can read, and items that mean nothing outside of this process."""
    try:
        objects = any(node.kind == ADDRESS and node.format.endswith("O") for node in nodes(format))
    except (NotImplementedError, ValueError) as error:
        raise TypeError(f"cannot pickle a view of format {format!r:.100}, which could not be read again: {error}") from None
    if objects:
        raise TypeError(f"cannot pickle a view of format {format!r:.100}: its items refer to Python objects")


def side_by_side(view: View) -> View | None:
    """The items as they lie in memory: the view itself or another one, with dimensions turned round and swapped, that is contiguous in C order.
    None where they have gaps, or overlap."""
    if view.c_contiguous or view.suboffsets:
        return view if view.c_contiguous else None
    upwards = _engine.View.__getitem__(view, tuple(slice(None, None, -1 if stride < 0 else 1) for stride in view.strides))
    strides = upwards.strides
    run = View.transpose(upwards, sorted(range(view.ndim), key=lambda axis: -strides[axis]))
    return run if run.c_contiguous else None


def packed(view: View) -> bytes | bytearray:
    """A copy of the items in C order, which can be written where the view can."""
    if view.readonly:
        return view.tobytes()
    memory = bytearray(view.nbytes)
    whole = View(memory)._derive(view.format, view.itemsize, view.shape, None, "C", 0, True)
    whole[...] = view
    return memory


def c_strides(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """The strides of items side by side in C order."""
    return tuple(itemsize * math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def digest(data: Any) -> str:
    """What tells bytes from others."""
    return hashlib.blake2b(data, digest_size=16, usedforsecurity=False).hexdigest()


def attributes_of(view: View) -> Any:
    """What pickle wants to know of a subclass beside the arguments of _unpickle."""
    tell = getattr(view, "__getstate__", None)  # every object has one since 3.11
    return tell() if tell else getattr(view, "__dict__", None) or None


def give_attributes(view: View, state: Any) -> View:
    """Does with them what pickle does."""
    if state is not None and hasattr(view, "__setstate__"):
        view.__setstate__(state)
    elif state is not None:
        vars(view).update(state)
    return view


def numbers(given: Any) -> tuple[int, ...] | None:
    """The integers of a sequence, or one by itself; None for None."""
    if given is None:
        return None
    return (operator.index(given),) if hasattr(given, "__index__") else tuple(map(operator.index, given))


def unravel(position: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The indices at a position in C order."""
    indices = []
    for extent in reversed(shape):
        position, index = divmod(position, extent)
        indices.append(index)
    return tuple(reversed(indices))


def show(view: View, room: list[int]) -> str:
    """The first items, as many as there is room for; lists take room too."""
    room[0] -= 1
    if room[0] < 0 or view.itemsize > 1000:
        return "..."
    if view.ndim == 0:
        try:
            text = repr(view[()])
        except (NotImplementedError, ValueError):
            return "?"
        return text if len(text) <= 60 else text[:57] + "..."
    texts: list[str] = []
    for i in range(len(view)):
        if texts and texts[-1] == "...":
            break
        texts.append(show(view[i, ...], room))
    return f"[{', '.join(texts)}]"


class View(_engine.View):
    """A view of the memory of an object that exports a buffer: a memoryview without its refusals.

    It has all that memoryview has, and slices, sub-views, assignment, iteration and search in any number of dimensions;
    items of every format (records as named tuples, subarrays as lists, foreign byte orders, complex numbers, half floats,
    text; long doubles as floats, which loses bits); fields by name; casts between any formats; comparison by value across
    formats; and pickling, whose protocol 5 lends the memory itself (see __reduce_ex__).
    """

    __slots__ = ()
    __class_getitem__ = classmethod(types.GenericAlias)

    def cast(self, format: str, shape: Any = None, *, order: str = "C", strides: Any = None, offset: int = 0) -> View:
        """A view of the same bytes, as they lie in memory, as items of another format and in another shape.

        The view must be contiguous, in either order. From the byte offset on, the items have to fill it exactly, in one
        dimension, or in the order 'C' or 'F' in a shape, an integer or a sequence of them; () is one item without
        dimensions. With strides, in bytes and one to a dimension of the shape, they only have to lie inside.
        """
        if not isinstance(format, str):
            raise TypeError(f"cast() argument 'format' must be str, not {type(format).__name__}")
        if order not in ("C", "F"):
            raise ValueError("order must be 'C' or 'F'")
        extents, steps = numbers(shape), numbers(strides)
        if steps is not None and (extents is None or len(steps) != len(extents)):
            raise ValueError(f"{len(steps)} strides are those of as many dimensions, and the shape is {shape!r}")
        try:
            return self._derive(format, -1, extents, steps, order, offset, True)
        except NotImplementedError as error:
            raise ValueError(str(error)) from None

    def field(self, name: str) -> View:
        """A view of one field of the records, in the same memory. A subarray adds its dimensions. view[name] is the same."""
        try:
            format, size, offset, shape, strides = places(self.format)[name]
        except KeyError:
            if nodes(self.format)[0].kind != RECORD:
                raise TypeError(f"items of format {self.format!r:.100} have no fields: cast to a record, T{{...}}, first") from None
            names = ", ".join(map(repr, self.fields)) or "none that has a name"
            raise ValueError(f"there is no field {name!r:.100}, but {names}") from None
        return self._derive(format, size, self.shape + shape, self.strides + strides, "C", offset, False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the records' fields, without those that have none."""
        return tuple(places(self.format))

    def transpose(self, *axes: Any) -> View:
        """A view with the dimensions in another order: axes[i] becomes dimension i. Without axes the order is reversed."""
        given = axes[0] if len(axes) == 1 and not hasattr(axes[0], "__index__") else axes
        order = [operator.index(axis) for axis in given or range(self.ndim)[::-1]]
        order = [axis + self.ndim if axis < 0 else axis for axis in order]
        if sorted(order) != list(range(self.ndim)):
            raise ValueError(f"transpose{tuple(given)} has to name each of the {self.ndim} dimensions once")
        shape, strides = self.shape, self.strides
        return self._derive(None, -1, tuple(shape[axis] for axis in order), tuple(strides[axis] for axis in order), "C", 0, False)

    @property
    def T(self) -> View:
        """The view with its dimensions in reverse order."""
        return self._derive(None, -1, self.shape[::-1], self.strides[::-1], "C", 0, False)

    def convert_from(self, source: Any) -> None:
        """Assigns the values of an exporter's items, whatever its format is, as far as they fit: else it is a ValueError.

        Shapes must be the same, or one of the two has one dimension with as many items. Floats lose their fraction as
        integers, numbers are rounded as floats; the fields of records go by their order.
        """
        if self.readonly:
            raise TypeError("cannot modify read-only memory")
        self._convert(source)

    def _fill(self, value: Any, lends: int) -> None:
        """Assigns a value that is no exporter of like items, by making it an item, and that all items. C calls it."""
        if lends and self.ndim and not (nodes(self.format)[0].kind in (BYTES, PASCAL) and isinstance(value, (bytes, bytearray))):
            source = View(value)
            if source.ndim:
                raise ValueError(
                    f"cannot assign items {source.format!r:.100} ({source.itemsize} bytes) in shape {source.shape} to {self.format!r:.100} "
                    f"({self.itemsize} bytes) in shape {self.shape}: make them the same by cast, or use convert_from"
                )
        self._write(pack(self.format, value))

    @classmethod
    def from_memory(cls, address: int, size: int, writable: bool = False, *, owner: Any = None) -> View:
        """A view of size bytes at an address. The owner is kept alive as long as there is a view of them."""
        address = operator.index(address)
        if operator.index(size) < 0 or not 0 <= address < 2**64 or (address == 0 and size > 0):
            raise ValueError(f"no memory has {size} bytes at address {address:#x}")
        return cls._from_memory(address, size, writable, owner)

    @classmethod
    def get_contiguous(cls, object: Any, readonly: bool = True, order: str = "C") -> View:
        """A view of an object's items side by side in the order 'C', 'F', or 'A' for either.

        It is of the object's own memory where they lie so, and else of a copy, which is read-only: without readonly that
        is a BufferError.
        """
        if order not in ("C", "F", "A"):
            raise ValueError("order must be 'C', 'F' or 'A'")
        return cls._get_contiguous(object, PyBUF_READ if readonly else PyBUF_WRITE, order)

    def __dlpack__(self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None) -> Any:
        """A capsule of the memory for a consumer of DLPack, as numpy.from_dlpack is one: it holds a loan, as a buffer does.

        Memory that is read-only can say so from max_version (1, 0) on. With copy it is one of its own, which can be written.
        """
        if stream is not None:
            raise BufferError("memory of the CPU has no streams: the stream must be None")
        if dl_device is not None and tuple(dl_device) != self.__dlpack_device__():
            raise BufferError(f"the memory lies on the CPU, (1, 0), and not on the device {tuple(dl_device)}")
        lent = View(bytearray(self.tobytes()))._derive(self.format, self.itemsize, self.shape, None, "C", 0, True) if copy else self
        return _engine.lend(lent, max_version is not None and max_version[0] >= 1, bool(copy))

    def __dlpack_device__(self) -> tuple[int, int]:
        """Where the memory lies: on the CPU."""
        return 1, 0

    def count(self, value: Any, /) -> int:
        """How many items, in all dimensions, equal a value."""
        rows = self._rows()
        return self._count(value) if rows is None else sum(row.count(value) for row in rows)

    def index(self, value: Any, start: int = 0, stop: int = sys.maxsize, /) -> Any:
        """The index of the first item, in C order, that equals a value: an int, or in several dimensions a tuple of them.

        It is a ValueError where there is none. In one dimension a start and a stop may be given.
        """
        bounded = (start, stop) != (0, sys.maxsize)
        if bounded and self.ndim != 1:
            raise TypeError("start and stop are of one dimension: look in a part of the view")
        found = self._index(value, start, stop) if bounded else self._find(value)
        if found is None:
            raise ValueError(f"{value!r:.100} is not in the view")
        return found[0] if isinstance(found, tuple) and len(found) == 1 else found

    def __contains__(self, value: Any) -> bool:
        """Whether an item, in any dimension, equals a value."""
        return self._find(value) is not None

    def _rows(self) -> Any:
        """Views that together show all items in order; None where there is one dimension, or none at all."""
        if self.ndim <= 1:
            return None
        return [self._derive(None, -1, None, None, "C", 0, False)] if self.c_contiguous and self.itemsize else self

    def _find(self, value: Any) -> tuple[int, ...] | None:
        """The indices of the first item that equals a value."""
        rows = self._rows()
        if rows is None:
            found = self._index(value)
            return None if found is None else (found,)
        for at, row in enumerate(rows):
            found = row._find(value)
            if found is not None:
                return unravel(found[0], self.shape) if rows is not self else (at, *found)
        return None

    def __repr__(self) -> str:
        try:
            facts = f"{self.format!r:.60} in shape {self.shape}{', read-only' if self.readonly else ''}"
        except ValueError:
            return f"<released View at {id(self):#x}>"
        return f"<View of {facts}: {show(self, [12])}>"

    def __copy__(self) -> View:
        return give_attributes(_engine.View.__getitem__(self, ...), attributes_of(self))

    def __deepcopy__(self, memo: Any) -> View:
        memo[id(self)] = twin = _unpickle(*self._state(False))
        return give_attributes(twin, copy.deepcopy(attributes_of(self), memo))

    def _state(self, lent: bool) -> tuple[Any, ...]:
        """The arguments of _unpickle: the items' own memory, lent or copied, where they lie side by side, and else a copy of them."""
        refuse_unpicklable(self.format)
        run = side_by_side(self) if self.nbytes else None
        if run is None:
            data: Any = packed(self)
            strides, first = (c_strides(self.shape, self.itemsize) if self.nbytes else self.strides), 0
        else:
            data = run if lent else bytes(run) if self.readonly else bytearray(run)
            strides = self.strides
            first = sum((extent - 1) * -stride for extent, stride in zip(self.shape, strides) if stride < 0)
        return PICKLED, type(self), data, self.format, self.itemsize, self.shape, strides, first, self.readonly

    def __reduce_ex__(self, protocol: Any) -> Any:
        """With protocol 5 the memory goes as a PickleBuffer, beside the pickle if the pickler was told to: what lies side by side is not
        copied, what has gaps is copied once."""
        version, kind, data, *rest = self._state(protocol >= 5)
        if protocol >= 5 and self.nbytes:
            data = pickle.PickleBuffer(data)
        attributes = attributes_of(self)
        return (_unpickle, (version, kind, data, *rest), *(() if attributes is None else (attributes,)))

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        """What Dask tells views apart by: all that a pickle would hold, with a digest for the items. It is the same in every process."""
        version, kind, data, *rest = self._state(True)
        items = View(data).cast("B")
        return kind.__module__, kind.__qualname__, digest(items), *rest, digest(pickle.dumps(attributes_of(self), 5))


def from_dlpack(object: Any, /) -> View:
    """A view of the memory of an object that lends it by DLPack (__dlpack__), as tensors do, without copying.

    It is read-only where the object says so, or cannot say as it knows no version 1 of DLPack. Memory of other devices than the CPU
    is a BufferError.
    """
    if not hasattr(type(object), "__dlpack__"):
        raise TypeError(f"{type(object).__name__!r} has no __dlpack__: View(object) takes what has buffers")
    try:
        capsule = object.__dlpack__(max_version=(1, 1))
    except TypeError:  # it is older than versions are
        capsule = object.__dlpack__()
    address, size, first, readonly, format, shape, strides = _engine.tensor(capsule).split(" ")
    extents, steps = ([int(number) for number in numbers.split(",") if number] for numbers in (shape, strides))
    # Nobody takes the capsule over: when it goes, it has the memory given back.
    memory = View.from_memory(int(address), int(size), readonly == "false", owner=capsule)
    return memory.cast(format, extents, strides=steps, offset=int(first))
