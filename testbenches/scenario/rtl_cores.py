#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""RTL in a fabric: the run is the same whatever stands in its switches, and what cannot be is refused where it is said."""
import os
import pathlib
import re
import subprocess

from farspan_cli import SCENARIOS, main

PROJECT = pathlib.Path(__file__).resolve().parents[2]

FABRIC = """scenario: fabric
protocol: nvlink5
topology: {kind: planes, gpus: 4, switches: 3}
switch: {core: model}
workload:
  streams:
    - {name: chase, kind: pointer_chase, sources: [0, 3], count: 40}
    - {name: reads, kind: read, count: 300, rate: 20GB/s, pacing: poisson}
    - {name: writes, kind: write, sources: 1-2, count: 300}
    - {name: counters, kind: atomic, count: 60, footprint: 256B, region: shared}
  schedule: {collective: all_reduce, size: 64KiB}
"""

# Single switches in a ring of two boards: trunks, so that RTL feeds RTL, with pipelines and other VC counts.
BOARDS = """scenario: boards
protocol: nvlink4
topology: {kind: two_boards, gpus_per_board: 2, switches_per_board: 2, trunks_per_switch: 2}
switch: {core: model, pipeline: {input: 3cycles, output: 2cycles}, allocator: islip(2)}
workload:
  streams:
    - {name: reads, kind: read, count: 200, targets: others}
    - {name: writes, kind: write, count: 200, targets: others}
"""


def fabric(farspan):
    return farspan.write("fabric.yaml", FABRIC)


def comparable(result):
    """Everything but what the machine says of itself, and what pins do not show of an allocator."""
    left_out = {"wall_s", "flit_hops_per_s", "peak_rss_bytes", "allocator"}
    return {key: value for key, value in result.items() if key not in left_out}


def same(farspan, file, *settings):
    """The run with each of `settings` gives the document of the run with models."""
    model, _ = farspan.result(file, "--set", "switch.cores={}")
    assert model["flit_hops"] > 1000, "the scenario does too little to tell"
    for setting in settings:
        other, _ = farspan.result(file, *setting)
        assert model["digest"] == other["digest"], f"{setting}: digest {other['digest']} against {model['digest']}"
        assert comparable(model) == comparable(other), f"{setting}: the documents differ"


def one_several_or_all_switches(farspan):
    same(farspan, fabric(farspan),
         ["--set", "switch.cores={sw1: rtl}"],
         ["--set", 'switch.cores={"sw*": rtl, sw0: model}'],
         ["--set", "switch.core=rtl"])


def lockstep(farspan):
    same(farspan, fabric(farspan), ["--set", "switch.core=lockstep"],
         ["--set", "switch.cores={sw0: lockstep(rtl), sw2: rtl}"])


def without_sleep(farspan):
    file = fabric(farspan)
    model, _ = farspan.result(file)
    awake, _ = farspan.result(file, "--no-sleep", "--set", "switch.core=lockstep")
    assert model["digest"] == awake["digest"]


def trunks_between_rtl(farspan):
    same(farspan, farspan.write("boards.yaml", BOARDS), ["--set", "switch.core=lockstep"])


def effective_again(farspan):
    first, out = farspan.result(fabric(farspan), "--set", 'switch.cores={"sw*": rtl}')
    again, out_again = farspan.result(out / "effective.yaml")
    assert first["digest"] == again["digest"]
    texts = [(folder / "effective.yaml").read_text(encoding="utf-8") for folder in (out, out_again)]
    assert texts[0] == texts[1] and "rtl" in texts[0]


def a_sweep_over_cores(farspan):
    file = farspan.write("sweep.yaml", FABRIC + "sweep: {path: switch.core, values: [model, rtl, lockstep]}\n")
    result, _ = farspan.result(file, "-j", "3")
    digests = {point["digest"] for point in result["points"]}
    assert len(digests) == 1, f"the points' digests are {digests}"


