#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What whole runs with faults say of themselves: routes that change in stages, links that slow down, windows."""
import json
import re

from farspan_cli import SCENARIOS, main

TRIANGLE = """
scenario: triangle
seed: 1
protocol:
  base: nvlink5
  link_layer: {training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns}}
  recovery: {request_timeout: 8us, retries: 3}
topology:
  kind: explicit
  gpus: [{name: a, ports: 1}, {name: b, ports: 1}, {name: c, ports: 1}]
  switches: [{name: x, ports: 3}, {name: y, ports: 3}, {name: z, ports: 3}]
  links:
    - {a: a.0, b: x.0}
    - {a: b.0, b: y.0}
    - {a: c.0, b: z.0}
    - {a: x.1, b: y.2}
    - {a: y.1, b: z.2}
    - {a: z.1, b: x.2}
workload:
  streams: [{name: reads, kind: read, window: 32, access: 256B}]
faults:
  - {kind: link_down, where: x.1-y.2, at: 5us, for: 18us}
  - {kind: link_down, where: z.1-x.2, at: 24900ns}
fabric_manager: {notice_latency: 200ns, write_latency: 200ns, reaction_time: 3us, drain_time: 2us}
measure: {warmup: 1us, window: 60us}
"""

SLOW = """
scenario: slow
seed: 1
protocol:
  base: nvlink5
  link_layer:
    training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns, slower_by: [2, 4], relief: 1e-3}
  recovery: {request_timeout: 20us}
topology: {kind: single_switch, gpus: 2}
workload:
  streams: [{name: reads, kind: read, sources: 0, window: 512, access: 256B}]
faults:
  - {kind: bit_errors, where: gpu1.0-sw0.1, to: 1.6e-3, at: 10us, for: 30us, reaction: slow}
fabric_manager: {notice_latency: 200ns, write_latency: 200ns, reaction_time: 1us, error_threshold: 1, error_window: 10us}
measure: {warmup: 2us, window: 80us}
"""

INVENTED = """
scenario: invented
seed: 1
protocol:
  base: nvlink5
  link_layer: {training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns}}
  recovery: {request_timeout: 10us, retries: 3}
topology: {kind: single_switch, gpus: 3}
workload:
  streams: [{name: writes, kind: write, sources: [0, 2], targets: [1], window: 1024, access: 256B}]
faults:
  - {kind: credit_invented, where: gpu0.0->sw0.0, vc: 0, credits: 400, at: 3us}
  - {kind: credit_invented, where: gpu0.0->sw0.0, vc: 1, credits: 400, at: 3us}
fabric_manager: {reaction_time: 1us}
measure: {warmup: 1us, window: 60us}
"""

OPEN = """
scenario: open
seed: 1
protocol:
  base: nvlink5
  link_layer: {training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns}}
topology: {kind: planes, gpus: 4, switches: 2}
workload:
  open_loop: {load: 0.2, self: false, packets: [{flits: 2, class: request}]}
faults:
  - {kind: link_down, where: gpu1.0-sw0.1, at: 10us, for: 10us}
measure: {warmup: 2us, window: 40us, drain: 10us}
"""


WRONG = """
scenario: wrong
seed: 1
protocol:
  base: nvlink2
  link_layer:
    retry: {mode: go_back_n, window: 64frames, crc_bits: 2, replay_timer: 2us, ack: {every: 8frames, wait: 100ns}}
    training: {train: 2us, retrain: 1us, signal_lost: 100ns, give_up: 300ns}
  recovery: {request_timeout: 20us, retries: 3}
topology: {kind: single_switch, gpus: 3}
workload:
  streams:
    - {name: reads, kind: read, window: 16, access: 256B}
    - {name: writes, kind: write, window: 16, access: 128B}
    - {name: adds, kind: atomic, window: 4}
faults:
  - {kind: bit_errors, where: gpu1.0-sw0.1, to: 4e-5, at: 3us, for: 20us, reaction: none}
measure: {warmup: 1us, window: 40us}
"""

FEW_LOST = "lane_loss, where: gpu0.0-sw0.0, lane: 2"
FEW = f"""
scenario: few
seed: 5
protocol:
  base: nvlink5
  lanes: {{count: 4, line_rate: 106.25Gbps}}
  link_layer: {{training: {{train: 5us, retrain: 2us, signal_lost: 200ns, give_up: 1us, min_lanes: 4}}}}
  recovery: {{request_timeout: 8us, retries: 3}}
topology: {{kind: planes, gpus: 4, switches: 2}}
workload:
  streams: [{{name: puts, kind: write, window: 64, access: 256B}}]
faults:
  - {{kind: {FEW_LOST}, at: 10us, for: 20us}}
fabric_manager: {{reaction_time: 2us}}
measure: {{warmup: 3us, window: 60us}}
"""


def events(result, what):
    return [event for event in result["events"] if event["what"] == what]


