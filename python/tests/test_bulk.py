"""Work on many bytes: other threads run meanwhile, and whatever they do to the views is an error or harmless."""

import os
import subprocess
import sys
import threading
import unittest
from typing import Any, Callable

import gomemoryview

OURS = gomemoryview.memoryview
SIZE = 8 << 20
ATTEMPTS = 1000


def outcome(action: "Callable[[], Any]") -> str:
    """What comes of an action."""
    try:
        action()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def meanwhile(operation: "Callable[[], Any]", action: "Callable[[], Any]") -> "tuple[list[str], Any]":
    """What comes of an action in another thread while an operation is under way, and the operation's result.

    No thread is made to give up the GIL while this runs, so that the other one gets it from the operation or not at all. It
    may come too late to get it, wherefore there is more than one attempt.
    """
    came: "list[str]" = []
    gate = threading.Lock()
    interval = sys.getswitchinterval()

    def run() -> None:
        with gate:
            came.append(outcome(action))

    thread = threading.Thread(target=run)
    sys.setswitchinterval(1000)
    try:
        with gate:
            thread.start()
        for _ in range(ATTEMPTS):
            result = operation()
            if came:
                break
    finally:
        sys.setswitchinterval(interval)
    answer = list(came)
    thread.join()
    return answer, result


class Bulk(unittest.TestCase):
    """What another thread meets."""

    def setUp(self) -> None:
        """Two views of the same bytes, which are not those of one exporter."""
        content = bytes(range(256)) * (SIZE // 256)
        self.memory, self.twin = bytearray(content), bytearray(content)
        self.view, self.other = OURS(self.memory), OURS(self.twin)
        # what is done, and what it comes to
        self.operations: "list[tuple[Callable[[], Any], Any]]" = [
            (lambda: self.view.tobytes(), content),
            (lambda: self.view.tobytes("F"), content),
            (lambda: self.view.hex(), content.hex()),
            (lambda: self.view.hex("-", 8), content.hex("-", 8)),
            (lambda: self.view == self.other, True),
            (lambda: self.other == self.view, True),
            (lambda: self.view == self.twin, True),
            (lambda: self.view.__setitem__(slice(None), self.other), None),
            (lambda: self.other.__setitem__(slice(None), self.view), None),
            (lambda: self.view.__setitem__(slice(None), self.twin), None),
        ]
        strided = self.view[::2]
        self.of_strided: "list[tuple[Callable[[], Any], Any]]" = [
            (lambda: strided.tobytes(), content[::2]),
            (lambda: strided.hex(), content[::2].hex()),
        ]

    def test_the_view_cannot_be_released(self) -> None:
        """Not before the end, and then it can."""
        for operation, want in self.operations:
            came, result = meanwhile(operation, self.view.release)
            self.assertEqual((came, result == want), (["BufferError: memoryview has 1 exported buffer"], True))
        self.view.release()

    def test_the_exporter_cannot_be_resized(self) -> None:
        """As for any view."""
        for operation, want in self.operations + self.of_strided:
            came, result = meanwhile(operation, self.memory.clear)
            refused = "BufferError: Existing exports of data: object cannot be re-sized"
            self.assertEqual((came, result == want), ([refused], True))

    def test_others_may_do_the_same(self) -> None:
        """Two at once, and a third view that comes and goes."""
        for operation, want in self.operations + self.of_strided:

            def action() -> None:
                with OURS(self.memory) as view, view[5:] as part:
                    assert part[0] == 5
                assert operation() == want

            came, result = meanwhile(operation, action)
            self.assertEqual((came, result == want), (["done"], True))

    def test_names_may_go(self) -> None:
        """The caller's reference keeps a view whose last name is deleted."""
        names = {"view": OURS(self.memory)}
        came, result = meanwhile(lambda: names["view"].tobytes() if names else self.memory, names.clear)
        self.assertEqual((came, result == self.memory), (["done"], True))


FORKS = 300 if "MEMORYVIEW_SOAK" in os.environ else 30
PROGRAM = """
import os, signal, sys, threading, warnings
import gomemoryview
warnings.simplefilter("ignore") # 3.12 warns of forks beside threads
content = bytes(range(256)) * 4096
stop = False

def work():
    view = gomemoryview.memoryview(content)
    while not stop:
        assert view[::2].tobytes() == content[::2]
        view.hex()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for i in range(int(sys.argv[1])):
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        view = gomemoryview.memoryview(content)
        good = view[::2].tobytes() == content[::2] and view.hex() == content.hex()
        if i % 3 == 0: # a child's child
            good = good and os.waitstatus_to_exitcode(os.waitpid(os.fork() or os._exit(0), 0)[1]) == 0
        os._exit(0 if good else 1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, f"child {i} ends with {status}"
stop = True
for thread in threads:
    thread.join()
"""


@unittest.skipUnless(hasattr(os, "fork"), "the platform does not fork")
class Fork(unittest.TestCase):
    """Forks while threads are at work."""

    def test_children_work(self) -> None:
        """A child does the same work as the threads that it has not."""
        subprocess.run([sys.executable, "-X", "faulthandler", "-c", PROGRAM, str(FORKS)], check=True, timeout=240)


if __name__ == "__main__":
    unittest.main()
