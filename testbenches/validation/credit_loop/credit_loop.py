# SPDX-License-Identifier: Apache-2.0
"""Throughput against the credit loop's arithmetic: min(wire rate, buffer / round trip), and what credit messages cost.

    credit_loop.py --farspan BUILD/farspan [NAME...] [--markdown PAGE] [--list]

Round trip T of a buffer slot, in cycles: from a flit's leaving to the leaving of the flit that takes its slot again.

    T = F + 1 + P + C        at a link between a GPU and a switch
    T = F + 2 + P + C        at a link between two switches
    F  from a sender's edge to the receiver's pins: wait for the next wire unit, serialization, propagation, rounded
       up to an edge
    1  a switch's base cycle: what is sampled at one edge, flit or credit, serves a grant at the next; so once for each
       switch in the loop, since a GPU takes flits and uses credits at the edge of their arrival
    P  the pipelines inside the loop: input stages of the switch at its end, output stages of the switch at its start
    C  from the grant to the sender's credit: propagation, rounded up to an edge and at least 1, and `credits.delay`
"""

import argparse
import math
import pathlib
import shlex
import sys
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
FLIT_BYTES = 64
EXACT = 0.002  # flits a cycle: the ends of a window of 40,000 cycles
NS_PER_METRE = {"copper": 4.6, "fibre": 4.9}


@dataclass
class Case:
    name: str
    about: str  # the columns of the table that say what is varied
    settings: dict
    theory: float  # flits a cycle
    tolerance: float  # below theory; above it, no more than EXACT
    scenario: str = "loop.yaml"
    sources: int = 1  # GPUs that send, of two

    def command(self, farspan):
        return harness.command(farspan, HERE / self.scenario, self.settings.items())

    def run(self, farspan):
        """Flits a cycle that came through."""
        return harness.run(self.command(farspan))["throughput"]["accepted_flits"] * 2 / self.sources


@dataclass
class Wire:
    medium: str
    metres: int
    delay: int = 0  # credits.delay, cycles
    stages: str = ""  # `input` or `output`: where the switch's pipeline has 4 more
    trunk: bool = False  # the long wire joins two switches, not a switch and its GPUs
    slow: bool = False  # a flit takes two cycles instead of one

    @property
    def name(self):
        parts = [f"{self.medium}-{self.metres}m", "trunk" if self.trunk else "",
                 f"delay{self.delay}" if self.delay else "", f"{self.stages}4" if self.stages else "",
                 "half" if self.slow else ""]
        return "-".join(p for p in parts if p)

    def round_trip(self):
        propagation = NS_PER_METRE[self.medium] * self.metres
        flit = math.ceil(round((2 if self.slow else 1) + propagation, 6))
        credit = max(1, math.ceil(round(propagation, 6))) + self.delay
        return flit + (2 if self.trunk else 1) + (4 if self.stages else 0) + credit

    def topology(self):
        long = f"length: {self.metres}m, medium: {self.medium}"
        if not self.trunk:
            return f"{{kind: single_switch, gpus: 2, links_per_gpu: 1, gpu_link: {{{long}}}}}"
        return ("{kind: explicit, gpus: [{name: gpu0, ports: 1}, {name: gpu1, ports: 1}], "
                "switches: [{name: sw0, ports: 2}, {name: sw1, ports: 2}], "
                "links: [{a: gpu0.0, b: sw0.0, length: 1m, medium: copper}, "
                f"{{a: sw0.1, b: sw1.1, {long}}}, "
                "{a: gpu1.0, b: sw1.0, length: 1m, medium: copper}]}")

    def settings(self):
        return {"topology": self.topology(),
                "protocol.lanes.line_rate": "256Gbps" if self.slow else "512Gbps",
                # A flit starts at the next unit of the free-running wire: small units, so that this wait fits into
                # what F is rounded up by.
                "protocol.wire_unit": "4B" if self.slow else "64B",
                "protocol.credits.delay": f"{self.delay}cycles",
                "switch.pipeline": f"{{{self.stages}: 4cycles}}" if self.stages else "{}"}


