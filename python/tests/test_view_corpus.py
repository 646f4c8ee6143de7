"""The corpus, driven through View: where CPython refuses, the answers are those of NumPy, struct and the engine."""

import json
import unittest
from typing import Any, Callable

import _testbuffer
import test_corpus
from generator import indices, source
from gomemoryview import View
from test_corpus import contiguity, decode, library, outcome, read


class Loan(test_corpus.Loan):
    """A case's source made real, with a View over it."""

    def _view(self, case: source.Source) -> Any:
        test_corpus.source._from_buffer = lambda info: library.gmv_from_buffer(View, info)
        try:
            return super()._view(case)
        finally:
            test_corpus.source._from_buffer = test_corpus.builtin_from_buffer


def encode(value: Any) -> Any:
    """A value in the corpus's notation."""
    if isinstance(value, complex):
        return f"c{value.real!r},{value.imag!r}"
    if isinstance(value, (list, tuple)):
        items = [encode(item) for item in value]
        return items if isinstance(value, list) else {"t": items}
    return test_corpus.encode(value)


def layout(case: "dict[str, Any]") -> Any:
    """Attributes and contents."""
    memory, fmt, itemsize, shape, *rest = case["src"]
    strides, _, readonly, suboffsets, _ = rest + [None, 0, 0, None, ()][len(rest) :]
    loan = Loan(case["src"])
    view = loan.view
    assert (view.format, view.itemsize, view.shape, view.ndim) == (fmt, itemsize, tuple(shape), len(shape))
    assert view.suboffsets == tuple(suboffsets or ()) and view.readonly == bool(readonly) and view.obj is None
    assert strides is None or view.strides == tuple(strides)
    assert repr(view).startswith("<View of ")
    facts: "dict[str, Any]" = {"contig": contiguity(view), "C": view.tobytes().hex()}
    if strides is None:
        facts["strides"] = list(view.strides)
    if view.tobytes("F") != view.tobytes("C"):
        facts["F"] = view.tobytes("F").hex()
        facts["A"] = "C" if view.tobytes("A") == view.tobytes() else "F"
    if "list" in case["want"]:
        facts["list"] = encode(view.tolist())
    return facts


def cut(case: "dict[str, Any]") -> Any:
    """A chain of slices, of which a view without dimensions takes none."""
    loan = Loan(case["src"])
    view = loan.view
    taken = []
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


def select(case: "dict[str, Any]") -> Any:
    """An index of any dimensions; beside an ellipsis an index for every dimension gives a view, else the item."""
    loan = Loan(case["src"])
    key = tuple(case["sub"]) if "sub" in case else indices.python_index(case["expr"])
    part = loan.view[key]
    if not isinstance(part, View):
        part, item = loan.view[(*key, ...) if isinstance(key, tuple) else (key, ...)], part
        assert part.ndim == 0 and encode(part[()]) == encode(item) == encode(part.tolist())
    facts: "dict[str, Any]" = {"shape": list(part.shape), "list": encode(part.tolist())}
    if part.nbytes:
        facts |= {"offset": loan.offset(part), "strides": list(part.strides)}
        if "suboffsets" in case.get("want", ()):
            facts["suboffsets"] = list(part.suboffsets)
    return {name: facts.get(name) for name in case.get("want", facts)}


def cast(case: "dict[str, Any]") -> Any:
    """A chain of casts."""
    loan = Loan(case["src"])
    view = loan.view
    for op in case["ops"]:
        view = view.cast(*op)
    return {"shape": list(view.shape), "list": encode(view.tolist())}


def element(case: "dict[str, Any]") -> Any:
    """An item read or written. An index of too few dimensions names a part."""
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
    """A comparison, with a View or with a builtin one on the other side."""
    a = Loan(case["a"])
    other = int(case["id"].split("-")[1]) % 2 and not case.get("released")
    b = a if case["b"] == "a" else (test_corpus.Loan(case["b"], memoryview) if other else Loan(case["b"]))
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
        key = indices.python_index(case["from"])
        right = right[key if not isinstance(right[key], View) and ... in (key if isinstance(key, tuple) else (key,)) else key]
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


def items(view: Any) -> Any:
    """The items of any dimensions, of which iteration gives the outermost."""
    return [item for part in view for item in (items(part) if isinstance(part, View) else [part])]


def search(case: "dict[str, Any]") -> Any:
    """Iteration, length, and what is found."""
    loan, op = Loan(case["src"]), case["op"]
    view = loan.view
    if op in ("iter", "reversed", "len"):
        backwards = lambda: [part.tolist() if isinstance(part, View) else part for part in reversed(view)]  # noqa: E731
        return {"iter": lambda: encode(items(view)), "reversed": lambda: encode(backwards()), "len": lambda: len(view)}[op]()
    value = decode(case["value"])
    if op == "in":
        return value in view
    if op == "count":
        return view.count(value)
    try:
        found = view.index(value)
    except ValueError as error:
        assert str(error).endswith("is not in the view")
        return -1
    position = 0
    for index, extent in zip([found] if isinstance(found, int) else found, view.shape):
        position = position * extent + index
    return position