def rack_of_72(farspan):
    """The shipped scenario, whose 72-port RTL takes minutes to build."""
    file = SCENARIOS / "nvl72_rtl_switch.yaml"
    subprocess.run([farspan.program, "check", "--build", str(file)], check=True, capture_output=True, timeout=3000)
    same(farspan, file, [], ["--set", "switch.cores={sw7: lockstep, sw11: rtl}"])


def every_fault(farspan):
    """Faults of all kinds in a fabric whose switches are RTL, beside the model: each reaches them through their pins."""
    file = SCENARIOS / "fault_kinds.yaml"
    model, _ = farspan.result(file, "-j", "2")
    rtl, _ = farspan.result(file, "-j", "2", "--set", 'switch.cores={"sw*": lockstep}')
    assert len(model["points"]) == 15
    for ours, theirs in zip(model["points"], rtl["points"]):
        assert ours["digest"] == theirs["digest"] and comparable(ours) == comparable(theirs), f"{ours['value']}: they differ"


REFUSED = {
    "an unknown core": ("{core: tin}", "4:16", "no core 'tin'"),
    "an unknown core by pattern": ('{cores: {"sw*": rtl, sw0: tin}}', "4:35", "no core 'tin'"),
    "a rule for no switch": ("{cores: {se1: rtl}}", "4:23", "sw0 to sw2"),
    "queueing outside the profile": ("{core: rtl, queueing: vc_fifo}", "4:31", "needs queueing: voq"),
    "an allocator outside the profile": ("{cores: {sw1: lockstep}, allocator: wavefront}", "4:45", "of sw1 needs allocator: islip"),
    "speedup outside the profile": ("{core: rtl, output_speedup: 2}", "4:37", "needs output_speedup: 1"),
    "private buffers": ("{core: rtl, buffer: private, depth: 64flits}", "4:29", "needs buffer: shared"),
}


def outside_the_profile(farspan):
    for what, (section, where, said) in REFUSED.items():
        file = farspan.write("refused.yaml", FABRIC.replace("{core: model}", section))
        for command in ("check", "run"):
            end = farspan.call(command, file)
            assert end.returncode == 2, f"{what}: status {end.returncode}\n{end.stderr}"
            assert re.search(rf"refused\.yaml:{where}: .*{re.escape(said)}", end.stderr), f"{what}: {end.stderr}"


def private_buffers_of_the_protocol(farspan):
    text = FABRIC.replace("core: model", "core: rtl").replace(
        "protocol: nvlink5", "protocol:\n  base: nvlink5\n  buffers: {kind: private, pool: ~}")
    end = farspan.call("check", farspan.write("refused.yaml", text))
    assert end.returncode == 2 and "refused.yaml:4:19:" in end.stderr and "shared" in end.stderr, end.stderr


def user_project(farspan):
    """testbenches/byo_rtl as its user would build it."""
    source = PROJECT / "testbenches" / "byo_rtl"
    build = farspan.folder / "build"
    for command in (["cmake", "-S", source, "-B", build, f"-Dfarspan_DIR={pathlib.Path(farspan.program).parent}"],
                    ["cmake", "--build", build]):
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    farspan.program = str(build / "farspan")
    return source


def a_core_of_ones_own(farspan):
    plain = farspan.program
    source = user_project(farspan)
    result, _ = farspan.result(source / "crossing.yaml")
    assert all(point["packets"]["dropped"] == 0 for point in result["points"])
    built = {file: file.stat().st_mtime_ns for file in (farspan.folder / "build" / "cores").glob("*/*/core.so")}
    mixed, _ = farspan.result(source / "crossing.yaml", "--set", "switch.cores={sw1: model}")
    assert built and all(file.stat().st_mtime_ns == time for file, time in built.items()), "a core that is there was built again"
    assert mixed["digest"] != result["digest"], "another core gives the same latencies"
    farspan.program = plain
    given, _ = farspan.result(source / "crossing.yaml", "--cores", farspan.folder / "build" / "cores")
    assert given["digest"] == result["digest"]
    assert farspan.call("check", source / "crossing.yaml").returncode == 2, "the core is known without its folder"


