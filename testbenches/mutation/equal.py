# SPDX-License-Identifier: Apache-2.0
"""Whether a mutant is the same design: sequential equivalence by yosys (equiv_induct), registers matched by name.

A module is held against its mutant with all below it flattened, at the sizes below; a mutant that differs there may still
be equal as part of fs_switch_core, which is tried next.
"""
import pathlib
import re
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
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
    "fs_nth_set": [{"Width": 5}], "fs_select": [{"NumPorts": 4}], "fs_crossbar": [{"NumPorts": 3, "Width": 2}],
}


def set_parameters(text, parameters):
    for key, value in parameters.items():
        text, count = re.subn(rf"(parameter [^=\n]*\b{key} = )[^,\n/]*?(,?)( *//.*)?$", rf"\g<1>{value}\g<2>", text, flags=re.M)
        if count != 1:
            raise ValueError(f"no parameter {key}")
    return text


def equal(mutant, sources, rtl, top, work, seconds):
    """True when yosys proves the mutant equal at every size of `top`; False when not, or not in time."""
    work.mkdir(parents=True, exist_ok=True)
    for parameters in SMALL[top]:
        steps = []
        for side in ("gold", "gate"):
            (work / side).mkdir(exist_ok=True)
            files = []
            for name, text in sources.items():
                if side == "gate" and name == mutant.file:
                    text = mutants.single(text, mutant)
                (work / side / f"{name}.sv").write_text(set_parameters(text, parameters) if name == top else text)
                files.append(f"{side}/{name}.sv")
            steps += [f"read_verilog -defer -sv -DSYNTHESIS -I{rtl} {rtl / 'fs_pkg.sv'} {' '.join(files)}",
                      f"hierarchy -check -top {top}", "proc", "flatten", "memory_map", "opt_expr", "opt_merge", "opt_clean",
                      f"rename -top {side}", f"design -stash {side}"]
        steps += ["design -copy-from gold gold", "design -copy-from gate gate", "equiv_make gold gate both", "hierarchy -top both",
                  "opt_merge", "opt_clean", "equiv_struct", "equiv_simple", "equiv_induct -seq 2", "equiv_status -assert"]
        (work / "equal.ys").write_text("\n".join(steps) + "\n")
        try:
            done = subprocess.run(["yosys", "-q", "-l", "log.txt", "-s", "equal.ys"], cwd=work, timeout=seconds,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode != 0:
            return False
    return True
