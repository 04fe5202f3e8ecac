#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Campaigns of draws: resumed where they stopped, made anew when their scenario changed, and failures with the command
that repeats them."""
import json
import shlex

from farspan_cli import main

SCENARIO = """scenario: small_campaign
seed: 7
protocol:
  base: nvlink5
  link_layer: {training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns}}
  recovery: {request_timeout: 4us, retries: 3}
topology: {kind: planes, gpus: 3, switches: 2}
workload:
  streams: [{name: reads, kind: read, window: 4, access: 256B}]
faults:
  - {kind: link_down, where: any, at: 2us, until: 4us, for: 3us}
fabric_manager: {notice_latency: 100ns, write_latency: 100ns, reaction_time: 200ns}
measure: {warmup: 1us, window: 20us}
expect:
  - {path: transactions.error, value: 0}
"""


def draw(farspan, draws, *more, status=0):
    file = farspan.folder / "small.yaml"
    if not file.exists():
        farspan.write("small.yaml", SCENARIO)
    end = farspan.call("campaign", file, "-n", draws, "-j", 1, "--out", farspan.folder / "out", *more)
    assert end.returncode == status, f"exit status {end.returncode}\n{end.stdout}{end.stderr}"
    return json.loads((farspan.folder / "out" / "campaign.json").read_text(encoding="utf-8"))


def times(farspan):
    return {f.name: f.stat().st_mtime_ns for f in (farspan.folder / "out" / "draws").iterdir()}


def made(farspan, before):
    """Files of draws written since `before`."""
    return {name for name, time in times(farspan).items() if before.get(name) != time}


def goes_on_where_it_was_interrupted(farspan):
    whole = draw(farspan, 4)
    assert whole["outcomes"] == {"ok": 4}
    before = times(farspan)
    (farspan.folder / "out" / "draws" / "8.json").unlink()
    (farspan.folder / "out" / "draws" / "9.json").write_text('{"outcome": "o')  # cut off in the middle
    again = draw(farspan, 4)
    assert made(farspan, before) == {"8.json", "9.json"}
    assert again == whole
    before = times(farspan)
    draw(farspan, 6)
    assert made(farspan, before) == {"11.json", "12.json"}


def draws_anew_when_the_scenario_changed(farspan):
    draw(farspan, 2)
    before = times(farspan)
    draw(farspan, 2)
    assert not made(farspan, before)
    draw(farspan, 2, "--set", "workload.streams[0].window=8")
    assert len(made(farspan, before)) == 2


def repeats_what_failed(farspan):
    # Nobody is told of the dead link, and what it swallows is not asked for again.
    settings = ["--set", "protocol.recovery.retries=0", "--set", "fabric_manager.respread=false"]
    result = draw(farspan, 4, *settings, status=1)
    assert result["failed"], result["outcomes"]
    for failed in result["failed"]:
        assert failed["outcome"] == "expectation" and "transactions.error" in failed["why"], failed
        command = shlex.split(failed["reproduce"])
        assert command[0] == "farspan" and command[-2:] == ["--seed", str(failed["seed"])], command
        alone = farspan.call(*command[1:])
        assert alone.returncode == 1 and "FAIL" in alone.stdout, alone.stdout + alone.stderr


def gives_intervals(farspan):
    measures = draw(farspan, 5)["measures"]
    recover = measures["time_to_recover_ns"]
    assert recover["count"] == 5 and recover["ci95"] > 0 and recover["min"] <= recover["mean"] <= recover["max"]


main({f.__name__: f for f in (goes_on_where_it_was_interrupted, draws_anew_when_the_scenario_changed,
                              repeats_what_failed, gives_intervals)})
