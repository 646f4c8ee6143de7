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


def wrong(view: gomemoryview.memoryview) -> None:
    """What is wrong, and known to be: an ignore that nothing needs is an error."""
    view.cast("c")[0] = 1  # type: ignore[call-overload]
    del view[0]  # type: ignore[arg-type]
    gomemoryview.memoryview("text")  # type: ignore[arg-type]
    view.tobytes("X")  # type: ignore[arg-type]
    view.nbytes = 3  # type: ignore[misc]


if __name__ == "__main__":
    right()
