"""NumPy's own tests of the buffer protocol, in a Python whose memoryview is ours."""

import os
import re
import subprocess
import sys
import unittest

import numpy

CHILD = """
import builtins, sys
import pytest
import gomemoryview

builtins.memoryview = gomemoryview.memoryview
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--disable-warnings", sys.argv[1] + "::TestNewBufferProtocol"]))
"""


class NumPy(unittest.TestCase):
    """The newest NumPy that this Python can have."""

    def test_new_buffer_protocol(self) -> None:
        """TestNewBufferProtocol: what passes with the builtin type passes with ours."""
        package = "_core" if hasattr(numpy, "_core") else "core"
        file = os.path.join(os.path.dirname(numpy.__file__), package, "tests", "test_multiarray.py")
        child = subprocess.run([sys.executable, "-c", CHILD, file], capture_output=True, text=True, timeout=300)
        self.assertEqual(child.returncode, 0, child.stdout + child.stderr)
        passed = re.search(r"(\d+) passed", child.stdout)
        self.assertTrue(passed and int(passed[1]) > 20, child.stdout)
        print(f"\nNumPy {numpy.__version__}: {child.stdout.strip().splitlines()[-1]}", flush=True)


if __name__ == "__main__":
    unittest.main()
