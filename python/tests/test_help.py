"""help() has something to say of everything that users meet."""

import doctest
import inspect
import os
import pydoc
import re
import unittest
from typing import Any, Iterator, Tuple

import gomemoryview

BUILTIN = memoryview


def public() -> "Iterator[Tuple[str, Any]]":
    """Whatever the package offers, and the attributes of its types."""
    for name in gomemoryview.__all__:
        thing = getattr(gomemoryview, name)
        yield name, thing
        if inspect.isclass(thing):
            for attribute, value in vars(thing).items():
                if not attribute.startswith("_") or attribute in ("__enter__", "__exit__"):
                    yield f"{name}.{attribute}", value


class Help(unittest.TestCase):
    """Texts and signatures."""

    def test_readme_is_true(self) -> None:
        """What a package index shows answers as it says."""
        readme = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "README.md")
        failed, tried = doctest.testfile(readme, module_relative=False)
        self.assertEqual((failed, tried > 0), (0, True))

    def test_tour_is_true(self) -> None:
        """The project's own README, in whose blocks of Python the answers end with the block."""
        readme = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(readme, encoding="utf-8") as file:
            blocks = re.findall(r"```python\n(>>> .*?)```", file.read(), re.DOTALL)
        tests = [doctest.DocTestParser().get_doctest(block, {}, "README.md", readme, 0) for block in blocks]
        results = [doctest.DocTestRunner().run(test) for test in tests]
        self.assertEqual((sum(failed for failed, _ in results), len(blocks)), (0, 1))

    def test_everything_has_a_text(self) -> None:
        """One line at least."""
        self.assertIn("tobytes", pydoc.render_doc(gomemoryview.memoryview))
        for name, thing in public():
            with self.subTest(name):
                self.assertTrue((thing.__doc__ or "").strip())

    def test_everything_that_is_called_has_a_signature(self) -> None:
        """As CPython writes it where it does: some defaults cannot be written in Python, and inspect refuses those."""
        for name, thing in public():
            if not callable(thing):
                continue
            with self.subTest(name):
                if inspect.isfunction(thing) or thing is gomemoryview.View:
                    inspect.signature(thing)
                    continue
                self.assertTrue(thing.__text_signature__)
                if "<unrepresentable>" not in thing.__text_signature__:
                    inspect.signature(thing)

    def test_memoryview_has_the_builtin_ones(self) -> None:
        """The same names and signatures."""
        for name, thing in vars(BUILTIN).items():
            if callable(thing) and getattr(thing, "__text_signature__", None):
                with self.subTest(name):
                    ours = getattr(gomemoryview.memoryview, name)
                    self.assertEqual(ours.__text_signature__, thing.__text_signature__)


if __name__ == "__main__":
    unittest.main()
