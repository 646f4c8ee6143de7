"""CPython's own tests with our type: every test that a type other than the builtin one can pass passes."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 900  # seconds, of a whole file


def exceptions() -> "set[str]":
    """The tests that no other type can pass, which expected_failures.txt lists and explains."""
    with open(os.path.join(FOLDER, "expected_failures.txt")) as file:
        lines = [line.split("#")[0].strip() for line in file]
    return {line for line in lines if line}


def run(where: str, module: str, tests: "list[str] | tuple[()]" = ()) -> "tuple[dict[str, str], str]":
    """The outcome of each test of a file, or of those that are named, and what the failures said.

    After a crash or a test that takes too long the rest runs in another process. A test that its class skips is "listed".
    """
    outcomes: "dict[str, str]" = {}
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        journal = os.path.join(folder, "journal")
        open(journal, "w").close()
        while True:
            size = os.path.getsize(journal)
            command = [sys.executable, os.path.join(FOLDER, "suite_child.py"), where, module, journal, *tests]
            child = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, errors="replace")
            said += child.stderr
            with open(journal) as file:
                for outcome, test in (line.rstrip("\n").split(" ", 1) for line in file):
                    outcomes[test] = "crash" if outcome == "start" else outcome
            if child.returncode == 0:
                return outcomes, said
            if os.path.getsize(journal) == size or outcome != "start":
                raise AssertionError(f"{module} ended outside of its tests: {child.returncode}\n{said}")


def of(outcomes: "dict[str, str]", *words: str) -> "list[str]":
    """The tests with these outcomes."""
    return sorted(test for test, outcome in outcomes.items() if outcome in words)


def report(name: str, outcomes: "dict[str, str]", more: str) -> None:
    """Prints the counts."""
    passed, skipped = of(outcomes, "pass"), of(outcomes, "skip", "listed")
    print(f"\n{name}: {len(passed)} of {len(outcomes)} passed, {len(skipped)} skipped, {more}", flush=True)


class Suites(unittest.TestCase):
    """The tests of memoryview itself, one test to a file of CPython's."""

    def check(self, name: str) -> None:
        """Runs a file, and compares what fails with what must."""
        outcomes, said = run("module", f"test.{name}")
        expected = {test[len(name) + 1 :] for test in exceptions() if test.startswith(name + ".")} & set(outcomes)
        report(name, outcomes, f"{len(expected)} exceptions")
        self.assertEqual(of(outcomes, "crash"), [], said)
        self.assertEqual(sorted(set(of(outcomes, "fail")) - expected), [], said)
        passed = sorted(expected & set(of(outcomes, "pass")))
        self.assertEqual(passed, [], "these pass: take them out of expected_failures.txt")

    def test_memoryview(self) -> None:
        """test_memoryview."""
        self.check("test_memoryview")

    def test_buffer(self) -> None:
        """test_buffer."""
        self.check("test_buffer")


class Others(unittest.TestCase):
    """The tests of what consumes buffers, in a Python whose memoryview is ours. On this machine the builtin type can no more."""

    def check(self, name: str) -> None:
        """Runs a file, and again with the builtin type what did not pass."""
        if not importlib.util.find_spec("test." + name.split(".")[0]):
            print(f"\n{name}: not run, this Python does not have it")
            return
        ours, said = run("builtins", f"test.{name}")
        self.assertGreater(len(of(ours, "pass")), 0, said)
        others = of(ours, "fail", "crash", "skip", "listed")
        builtin = run("nowhere", f"test.{name}", others)[0] if others else {}
        report(name, ours, f"{len(of(ours, 'fail', 'crash'))} fail with the builtin type too")
        self.assertEqual({test: ours[test] for test in others}, {test: builtin.get(test) for test in others}, said)


FILES = ["bytes", "array", "struct", "re", "hashlib", "zlib", "binascii", "io", "patma"]
FILES += ["capi.test_getargs" if sys.version_info >= (3, 11) else "getargs2"]
if "MEMORYVIEW_SOAK" in os.environ:
    FILES.append("socket")  # two minutes, one of them spent on a class that hangs where the machine has no VSOCK

for short_name in FILES:
    setattr(Others, f"test_{short_name.replace('.test_', '_')}", lambda self, name=f"test_{short_name}": self.check(name))


if __name__ == "__main__":
    unittest.main()
