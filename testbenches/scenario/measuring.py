#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is measured is what the window says: everything that was created inside it, and nothing else."""
from farspan_cli import main

PACED = """
scenario: paced
protocol: nvlink5
topology: {kind: planes, gpus: 4, switches: 2}
gpu: {request_latency: 2us}
workload:
  streams:
    - {name: reads, kind: read, access: 128B, rate: 128MB/s}
measure: {warmup: 10us, window: 100us, drain: 50us}
"""


def every_access_of_the_window_counts(farspan):
    """Also the latest ones, of which no packet has been made when the window ends."""
    result, _ = farspan.result(farspan.write("paced.yaml", PACED))
    assert result["transaction_latency_ns"]["reads"]["count"] == 4 * 100, result["transaction_latency_ns"]
    assert not result["warnings"], result["warnings"]


def a_window_without_drain_says_what_is_missing(farspan):
    file = farspan.write("paced.yaml", PACED)
    result, _ = farspan.result(file, "--set", "measure.drain=0s")
    assert result["transaction_latency_ns"]["reads"]["count"] < 4 * 100
    assert any("not everything created" in text for text in result["warnings"]), result["warnings"]


def what_nobody_measured_has_no_latency(farspan):
    """A mean of 0 would meet every expectation of the kind "at most"."""
    text = PACED.replace("rate: 128MB/s", "rate: 128MB/s, start: 1ms")
    text += 'expect:\n  - {path: transaction_latency_ns.reads.mean, is: "<", value: 1us}\n'
    end = farspan.call("run", farspan.write("late.yaml", text), "--quiet")
    assert end.returncode == 1, f"exit status {end.returncode}\n{end.stdout}"


def ledgers_sum_to_latencies(farspan):
    result, _ = farspan.result(farspan.write("paced.yaml", PACED))
    for what in ("packet", "transaction"):
        for name, latency in result[f"{what}_latency_ns"].items():
            if latency["count"] == 0:
                continue
            total = sum(result[f"{what}_ledger_ns"][name].values())
            assert abs(total - latency["mean"]) < 1e-6, f"{what} {name}: {total} against {latency['mean']}"


main({f.__name__: f for f in (every_access_of_the_window_counts, a_window_without_drain_says_what_is_missing,
                              what_nobody_measured_has_no_latency, ledgers_sum_to_latencies)})
