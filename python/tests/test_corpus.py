"""The corpus, driven through the type: the answers are CPython's own, for the Python that runs."""

import ctypes
import json
import sys
import unittest
from pathlib import Path
from typing import Any, Callable

import _testbuffer

import gomemoryview

ROOT = Path(__file__).resolve().parents[2] / "internal" / "corpus"
sys.path.insert(0, str(ROOT))

from generator import indices, source  # noqa: E402

VERSION = "%d.%d" % sys.version_info[:2]
BUILTIN = memoryview
OURS = gomemoryview.memoryview

library = ctypes.PyDLL(gomemoryview._engine.__file__)
library.gmv_from_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(source.PyBuffer)]
library.gmv_from_buffer.restype = ctypes.py_object
library.gmv_get_contiguous.argtypes = [ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_char]
library.gmv_get_contiguous.restype = ctypes.py_object
builtin_from_buffer = source._from_buffer


class Loan(source.Loan):
    """A case's source made real, with a view of either type over it."""

    def __init__(self, fields: "list[Any]", view_type: type = OURS) -> None:
        memory, fmt, itemsize, shape, *rest = fields
        strides, offset, readonly, suboffsets, tables = rest + [None, 0, 0, None, ()][len(rest) :]
        source._from_buffer = builtin_from_buffer if view_type is BUILTIN else from_buffer
        super().__init__(
            source.Source(
                memory=memory if isinstance(memory, int) else bytes.fromhex(memory),
                format=fmt,
                shape=tuple(shape),
                strides=None if strides is None else tuple(strides),
                offset=offset,
                readonly=bool(readonly),
                suboffsets=None if suboffsets is None else tuple(suboffsets),
                tables=tuple(tuple(table) for table in tables or ()),
                size=itemsize,
            )
        )


def from_buffer(info: source.PyBuffer) -> Any:
    """PyMemoryView_FromBuffer, ours."""
    return library.gmv_from_buffer(OURS, info)


def encode(value: Any) -> Any:
    """A value in the corpus's notation."""
    if isinstance(value, (list, tuple)):
        items = [encode(item) for item in value]
        return items if isinstance(value, list) else {"t": items}
    if isinstance(value, float):
        return f"f{value!r}"
    return f"b{value.hex()}" if isinstance(value, bytes) else f"s{value}" if isinstance(value, str) else value


