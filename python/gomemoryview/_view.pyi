from . import View as View, from_dlpack as from_dlpack

__all__ = ["View", "from_dlpack"]
