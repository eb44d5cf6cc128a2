"""Runs the blocks of Markdown pages in one interpreter each, against a demonstration, and compares what they print.

A block ```python is run; a block ```text behind it is what it must have printed. Blocks of other languages are read by people.
"""

import contextlib
import io
import json
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


@contextlib.contextmanager
def node(program, data, *settings):
    """A node that runs; its alliance has to be founded before."""
    command = [program, "run", "--data", data, "--http", "", "--listen", "", "--role", "leaf", "--without-cooling-off", "--json"]
    running = subprocess.Popen([*command, *settings], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        # Its first line says that it answers.
        running.stdout.readline()
        yield
    finally:
        running.terminate()
        running.wait()


def share_some(program, data):
    """Founds an alliance and shares a few records in it: two practices and what hangs on them."""
    records = os.path.join(os.path.dirname(__file__), "..", "..", "config", "demo", "records")
    found = ["found", "--name", "Calm Wards", "--organisation", "Harbour Trust", "--country", "gb", "--no-passphrase"]
    subprocess.run([program, *found, "--data", data], check=True, capture_output=True)
    confirmed = ["--nobody-recognisable", "--right-to-share", "--people-involved", "--accept-warnings", "--chapter", "m49:001"]
    shared = 0
    with node(program, data):
        for name in sorted(os.listdir(records)):
            kind = re.search(r"^kind: (\w+)", open(os.path.join(records, name), encoding="utf-8").read(), re.MULTILINE)
            wanted = {"practice": shared < 2, "adoption": True, "resource": True}.get(kind and kind.group(1), False)
            if wanted:
                share = [program, "share", os.path.join(records, name), *confirmed, "--data", data]
                shared += subprocess.run(share, capture_output=True).returncode == 0 and kind.group(1) == "practice"


def follow_dataset(program, data):
    """Waits until a running node's dataset has everything that the node has."""
    ask = [program, "status", "--json", "--data", data]
    while not json.loads(subprocess.run(ask, capture_output=True).stdout or "{}").get("dataset", {}).get("behind") == 0:
        pass


def keep_dataset(program, place):
    """A node of its own with a few records, and its dataset."""
    data, folder = os.path.join(place, "node"), os.path.join(place, "dataset")
    share_some(program, data)
    with node(program, data, "--dataset", folder):
        follow_dataset(program, data)
    os.environ["DATASET"] = folder


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
        kept = tempfile.TemporaryDirectory()
        keep_dataset(program, kept.name)
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
