"""How large views are, for Dask, which asks by the entry point dask.sizeof.

It stands beside the package, not in it: whoever imports Dask imports this, and does not start the engine by it.
"""

from typing import Any


def register(sizeof: Any) -> None:
    """Tells Dask, as soon as it meets a view."""
    sizeof.register_lazy("gomemoryview", lambda: register_types(sizeof))


def register_types(sizeof: Any) -> None:
    """Tells Dask now."""
    import gomemoryview

    sizeof.register((gomemoryview.View, gomemoryview.memoryview), size)


def size(view: Any) -> int:
    """The bytes of a view and of the items that it shows, where the same ones again and again (a stride of 0) count once."""
    try:
        items = view.itemsize
        for extent, stride in zip(view.shape, view.strides):
            items *= extent if stride else min(extent, 1)
    except ValueError:  # it is released
        items = 0
    return int(view.__sizeof__()) + int(items)
