"""What an operation came to: a value, or an error by the names of both sides."""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Callable
from typing import Any

# CPython's and NumPy's errors by the error variable of package buffer that means the same.
# The first line whose type and message (from its start) fit decides.
ERRORS: list[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str]] = [
    (ValueError, "operation forbidden on released", "ErrReleased"),
    (TypeError, "cannot modify read-only memory", "ErrReadOnly"),
    (ValueError, "assignment destination is read-only", "ErrReadOnly"),
    (BufferError, ".*not writable", "ErrReadOnly"),
    (BufferError, ".*(requires|without) suboffsets", "ErrLayout"),
    (BufferError, ".*contiguous", "ErrNotContiguous"),
    (BufferError, ".*cannot cast to unsigned bytes", "ErrValue"),
    (TypeError, "memoryview: casts are restricted to C-contiguous", "ErrNotContiguous"),
    (ValueError, "memoryview: destination format must be", "ErrFormat"),
    (TypeError, "memoryview: (length|product)", "ErrLayout"),
    (ValueError, "memoryview(.cast|: number of dimensions)", "ErrLayout"),
    (TypeError, "memoryview: (cast must be|cannot cast)", "ErrLayout"),
    (IndexError, "(too many indices|only integers, slices)", "ErrType"),
    (IndexError, "an index can only have a single ellipsis", "ErrValue"),
    (IndexError, "", "ErrBounds"),
    (struct.error, "(required argument|argument for|char format requires)", "ErrType"),
    (struct.error, ".*(format requires|out of range|too large|argument|expected)", "ErrValue"),
    (struct.error, "", "ErrFormat"),
    (UnicodeEncodeError, "'ascii'", "ErrFormat"),
    (NotImplementedError, "", "ErrFormat"),
    (DeprecationWarning, "NumPy will stop allowing conversion of out-of-bound", "ErrValue"),
    ((SyntaxError, ValueError, OverflowError), "", "ErrValue"),
    (TypeError, "", "ErrType"),
]


def variable(error: BaseException) -> str:
    """The error variable that an exception maps to."""
    for kind, message, name in ERRORS:
        if isinstance(error, kind) and re.match(message, str(error)):
            return name
    raise error


def outcome(run: Callable[[], Any]) -> dict[str, Any]:
    """What run gave, as a case's want, or its error."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # how NumPy 1 tells of what NumPy 2 refuses
            return {"want": run()}
    except (ArithmeticError, BufferError, LookupError, SyntaxError, TypeError, ValueError,
            NotImplementedError, struct.error, DeprecationWarning) as error:  # fmt: skip
        return {"error": [variable(error), type(error).__name__, str(error)]}


def beyond(cpython: dict[str, Any], oracle: str, run: Callable[[], Any]) -> dict[str, Any]:
    """The outcome of run, asked of an oracle for what CPython refuses or does otherwise; CPython's own beside it."""
    own = {"error": cpython["error"][1:]} if "error" in cpython else cpython
    return {**outcome(run), "oracle": oracle, "cpython": own}
