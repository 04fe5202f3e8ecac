# SPDX-License-Identifier: Apache-2.0
"""Runs the farspan program in a folder of its own, and the tests of a script by name."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"


class Farspan:
    """The program, and a scratch folder in which it runs."""

    def __init__(self, program, folder):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(folder)
        self.runs = 0

    def call(self, *arguments):
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
                              timeout=300, check=False)

    def result(self, file, *options):
        """Runs a scenario that must end well; its result document, and the folder with its files."""
        self.runs += 1
        out = self.folder / f"out{self.runs}"
        done = self.call("run", file, "--quiet", "--out", out, *options)
        assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
        return json.loads((out / "result.json").read_text(encoding="utf-8")), out

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path


def main(tests):
    """`--list` prints the names in `tests`; a name runs that test, with a Farspan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--farspan", default="farspan")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.list:
        print("\n".join(tests))
        return
    os.environ["SYSTEMC_DISABLE_COPYRIGHT_MESSAGE"] = "1"
    for name in options.names or tests:
        with tempfile.TemporaryDirectory(prefix="farspan-") as folder:
            try:
                tests[name](Farspan(options.farspan, folder))
            except AssertionError as problem:
                sys.exit(f"{name}: {problem}")
        print(f"{name}: ok")
