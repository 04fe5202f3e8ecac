#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong with an input, farspan says where, ends with status 2 and writes nothing."""
import functools
import os
import random
import re

from farspan_cli import SCENARIOS, main

GOOD = """scenario: good
protocol: nvlink5
topology: {kind: planes, gpus: 4, switches: 2}
workload:
  streams:
    - {name: chase, kind: pointer_chase, sources: 0, targets: [1], count: 10}
"""

# Name: (what is replaced in GOOD, by what, where it is found wrong, what is said of it)
EDITS = {
    "unknown_key": ("count: 10", "count: 10, cuont: 3", "6:79", "cuont"),
    "unknown_key_at_the_root": ("gpus: 4", "gpus: 4}\ntopologee: {kind: planes", "4:1", "topologee"),
    "duplicate_key": ("switches: 2", "switches: 2, gpus: 5", "3:48", "gpus"),
    "wrong_unit": ("count: 10", "count: 10, rate: 5ns", "6:85", "5ns"),
    "bare_number": ("count: 10", "count: 10, start: 5", "6:86", "unit"),
    "out_of_range": ("gpus: 4", "gpus: 5000", "3:32", "4096"),
    "negative": ("gpus: 4", "gpus: -4", "3:32", "-4"),
    "not_a_number": ("gpus: 4", "gpus: four", "3:32", "four"),
    "missing_key": (", kind: pointer_chase", "", "6:7", "kind"),
    "unknown_choice": ("planes", "plains", "3:18", "planes"),
    "impossible_topology": ("gpus: 4, switches: 2", "gpus: 4, switches: 2, split: [1, 2, 3]", "3:", "split"),
    "too_many_ports": ("gpus: 4, switches: 2", "gpus: 300, switches: 2", "3:", "256"),
    "target_that_does_not_exist": ("targets: [1]", "targets: [9]", "6:", "9"),
    "unknown_protocol": ("nvlink5", "nvlink9", "2:11", "nvlink9"),
    "malformed_yaml": ("topology: {", "topology: {{[", "3:", ""),
    "a_tab": ("  streams", "\tstreams", "5:9", ""),
    "unknown_part": ("switches: 2}", "switches: 2}\nenergy: {gpu_link: tin}", "4:20", "active_copper"),
    "part_that_does_not_reach": ("switches: 2}", "switches: 2, gpu_link: {length: 5m}}\nenergy: {gpu_link: copper}", "4:20", "active_copper"),
    "part_for_nothing": ("switches: 2}", "switches: 2}\nenergy: {switches: {spine: ethernet_switch}}", "4:28", "spine"),
    "retry_that_does_not_span": ("switches: 2", "switches: 2, gpu_link: {length: 200m, medium: fibre}", "3:11", "Would work"),
    "malformed_expectation": ("count: 10}", "count: 10}\nexpect:\n  - {path: digest, is: about, value: 3}", "8:24", "about"),
}

UNREACHABLE = """scenario: apart
protocol: nvlink5
topology:
  kind: explicit
  partial: true
  gpus: [{name: a, ports: 1}, {name: b, ports: 1}, {name: c, ports: 1}, {name: d, ports: 1}]
  switches: []
  links: [{a: a.0, b: b.0}, {a: c.0, b: d.0}]
workload:
  streams:
    - {name: chase, kind: pointer_chase, sources: 0, targets: [2], count: 10}
"""


def refused(farspan, file, where, said, *options):
    """Status 2, one place of the file, the right words, and nothing in the output folder."""
    out = farspan.folder / "out"
    for command in ("run", "check"):
        end = farspan.call(command, file, *options, *(["--out", out] if command == "run" else []))
        assert end.returncode == 2, f"{command}: exit status {end.returncode}\n{end.stdout}{end.stderr}"
        first = end.stderr.splitlines()[0]
        place = rf"^{re.escape(str(file))}:{where}" + (r"\d+: ." if where.endswith(":") else ": .")
        assert re.search(place, first), f"{command}: no {place} in: {first}"
        assert said in end.stderr, f"{command}: '{said}' is missing in: {end.stderr}"
    assert not out.exists() or not list(out.iterdir()), "something was written"


def edited(farspan, old, new, where, said):
    assert old in GOOD
    refused(farspan, farspan.write("bad.yaml", GOOD.replace(old, new, 1)), where, said)


def good_is_good(farspan):
    """The text that the other tests spoil runs."""
    result, _ = farspan.result(farspan.write("good.yaml", GOOD))
    assert result["transactions"]["ok"] == 10


def unreachable_target(farspan):
    refused(farspan, farspan.write("apart.yaml", UNREACHABLE), r"\d+:", "")


def empty(farspan):
    refused(farspan, farspan.write("empty.yaml", ""), r"\d+:", "")


def folder(farspan):
    refused(farspan, farspan.folder, "1:1", "directory")


def missing(farspan):
    refused(farspan, farspan.folder / "missing.yaml", "1:1", "no such file")


def noise(farspan):
    refused(farspan, farspan.write("noise.yaml", random.Random(1).randbytes(10_000_000)), r"\d+:", "")


def noise_of_letters(farspan):
    text = "".join(random.Random(2).choices("{}[]:,-# \nabc&*!|>'\"%@`", k=10_000_000))
    refused(farspan, farspan.write("letters.yaml", text), r"\d+:", "")


def setting(farspan):
    """A wrong --set is blamed on the command line."""
    end = farspan.call("run", farspan.write("good.yaml", GOOD), "--set", "topology.gpus=5000")
    assert end.returncode == 2 and "--set" in end.stderr, end.stderr


def cycle_of_channels(farspan):
    text = (SCENARIOS / "deadlock_ring.yaml").read_text(encoding="utf-8")
    file = farspan.write("ring.yaml", text[:text.index("expect:")])
    refused(farspan, file, r"\d+:", "sw1.2->sw0.1")
    end = farspan.call("run", file, "--allow-deadlock", "--quiet")
    assert end.returncode == 3, f"allowed, it deadlocks: exit status {end.returncode}\n{end.stdout}{end.stderr}"


def unwritable_folder(farspan):
    good = farspan.write("good.yaml", GOOD)
    end = farspan.call("run", good, "--out", good / "out")
    assert end.returncode == 2 and "out" in end.stderr, f"exit status {end.returncode}: {end.stderr}"
    if os.geteuid() == 0:  # permissions do not stop root; a file system without room for writing does
        end = farspan.call("run", good, "--out", "/proc/farspan")
    else:
        closed = farspan.folder / "closed"
        closed.mkdir(mode=0o500)
        end = farspan.call("run", good, "--out", closed)
    assert end.returncode == 2, f"exit status {end.returncode}: {end.stderr}"


TESTS = {name: functools.partial(lambda edit, farspan: edited(farspan, *edit), edit) for name, edit in EDITS.items()}
TESTS |= {f.__name__: f for f in
          (good_is_good, unreachable_target, empty, folder, missing, noise, noise_of_letters, setting,
           cycle_of_channels, unwritable_folder)}
main(TESTS)
