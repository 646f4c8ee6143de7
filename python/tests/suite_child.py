"""Runs one of CPython's own test files with gomemoryview's type in place of the builtin one, and tells a journal.

    python suite_child.py MODULE JOURNAL [TEST...]

Each test writes two lines to the journal, "start NAME" and "OUTCOME NAME", so that a crash can be laid at a test's door.
Tests that are named run no more.
"""

import faulthandler
import importlib.util
import random
import sys
import unittest

import gomemoryview


class Journal(unittest.TestResult):
    """A result that is written down as it comes."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.file = open(path, "a", buffering=1)
        self.outcome = ""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        random.seed(test.id())
        self.outcome = "pass"
        self.tell("start", test)

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.tell(self.outcome, test)

    def tell(self, what: str, test: unittest.TestCase) -> None:
        self.file.write(f"{what} {name_of(test)}\n")

    def failed(self, test: unittest.TestCase, error: tuple) -> None:
        self.outcome = "fail"
        print(f"--- {name_of(test)}\n{self._exc_info_to_string(error, test)}", file=sys.stderr)

    def addError(self, test: unittest.TestCase, error: tuple) -> None:
        self.failed(test, error)

    def addFailure(self, test: unittest.TestCase, error: tuple) -> None:
        self.failed(test, error)

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, error: "tuple | None") -> None:
        if error is not None:
            self.failed(test, error)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        if self.outcome == "pass":
            self.outcome = "skip"

    def addExpectedFailure(self, test: unittest.TestCase, error: tuple) -> None:
        self.outcome = "pass"

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.outcome = "fail"


def name_of(test: unittest.TestCase) -> str:
    """The class and method of a test."""
    return ".".join(test.id().split(".")[-2:])


def load(name: str) -> unittest.TestSuite:
    """A test file, with the type as its global memoryview before it runs."""
    spec = importlib.util.find_spec(name)
    assert spec and spec.loader, f"this Python has no {name}"
    module = importlib.util.module_from_spec(spec)
    module.memoryview = gomemoryview.memoryview
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def flat(suite: unittest.TestSuite) -> "list[unittest.TestCase]":
    """The tests of a suite."""
    return [test for part in suite for test in (flat(part) if isinstance(part, unittest.TestSuite) else [part])]


def main() -> None:
    """Runs those tests of a file that nobody has run yet."""
    faulthandler.enable()
    sys.modules["numpy"] = None  # the tests call methods of it that are gone, with the builtin type too
    name, journal, *done = sys.argv[1:]
    suite = unittest.TestSuite(test for test in flat(load(name)) if name_of(test) not in done)
    suite.run(Journal(journal))


if __name__ == "__main__":
    main()
