# SPDX-License-Identifier: Apache-2.0
"""Whether a mutant is the same design: yosys joins both to a circuit that says whether any output ever differs, and abc proves
that it never does (signal correspondence, then property-directed reachability).

A module is held against its mutant with all below it, at the sizes below, for any inputs and any number of cycles, from the
first reset on; registers and memories hold anything before it, both sides the same. A mutant that differs there may still be
equal as part of fs_switch_core, which is tried next.
"""
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
import aiger  # noqa: E402
import mutants  # noqa: E402

SMALL = {
    "fs_switch_core": [
        {"NumPorts": 2, "NumVcs": 2, "NumClasses": 2, "NumDests": 3, "PoolDepth": 3, "Reserve": "{2{16'd1}}", "LongestPacket": 2,
         "Iterations": 2, "InputPipeline": 1, "OutputPipeline": 2, "PeerShared": "1'b1", "PeerReserve": "{2{16'd1}}", "PeerDepth": 3},
        {"NumPorts": 3, "NumVcs": 2, "NumClasses": 1, "NumDests": 3, "PoolDepth": 3, "Reserve": "{2{16'd1}}", "LongestPacket": 2,
         "PeerDepth": 3}],
    "fs_input_unit": [{"NumPorts": 3, "NumVcs": 2, "NumClasses": 2, "PoolDepth": 3, "Reserve": "{2{16'd1}}", "LongestPacket": 2,
                       "InputPipeline": 1, "QueuedBits": 3, "OutstandingBits": 2}],
    "fs_output_unit": [{"NumVcs": 2, "LongestPacket": 3, "PeerShared": "1'b1", "PeerReserve": "{2{16'd1}}", "PeerDepth": 5},
                       {"NumVcs": 2, "LongestPacket": 3, "PeerShared": "1'b0", "PeerDepth": 5}],
    "fs_route_choice": [{"NumPorts": 3, "NumVcs": 2, "NumClasses": 2, "QueuedBits": 2, "OutstandingBits": 3}],
    "fs_queue_requests": [{"NumPorts": 3, "NumVcs": 2, "LengthBits": 2}],
    "fs_islip": [{"NumPorts": 4, "Iterations": 2}],
    "fs_occupancy": [{"NumPorts": 3, "NumVcs": 2, "NumClasses": 2, "QueuedBits": 4, "OutstandingBits": 3}],
    "fs_route_table": [{"NumPorts": 2, "NumVcs": 2, "NumClasses": 2, "NumDests": 3}],
    "fs_queue_store": [{"NumQueues": 4, "PoolDepth": 3, "FlitWidth": 128}],
    "fs_delay_line": [{"Stages": 3, "Width": 2}, {"Stages": 0, "Width": 2}],
    "fs_fifo": [{"Depth": 3, "Width": 2}, {"Depth": 4, "Width": 2}],
    "fs_free_list": [{"Slots": 3}, {"Slots": 4}],
    "fs_credit_counter": [{"Most": 5, "Step": 2}],
    "fs_rr_arbiter": [{"Num": 4}], "fs_rr_pick": [{"Num": 5}], "fs_rx_gate": [{"NumVcs": 2, "PoolDepth": 5, "Reserve": "{2{16'd1}}"}],
    "fs_link_end": [{"Window": 2, "Numbers": 3, "PayloadWidth": 2, "Limit": 1, "TimeBits": 4, "Timer": "4'd5", "Again": 1, "Every": 2,
                     "Wait": "4'd1", "NumVcs": 2, "Depth": 3, "CounterBits": 3, "Repair": "4'd6", "CrcBits": 4, "Poly": "4'h3"}],
    "fs_retry_transmitter": [{"Window": 3, "Numbers": 5, "PayloadWidth": 2, "Limit": 2, "TimeBits": 4, "Timer": "4'd5"},
                             {"Window": 2, "Numbers": 4, "PayloadWidth": 1, "Limit": 0, "TimeBits": 4, "Timer": "4'd0"}],
    "fs_retry_receiver": [{"Window": 3, "Numbers": 5, "Again": 2}, {"Window": 2, "Numbers": 4, "Request": "1'b0"},
                          {"Window": 4, "Numbers": 7}],
    "fs_ack_gather": [{"Every": 3, "TimeBits": 4, "Wait": "4'd2"}], "fs_crc": [{"DataWidth": 6, "CrcBits": 4, "Poly": "4'h3"}],
    "fs_credit_return": [{"NumVcs": 3, "CounterBits": 3, "TimeBits": 4, "Repair": "4'd5"}],
    "fs_credit_take": [{"NumVcs": 3, "CounterBits": 3, "Most": 3}],
    "fs_nth_set": [{"Width": 5}], "fs_select": [{"NumPorts": 4}], "fs_crossbar": [{"NumPorts": 3, "Width": 2}],
}
ABC = "read_aiger both.aig; strash; scorr -F 2; dc2; scorr; pdr -T {seconds}"


