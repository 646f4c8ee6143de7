"""A program that type checkers read strictly, and that runs."""

import builtins
import hashlib
from collections.abc import Sequence
from typing import Tuple

import gomemoryview


def halves(data: bytearray) -> "Tuple[gomemoryview.memoryview, gomemoryview.memoryview]":
    """Slices are of the same type."""
    view = gomemoryview.memoryview(data)
    with view.toreadonly():
        middle = len(view) // 2
    return view[:middle], view[middle:]


def total(values: "Sequence[int]") -> int:
    """Takes any sequence."""
    return sum(values)


def right() -> None:
    """What is right, and known to be of these types."""
    view = gomemoryview.memoryview(bytearray(16))
    first: int = view[0]
    number: float = view.cast("d")[0]
    byte: bytes = view.cast("c", (4, 4))[1, 2]
    truth: bool = view.cast("?")[3]
    text: str = view.hex(":", 2) + view.format
    shape: "Tuple[int, ...]" = view.cast("B", shape=[4, 4]).shape
    view[0] = 5
    view[2:4] = b"ab"
    view.cast("d")[0] = 0.5
    digest = hashlib.sha256(view).digest() + view.tobytes(order="F") + bytes(view)
    others = builtins.memoryview(view), bytearray(view), gomemoryview.memoryview(view), halves(bytearray(view))
    print(
        first,
        number,
        byte,
        truth,
        text,
        shape,
        total(view),
        hash(gomemoryview.memoryview(digest)),
        len(digest),
        len(others),
    )


def views(data: bytearray) -> None:
    """The same of View, whose items may be anything."""
    view = gomemoryview.View(data).cast("<h", (2, 4))
    row: gomemoryview.View = view.T.cast("<h", 8, offset=0)
    columns: gomemoryview.View = view[..., ::2]
    point = view.cast("T{<h:x:<h:y:}")
    point["x"] = 3
    field: gomemoryview.View = point["x"]
    row.convert_from(b"abcdefgh")
    names: "Tuple[str, ...]" = point.fields
    with gomemoryview.View.get_contiguous(columns, order="F") as copied:
        print(names, field.tolist(), copied.index(97), hashlib.sha256(point).digest(), total(row))


def wrong(view: gomemoryview.memoryview) -> None:
    """What is wrong, and known to be: an ignore that nothing needs is an error."""
    view.cast("c")[0] = 1  # type: ignore[call-overload]
    del view[0]  # type: ignore[arg-type]
    gomemoryview.memoryview("text")  # type: ignore[arg-type]
    view.tobytes("X")  # type: ignore[arg-type]
    view.nbytes = 3  # type: ignore[misc]
    gomemoryview.View(3)  # type: ignore[arg-type]
    gomemoryview.View(view)[None]  # type: ignore[call-overload]


if __name__ == "__main__":
    right()
    views(bytearray(16))
