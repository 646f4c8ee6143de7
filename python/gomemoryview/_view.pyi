from . import View as View

__all__ = ["View"]
