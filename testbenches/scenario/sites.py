#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Domains, sites and the waves between them in one run: what is refused, what may be insisted on, what stays the same."""
import re

from farspan_cli import main

TWO = """scenario: two
protocol: nvlink5
topology: {kind: domains, count: 2, domain: {kind: single_switch, gpus: 2}}
sites:
  - {name: east, domains: [0]}
  - {name: west, domains: [1]}
long_haul:
  wavelengths:
    - {name: cable, from: east, to: west, transponder: 400zr_plus, length: 80km, neighbours: 8}
"""
REDUCE = """workload:
  schedule: {collective: all_reduce, algorithm: direct, size: 64KiB}
"""
LOAD = """workload:
  streams:
    - {name: far, kind: random, sources: [0], targets: [2], window: 64, access: 128B, count: 200}
"""
INSIST = LOAD.replace("count: 200", "count: 200, insist: true")
NO_RETRY = "protocol: {base: nvlink5, link_layer: {retry: {mode: none}}}"  # 64 frames do not span a campus link


def refusal(farspan, text):
    end = farspan.call("check", farspan.write("bad.yaml", text))
    assert end.returncode == 2, f"exit status {end.returncode}\n{end.stdout}{end.stderr}"
    return end.stderr.splitlines()[0]


def load_between_domains_is_told_its_cost(farspan):
    said = refusal(farspan, TWO + LOAD)
    assert re.search(r"bad.yaml:12:\d+: .*gpu2 is in another scale-up domain", said), said
    # 392 us of glass, 4 of transponders and 4 of sites, there and back; 64 x 128 B a round trip.
    round_trip = float(re.search(r"([\d.]+) us away there and back", said)[1])
    rate = float(re.search(r"would bring ([\d.]+) GB/s", said)[1])
    assert abs(round_trip - 800) < 8, said
    assert abs(rate - 64 * 128 / (round_trip * 1000)) < 0.02 * rate, said
    assert "insist: true" in said


def who_insists_gets_it(farspan):
    """Latency and bandwidth are those that the refusal had named."""
    result, _ = farspan.result(farspan.write("insist.yaml", TWO.replace("protocol: nvlink5", NO_RETRY) + INSIST))
    assert result["transactions"]["ok"] == 200
    mean = result["transaction_latency_ns"]["far"]["mean"]
    assert 799e3 < mean < 803e3, mean
    # 200 loads, 64 at a time: four round trips.
    assert 4 * 799e3 < result["sim_time_ns"] < 4 * 805e3, result["sim_time_ns"]


def messages_without_sites_are_refused(farspan):
    said = refusal(farspan, TWO[:TWO.index("sites:")] + REDUCE)
    assert "nothing carries messages there" in said and "bad.yaml:5:" in said, said


def messages_without_waves_are_refused(farspan):
    said = refusal(farspan, TWO[:TWO.index("long_haul:")] + REDUCE)
    assert "nothing carries messages there" in said, said


REFUSED = {
    "domain_in_two_sites": ("domains: [1]", "domains: [0, 1]", "domain 0 is already in site east"),
    "domain_in_no_site": ("domain: {kind: single_switch, gpus: 2}}", "domain: {kind: single_switch, gpus: 2}, count: 3}", "count"),
    "unknown_site": ("to: west", "to: weest", "no site is named 'weest'; there are east, west"),
    "wave_to_itself": ("to: west", "to: east", "from one site to another"),
    "wave_that_does_not_reach": ("80km", "4000km", "400zr_plus does not work over"),
    "transport_of_a_link_layer": ("neighbours: 8", "neighbours: 8, transport: {kind: lossless}", "expected go_back_n, selective_repeat or erasure"),
    "transport_at_nics_of_a_link_layer": ("long_haul:\n", "messages: {transport: {kind: lossless}}\nlong_haul:\n", "between NICs of sites: expected"),
    "chunks_where_gateways_forward": ("long_haul:\n", "messages: {chunk: 4KiB, transport: {kind: go_back_n}}\nlong_haul:\n", "is for gateways"),
    "sprayed_and_in_order": ("long_haul:\n", "messages: {waves: sprayed, transport: {kind: go_back_n}}\nlong_haul:\n", "allowed with selective_repeat"),
    "transport_at_nics_and_at_gateways": ("long_haul:\n", "messages: {transport: {kind: erasure}}\nlong_haul:\n", None),
    "buffer_without_headroom": ("domains: [1]", "domains: [1], gateway: {flow_control: pfc, receive: 20MB}", "flow_control"),
    "recovery_of_a_line": ("long_haul:\n", "long_haul:\n  recovery: {kind: ring}\n", "expected rerouting or none"),
    "unknown_key": ("domains: [1]", "domains: [1], gate: {}", "gate"),
    "sites_without_domains": ("{kind: domains, count: 2, domain: {kind: single_switch, gpus: 2}}", "{kind: single_switch, gpus: 4}", "scale-up domains"),
}


