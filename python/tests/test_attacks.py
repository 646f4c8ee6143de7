"""Runs the attacks, each in a process of its own, where memory that is freed or not yet written is filled with rubbish."""

import os
import subprocess
import sys
import unittest

from attacks import ATTACKS


class Attacks(unittest.TestCase):
    """One test to an attack."""

    def survives(self, name: str) -> None:
        """Runs an attack."""
        environment = {"PYTHONMALLOC": "debug", **os.environ}
        command = [sys.executable, "-X", "faulthandler", os.path.join(os.path.dirname(os.path.abspath(__file__)), "attacks.py"), name]
        child = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", timeout=300)
        said = f"exit code {child.returncode}\n{child.stderr}"
        self.assertEqual((child.returncode, child.stdout.strip()), (0, f"survived {name}"), said)
        self.assertNotIn("Exception ignored", child.stderr)


for attack_name in ATTACKS:
    setattr(Attacks, f"test_{attack_name}", lambda self, name=attack_name: self.survives(name))


if __name__ == "__main__":
    unittest.main()
