#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The digest of a scenario depends on the scenario and its seed, and on nothing else."""
import subprocess

from farspan_cli import SCENARIOS, main

MESH = SCENARIOS / "mesh8x8.yaml"
SHORT_MESH = ["--set", "measure.warmup=200ns", "--set", "measure.window=1us", "--set", "expect=[]"]

# Memory traffic of every sort on two boards of switches, under several VCs, with an end of its own.
MEMORY = """
scenario: memory
protocol: nvlink5
topology: {kind: two_boards, gpus_per_board: 4, switches_per_board: 3, trunks_per_switch: 2}
switch: {pipeline: {input: 12cycles, output: 3cycles}}
workload:
  streams:
    - {name: chase, kind: pointer_chase, sources: [0, 5], count: 40}
    - {name: reads, kind: read, count: 300, rate: 20GB/s, pacing: poisson}
    - {name: writes, kind: write, sources: 2-6, count: 300}
    - {name: copies, kind: copy, direction: push, sources: 1, count: 100}
    - {name: counters, kind: atomic, count: 60, footprint: 256B, region: shared}
  schedule: {collective: all_reduce, size: 64KiB}
"""

# NICs alone, with everything that is drawn: arrivals, targets, marks.
NETWORK = """
scenario: network
scale_out:
  duration: 300us
  warmup: 10us
  topology: {kind: leaf_spine, nics: 32, leaves: 4, oversubscription: 2, leaf_link: {rate: 800Gbps, length: 30m}}
  switch: {paths: adaptive, buffer: 400kB, ecn: {kmin: 20kB, kmax: 200kB, pmax: 0.1}}
  flow_control: {kind: none}
  nic: {queue_pairs: 2, transport: {kind: selective_repeat, timeout: 100us}, congestion: {kind: dcqcn}}
  traffic:
    - {name: anybody, pattern: uniform, load: 0.4, message: 20kB}
    - {name: rush, pattern: incast, sources: 8-23, target: 0, message: 100kB, messages: 3messages}
"""


def memory(farspan):
    return farspan.write("memory.yaml", MEMORY)


def equal(first, second, what):
    assert first["digest"] == second["digest"], f"{what}: digest {first['digest']} against {second['digest']}"
    points = zip(first.get("points", []), second.get("points", []))
    for i, (one, other) in enumerate(points):
        assert one["digest"] == other["digest"], f"{what}: the digest of point {i} differs"


def without_clock(result):
    """Everything but what the machine says of itself."""
    of_machine = {"wall_s", "flit_hops_per_s", "packet_hops_per_s", "peak_rss_bytes"}
    if isinstance(result, dict):
        return {key: without_clock(value) for key, value in result.items() if key not in of_machine}
    return [without_clock(value) for value in result] if isinstance(result, list) else result


def twice(farspan):
    file = memory(farspan)
    first, _ = farspan.result(file)
    second, _ = farspan.result(file)
    assert first["transactions"]["ok"] > 5000, "the scenario does too little to tell"
    assert without_clock(first) == without_clock(second), "two runs give different documents"


def without_sleep(farspan):
    for file, options in ((memory(farspan), []), (MESH, SHORT_MESH)):
        asleep, _ = farspan.result(file, *options)
        awake, _ = farspan.result(file, "--no-sleep", *options)
        equal(asleep, awake, "sleep off")


def points_alone_and_in_parallel(farspan):
    alone, _ = farspan.result(MESH, "-j", "1", *SHORT_MESH)
    parallel, out = farspan.result(MESH, "-j", "4", *SHORT_MESH)
    equal(alone, parallel, "-j 1 and -j 4")
    assert len(alone["points"]) == 6
    for i in (0, 5):
        point, _ = farspan.result(out / "points" / str(i) / "effective.yaml")
        assert point["digest"] == alone["points"][i]["digest"], f"point {i} by itself gives another digest"


def effective_again(farspan):
    first, out = farspan.result(memory(farspan))
    again, out_again = farspan.result(out / "effective.yaml")
    equal(first, again, "effective.yaml")
    texts = [(folder / "effective.yaml").read_text(encoding="utf-8") for folder in (out, out_again)]
    assert texts[0] == texts[1], "the effective configuration of effective.yaml is another"


def seeds_differ(farspan):
    file = memory(farspan)
    digests = {farspan.result(file, "--seed", seed)[0]["digest"] for seed in (1, 2, 3)}
    assert len(digests) == 3, "different seeds give the same digest"
    assert farspan.result(file, "--set", "seed=2")[0]["digest"] in digests, "--seed 2 and seed: 2 are not the same"


def network(farspan):
    file = farspan.write("network.yaml", NETWORK)
    first, out = farspan.result(file)
    assert first["network"]["packets"]["dropped"]["all"] > 100, "nothing is lost, so too little is tested"
    assert first["network"]["notifications"] > 100, "nobody is told of congestion"
    again, _ = farspan.result(out / "effective.yaml")
    assert without_clock(first) == without_clock(again), "effective.yaml gives another document"
    other, _ = farspan.result(file, "--seed", 2)
    assert other["digest"] != first["digest"], "different seeds give the same digest"


def other_builds(farspan):
    """The program as Clang builds it, and unoptimised."""
    here = farspan.program
    files = [(memory(farspan), []), (MESH, SHORT_MESH), (farspan.write("network.yaml", NETWORK), []),
             (SCENARIOS / "fault_kinds.yaml", []), (SCENARIOS / "wave_failover.yaml", [])]
    expected = [farspan.result(file, *options)[0] for file, options in files]
    for preset in ("clang", "debug"):
        done = subprocess.run([SCENARIOS.parent / "scripts" / "build", preset, "--target", "farspan"], capture_output=True,
                              text=True, timeout=3000, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        farspan.program = str(SCENARIOS.parent / "build" / preset / "farspan")
        for (file, options), ours in zip(files, expected):
            theirs, _ = farspan.result(file, *options)
            assert without_clock(ours) == without_clock(theirs), f"{preset}: another document of {file}, beside {here}"


main({f.__name__: f for f in
      (twice, without_sleep, points_alone_and_in_parallel, effective_again, seeds_differ, network, other_builds)})
