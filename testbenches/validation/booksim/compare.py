# SPDX-License-Identifier: Apache-2.0
"""Runs farspan on BookSim2's configurations and compares latencies and accepted rates, row by row.

    compare.py --farspan BUILD/farspan [NAME...] [--quick] [--markdown PAGE] [-j N]
    compare.py --farspan BUILD/farspan [NAME...] --spread SEEDS [-j N]

NAME is a row's name (`--list` prints them), or whole parts of it from its beginning: `voq`,
`mesh/8x8-vc1-1flit-islip-nonspec`. Exit status 1 when a row disagrees.

How a row is judged (docs/validation.md gives the reasons):
  below  load up to 80 % of saturation      mean latency within 3 %, or one cycle; least latency equal
  near   up to 98 %                         within three standard deviations over seeds (BookSim's or ours, whichever
                                            is larger), or as below
  at     above that, yet stable             between our latency after a short and after a long run; accepted within 3 %
  above  BookSim calls the load unstable    accepted rate within 3 %; single-FIFO switches within 2 %
The long runs without --quick have less noise: there, below and above allow half of that. And of the near rows no more may
lie beyond three of BookSim2's own deviations than of another run of BookSim2 itself would with a chance of one in a hundred.

--spread: a standard deviation from BookSim2's two or three seeds says little, and near saturation it matters what load
those seeds happened to draw: the same in all rows. Runs every `near` row at the rate that BookSim2 really injected, with so
many seeds of ours, and gives the difference of the means in its own standard errors, for which single runs of both count
as spread by the larger of the two deviations. Exit status 1 when one is beyond 3.
"""

import argparse
import math
import pathlib
import shlex
import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import rows as booksim

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import harness  # noqa: E402

SCENARIO = pathlib.Path(__file__).resolve().parent / "row.yaml"


@dataclass
class Length:
    """Measured cycles of a run, and the seeds it is repeated with."""
    window_ns: int
    seeds: int


def length_for(row, quick):
    if quick and row.regime != "near":
        return Length(4000 if row.file == "mesh" or row["k"] == "64" else 10000, 1)
    return Length(30000, max(3, int(row["seeds"])))


@dataclass
class Verdict:
    row: booksim.Row
    measured: str   # what was compared
    theirs: float
    ours: float
    tolerance: str
    ok: bool
    beyond: bool = False  # near: more than three of BookSim2's own standard deviations away
    by_chance: float = 0.0  # near: the chance of that for BookSim2 itself, run again with as many seeds as ours

    def text(self):
        mark = "ok  " if self.ok else "FAIL"
        return (f"{mark} {self.row.name:<46} {self.row.regime:<5} {self.measured:<8} BookSim2 {self.theirs:<9.5g} "
                f"farspan {self.ours:<9.5g} ({self.tolerance})")


class Runner:
    def __init__(self, farspan, as_injected=False):
        self.farspan = farspan
        self.as_injected = as_injected  # at the rate that BookSim2 injected, not at the one that it was asked for

    def command(self, row, window_ns, seed):
        settings = row.settings() + [("measure.window", f"{window_ns}ns")]
        if self.as_injected:
            settings.append(("workload.open_loop.load", row["injected_flit_rate"]))
        if row.stable:
            settings.append(("measure.drain", f"{10 * window_ns}ns"))
        return harness.command(self.farspan, SCENARIO, settings, seed)

    def run(self, row, window_ns, seed):
        """(mean and least latency in cycles, accepted flits a node and cycle)"""
        result = harness.run(self.command(row, window_ns, seed))
        latency = result["packet_latency_ns"]["all"]
        return latency["mean"], latency["min"], result["throughput"]["accepted_flits"]

    def runs(self, row, length):
        return zip(*(self.run(row, length.window_ns, seed) for seed in range(1, length.seeds + 1)))


def chance_beyond(theirs, ours):
    """That the means of `theirs` and `ours` seeds of one simulator lie more than three times the deviation of `theirs`
    apart: their difference over sqrt(1 / theirs + 1 / ours) of it follows Student's t with theirs - 1 degrees of freedom."""
    t = 3 / math.sqrt(1 / theirs + 1 / ours)
    if theirs == 2:
        return 1 - 2 / math.pi * math.atan(t)
    if theirs == 3:
        return 1 - t / math.sqrt(2 + t * t)
    raise ValueError(f"{theirs} seeds: no row has as many, and nobody has written that distribution down")


