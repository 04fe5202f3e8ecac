# SPDX-License-Identifier: Apache-2.0
"""BookSim2's result rows: their names, the scenario settings that stand for them, and how each is judged."""

import csv
import math
import pathlib
from dataclasses import dataclass, field

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "reference"
FILES = ("xbar", "voq", "mesh")
# What every row has and row.yaml is written for; a row that differs would need another scenario.
FIXED = {
    "wait_for_tail_credit": "0", "credit_delay": "1", "routing_delay": "0", "vc_alloc_delay": "1",
    "sw_alloc_delay": "1", "st_prepare_delay": "0", "st_final_delay": "1", "input_speedup": "1",
    "output_speedup": "1", "internal_speedup": "1.0",
}


@dataclass
class Row:
    file: str
    values: dict = field(repr=False)
    saturation: float = math.nan  # accepted rate of the lowest load that BookSim calls unstable

    def __getitem__(self, column):
        return self.values[column]

    def number(self, column):
        return float(self.values[column])

    @property
    def group(self):
        """All rows of a group differ in load alone."""
        v = self.values
        size = f"k{v['k']}" if v["topology"] == "fly" else f"{v['k']}x{v['k']}"
        vcs = "voq" if v.get("noq") == "1" else f"vc{v['num_vcs']}"
        allocator = v["sw_allocator"].replace("(", "").replace(")", "")
        speculation = "spec" if v["speculative"] == "1" else "nonspec"
        pattern = "" if v["traffic"] == "uniform" else "-" + v["traffic"]
        return f"{self.file}/{size}-{vcs}-{v['packet_size']}flit-{allocator}-{speculation}{pattern}"

    @property
    def name(self):
        return f"{self.group}/{self.values['injection_rate']}"

    @property
    def load(self):
        return self.number("injection_rate")

    @property
    def stable(self):
        return self.values["stable"] == "1"

    @property
    def regime(self):
        """below, near, at: by the share of saturation; above: no stationary latency exists."""
        if not self.stable:
            return "above"
        share = self.load / self.saturation
        return "below" if share <= 0.8 else "near" if share <= 0.98 else "at"

    def settings(self):
        """The --set arguments, as (path, value), that make row.yaml this row."""
        v = self.values
        vcs = "per_destination" if v.get("noq") == "1" else v["num_vcs"]
        allocator = v["sw_allocator"] if "(" in v["sw_allocator"] else v["sw_allocator"] + "(1)"
        result = [("protocol.classes", f"[{{name: data, vcs: {vcs}, slots: {v['vc_buf_size']}flits}}]")]
        if v["topology"] == "mesh":
            dims = ", ".join([v["k"]] * int(v["n"]))
            wire = "{length: 0m, medium: copper}"
            result.append(("topology", f"{{kind: mesh, dims: [{dims}], gpu_link: {wire}, trunk: {wire}}}"))
        else:
            result.append(("topology.gpus", v["k"]))
        result += [
            ("switch.allocator", allocator),
            ("switch.vc_allocation", "same_cycle" if v["speculative"] == "1" else "before"),
            ("workload.open_loop.load", v["injection_rate"]),
            ("workload.open_loop.pattern", v["traffic"]),
            ("workload.open_loop.packets", v["packet_size"] + "flits"),
        ]
        return result


def _read(file):
    with open(REFERENCE / f"booksim_{file}.csv", encoding="utf-8") as text:
        for values in csv.DictReader(line for line in text if not line.startswith("#")):
            wrong = {c: values[c] for c, v in FIXED.items() if values[c] != v}
            if wrong or values["vc_allocator"] != values["sw_allocator"]:
                raise ValueError(f"booksim_{file}.csv: row.yaml does not express {wrong or 'two allocators'}")
            yield Row(file, values)


def all_rows():
    rows = [row for file in FILES for row in _read(file)]
    for row in rows:
        over = [r for r in rows if r.group == row.group and not r.stable]
        row.saturation = min(over, key=lambda r: r.load).number("accepted_flit_rate")
    return rows


def quick_rows():
    """A few rows of every group: one well below saturation, the last stable one before the run length begins to
    matter (crossbars only: on a mesh it takes long runs), and one above."""
    chosen = []
    groups = {}
    for row in all_rows():
        groups.setdefault(row.group, []).append(row)
    for rows in groups.values():
        below = [r for r in rows if r.regime == "below"]
        near = [r for r in rows if r.regime == "near" and r.file != "mesh"]
        above = [r for r in rows if r.regime == "above"]
        chosen += below[-1:] + near[-1:] + above[-1:]
    return chosen
