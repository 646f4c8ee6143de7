"""Runs one of CPython's own test files with gomemoryview's type in place of the builtin one, and tells a journal.

    python suite_child.py WHERE MODULE JOURNAL [TEST...]

WHERE the type takes the builtin one's place: in the test file ("module"), everywhere ("builtins"), or not at all ("nowhere").
The journal first has a line "listed NAME" for each test that is to be run, of all or those that are named. Each test then writes
"start NAME" and "OUTCOME NAME", so that a crash can be laid at a test's door. What the journal says was started runs no more.
"""

import builtins
import faulthandler
import importlib
import importlib.util
import random
import sys
import unittest

import gomemoryview

# Seconds, of a class: of sockets some hang for the builtin type too.
LIMITS = {"test.test_socket": 30}


class Journal(unittest.TestResult):
    """A result that is written down as it comes."""

    def __init__(self, path: str, limit: int) -> None:
        super().__init__()
        self.file = open(path, "a", buffering=1)
        self.limit = limit
        self.outcome = ""
        self.kind: "type | None" = None

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        if type(test) is not self.kind:
            self.kind = type(test)
            faulthandler.dump_traceback_later(self.limit, exit=True)
        random.seed(test.id())
        self.outcome = "pass"
        self.tell("start", test)

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.tell(self.outcome or "skip", test)
        self.outcome = ""

    def tell(self, what: str, test: unittest.TestCase) -> None:
        self.file.write(f"{what} {name_of(test)}\n")

    def failed(self, test: unittest.TestCase, error: tuple) -> None:
        self.outcome = "fail"
        print(f"--- {name_of(test)}\n{self._exc_info_to_string(error, test)}", file=sys.stderr)
        if not isinstance(test, unittest.TestCase):  # what a class sets up
            self.tell("fail", test)

    def addError(self, test: unittest.TestCase, error: tuple) -> None:
        self.failed(test, error)

    def addFailure(self, test: unittest.TestCase, error: tuple) -> None:
        self.failed(test, error)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, error: "tuple | None") -> None:
        if error is not None:
            self.failed(test, error)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        if self.outcome in ("pass", ""):  # 3.12.1 does not start what it skips, but stops it
            self.outcome = "skip"

    def addExpectedFailure(self, test: unittest.TestCase, error: tuple) -> None:
        self.outcome = "pass"

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.outcome = "fail"


def name_of(test: unittest.TestCase) -> str:
    """The class and method of a test."""
    return ".".join(test.id().split(".")[-2:])


def load(where: str, name: str) -> unittest.TestSuite:
    """A test file, with the type in place before it runs."""
    if where != "module":
        if where == "builtins":
            builtins.memoryview = gomemoryview.memoryview  # type: ignore[misc, assignment]
        return unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(name))
    spec = importlib.util.find_spec(name)
    assert spec and spec.loader, f"this Python has no {name}"
    module = importlib.util.module_from_spec(spec)
    module.memoryview = gomemoryview.memoryview  # type: ignore[attr-defined]
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def flat(suite: unittest.TestSuite) -> "list[unittest.TestCase]":
    """The tests of a suite."""
    return [test for part in suite for test in (flat(part) if isinstance(part, unittest.TestSuite) else [part])]


def main() -> None:
    """Runs those tests of a file that nobody has run yet."""
    faulthandler.enable()
    sys.modules["numpy"] = None  # type: ignore[assignment]  # the tests call methods of it that are gone, with the builtin type too
    where, module, path, *wanted = sys.argv[1:]
    tests = flat(load(where, module))
    import test.support

    test.support.use_resources = []  # as regrtest has it: no network, no large files
    with open(path) as file:
        told = {line.rstrip("\n") for line in file}
    journal = Journal(path, LIMITS.get(module, 600))
    for case in tests:
        if not told and (not wanted or name_of(case) in wanted):
            journal.tell("listed", case)
    unittest.TestSuite(
        case for case in tests if (not wanted or name_of(case) in wanted) and f"start {name_of(case)}" not in told
    ).run(journal)
    faulthandler.cancel_dump_traceback_later()


if __name__ == "__main__":
    main()