def a_line_that_turns_is_rewritten_in_stages(farspan):
    """One link of the triangle heals and another falls while the manager thinks: old and new rows together are a ring."""
    result, _ = farspan.result(farspan.write("triangle.yaml", TRIANGLE))
    staged = [event for event in events(result, "decides") if "stages" in event["where"]]
    assert len(staged) == 1, events(result, "decides")
    assert result["blast"]["faults_open"] == 0, result["faults"]
    assert result["transactions"]["ok"] > 1000
    assert result["windows"]["after"]["gbytes_per_s"] > 0
    at_once, _ = farspan.result(farspan.write("triangle.yaml", TRIANGLE), "--set", "fabric_manager.recheck=false")
    assert not [event for event in events(at_once, "decides") if "stages" in event["where"]]


def a_slower_link_carries_half_without_errors(farspan):
    result, _ = farspan.result(farspan.write("slow.yaml", SLOW))
    fault = result["faults"][0]
    assert fault["reaction"] == "slow" and fault["noticed_by"].startswith("frames"), fault
    assert "1/2 of the speed" in events(result, "link_degraded")[0]["where"], events(result, "link_degraded")
    assert fault["recovered_ns"] is not None
    lasts, _ = farspan.result(farspan.write("slow.yaml", SLOW.replace(", for: 30us", "")))
    windows = lasts["windows"]
    share = windows["after"]["gbytes_per_s"] / windows["before"]["gbytes_per_s"]
    assert 0.48 < share < 0.52, windows
    link = next(link for link in lasts["links"] if link["name"] == "gpu1.0->sw0.1")
    assert link["state"] == "degraded" and link["link_layer"]["slower_by"] == 2, link
    assert link["link_layer"]["bytes_replayed"] > 0, link
    # When the errors are over it trains back by itself.
    link = next(link for link in result["links"] if link["name"] == "gpu1.0->sw0.1")
    assert link["state"] == "up" and link["link_layer"]["slower_by"] == 1, link


def training_looks_for_a_speed_that_is_good_enough(farspan):
    text = SLOW.replace("relief: 1e-3", "relief: 1e-3, max_ber: 1e-8").replace("reaction: slow", "reaction: retrain")
    text = text.replace(", for: 30us", "")
    result, _ = farspan.result(farspan.write("look.yaml", text))
    link = next(link for link in result["links"] if link["name"] == "gpu1.0->sw0.1")
    assert link["link_layer"]["slower_by"] == 4, link  # 1.6e-3 at full speed, 1.6e-6 at half, 1.6e-9 at a quarter


def what_overflows_a_pool_is_lost_and_sent_again(farspan):
    """Two writers crowd the pool of a switch's input, of which each VC may take but a part: what has no room is dropped,
    and packets cut short by that end before others of their VC begin."""
    result, _ = farspan.result(farspan.write("invented.yaml", INVENTED))
    assert result["losses"]["packets"]["overflow"] > 10, result["losses"]
    assert result["losses"]["packets"]["poisoned"] > 0, result["losses"]
    assert result["blast"]["faults_open"] == 0, result["faults"]
    assert all(fault["reaction"] == "retrain" for fault in result["faults"]), result["faults"]
    assert result["windows"]["after"]["failed"] == 0 and result["windows"]["after"]["ok"] > 1000, result["windows"]


def open_loop_traffic_has_windows(farspan):
    result, _ = farspan.result(farspan.write("open.yaml", OPEN))
    for name in ("before", "during", "after"):
        window = result["windows"][name]
        assert window["ok"] > 100 and window["latency_ns"]["p999"] > 0, (name, window)
    assert result["windows"]["during"]["failed"] == sum(result["losses"]["packets"].values()) > 0, result["losses"]
    moved = sum(result["windows"][name]["ok"] for name in ("before", "during", "after"))
    assert moved <= result["packets"]["delivered"]


def wrong_data_is_put_down_to_whom_it_reached(farspan):
    """A CRC of two bits lets a quarter of the destroyed frames pass. A frame of this protocol is a packet, a transaction two."""
    end = farspan.call("run", farspan.write("wrong.yaml", WRONG), "--plain", "--out", farspan.folder / "out")
    assert end.returncode == 0, end.stdout + end.stderr
    result = json.loads((farspan.folder / "out" / "result.json").read_text(encoding="utf-8"))
    wrong = result["packets"]["wrong"]
    # The other frames taken with wrong bits carried credits.
    assert 5 < wrong <= result["losses"]["frames_wrong"] < 3 * wrong, (wrong, result["losses"])
    transactions = result["transactions"]["wrong"]
    assert wrong / 2 <= transactions <= wrong and result["transactions"]["error"] == 0, result["transactions"]
    assert result["blast"]["transactions_wrong"] == result["faults"][0]["transactions_wrong"] == transactions, result["blast"]
    assert result["faults"][0]["transactions_touched"] >= transactions, result["faults"]
    # All of them came from, or went to, the GPU whose link errs.
    assert len(result["first_wrong"]) == min(16, transactions), result["first_wrong"]
    assert all(re.match(r"gpu1: | *gpu\d: \w+ #\d+ to gpu1\+", name) for name in result["first_wrong"]), result["first_wrong"]
    assert f"with wrong data {transactions}" in end.stdout and "neither FEC nor CRC noticed" in end.stdout, end.stdout
    right, _ = farspan.result(farspan.write("right.yaml", WRONG.replace("crc_bits: 2", "crc_bits: 32")))
    assert right["packets"]["wrong"] == right["losses"]["frames_wrong"] == right["blast"]["transactions_wrong"] == 0


