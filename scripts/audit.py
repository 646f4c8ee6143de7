"""Asks OSV, the database of known vulnerabilities, about what lock files pin.

Exit status: 0 where nothing is known, 1 where something is, 2 where the database cannot be reached,
3 where it could not be asked.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request
from pathlib import Path

DATABASE = os.environ.get("OSV_DATABASE", "https://api.osv.dev")


def pinned(path: str) -> "list[tuple[str, str, str]]":
    """The names and versions in a lock file, with where they come from."""
    ecosystem = "npm" if Path(path).name == "axe.lock" else "PyPI"
    found = re.findall(r"^([\w.-]+)==([^\s;\\]+)", Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return [(name, version, ecosystem) for name, version in found]


def known(packages: "list[tuple[str, str, str]]") -> "list[list[str]]":
    """What the database has against each package, by its identifiers."""
    queries = [{"package": {"name": name, "ecosystem": ecosystem}, "version": version} for name, version, ecosystem in packages]
    request = urllib.request.Request(
        f"{DATABASE}/v1/querybatch", json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        results = json.load(answer)["results"]
    if len(results) != len(packages):
        raise ValueError(f"{len(results)} answers to {len(packages)} questions")
    return [[entry["id"] for entry in result.get("vulns", ())] for result in results]


def main() -> int:
    packages = [package for path in sys.argv[1:] for package in pinned(path)]
    if not packages:
        raise ValueError(f"nothing is pinned in {sys.argv[1:]}")
    try:
        against = known(packages)
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"not checked: {len(packages)} packages: {DATABASE}: {error}")
        return 2
    for (name, version, _), identifiers in zip(packages, against):
        if identifiers:
            print(f"{name} {version}: {', '.join(identifiers)}")
    print(f"{len(packages)} packages were asked about")
    return int(any(against))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ValueError as error:
        print(f"audit.py: {error}", file=sys.stderr)
        sys.exit(3)
