"""Runs the blocks of Markdown pages in one interpreter each, against a demonstration, and compares what they print.

A block ```python is run; a block ```text behind it is what it must have printed. Blocks of other languages are read by people.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
import traceback

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWERS = re.compile(r"answers at (http://[0-9.]+:[0-9]+)")


def blocks(page):
    """The code of a page: (line, code, what it is to print or None)."""
    found = []
    for match in BLOCK.finditer(page):
        language, text = match.groups()
        line = page.count("\n", 0, match.start()) + 1
        if language == "python":
            found.append([line, text, None])
        elif language == "text" and found:
            found[-1][2] = text
    return found


def run(name, page):
    """Runs a page; gives what differs."""
    names, faults = {"__name__": "page"}, []
    for line, code, expected in blocks(page):
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * line + code, name, "exec"), names)
        except Exception:
            faults.append(f"{name}:{line}: {traceback.format_exc()}")
            break
        if expected is not None and printed.getvalue() != expected:
            faults.append(f"{name}:{line}: expected\n{expected}and printed\n{printed.getvalue()}")
    return faults


def main(program, pages):
    demo = subprocess.Popen([program, "demo"], stdout=subprocess.PIPE, text=True)
    try:
        for line in demo.stdout:
            found = ANSWERS.search(line)
            if found:
                os.environ["NODE"] = found.group(1)
                break
        else:
            return ["the demonstration ended before it answered"]
        faults, ran = [], 0
        for path in pages:
            page = open(path, encoding="utf-8").read()
            ran += len(blocks(page))
            with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
                faults += run(os.path.basename(path), page)
        print(f"{ran} blocks run, {len(faults)} faults")
        return faults if ran else ["there is nothing to run"]
    finally:
        demo.terminate()
        demo.wait()


if __name__ == "__main__":
    problems = main(sys.argv[1], sys.argv[2:])
    print("\n".join(problems), file=sys.stderr)
    sys.exit(bool(problems))
