"""Children of a fork, in which Go has none of its threads."""

import os
import signal
import unittest
from typing import Callable

import gomemoryview


def succeeds(what: "Callable[[], bool]") -> bool:
    """Whether a forked child comes to an end, and to True."""
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        os._exit(0 if what() else 1)
    return os.waitpid(pid, 0)[1] == 0


def engine_works() -> bool:
    """Some work that is done in Go."""
    view = gomemoryview.memoryview(bytearray(range(200)))[::-2]
    return view.tobytes() == bytes(range(199, 0, -2)) and view.tolist() == list(view.tobytes())


class Fork(unittest.TestCase):
    """What a child does, its own children do too."""

    def test_child(self) -> None:
        """It uses the engine."""
        self.assertTrue(succeeds(engine_works))

    def test_grandchildren(self) -> None:
        """A child that forks has no collector to quiet: trying to would hang."""
        self.assertTrue(succeeds(lambda: engine_works() and succeeds(lambda: succeeds(engine_works) and engine_works())))

    def test_parent(self) -> None:
        """It goes on as before."""
        self.assertTrue(succeeds(engine_works) and engine_works() and succeeds(engine_works))


if __name__ == "__main__":
    unittest.main()
