# SPDX-License-Identifier: Apache-2.0
"""What the comparisons share: running a scenario, choosing cases by name, tables in a page."""

import json
import pathlib
import shlex
import subprocess
import tempfile


def command(farspan, scenario, settings, seed=None):
    """The command that runs `scenario` with `settings`, pairs of path and value."""
    line = [str(farspan), "run", str(scenario)]
    if seed is not None:
        line += ["--seed", str(seed)]
    for path, value in settings:
        line += ["--set", f"{path}={value}"]
    return line


def run(line):
    """The result document of a command()."""
    with tempfile.TemporaryDirectory() as folder:
        line = line + ["--quiet", "--out", folder]
        done = subprocess.run(line, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{shlex.join(line)}\nexit status {done.returncode}: {done.stderr.strip()}")
        return json.loads((pathlib.Path(folder) / "result.json").read_text(encoding="utf-8"))


def choose(cases, names):
    """The cases with one of these names, or with names that begin with whole parts of one. All where none is given."""
    return [c for c in cases if not names or any((c.name + "/").startswith(n.rstrip("/") + "/") for n in names)]


def put_table(page, name, text):
    """Replaces what stands between `<!-- begin NAME -->` and `<!-- end NAME -->` in the file `page`."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = page.read_text(encoding="utf-8")
    if old.count(begin) != 1 or old.count(end) != 1:
        raise SystemExit(f"{page}: expected one '{begin}' and one '{end}'")
    before, rest = old.split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
