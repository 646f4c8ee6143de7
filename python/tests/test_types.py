"""The stubs: stubtest holds them to what is there, and mypy reads a program by them."""

import os
import subprocess
import sys
import tempfile
import unittest

import gomemoryview

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "typed_program.py")


class Types(unittest.TestCase):
    """Each check is a program of its own, run where it leaves nothing behind."""

    def check(self, *arguments: str) -> None:
        """Runs Python, which must be content."""
        environment = {**os.environ, "MYPYPATH": ""}
        with tempfile.TemporaryDirectory() as folder:
            child = subprocess.run(
                [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
            )
        self.assertEqual(child.returncode, 0, child.stdout + child.stderr)

    def test_stubs_say_what_is_there(self) -> None:
        """Every name, argument and default."""
        self.check("-m", "mypy.stubtest", "gomemoryview")

    def test_stubs_are_sound(self) -> None:
        """They are code that mypy reads strictly itself."""
        self.check("-m", "mypy", "--strict", os.path.join(os.path.dirname(gomemoryview.__file__), "__init__.pyi"))

    def test_a_program(self) -> None:
        """Its right lines pass, and run; its wrong ones are noticed."""
        self.check("-m", "mypy", "--strict", PROGRAM)
        self.check(PROGRAM)


if __name__ == "__main__":
    unittest.main()
