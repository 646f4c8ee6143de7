"""Children of a fork, in which Go has none of its threads."""

import os
import signal
import subprocess
import sys
import textwrap
import unittest
from typing import Callable

import gomemoryview

SOAK = "MEMORYVIEW_SOAK" in os.environ


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

    def test_hooks(self) -> None:
        """Python's, registered before the module was imported, which use views: small ones and, as threads do beside them, large ones; and a fork of which
        Python does not know."""
        code = f"""
            import ctypes, os, signal, threading
            views = []
            def use():
                for view in views:
                    view[::2] = view[1::2]
                    assert view[::-1].tobytes() == bytes(view)[::-1]
            os.register_at_fork(before=use, after_in_parent=use, after_in_child=use)
            from gomemoryview import View
            views += [View(bytearray(range(200))), View(bytearray(1 << 18))]
            over = threading.Event()
            def work():
                view = View(bytearray(1 << 20))
                while not over.is_set():
                    view[::2] = view[1::2]
            threads = [threading.Thread(target=work) for _ in range(2)]
            for fork in [os.fork] * {200 if SOAK else 10} + [ctypes.PyDLL(None).fork]:
                if fork is not os.fork:
                    over.set()
                    for thread in threads:
                        thread.join()
                elif not threads[0].ident:
                    for thread in threads:
                        thread.start()
                pid = fork()
                if pid == 0:
                    signal.alarm(60)
                    use()
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0
            use()
        """
        child = subprocess.run([sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)], timeout=600, capture_output=True, text=True)
        self.assertEqual(child.returncode, 0, child.stderr)


if __name__ == "__main__":
    unittest.main()