def mistakes_are_placed(farspan):
    for name, (old, new, said) in REFUSED.items():
        assert old in TWO, name
        text = TWO.replace(old, new, 1)
        if said is None:  # what is wrong is at the wave
            text, said = text.replace("neighbours: 8", "neighbours: 8, transport: {kind: go_back_n}"), "a wave has none"
        got = refusal(farspan, text + REDUCE)
        assert re.search(r"bad.yaml:\d+:\d+: ", got) and said in got, f"{name}: {got}"


def pfc_needs_headroom(farspan):
    pfc = TWO.replace("domains: [0]", "domains: [0], gateway: {flow_control: pfc}")
    pfc = pfc.replace("domains: [1]", "domains: [1], gateway: {flow_control: pfc, receive: 30MB}")
    said = refusal(farspan, pfc + REDUCE)
    # A round trip of 792 us at 50 GB/s is 39.6 MB.
    needed = int(re.search(r"needs (\d+) bytes", said)[1])
    assert 39.6e6 < needed < 40.2e6 and "headroom" in said, said
    farspan.result(farspan.write("good.yaml", pfc.replace("30MB", f"{needed}B") + REDUCE))


def same_digest(farspan):
    """Twice, from its effective configuration, and in a sweep."""
    file = farspan.write("two.yaml", TWO + REDUCE)
    first, out = farspan.result(file)
    again, _ = farspan.result(file)
    effective, _ = farspan.result(out / "effective.yaml")
    assert first["digest"] == again["digest"] == effective["digest"]
    assert first["schedule"]["complete"] and first["messages"]["under_way"] == 0


def flow_control_changes_nothing_unhurried(farspan):
    times = []
    for flow in ("credits", "pfc", "lossy"):
        text = TWO.replace("domains: [0]", f"domains: [0], gateway: {{flow_control: {flow}}}")
        text = text.replace("domains: [1]", f"domains: [1], gateway: {{flow_control: {flow}}}")
        result, _ = farspan.result(farspan.write(flow + ".yaml", text + REDUCE))
        times.append(result["schedule"]["time_ns"])
    assert max(times) - min(times) < 100, times


def transports_from_nic_to_nic(farspan):
    """The same messages, packet by packet through the gateways; no more time than by chunks, and the same again."""
    through = TWO.replace("long_haul:\n", "messages: {transport: {kind: selective_repeat}}\nlong_haul:\n")
    file = farspan.write("through.yaml", through + REDUCE)
    first, out = farspan.result(file)
    again, _ = farspan.result(out / "effective.yaml")
    assert first["digest"] == again["digest"]
    assert first["schedule"]["complete"] and first["messages"]["under_way"] == 0
    transport = first["messages"]["transport"]
    assert transport["ends"] == "nics" and transport["sent"] >= 32 and transport["repeated"] == 0, transport
    by_chunks, _ = farspan.result(farspan.write("chunks.yaml", TWO + REDUCE))
    assert by_chunks["messages"]["transport"]["ends"] == "gateways"
    assert 0 < by_chunks["schedule"]["time_ns"] - first["schedule"]["time_ns"] < 4 * 2000, "four wires of 16 KiB"
    said = farspan.call("check", file)
    assert said.returncode == 0 and "from NIC to NIC" in said.stdout, said.stdout


LEAF_SPINE = """scale_out: {topology: {kind: leaf_spine, leaves: 2, spines: 2}}
"""


def domains_joined_by_a_leaf_spine_network(farspan):
    """`scale_out` without sites: messages between domains go packet by packet over NICs and Ethernet switches."""
    text = TWO[:TWO.index("sites:")] + LEAF_SPINE + REDUCE
    file = farspan.write("net.yaml", text)
    first, out = farspan.result(file)
    again, _ = farspan.result(out / "effective.yaml")
    assert first["schedule"]["complete"] and first["digest"] == again["digest"]
    packets = first["networks"][0]["packets"]
    assert packets["delivered"] > 0 and packets["dropped"]["all"] == 0, packets
    # More than NICs take for it, less than any campus link.
    assert 1e3 < first["schedule"]["time_ns"] < 100e3, first["schedule"]["time_ns"]


