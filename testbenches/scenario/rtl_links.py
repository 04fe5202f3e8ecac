#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links whose retry is RTL: the run is the same as with models, whatever happens on them; and what cannot be is refused."""
import os
import re

from farspan_cli import SCENARIOS, main

ERRORS = """scenario: errors
protocol: {base: PROTOCOL}
topology: {kind: planes, gpus: 4, switches: 2}
link_layer: model
workload:
  open_loop:
    load: 0.4
    pattern: uniform
    self: false
    packets:
      - {flits: 1, weight: 1, class: request}
      - {flits: 3, weight: 1, class: response}
errors:
  - {link: "gpu0.*", ber: BER}
measure: {warmup: 1us, window: 15us}
"""

# A link that is cut and comes back, one that goes down for good, and one whose retry starts anew all the time.
FAULTS = """scenario: faults
protocol:
  base: nvlink5
  link_layer:
    training: {train: 5us, retrain: 1us, signal_lost: 100ns, give_up: 2us, restart: 100ns}
    retry: {replay_timer: 300ns, replay_limit: 1}
  recovery: {request_timeout: 20us, retries: 3}
topology: {kind: planes, gpus: 4, switches: 3}
workload:
  streams:
    - {name: reads, kind: read, window: 32, access: 256B}
errors:
  - {link: gpu2.0-sw0.2, ber: 2.5e-3}
faults:
  - {kind: link_flap, where: gpu3.1-sw1.3, at: 3us, period: 4us, down: 500ns, flaps: 4}
  - {kind: link_down, where: gpu1.2-sw2.1, at: 8us}
measure: {warmup: 1us, window: 30us}
"""


def comparable(result):
    """Everything but what the machine says of itself."""
    return {key: value for key, value in result.items() if key not in {"wall_s", "flit_hops_per_s", "peak_rss_bytes"}}


def same(farspan, file, *engines):
    """The run with each of `engines` gives the document of the run with models, which is returned."""
    model, _ = farspan.result(file, "--set", "link_layer=model")
    for engine in engines:
        other, _ = farspan.result(file, "--set", f"link_layer={engine}")
        assert model["digest"] == other["digest"], f"{engine}: digest {other['digest']} against {model['digest']}"
        assert comparable(model) == comparable(other), f"{engine}: the documents differ"
    return model


def errors(farspan, protocol, ber, *engines):
    text = ERRORS.replace("PROTOCOL", protocol).replace("BER", ber)
    model = same(farspan, farspan.write(f"{protocol}.yaml", text), *engines)
    retries = sum(link["retries"] for link in model["links"])
    assert retries > 10, f"only {retries} replays: the scenario tells too little"


def nvlink5(farspan):
    errors(farspan, "nvlink5", "1.5e-3", "rtl", "lockstep")


def ualink(farspan):
    """Frames of fixed size, numbers that are no power of two, requests that are repeated."""
    errors(farspan, "ualink200", "2e-3", "lockstep")


def esun(farspan):
    """Frames that are packets, a window in bytes, 20 bits of number, credits in messages of their own."""
    errors(farspan, "esun", "1.5e-3", "lockstep")


def faults(farspan):
    model = same(farspan, farspan.write("faults.yaml", FAULTS), "rtl", "lockstep")
    assert sum(link["retries"] for link in model["links"]) > 10, "hardly any replay"


def shipped(farspan):
    """scenarios/link_rtl.yaml against itself with models."""
    file = SCENARIOS / "link_rtl.yaml"
    rtl, _ = farspan.result(file)
    model, _ = farspan.result(file, "--set", "link_layers={}")
    assert rtl["digest"] == model["digest"] and comparable(rtl) == comparable(model), "the documents differ"


def effective_again(farspan):
    first, out = farspan.result(SCENARIOS / "link_rtl.yaml", "--set", "measure.window=5us", "--set", "expect=[]")
    again, _ = farspan.result(out / "effective.yaml")
    text = (out / "effective.yaml").read_text(encoding="utf-8")
    assert first["digest"] == again["digest"] and "lockstep" in text


REFUSED = {
    "an unknown engine": ("nvlink5", "link_layer: tin", "4:13", "model, rtl"),
    "an unknown engine by pattern": ("nvlink5", 'link_layers: {"gpu0.*": tin}', "4:25", "model, rtl"),
    "a rule for no link": ("nvlink5", "link_layers: {gpu9.0-sw0.9: rtl}", "4:29", "gpu0.0-sw0.0 to"),
    "selective repeat": ("nvlink5, link_layer: {retry: {mode: selective_repeat}}", "link_layer: rtl", "2:54", "mode: go_back_n"),
    "an ideal receiver": ("arq_ideal", "link_layer: rtl", None, "request: once_per_gap or never"),
    "no retry at all": ("generic", "link_layer: lockstep", None, "mode: go_back_n"),
    "a CRC without polynomial": ("nvlink5, link_layer: {retry: {crc_bits: 17}}", "link_layers: {\"*\": rtl}", "2:58", "crc_bits: 8, 16"),
    "a window too wide": ("nvlink5, link_layer: {retry: {window: 5000frames, numbers: 16384}}", "link_layer: rtl", "2:56", "4096frames"),
}


def outside_the_rtl(farspan):
    for what, (protocol, rule, where, said) in REFUSED.items():
        text = ERRORS.replace("PROTOCOL", protocol).replace("link_layer: model", rule)
        text = re.sub(r"errors:\n.*\n", "", text)
        text = re.sub(r", class: \w+", "", text)  # each protocol has its own
        file = farspan.write("refused.yaml", text)
        for command in ("check", "run"):
            end = farspan.call(command, file)
            assert end.returncode == 2, f"{what}: status {end.returncode}\n{end.stdout}{end.stderr}"
            place = rf"refused\.yaml:{where}: " if where else r":\d+:\d+: "
            assert re.search(rf"{place}.*{re.escape(said)}", end.stderr), f"{what}: {end.stderr}"


def said_by_check(farspan):
    end = farspan.call("check", SCENARIOS / "link_rtl.yaml")
    assert end.returncode == 0 and "link layers: 1 lockstep, 12 model, 3 rtl" in end.stdout, end.stdout + end.stderr


os.environ.pop("FARSPAN_CORES", None)
main({f.__name__: f for f in
      (nvlink5, ualink, esun, faults, shipped, effective_again, outside_the_rtl, said_by_check)})
