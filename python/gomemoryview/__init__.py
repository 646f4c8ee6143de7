"""Views of the memory of other objects, without copying: Python's memoryview, by an engine in Go."""

import collections.abc
import os

from ._engine import _C_API, memoryview
from ._view import View, _unpickle, _unpickle_record, from_dlpack

__all__ = ["View", "from_dlpack", "get_include", "memoryview"]

View.__module__ = from_dlpack.__module__ = __name__
_unpickle.__module__ = _unpickle_record.__module__ = __name__  # where pickles look for them
collections.abc.Sequence.register(memoryview)
collections.abc.Sequence.register(View)


def get_include() -> str:
    """The folder of gomemoryview.h, for the compiler that builds a C extension with it."""
    return os.path.dirname(os.path.abspath(__file__))
