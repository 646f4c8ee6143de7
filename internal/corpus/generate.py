"""Writes the corpus: cases of memoryview's behaviour as CPython and NumPy show it. See README.md."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

sys.dont_write_bytecode = True

KINDS = [
    "layout",
    "slice",
    "select",
    "cast",
    "element",
    "format",
    "equal",
    "assign",
    "hex",
    "request",
    "search",
    "hash",
    "contiguous",
]


def cases(kind: str, every: int = 1) -> Iterator[dict[str, Any]]:
    """The cases of a kind, or every so many of them, each from a seed of its own."""
    module = importlib.import_module(f"generator.kinds.{kind}")
    for number in range(0, module.COUNT, every):
        name = f"{kind}-{number}"
        yield {"id": name, **module.case(Random(name), number)}


def differences(base: Path, versions: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What other versions of Python answer otherwise than the files under base do."""
    with tempfile.TemporaryDirectory() as scratch:
        for version, python in versions.items():
            subprocess.run([python, __file__, f"{scratch}/{version}"], check=True)
        for kind in KINDS:
            others = {version: read(Path(scratch, version, f"{kind}.jsonl")) for version in versions}
            for number, case in enumerate(read(base / f"{kind}.jsonl")):
                answers = {version: answer(cases[number]) for version, cases in others.items()}
                differing = {version: other for version, other in answers.items() if other != answer(case)}
                if differing:
                    yield {"id": case["id"], **differing}


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """The part of a case that CPython or an oracle gave."""
    return {key: case[key] for key in ("want", "error", "cpython") if key in case}


def read(path: Path) -> list[dict[str, Any]]:
    """The cases of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, lines: Iterator[dict[str, Any]]) -> None:
    """One line of JSON for each of the lines."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outdir", type=Path, help="where the files are written")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="write every Nth case only")
    parser.add_argument("--differences", nargs="+", metavar="VERSION=PYTHON", help="write differences.jsonl instead")
    arguments = parser.parse_args()
    arguments.outdir.mkdir(parents=True, exist_ok=True)
    if arguments.differences:
        versions = dict(entry.split("=", 1) for entry in arguments.differences)
        write(arguments.outdir / "differences.jsonl", differences(arguments.outdir, versions))
        return
    for kind in KINDS:
        write(arguments.outdir / f"{kind}.jsonl", cases(kind, arguments.every))


if __name__ == "__main__":
    main()