def decode(value: Any) -> Any:
    """A value of the corpus."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        return tuple(decode(item) for item in value["t"])
    if not isinstance(value, str):
        return value
    kind, text = value[0], value[1:]
    if kind == "c":
        return complex(*(float(part) for part in text.split(",")))
    return {"f": float, "b": bytes.fromhex, "s": str}[kind](text)


def outcome(run: Callable[[], Any]) -> "dict[str, Any]":
    """What run gives, or its error."""
    try:
        return {"want": run()}
    except (ArithmeticError, BufferError, LookupError, SyntaxError, TypeError, ValueError, NotImplementedError) as error:
        return {"error": [type(error).__name__, str(error)]}


def contiguity(view: Any) -> str:
    """The letters that hold of a view."""
    return "".join(c for c, held in zip("CFA", (view.c_contiguous, view.f_contiguous, view.contiguous)) if held)


def layout(case: "dict[str, Any]") -> Any:
    """Attributes and contents."""
    memory, fmt, itemsize, shape, *rest = case["src"]
    strides, _, readonly, suboffsets, _ = rest + [None, 0, 0, None, ()][len(rest) :]
    loan = Loan(case["src"])
    view = loan.view
    assert (view.format, view.itemsize, view.shape, view.ndim) == (fmt, itemsize, tuple(shape), len(shape))
    assert view.suboffsets == tuple(suboffsets or ()) and view.readonly == bool(readonly) and view.obj is None
    assert strides is None or view.strides == tuple(strides)
    assert view.nbytes == len(view.tobytes()) and (not shape or len(view) == shape[0])
    facts: "dict[str, Any]" = {"contig": contiguity(view), "C": view.tobytes().hex()}
    if strides is None:
        facts["strides"] = list(view.strides)
    if view.tobytes("F") != view.tobytes("C"):
        facts["F"] = view.tobytes("F").hex()
        facts["A"] = "C" if view.tobytes("A") == view.tobytes() else "F"
    if "list" in case["want"]:
        try:
            facts["list"] = encode(view.tolist())
        except NotImplementedError:
            assert case.get("oracle") == "numpy"
            facts["list"] = case["want"]["list"]
    return facts


def cut(case: "dict[str, Any]") -> Any:
    """A chain of slices."""
    loan, taken = Loan(case["src"]), []
    view = loan.view
    for op in case["ops"]:
        taken.append(list(indices.steps(op, view.shape[0])) if view.ndim else None)
        view = view[slice(*op)]
    facts = {"steps": taken, "shape": list(view.shape), "contig": contiguity(view)}
    if indices.tame(case["ops"]):
        facts["strides"] = list(view.strides)
    if view.nbytes:
        facts["offset"] = loan.offset(view)
        facts["C"] = view.tobytes().hex()
    return facts


def select(case: "dict[str, Any]", view_type: type = OURS) -> Any:
    """An index of any dimensions, which CPython mostly refuses: the builtin type answers."""
    loan = Loan(case["src"], view_type)
    part = loan.view[tuple(case["sub"])] if "sub" in case else loan.view[indices.python_index(case["expr"])]
    if not isinstance(part, view_type):
        return encode(part)
    return [part.shape, part.strides, part.suboffsets, contiguity(part), loan.offset(part), part.tobytes()]


def cast(case: "dict[str, Any]") -> Any:
    """A chain of casts."""
    loan = Loan(case["src"])
    view = loan.view
    for op in case["ops"]:
        view = view.cast(*op)
    return {"shape": list(view.shape), "list": encode(view.tolist())}


def element(case: "dict[str, Any]") -> Any:
    """An item read or written."""
    loan = Loan(case["src"])
    view = loan.view
    if case.get("released"):
        view.release()
    key = tuple(decode(case["key"]) if "key" in case else case["index"])
    if "set" not in case:
        return encode(view[key])
    view[key] = decode(case["set"])
    return loan.content().hex()


def equal(case: "dict[str, Any]") -> Any:
    """A comparison; the other side is a view of ours or a builtin one."""
    a = Loan(case["a"])
    other = int(case["id"].split("-")[1]) % 2
    b = a if case["b"] == "a" else Loan(case["b"], BUILTIN if other and not case.get("released") else OURS)
    for name in case.get("released", ""):
        {"a": a, "b": b}[name].view.release()
    same = a.view == b.view
    assert same != (a.view != b.view)
    return same


def assign(case: "dict[str, Any]") -> Any:
    """dst[to] = src[from]."""
    target = Loan(case["dst"])
    right = target.view
    if "src" in case:
        other = Loan(case["src"])
        right = other.view
    if "from" in case:
        right = right[indices.python_index(case["from"])]
    target.view[indices.python_index(case["to"])] = right
    return target.content().hex()


def hex_(case: "dict[str, Any]") -> Any:
    """hex."""
    loan = Loan(case["src"])
    return loan.view.hex(*(case[name] for name in ("sep", "group") if name in case))


def request(case: "dict[str, Any]") -> Any:
    """A buffer asked of a view."""
    loan = Loan(case["src"])
    got = _testbuffer.ndarray(loan.view, getbuf=case["flags"])
    lists = {"fmt": got.format, "shape": list(got.shape), "strides": list(got.strides), "suboffsets": list(got.suboffsets)}
    return {"ro": int(got.readonly), "ndim": got.ndim, **{name: value for name, value in lists.items() if value}}


def search(case: "dict[str, Any]") -> Any:
    """Iteration, length, and what is found."""
    loan = Loan(case["src"])
    view, op = loan.view, case["op"]
    if op in ("iter", "reversed", "len"):
        return {"iter": lambda: encode(list(view)), "reversed": lambda: encode(list(reversed(view))), "len": lambda: len(view)}[op]()
    value = decode(case["value"])
    if op == "in":
        return value in view
    if op == "count":
        return view.count(value)
    try:
        return view.index(value)
    except ValueError as error:
        assert str(error) == "memoryview.index(x): x not found"
        return -1


def hash_(case: "dict[str, Any]") -> Any:
    """hash."""
    if "a" in case:
        a, b = Loan(case["a"]), Loan(case["b"])
        return hash(a.view) == hash(b.view)
    if "owner" not in case:
        loan = Loan(case["src"])
        return hash(loan.view) == hash(loan.view.tobytes())
    return owned_hash(case)


def owned_hash(case: "dict[str, Any]") -> Any:
    """hash of a view of an object."""
    from array import array

    memory, fmt, _, _, *rest = case["src"]
    content = bytes.fromhex(memory) if isinstance(memory, str) else source.rule(memory)
    exporter = array("B", content) if case["owner"] == "array" else {"bytes": bytes, "bytearray": bytearray}[case["owner"]](content)
    view = OURS(exporter).cast("B").cast(fmt)
    if len(rest) > 2 and rest[2]:
        view = view.toreadonly()
    if case.get("released"):
        view.release()
    return hash(view) == hash(view.tobytes())


def contiguous(case: "dict[str, Any]") -> Any:
    """PyMemoryView_GetContiguous."""
    loan = Loan(case["src"])
    access = {"r": _testbuffer.PyBUF_READ, "w": _testbuffer.PyBUF_WRITE}[case["access"]]
    made = library.gmv_get_contiguous(OURS, loan.view, access, case["order"].encode())
    direct = source.address(made) == source.address(loan.view)
    return {"direct": direct, "ro": int(made.readonly), "strides": list(made.strides), "C": made.tobytes().hex()}


def read(kind: str) -> "list[dict[str, Any]]":
    """The cases of a kind."""
    with open(ROOT / "testdata" / f"{kind}.jsonl", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


differences = {case["id"]: case[VERSION] for case in read("differences") if VERSION in case}


def expected(case: "dict[str, Any]") -> "dict[str, Any]":
    """CPython's answer."""
    answer = case
    if case["id"] in differences:
        answer = differences[case["id"]]
    if "cpython" in answer:
        return answer["cpython"]
    return {"error": answer["error"][1:]} if "error" in answer else {"want": answer["want"]}