def sites_with_networks_inside(farspan):
    """The same networks inside sites, a gateway on a leaf of its own, and the wave between them."""
    file = farspan.write("both.yaml", TWO + LEAF_SPINE + REDUCE)
    result, out = farspan.result(file)
    again, _ = farspan.result(out / "effective.yaml")
    assert result["digest"] == again["digest"]
    assert result["schedule"]["complete"] and result["messages"]["under_way"] == 0
    for network in result["networks"]:
        assert network["packets"]["delivered"] > 0 and network["packets"]["dropped"]["all"] == 0, network
    plain, _ = farspan.result(farspan.write("plain.yaml", TWO + REDUCE))
    assert abs(result["schedule"]["time_ns"] - plain["schedule"]["time_ns"]) < 40e3


def cut_during_an_all_reduce(farspan):
    """What was on the fibre is lost and sent again; every message comes once, and the collective ends."""
    cut = TWO.replace("neighbours: 8", "neighbours: 8, events: [{kind: cut, at: 100us, place: 40km, repair_after: 5ms}]")
    text = cut + REDUCE.replace("64KiB", "8MiB")
    result, _ = farspan.result(farspan.write("cut.yaml", text))
    assert result["schedule"]["complete"]
    there = result["wavelengths"][0]["there"]
    assert there["lost"]["dark"] > 0 and there["lost"]["dark"] == there["lost"]["all"], there
    assert there["repeated"] > 0
    assert any(event["what"] == "signal lost" for event in result["events"]), result["events"]
    assert result["schedule"]["time_ns"] > 5e6


def cut_wave_is_routed_around(farspan):
    """One of two waves is cut for good: nothing is delivered without routers, everything with them, and the same again from effective.yaml."""
    two = TWO.replace("neighbours: 8}", "neighbours: 8, events: [{kind: cut, at: 300us, place: 40km}]}\n"
                      "    - {name: other, from: east, to: west, transponder: 400zr_plus, length: 80km, neighbours: 8}")
    text = two.replace("long_haul:\n", "long_haul:\n  recovery: {kind: rerouting, detection: 1ms, switching: 500us}\n")
    text += REDUCE.replace("64KiB", "1MiB")
    result, out = farspan.result(farspan.write("around.yaml", text))
    again, _ = farspan.result(out / "effective.yaml")
    assert result["schedule"]["complete"] and result["digest"] == again["digest"]
    events = {event["what"]: event["time_ns"] for event in result["events"]}
    # From the last light to the word of it at both ends.
    assert abs(events["left out by routers"] - events["signal lost"] - 1.5e6 - result["wavelengths"][0]["one_way_ns"]) < 1, events
    assert sum(gateway["rerouted_chunks"] for gateway in result["gateways"]) > 0
    assert result["schedule"]["time_ns"] < 4e6, result["schedule"]["time_ns"]


def check_tells_how_far_waves_reach(farspan):
    said = farspan.call("check", farspan.write("two.yaml", TWO + REDUCE)).stdout
    margin, reach = re.search(r"east to west by cable: .*margin ([\d.]+) dB, reach ([\d.]+) km", said).groups()
    assert float(margin) > 5 and float(reach) > 500, said
    # As far as it says, and no span more.
    there = TWO.replace("80km", f"{reach}km") + REDUCE
    assert farspan.call("check", farspan.write("there.yaml", there)).returncode == 0
    assert "does not work over" in refusal(farspan, TWO.replace("80km", f"{float(reach) + 80}km") + REDUCE)


TESTS = {f.__name__: f for f in (
    load_between_domains_is_told_its_cost, who_insists_gets_it, messages_without_sites_are_refused,
    messages_without_waves_are_refused, mistakes_are_placed, pfc_needs_headroom, same_digest,
    flow_control_changes_nothing_unhurried,
    domains_joined_by_a_leaf_spine_network, sites_with_networks_inside, cut_during_an_all_reduce,
    cut_wave_is_routed_around, transports_from_nic_to_nic, check_tells_how_far_waves_reach)}
main(TESTS)