def chance_of_as_many(verdicts):
    """That of the near rows as many lie beyond, or more, when every one does with its own chance."""
    chances = [1.0]  # by how many are beyond
    for p in (v.by_chance for v in verdicts):
        chances = [a * (1 - p) + b * p for a, b in zip(chances + [0.0], [0.0] + chances)]
    return sum(chances[sum(v.beyond for v in verdicts):])


def judge(runner, row, quick):
    length = length_for(row, quick)
    latencies, least, accepted = runner.runs(row, length)
    ours = statistics.fmean(accepted)
    theirs = row.number("accepted_flit_rate")
    if row.regime == "above":
        single_fifo = row.file == "voq" and row["num_vcs"] == "1"
        percent = (2 if single_fifo else 3) * (1 if quick else 0.5)
        ok = abs(ours - theirs) <= percent / 100 * theirs
        return Verdict(row, "accepted", theirs, ours, f"{ours / theirs - 1:+.2%} of {percent:g} %", ok)
    ours_latency = statistics.fmean(latencies)
    their_latency = row.number("avg_packet_latency")
    if row.regime == "at":
        short = statistics.fmean(next(runner.runs(row, Length(10000, 3))))
        long = statistics.fmean(next(runner.runs(row, Length(300000, 3))))
        ok = short <= their_latency <= long and abs(ours - theirs) <= 0.03 * theirs
        return Verdict(row, "latency", their_latency, ours_latency, f"{short:.4g} to {long:.4g} by run length", ok)
    if row.regime == "below" and not quick:
        allowed, note = max(0.015 * their_latency, 0.5), "1.5 % or half a cycle"
    else:
        allowed, note = max(0.03 * their_latency, 1.0), "3 % or a cycle"
    if row.regime == "near":
        theirs_sd, ours_sd = row.number("sd_over_seeds"), statistics.stdev(latencies) if length.seeds > 1 else 0.0
        note += f", 3 sd {3 * theirs_sd:.3g} (BookSim2), {3 * ours_sd:.3g} (farspan)"
        allowed = max(allowed, 3 * theirs_sd, 3 * ours_sd)
    off = ours_latency - their_latency
    ok = abs(off) <= allowed
    near = row.regime == "near"
    beyond = near and abs(off) > 3 * row.number("sd_over_seeds")
    by_chance = chance_beyond(int(row["seeds"]), length.seeds) if near else 0.0
    if row.regime == "below" and min(least) != row.number("min_packet_latency"):
        ok, note = False, f"least latency {min(least):g} instead of {row.number('min_packet_latency'):g}"
    return Verdict(row, "latency", their_latency, ours_latency, f"{off / their_latency:+.2%}, {note}", ok,
                   beyond, by_chance)


@dataclass
class Spread:
    """A row's latency over many seeds, beside BookSim2's over its few."""
    row: booksim.Row
    mean: float
    deviation: float
    errors: float  # the difference of the means, in standard errors

    def text(self):
        return (f"{self.row.name:<46} BookSim2 {self.row.number('avg_packet_latency'):<8.5g} sd "
                f"{self.row.number('sd_over_seeds'):<7.3g} of {self.row['seeds']}   farspan {self.mean:<8.5g} sd "
                f"{self.deviation:<7.3g} {self.errors:+.2f} standard errors")


def spread_of(runner, row, seeds):
    latencies = next(runner.runs(row, Length(length_for(row, False).window_ns, seeds)))
    mean, deviation = statistics.fmean(latencies), statistics.stdev(latencies)
    single = max(deviation, row.number("sd_over_seeds"))
    error = single * math.sqrt(1 / int(row["seeds"]) + 1 / seeds)
    return Spread(row, mean, deviation, (mean - row.number("avg_packet_latency")) / error)