def too_few_lanes_are_a_link_down(farspan):
    """A lane lost below `min_lanes`: traffic goes round the link, which comes back with the lane, or stays down where told to."""
    up, _ = farspan.result(farspan.write("few.yaml", FEW))
    fault = up["faults"][0]
    assert fault["reaction"] == "respread" and fault["recovered_ns"] is not None, fault
    assert up["transactions"]["error"] == 0 and fault["transactions_open"] == 0
    assert up["links"][0]["state"] == "up" and up["links"][0]["flits"] > 0
    states = [e["what"] for e in up["events"] if e["what"].startswith("link_")]
    assert states == ["link_recovering", "link_down", "link_training", "link_up"], states
    for broken in ("lane_loss, where: gpu0.0-sw0.0, lane: 2", "link_down, where: gpu0.0-sw0.0"):
        text = FEW.replace("min_lanes: 4", "min_lanes: 4, auto_up: false").replace(FEW_LOST, broken)
        stays, _ = farspan.result(farspan.write("stays.yaml", text))
        assert stays["links"][0]["state"] == "down", broken
        assert stays["transactions"]["error"] == 0 and stays["faults"][0]["reaction"] == "respread", stays["faults"]


def who_waits_for_whom_is_named(farspan):
    """Of every kind of fault that can stop a fabric the report names what stands: buffer, VC and credits, link, or lost packet."""
    end = farspan.call("run", SCENARIOS / "fault_deadlocks.yaml", "--quiet", "--out", farspan.folder / "out")
    assert end.returncode == 0, end.stdout + end.stderr
    points = json.loads((farspan.folder / "out" / "result.json").read_text(encoding="utf-8"))["points"]
    lost = "its packet was lost: "
    wanted = {"link_down": [lost + "link lost", "link gpu1.0-sw0.1 is down"], "link_flap": [lost + "link lost"],
              "lane_loss": [lost + "link lost", "link gpu1.0-sw0.1 is down"],
              "switch_down": [lost + "switch lost", "link gpu0.0-sw0.0 is"], "tray_down": [lost + "switch lost"],
              "gpu_gone": [lost + "link lost", "link gpu1.0-sw0.1 is down"],
              "credit_lost": ["gpu0.0: packet 0#756 to gpu1 waits for 1 credits in one VC: VC 0 has 0"],
              "bit_errors": ["livelock", "frames that are not acknowledged"],
              "stuck_vc": ["input 0 VC 0 waits for output 1 VC 0, which has 0 credits for 1 flits"],
              "frozen_arbiter": ["input 0 VC 0 waits for output 1 VC 0", "input 1 VC 1 waits for output 0 VC 1"],
              "corrupt_route": [lost + "misrouted"]}
    assert len(points) == len(wanted)
    for point, (kind, texts) in zip(points, wanted.items()):
        for text in texts:
            assert text in point["deadlock"], f"{kind}: no '{text}' in\n{point['deadlock']}"
    # Nobody expects it: exit status 3, and a cycle where buffers wait for each other.
    alone = farspan.call("run", farspan.folder / "out" / "points" / "00" / "effective.yaml", "--plain")
    assert alone.returncode == 3 and "deadlock" in alone.stdout, (alone.returncode, alone.stdout)


def a_cycle_of_buffers_is_found(farspan):
    """Whatever the core: of buffers that wait for each other's room, and of packets that wait for an output VC another holds."""
    vc_router = ["allocator=islip(1)", "vc_allocation=before", "switching=wormhole", "queueing=vc_fifo"]
    for settings in ([], vc_router):
        chosen = [word for setting in settings for word in ("--set", f"switch.{setting}")]
        ring = farspan.call("run", SCENARIOS / "deadlock_ring.yaml", "--plain", *chosen)
        cycle = re.search(r"cycle: (.*)", ring.stdout)
        assert cycle, ring.stdout
        places = cycle.group(1).split(" -> ")
        assert places[0] == places[-1] and len(set(places)) == len(places) - 1, places
        assert all(re.fullmatch(r"sw\d\.[02] VC 0", place) for place in places), places
        on_the_ring = {f"sw{k}.2 VC 0" for k in range(5)}
        assert on_the_ring <= set(places), places
        if not settings:
            assert set(places) == on_the_ring, places
        # From a switch to the next, or to the packet that holds the output.
        switches = [int(place[2]) for place in places]
        assert all(b in (a, (a + 1) % 5) for a, b in zip(switches, switches[1:])), places


main({f.__name__: f for f in (a_line_that_turns_is_rewritten_in_stages, a_slower_link_carries_half_without_errors,
                              training_looks_for_a_speed_that_is_good_enough,
                              what_overflows_a_pool_is_lost_and_sent_again, open_loop_traffic_has_windows,
                              wrong_data_is_put_down_to_whom_it_reached, who_waits_for_whom_is_named,
                              a_cycle_of_buffers_is_found, too_few_lanes_are_a_link_down)})
