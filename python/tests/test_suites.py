"""CPython's own tests of memoryview, with our type: every test that a type other than the builtin one can pass passes."""

import os
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 600  # seconds, of a whole file


def exceptions() -> "set[str]":
    """The tests that no other type can pass, which expected_failures.txt lists and explains."""
    with open(os.path.join(FOLDER, "expected_failures.txt")) as file:
        lines = [line.split("#")[0].strip() for line in file]
    return {line for line in lines if line}


def run(module: str) -> "tuple[dict[str, str], str]":
    """The outcome of each test of a file, and what the failures said. After a crash the rest runs in another process."""
    outcomes: "dict[str, str]" = {}
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        while True:
            journal = os.path.join(folder, "journal")
            open(journal, "w").close()
            command = [sys.executable, os.path.join(FOLDER, "suite_child.py"), module, journal, *outcomes]
            child = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, errors="replace")
            said += child.stderr
            with open(journal) as file:
                lines = [line.rstrip("\n").split(" ", 1) for line in file]
            for outcome, test in lines:
                outcomes[test] = "crash" if outcome == "start" else outcome
            if child.returncode == 0:
                return outcomes, said
            if not lines or lines[-1][0] != "start":
                raise AssertionError(f"{module} ended outside of its tests: {child.returncode}\n{said}")


class Suites(unittest.TestCase):
    """One test to a file of CPython's."""

    def check(self, name: str) -> None:
        """Runs a file, and compares what fails with what must."""
        outcomes, said = run(f"test.{name}")
        expected = {test[len(name) + 1 :] for test in exceptions() if test.startswith(name + ".")} & set(outcomes)
        failed = {test for test, outcome in outcomes.items() if outcome in ("fail", "crash")}
        counts = {word: list(outcomes.values()).count(word) for word in ("pass", "skip", "fail", "crash")}
        print(f"\n{name}: {counts['pass']} of {len(outcomes)} passed, {counts['skip']} skipped, {len(expected)} exceptions")
        crashed = sorted(test for test, outcome in outcomes.items() if outcome == "crash")
        self.assertEqual(crashed, [], said)
        self.assertEqual(sorted(failed - expected), [], said)
        passed = sorted(test for test in expected if outcomes[test] == "pass")
        self.assertEqual(passed, [], "these pass: take them out of expected_failures.txt")

    def test_memoryview(self) -> None:
        """test_memoryview."""
        self.check("test_memoryview")

    def test_buffer(self) -> None:
        """test_buffer."""
        self.check("test_buffer")


if __name__ == "__main__":
    unittest.main()