def hash_(case: "dict[str, Any]") -> Any:
    """hash, of views that nobody owns."""
    if "a" in case:
        a, b = Loan(case["a"]), Loan(case["b"])
        return hash(a.view) == hash(b.view)
    loan = Loan(case["src"])
    return hash(loan.view) == hash(loan.view.tobytes())


def contiguous(case: "dict[str, Any]") -> Any:
    """get_contiguous."""
    loan = Loan(case["src"])
    made = View.get_contiguous(loan.view, case["access"] == "r", case["order"])
    direct = source.address(made) == source.address(loan.view)
    return {"direct": direct, "ro": int(made.readonly), "strides": list(made.strides), "C": made.tobytes().hex()}


def leaves(value: Any) -> Any:
    """The single items of one, as the struct module lists them."""
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else [value]


def item_of(memory: Any, fmt: str) -> Any:
    """The view of one item, which may be shorter than the memory."""
    content = source.rule(memory) if isinstance(memory, int) else memory if isinstance(memory, bytearray) else bytes.fromhex(memory)
    return View(bytearray(content)).cast(fmt, (), strides=())


def format_(case: "dict[str, Any]") -> Any:
    """Sizes, and items read and written."""
    op = case["op"]
    if op == "size":
        return item_of(bytearray(1 << 16), case["fmt"]).itemsize
    if op == "unpack":
        return encode(leaves(item_of(case["mem"], case["fmt"])[()]))
    if op == "pack":
        view, values = item_of(bytearray(1 << 12), case["fmt"]), [decode(value) for value in case["values"]]
        view[()] = tuple(values) if isinstance(view[()], tuple) else values[0]
        return view.tobytes().hex()
    want = case["want"]
    loan = Loan([case["mem"], want["fmt"], want["size"], []])
    facts = {"fmt": loan.view.format, "size": loan.view.itemsize, "value": encode(loan.view[()])}
    return {**want, **facts}


# What an error of the engine is in Python.
EXCEPTIONS = {
    "ErrReleased": "ValueError",
    "ErrReadOnly": "TypeError BufferError",
    "ErrNotContiguous": "BufferError",
    "ErrBounds": "IndexError",
    "ErrLayout": "ValueError BufferError",
    "ErrFormat": "ValueError NotImplementedError",
    "ErrType": "TypeError IndexError",
    "ErrValue": "ValueError",
}


class Corpus(unittest.TestCase):
    """One test to a kind."""

    def check(
        self, kind: str, run: Callable[[Any], Any], skip: Callable[[Any], Any] = lambda case: False, more: Any = ()
    ) -> None:
        """Runs all cases of a kind. The sort of an error counts, CPython's or what the engine's is in Python, not what it says."""
        wrong, ran = [], 0
        for case in read(kind):
            if skip(case):
                continue
            ran += 1
            got = outcome(lambda: run(case))
            if "error" in case:
                right = got.get("error", [""])[0] in [*EXCEPTIONS[case["error"][0]].split(), case["error"][1], *more]
            else:
                right = json.dumps(got.get("want"), sort_keys=True) == json.dumps(case["want"], sort_keys=True)
            if not right:
                wrong.append(f"{json.dumps(case)}\n  got  {got}")
        self.assertGreater(ran, 50)
        self.assertEqual(len(wrong), 0, "\n".join(wrong[:10]))

    def test_layout(self) -> None:
        """layout."""
        self.check("layout", layout)

    def test_slice(self) -> None:
        """slice."""
        self.check("slice", cut)

    def test_select(self) -> None:
        """select, of what is an index in Python."""
        self.check("select", select, lambda case: not case.get("expr", "0").strip())

    def test_cast(self) -> None:
        """cast. What is wrong in several ways may say any. View casts more: Fortran order, and whatever has no bytes."""

        def castable(case: "dict[str, Any]") -> bool:
            view = Loan(case["src"]).view
            return "error" in case and (view.f_contiguous or view.nbytes == 0)

        self.check("cast", cast, castable, ["ValueError"])

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
        """search."""
        self.check("search", search)

    def test_hash(self) -> None:
        """hash."""
        self.check("hash", hash_, lambda case: "owner" in case or case.get("released"))

    def test_format(self) -> None:
        """format: what struct and NumPy say of an item; of ctypes and of what NumPy reads there is no item, nor any of Python objects."""
        self.check("format", format_, lambda case: case["op"] in ("reads", "ctypes") or case.get("opaque") or case.get("fmt") == "O")

    def test_contiguous(self) -> None:
        """contiguous."""
        self.check("contiguous", contiguous)


if __name__ == "__main__":
    unittest.main()