def show_spread(runner, rows, seeds, jobs):
    errors = []
    with ThreadPoolExecutor(jobs) as pool:
        for spread in pool.map(lambda r: spread_of(runner, r, seeds), [r for r in rows if r.regime == "near"]):
            print(spread.text(), flush=True)
            errors.append(spread.errors)
    if not errors:
        print("no row near saturation")
        return 2
    wrong = sum(abs(e) > 3 for e in errors)
    print(f"{len(errors)} rows, {wrong} beyond 3 standard errors; {sum(e > 0 for e in errors)} above BookSim2")
    return 1 if wrong else 0


def summary(verdicts):
    lines = ["| rows | regime | number | disagree | mean difference | largest | beyond 3 sd of BookSim2 | of itself, expected |",
             "|---|---|---|---|---|---|---|---|"]
    for file in booksim.FILES:
        for regime in ("below", "near", "at", "above"):
            mine = [v for v in verdicts if v.row.file == file and v.row.regime == regime]
            if not mine:
                continue
            off = [v.ours / v.theirs - 1 for v in mine]
            compared = ("", "") if regime == "at" else (f"{statistics.fmean(off):+.2%}", f"{max(off, key=abs):+.2%}")
            beyond, expected = "", ""
            if regime == "near":
                beyond, expected = sum(v.beyond for v in mine), f"{sum(v.by_chance for v in mine):.2f}"
            lines.append(f"| {file} | {regime} | {len(mine)} | {sum(not v.ok for v in mine)} | {compared[0]} | "
                         f"{compared[1]} | {beyond} | {expected} |")
    return lines + [""]


def markdown(verdicts):
    lines = summary(verdicts)
    for file, title in (("xbar", "Crossbars"), ("voq", "Single FIFO and virtual output queues"), ("mesh", "Meshes")):
        mine = [v for v in verdicts if v.row.file == file]
        if not mine:
            continue
        lines += [f"#### {title}", "",
                  "| configuration | load | regime | compared | BookSim2 | farspan | difference, allowed |",
                  "|---|---|---|---|---|---|---|"]
        last = None
        for v in mine:
            group = v.row.group.split("/", 1)[1]
            lines.append(f"| {group if group != last else ''} | {v.row['injection_rate']} | {v.row.regime} | "
                         f"{v.measured} | {v.theirs:.5g} | {v.ours:.5g} | "
                         f"{v.tolerance}{'' if v.ok else ': **disagrees**'} |")
            last = group
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--farspan", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="fewer rows, short runs, one seed")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="PAGE", help="update the table in this page")
    parser.add_argument("--spread", type=int, metavar="SEEDS", help="rows near saturation: the spread over so many seeds")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("-j", type=int, default=1, dest="jobs")
    args = parser.parse_args()
    rows = harness.choose(booksim.quick_rows() if args.quick else booksim.all_rows(), args.names)
    if args.list:
        print("\n".join(r.name for r in rows))
        return 0
    if not rows or args.farspan is None:
        parser.error("--farspan is needed, and a name that begins a row's")
    if args.spread is not None:
        if args.spread < 2:
            parser.error("--spread needs at least two seeds")
        return show_spread(Runner(args.farspan, as_injected=True), rows, args.spread, args.jobs)
    runner = Runner(args.farspan)
    verdicts = []
    with ThreadPoolExecutor(args.jobs) as pool:
        for verdict in pool.map(lambda r: judge(runner, r, args.quick), rows):
            verdicts.append(verdict)
            print(verdict.text(), flush=True)
            if not verdict.ok:
                length = length_for(verdict.row, args.quick)
                print("     reproduce: " + shlex.join(runner.command(verdict.row, length.window_ns, 1)))
    wrong = sum(not v.ok for v in verdicts)
    print(f"{len(verdicts)} rows, {wrong} disagree")
    chance = chance_of_as_many(verdicts)
    beyond = sum(v.beyond for v in verdicts)
    print(f"{beyond} near rows beyond three of BookSim2's deviations, where of BookSim2 itself "
          f"{sum(v.by_chance for v in verdicts):.2f} would be; the chance of as many or more is {chance:.2g}")
    if args.markdown:
        harness.put_table(args.markdown, "booksim/compare.py", markdown(verdicts))
    return 1 if wrong or chance < 0.01 else 0


if __name__ == "__main__":
    sys.exit(main())