def ladder_cases():
    """Buffers around the round trip's worth of flits. Packets of several flits meet a wire of half the core's rate, so
    that their source (a flit a cycle at most, by chance a little less) always has more than the wire takes."""
    wires = [("copper", 1), ("copper", 6), ("fibre", 21), ("copper", 6, 3), ("copper", 6, 0, "input"),
             ("copper", 6, 0, "output"), ("copper", 6, 0, "", True), ("copper", 6, 2, "input", True),
             ("copper", 6, 0, "output", True)]
    for wire in [Wire(*w) for w in wires] + [Wire(*w, slow=True) for w in wires]:
        trip = wire.round_trip()
        rate = 0.5 if wire.slow else 1.0
        full = math.ceil(trip * rate)
        for share, slots in (("a quarter", max(2, full // 4)), ("half", full // 2), ("one less", full - 1),
                             ("all", full), ("twice", 2 * full)):
            for flits in (4, 16) if wire.slow else (1,):
                for switching in ("wormhole", "cut_through"):
                    if switching == "cut_through" and slots < flits:
                        continue  # refused: no packet would ever fit
                    # Wormhole spends credit flit by flit: exact but for the window's ends. Cut-through lets a head
                    # wait for its whole packet: up to one packet's slots stand empty in every round trip.
                    tolerance = EXACT + (0 if switching == "wormhole" else (flits - 1) / trip)
                    yield Case(
                        f"ladder/{wire.name}/{share.replace(' ', '_')}-{flits}flit-{switching}",
                        f"{wire.metres} m {wire.medium}{', trunk' if wire.trunk else ''} | {rate} | {wire.delay} | "
                        f"{'4 ' + wire.stages if wire.stages else 'none'} | {trip} | {slots} ({share}) | {flits}",
                        {**wire.settings(), "protocol.classes": f"[{{name: data, vcs: 1, slots: {slots}flits}}]",
                         "switch.switching": switching, "workload.open_loop.packets": f"{flits}flits"},
                        min(rate, slots / trip), tolerance)


def message_cases():
    """Both GPUs send: each wire carries one way's flits and the other way's credits. With x flits a cycle, and a
    message for every `coalesce` credits, x (64 + message / coalesce) = 64 bytes a cycle."""
    for message in (16, 32, 64):
        for coalesce in (1, 2, 4, 16):
            theory = FLIT_BYTES / (FLIT_BYTES + message / coalesce)
            yield Case(
                f"messages/{message}B-every{coalesce}",
                f"{message} B | {coalesce}",
                {"protocol.credits.message": f"{message}B", "protocol.credits.coalesce": str(coalesce)},
                theory, EXACT, "messages.yaml", sources=2)


def cases():
    return list(ladder_cases()) + list(message_cases())


def groups(all_cases):
    """A test for each wire of the ladder, and one for all messages."""
    return list(dict.fromkeys(c.name.rsplit("/", 1)[0] for c in all_cases))


def markdown(results):
    lines = []
    ladder = "wire | flits a cycle | credit delay | pipeline | T | buffer | packet flits"
    lines += [f"| {ladder} | theory | wormhole | cut-through, short by at most |", "|" + "---|" * 10]
    rows = {}
    for case, ours in results:
        if case.name.startswith("ladder"):
            rows.setdefault(case.about, {})[case.settings["switch.switching"]] = (case, ours)
    for about, both in rows.items():
        cut_through = "no room for a packet"
        if "cut_through" in both:
            case, ours = both["cut_through"]
            cut_through = f"{ours:.4f}, {case.tolerance - EXACT:.3f}"
        case, ours = both["wormhole"]
        lines.append(f"| {about} | {case.theory:.4f} | {ours:.4f} | {cut_through} |")
    lines += ["", "| message | credits a message | theory | farspan |", "|---|---|---|---|"]
    lines += [f"| {c.about} | {c.theory:.4f} | {ours:.4f} |" for c, ours in results if c.name.startswith("messages")]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a case, or the first parts of its name")
    parser.add_argument("--farspan", type=pathlib.Path)
    parser.add_argument("--markdown", type=pathlib.Path, metavar="PAGE", help="update the table in this page")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    chosen = harness.choose(cases(), args.names)
    if args.list:
        print("\n".join(groups(chosen)))
        return 0
    if not chosen or args.farspan is None:
        parser.error("--farspan is needed, and the name of a case")
    results = []
    wrong = 0
    for case in chosen:
        ours = case.run(args.farspan)
        results.append((case, ours))
        ok = -case.tolerance <= ours - case.theory <= EXACT
        wrong += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {case.name:<52} theory {case.theory:.4f} farspan {ours:.4f} "
              f"(allowed -{case.tolerance:.4f})", flush=True)
        if not ok:
            print("     reproduce: " + shlex.join(case.command(args.farspan)))
    print(f"{len(results)} cases, {wrong} disagree")
    if args.markdown:
        harness.put_table(args.markdown, "credit_loop/credit_loop.py", markdown(results))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
