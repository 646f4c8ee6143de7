"""Reads the events of go test -json, prints what go test would, and fails if a test was skipped without a good reason."""

import collections
import json
import re
import sys

GOOD_REASON = re.compile(r"short mode|platform")

output: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
skipped: list[str] = []

for line in sys.stdin:
    event = json.loads(line)
    action, package, test = event["Action"], event.get("Package", ""), event.get("Test", "")
    text = event.get("Output", "")
    if action == "build-output" or (action == "output" and not test and text != "PASS\n"):
        print(text, end="", flush=True)
    elif action == "output":
        output[package, test].append(text)
    elif test and action in ("pass", "fail", "skip"):
        told = "".join(output.pop((package, test), []))
        if action == "fail":
            print(told, end="", flush=True)
        elif action == "skip" and not GOOD_REASON.search(told):
            skipped.append(f"{package}:\n{told}")

for told in skipped:
    print(told, end="")
if skipped:
    sys.exit(f"{len(skipped)} tests were skipped; the only reasons that count are short mode and the platform")