class Corpus(unittest.TestCase):
    """One test to a kind."""

    def check(self, kind: str, run: Callable[[Any], Any], skip: Callable[[Any], bool] = lambda case: False) -> None:
        """Runs all cases of a kind."""
        wrong, ran = [], 0
        for case in read(kind):
            if skip(case):
                continue
            ran += 1
            got, want = outcome(lambda: run(case)), expected(case)
            if json.dumps(got, sort_keys=True) != json.dumps(want, sort_keys=True):
                wrong.append(f"{json.dumps(case)}\n  want {want}\n  got  {got}")
        self.assertGreater(ran, 100)
        self.assertEqual(len(wrong), 0, "\n".join(wrong[:10]))

    def test_layout(self) -> None:
        """layout."""
        self.check("layout", layout)

    def test_slice(self) -> None:
        """slice."""
        self.check("slice", cut)

    def test_select(self) -> None:
        """select, where the builtin type answers for what NumPy can do and it cannot."""
        for case in read("select"):
            self.assertEqual(outcome(lambda: select(case)), outcome(lambda: select(case, BUILTIN)), case)

    def test_cast(self) -> None:
        """cast."""
        self.check("cast", cast)

    def test_element(self) -> None:
        """element."""
        self.check("element", element)

    def test_equal(self) -> None:
        """equal."""
        self.check("equal", equal)

    def test_assign(self) -> None:
        """assign."""
        self.check("assign", assign)

    def test_hex(self) -> None:
        """hex."""
        self.check("hex", hex_)

    def test_request(self) -> None:
        """request, of views: other exporters are not ours."""
        self.check("request", request, lambda case: "via" in case)

    def test_search(self) -> None:
        """search; count and index where this Python's memoryview has them."""
        self.check("search", search, lambda case: case["op"] in ("count", "index") and not hasattr(BUILTIN, "count"))

    def test_hash(self) -> None:
        """hash."""
        self.check("hash", hash_)

    def test_contiguous(self) -> None:
        """contiguous."""
        self.check("contiguous", contiguous)


if __name__ == "__main__":
    unittest.main()