def comparison_of_cores(farspan):
    """The table of docs/bring_your_own_rtl.md: model and RTL the same, the other switch another."""
    source = user_project(farspan)
    done = subprocess.run([source / "compare", "--farspan", farspan.program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in done.stdout.splitlines() if line.startswith("| ")]
    loads = [row for row in rows if re.fullmatch(r"[0-9.]+", row[0])]
    runs = {row[0]: row[1:] for row in rows if row[0] in ("model", "rtl", "crosspoint")}
    assert len(loads) == 5 and all(row[1] == row[2] != row[3] for row in loads), done.stdout
    assert runs["model"] == runs["rtl"] != runs["crosspoint"], done.stdout


BROKEN = """module relay(input logic clk_i, rst_ni, input logic [3:0] rx_valid_i, input logic [7:0] rx_vc_i,
  input logic [511:0] rx_flit_i, output logic [15:0] rx_credit_o, output logic [3:0] tx_valid_o,
  output logic [7:0] tx_vc_o, output logic [511:0] tx_flit_o, input logic [15:0] tx_credit_i, input logic [3:0] tx_ready_i,
  input logic route_we_i, input logic [23:0] route_row_i, input logic [3:0] route_mask_i, route_vcs_i,
  input logic [1:0] route_mode_i);
  assign {rx_credit_o, tx_valid_o, tx_vc_o, tx_flit_o} = '0;
  always_ff @(posedge clk_i) if (rst_ni) begin
    a_nothing_comes: assert (rx_valid_i == '0) else $error("port mask %b", rx_valid_i);
  end
endmodule
"""


def an_assertion_of_the_rtl(farspan):
    farspan.write("relay.sv", BROKEN)
    farspan.write("relay.yaml", "core: relay\ntop: relay\nsources: [relay.sv]\n")
    end = farspan.call("run", fabric(farspan), "--cores", farspan.folder, "--set", "switch.cores={sw2: relay}")
    assert end.returncode == 1, f"status {end.returncode}\n{end.stderr}"
    for said in ("switch sw2", "core 'relay'", "cycle ", "port mask", "relay.sv:8", "reproduce: farspan run"):
        assert said in end.stderr, f"'{said}' is not in\n{end.stderr}"


def rtl_that_is_wrong(farspan):
    """Lockstep names the first difference and the command that shows it again."""
    rtl = farspan.folder / "rtl"
    rtl.mkdir()
    for file in (PROJECT / "rtl").glob("*.*"):
        (rtl / file.name).write_bytes(file.read_bytes())
    top = rtl / "fs_switch_core.sv"
    text = top.read_text(encoding="utf-8")
    right = "  fs_crossbar #(.NumPorts(NumPorts), .Width(FlitWidth)) u_crossbar (\n    .data_i(left_flit),"
    assert right in text
    # A bit of the handle of every flit, on its way into the crossbar.
    wrong = right.replace("left_flit", "left_flit ^ {NumPorts{FlitWidth'(1) << 100}}")
    top.write_text(text.replace(right, wrong), encoding="utf-8")
    recipe = (pathlib.Path(farspan.program).parent / "cores" / "rtl.yaml").read_text(encoding="utf-8")
    farspan.write("wrong.yaml", recipe.replace("core: rtl", "core: wrong").replace(str(PROJECT / "rtl"), str(rtl)))
    end = farspan.call("run", fabric(farspan), "--cores", farspan.folder, "--set", "switch.cores={sw0: lockstep(wrong)}")
    assert end.returncode == 1, f"status {end.returncode}\n{end.stdout}{end.stderr}"
    for said in ("switch sw0, cycle ", "model and RTL differ", "tx_flit_o of port", "the model holds", "reproduce: farspan run"):
        assert said in end.stderr, f"'{said}' is not in\n{end.stderr}"


os.environ.pop("FARSPAN_CORES", None)
main({f.__name__: f for f in
      (one_several_or_all_switches, lockstep, without_sleep, trunks_between_rtl, effective_again, a_sweep_over_cores, rack_of_72,
       every_fault, outside_the_profile, private_buffers_of_the_protocol, a_core_of_ones_own, comparison_of_cores, an_assertion_of_the_rtl,
       rtl_that_is_wrong)})