def set_parameters(text, parameters):
    for key, value in parameters.items():
        text, count = re.subn(rf"(parameter [^=\n]*\b{key} = )[^,\n/]*?(,?)( *//.*)?$", rf"\g<1>{value}\g<2>", text, flags=re.M)
        if count != 1:
            raise ValueError(f"no parameter {key}")
    return text


def both_sides(text, top):
    """A module with the ports of `top` (its text, with the sizes chosen) in which gold and gate see the same inputs; its one
    output says that theirs differ. Before the first reset they may."""
    text = re.sub(r"//.*|/\*.*?\*/", "", text)
    header = re.search(rf"module {top}\b.*?\n\);", text, re.S).group(0)
    ports = re.findall(r"(input|output) logic *(\[[^\n]*\])? *(\w+)", header)
    names = [name for _, _, name in ports]
    clocked = "clk_i" in names and "rst_ni" in names
    outputs = [(width, name) for way, width, name in ports if way == "output"]
    inputs = [name for way, _, name in ports if way == "input"]
    parameters = header[:header.rindex(") (")] + ") (" if "#(" in header else f"module {top} ("
    lines = [parameters.replace(f"module {top}", "module both"),
             ",\n".join([f"  input logic {width} {name}" for way, width, name in ports if way == "input"] + ["  output logic bad_o"]), ");"]
    lines += [f"  logic {width} gold_{name}, gate_{name};" for width, name in outputs]
    for side in ("gold", "gate"):
        connected = [f".{name}({name})" for name in inputs] + [f".{name}({side}_{name})" for _, name in outputs]
        lines.append(f"  {side} u_{side} ({', '.join(connected)});")
    differs = " || ".join(f"gold_{name} != gate_{name}" for _, name in outputs)
    if clocked:
        lines += ["  logic seen_q;", "  initial seen_q = 1'b0;", "  always_ff @(posedge clk_i) if (!rst_ni) seen_q <= 1'b1;",
                  f"  assign bad_o = seen_q && ({differs});"]
    else:
        lines.append(f"  assign bad_o = {differs};")
    return "\n".join(lines + ["endmodule", ""])


def run(command, work, log, seconds):
    with open(work / log, "w", encoding="utf-8") as out:
        return subprocess.run(command, cwd=work, timeout=seconds, stdout=out, stderr=subprocess.STDOUT, check=False)


def closure(top, sources):
    """The module and all below it."""
    found, todo = [], [top]
    while todo:
        name = todo.pop()
        if name not in found:
            found.append(name)
            todo += [other for other in sources if re.search(rf"^\s*{other}\s*(#|\w)", sources[name], re.M)]
    return found


def join(mutant, sources, rtl, top, parameters, work):
    """Writes both.aig."""
    steps = []
    for side in ("gold", "gate"):
        (work / side).mkdir(exist_ok=True)
        files = []
        for name in closure(top, sources):
            text = sources[name]
            if side == "gate" and name == mutant.file:
                text = mutants.single(text, mutant)
            (work / side / f"{name}.sv").write_text(set_parameters(text, parameters) if name == top else text)
            files.append(f"{side}/{name}.sv")
        steps += [f"read_verilog -defer -sv -DSYNTHESIS -I{rtl} {rtl / 'fs_pkg.sv'} {' '.join(files)}",
                  f"hierarchy -check -top {top}", "proc", "flatten", "memory_map", "opt_clean", f"rename -top {side}",
                  f"design -stash {side}"]
    (work / "both.sv").write_text(both_sides(set_parameters(sources[top], parameters), top))
    steps += ["design -reset", f"read_verilog -defer -sv -DSYNTHESIS {rtl / 'fs_pkg.sv'} both.sv", "design -copy-from gold gold",
              "design -copy-from gate gate", "hierarchy -top both", "proc", "flatten", "async2sync", "dffunmap", "opt -full -nodffe -nosdff",
              "setundef -undriven -zero", "setundef -zero", "opt_clean", "techmap", "opt -nodffe -nosdff", "setundef -zero", "aigmap", "setundef -zero",
              "opt_clean",
              "write_aiger -ascii -symbols both.aag"]
    (work / "both.ys").write_text("\n".join(steps) + "\n")
    done = run(["yosys", "-q", "-s", "both.ys"], work, "yosys.log", 600)
    if done.returncode != 0:
        raise RuntimeError((work / "yosys.log").read_text()[-2000:])
    graph = aiger.same_start((work / "both.aag").read_text(), lambda name: re.sub(r"^u_(gold|gate)\.", "", name))
    (work / "both.aig").write_bytes(graph)


def equal(mutant, sources, rtl, top, work, seconds):
    """True when the mutant is proved equal at every size of `top`; False when not, not in time, or no design for yosys."""
    work.mkdir(parents=True, exist_ok=True)
    for parameters in SMALL[top]:
        try:
            join(mutant, sources, rtl, top, parameters, work)
            run(["yosys-abc", "-c", ABC.format(seconds=seconds)], work, "abc.log", 4 * seconds)
        except subprocess.TimeoutExpired:
            return False
        except RuntimeError as failed:
            print(f"{mutant}: {failed}", file=sys.stderr)
            return False
        if not re.search(r"Property proved", (work / "abc.log").read_text()):
            return False
    return True
