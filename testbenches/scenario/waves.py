#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waveforms are read back with fst2vcd and held against the run that they show."""
import bisect
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from farspan_cli import SCENARIOS, main

SCRIPTS = SCENARIOS.parent / "scripts"

# Reads and writes among four GPUs by two switches, with an end of its own.
SMALL = """
scenario: small
protocol: nvlink5
topology: {kind: planes, gpus: 4, switches: 2}
workload:
  streams:
    - {name: reads, kind: read, count: 60, rate: 20GB/s, pacing: poisson}
    - {name: writes, kind: write, count: 30, rate: 5GB/s, pacing: poisson}
    - {name: counters, kind: atomic, count: 10, footprint: 256B, region: shared}
"""

# The same for as long as one likes.
ENDLESS = """
scenario: endless
protocol: nvlink5
topology: {kind: planes, gpus: 4, switches: 2}
workload: {streams: [{name: reads, kind: read, rate: 20GB/s, pacing: poisson}]}
measure: {window: 100ms}
"""


class Waveform:
    """What a file says: for each signal, when it took which value."""

    def __init__(self, file):
        done = subprocess.run(["fst2vcd", file], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0 and "$enddefinitions" in done.stdout, f"fst2vcd cannot read {file}: {done.stderr}"
        self.signals, self.widths = {}, {}
        names, scopes, now = {}, [], None
        self.times = []
        for line in done.stdout.splitlines():
            word = line.split()
            if line.startswith("#"):
                now = int(line[1:])
                self.times.append(now)
            elif line.startswith("$scope"):
                scopes.append(word[2])
            elif line.startswith("$upscope"):
                scopes.pop()
            elif line.startswith("$var"):
                name = ".".join(scopes + [word[4]])
                names.setdefault(word[3], []).append(name)
                self.signals[name] = []
                self.widths[name] = int(word[2])
            elif now is not None and line and line[0] != "$":
                if line[0] in "bsr":
                    value, code = line[1:].rsplit(" ", 1)
                else:
                    value, code = line[0], line[1:]
                if line[0] == "b" or line[0] in "01":
                    value = int(value, 2)
                for name in names[code]:
                    self.signals[name].append((now, value))

    def at(self, name, when):
        changes = self.signals[name]
        place = bisect.bisect_right(changes, when, key=lambda change: change[0])
        return changes[place - 1][1] if place else None

    def changes(self, name, begin, end):
        """Changes of value inside a time, without those to the value that it already has."""
        last, found = self.at(name, begin), []
        for when, value in self.signals[name]:
            if begin < when <= end and value != last:
                found.append((when, value))
                last = value
        return found

    def lanes(self, pattern):
        """Names of packets on the lanes whose names match."""
        texts = set()
        for name, changes in self.signals.items():
            if re.fullmatch(pattern, name):
                texts |= {re.sub(r"^\\?\?\w+\\?\?", "", text.replace("\\040", " ")) for _, text in changes}
        return texts - {""}


def run(farspan, text, *options):
    result, out = farspan.result(farspan.write("waves.yaml", text), *options)
    return result, out


def equal_inside(whole, part, begin, end):
    """Both show the same from `begin` to `end`, in fs."""
    compared = 0
    for name in part.signals:
        expected, found = whole.changes(name, begin, end), part.changes(name, begin, end)
        assert expected == found, f"{name}: {len(found)} changes {found[:4]}, in the whole {len(expected)} {expected[:4]}"
        compared += len(found)
    assert compared > 100, f"only {compared} changes were compared"


def shows_every_packet(farspan):
    result, out = run(farspan, SMALL, "--waves")
    waves = Waveform(out / "waves.fst")
    assert result["waves"]["signals"] == len(waves.signals) == 16 * 17 + 1
    sent = waves.lanes(r"gpu\d\.p\d_to_sw\d\.tx")
    assert len(sent) == result["packets"]["created"], f"{len(sent)} packets seen, {result['packets']['created']} created"
    for lanes in (r"gpu\d\.p\d_to_sw\d\.rx", r"sw\d\.p\d_to_gpu\d\.tx", r"sw\d\.p\d_to_gpu\d\.rx"):
        assert waves.lanes(lanes) == sent, f"not every packet that was sent is on {lanes}"
    assert waves.lanes(r"gpu\d\.p\d_to_sw\d\.tx_re(quest|sponse)\d") == sent, "VCs carry something else than their wire"
    kinds = {text.split()[0] for text in sent}
    assert kinds == {"rd", "rd.data", "wr", "wr.ack", "at", "at.data"}, kinds
    asked = {text[3:] for text in sent if text.startswith("rd ")}
    answered = {text[8:] for text in sent if text.startswith("rd.data ")}
    turned = {re.sub(r"(#\d+) g(\d+)->g(\d+)", r"\1 g\3->g\2", text) for text in answered}
    assert asked == turned, "requests and responses are not named alike"


def counts_credits(farspan):
    """At every moment: credits of the sender and slots filled are at most the slots; in the end all is given back."""
    _, out = run(farspan, SMALL, "--waves")
    waves = Waveform(out / "waves.fst")
    channels = {name.rsplit(".", 1)[0] for name in waves.signals} - {"run"}
    assert len(channels) == 16
    used = 0
    for channel in channels:
        names = [name for name in waves.signals if name.startswith(channel + ".credits_")]
        assert len(names) == 4, names
        for credits in names:
            fill = credits.replace("credits_", "fill_")
            depth = max(value for _, value in waves.signals[credits])
            assert depth > 0, credits
            for when, value in waves.signals[credits] + waves.signals[fill]:
                other = fill if (when, value) in waves.signals[credits] else credits
                assert value <= depth, f"{credits} at {when}: {value} of {depth}"
            for when, _ in waves.signals[credits]:
                both = waves.at(credits, when) + waves.at(fill, when)
                assert both <= depth, f"{credits} at {when}: {both} of {depth} slots"
            used += any(value for _, value in waves.signals[fill])
            assert waves.signals[fill][-1][1] == 0, f"{fill} is not empty in the end"
        assert waves.signals[channel + ".state"][-1][1] == 2, "the link is not up"
    assert used > 8, "hardly any buffer was ever used"


def rtl_and_lanes_agree(farspan):
    """A switch in RTL: its pins say valid exactly when the lanes of its links say that a flit arrives or leaves."""
    plain, _ = run(farspan, SMALL)
    result, out = run(farspan, SMALL, "--set", "switch.cores.sw0=rtl", "--waves=2300ns..2700ns")
    assert result["digest"] == plain["digest"], "RTL in a waveform gives another digest"
    waves = Waveform(out / "waves.fst")
    rx, tx = waves.signals["sw0.rx_valid_i"], waves.signals["sw0.tx_valid_o"]
    assert len(waves.signals) > 1000 and len(rx) > 50 and len(tx) > 50, (len(waves.signals), len(rx), len(tx))
    arrivals = leavings = 0
    for port in range(4):
        arriving, leaving = f"gpu{port}.p0_to_sw0.rx", f"sw0.p{port}_to_gpu{port}.tx"
        for when, valid in rx[2:-2]:
            busy = waves.at(arriving, when) != ""
            assert busy == bool(valid >> port & 1), f"rx_valid_i[{port}] at {when}: {valid:b}, the lane says {busy}"
            arrivals += busy
        started = {when for when, text in waves.signals[leaving] if text != ""}
        for when in started & {when for when, _ in tx}:
            assert waves.at("sw0.tx_valid_o", when) >> port & 1, f"a flit leaves by {port} at {when}, tx_valid_o is 0"
            leavings += 1
    assert arrivals > 50 and leavings > 50, (arrivals, leavings)
    text = (out / "waves.gtkw").read_text(encoding="utf-8")
    assert "-RTL sw0" in text and "sw0.rx_valid_i[3:0]" in text


def never_changes_a_result(farspan):
    plain, _ = run(farspan, SMALL)
    for options in (["--waves"], ["--waves=1us..2us"], ["--waves=around:failure+-200ns"],
                    ["--waves", "--waves-scope", "gpu1*,sw0"], ["--waves", "--no-sleep"]):
        watched, _ = run(farspan, SMALL, *options)
        assert watched["digest"] == plain["digest"], f"{options} gives another digest"
        assert watched["sim_time_ns"] == plain["sim_time_ns"], f"{options} ends at another time"


def a_window_shows_what_the_whole_shows(farspan):
    _, all_of_it = run(farspan, SMALL, "--waves")
    result, out = run(farspan, SMALL, "--waves=1us..1500ns")
    window = Waveform(out / "waves.fst")
    first, last = window.times[0], window.times[-1]
    assert 1_000_000_000 <= first < 1_020_000_000 and 1_480_000_000 < last <= 1_500_000_000, f"from {first} to {last}"
    assert result["waves"]["from_ns"] == first / 1e6 and result["waves"]["to_ns"] == last / 1e6, result["waves"]
    # A lane that was busy as the window began is idle there until its next flit.
    begin = 1_020_000_000
    equal_inside(Waveform(all_of_it / "waves.fst"), window, begin, window.times[-1])


def a_scope_takes_links_by_name(farspan):
    _, all_of_it = run(farspan, SMALL, "--waves")
    _, out = run(farspan, SMALL, "--waves", "--waves-scope", "gpu2,gpu0.1-*")
    part = Waveform(out / "waves.fst")
    channels = {name.rsplit(".", 1)[0] for name in part.signals} - {"run"}
    assert channels == {"gpu2.p0_to_sw0", "sw0.p2_to_gpu2", "gpu2.p1_to_sw1", "sw1.p2_to_gpu2", "gpu0.p1_to_sw1",
                        "sw1.p0_to_gpu0"}, channels
    equal_inside(Waveform(all_of_it / "waves.fst"), part, 0, part.times[-1])


def rtl_of_links_is_in_it(farspan):
    """Of the links that the scope takes; what it holds moves, and nothing else does for being looked at."""
    text = SMALL + "link_layers: {gpu0.0-sw0.0: lockstep, gpu1.1-sw1.1: rtl}\n"
    result, out = run(farspan, text, "--waves=1us..2us", "--waves-scope", "gpu0.0-sw0.0")
    waves = Waveform(out / "waves.fst")
    for end in "ab":
        oldest = waves.signals[f"gpu0.0-sw0.0.{end}.oldest_o"]
        assert len(set(value for _, value in oldest)) > 2, f"end {end}: {oldest}"
    assert not any(name.startswith("gpu1.1-sw1.1") for name in waves.signals)
    assert "-RTL gpu0.0-sw0.0.a" in (out / "waves.gtkw").read_text(encoding="utf-8").splitlines()
    assert result["digest"] == run(farspan, SMALL)[0]["digest"]


def around_a_deadlock(farspan):
    ring = (SCENARIOS / "deadlock_ring.yaml").read_text(encoding="utf-8")
    _, all_of_it = run(farspan, ring, "--waves")
    whole = Waveform(all_of_it / "waves.fst")
    for event in ("deadlock", "failure"):
        result, out = run(farspan, ring, f"--waves=around:{event}±60ns")
        assert sorted(file.name for file in out.iterdir()) == ["effective.yaml", "result.json", "waves.fst", "waves.gtkw"]
        assert result["waves"]["event"] == "deadlock"
        waves = Waveform(out / "waves.fst")
        end = round(result["waves"]["event_ns"] * 1e6)
        assert waves.times[0] == end - 60_000_000 and waves.times[-1] <= end, (waves.times[0], end)
        equal_inside(whole, waves, waves.times[0], end)
        assert "[markername] Adeadlock" in (out / "waves.gtkw").read_text(encoding="utf-8")
        assert waves.signals["run.events"][-1] == (end, "deadlock"), waves.signals["run.events"]


def around_a_link_that_dies(farspan):
    """What GTKWave opens is the link of the event, not one of those that carry more."""
    recovers = """protocol:
  base: nvlink5
  link_layer: {training: {train: 20us, retrain: 5us, signal_lost: 500ns, give_up: 1us}}
  recovery: {request_timeout: 6us, retries: 3}"""
    dies = SMALL.replace("protocol: nvlink5", recovers) + """
faults: [{kind: link_down, where: gpu3.1-sw1.3, at: 1us}]
fabric_manager: {reaction_time: 1us}
"""
    result, out = run(farspan, dies, "--waves=around:link_down±100ns")
    assert result["waves"]["event"] == "link_down", result["waves"]
    lines = (out / "waves.gtkw").read_text(encoding="utf-8").splitlines()
    opened = [name[1:] for flags, name in zip(lines, lines[1:]) if flags == "@800200"]
    assert opened[-2:] == ["gpu3.p1_to_sw1", "sw1.p3_to_gpu3"] or opened[-2:] == ["sw1.p3_to_gpu3", "gpu3.p1_to_sw1"], opened


def an_event_that_never_came(farspan):
    result, out = run(farspan, SMALL, "--waves=around:link_down±100ns")
    assert not list(out.glob("waves*")), list(out.iterdir())
    assert any("link_down" in warning for warning in result["warnings"]), result["warnings"]
    late, out = run(farspan, SMALL, "--waves=1s..2s")
    assert not list(out.glob("waves*")) and any("before the window" in w for w in late["warnings"]), late["warnings"]


def kept_if_an_expectation_fails(farspan):
    for event in ("expectation", "failure"):
        for least, status in ((1, 0), (10**9, 1)):
            text = SMALL + f"expect: [{{path: packets.delivered, is: '>=', value: {least}}}]\n"
            out = farspan.folder / f"{event}{status}"
            done = farspan.call("run", farspan.write("expect.yaml", text), "--quiet", "--out", out,
                                f"--waves=around:{event}±300ns")
            assert done.returncode == status, done.stdout + done.stderr
            result = json.loads((out / "result.json").read_text(encoding="utf-8"))
            if status == 0:
                assert not list(out.glob("waves*")) and "waves" not in result
                continue
            assert result["waves"]["event"] == "expectation"
            waves = Waveform(out / "waves.fst")
            assert waves.times[-1] - waves.times[0] == 300_000_000, f"{waves.times[0]} to {waves.times[-1]}"
            assert waves.times[-1] == round(result["waves"]["to_ns"] * 1e6), "not the end of the run"


def each_point_of_a_sweep_has_its_own(farspan):
    text = SMALL + "sweep: {path: seed, values: [1, 2]}\n"
    result, out = run(farspan, text, "--waves=1us..1100ns", "-j", "2")
    for i, point in enumerate(result["points"]):
        assert point["waves"]["signals"] == 16 * 17 + 1
        Waveform(out / "points" / str(i) / "waves.fst")


def recorded(file):
    """What can be read of a file that is still being written, in fs; 0: nothing."""
    done = subprocess.run(["fst2vcd", file], capture_output=True, timeout=120, check=False)
    times = re.findall(rb"^#(\d+)", done.stdout, re.M) if done.returncode == 0 else []
    return int(times[-1]) - int(times[0]) if len(times) > 1000 else 0


def readable_after(farspan, end, options, least):
    """Ends a run by a signal; its file must reach at least `least` ns."""
    out = farspan.folder / f"killed{end}{len(options)}"
    file = farspan.write("endless.yaml", ENDLESS)
    # Of one link: it is all read into memory afterwards.
    with subprocess.Popen([farspan.program, "run", file, "--quiet", "--out", out, "--waves-scope", "gpu0.0-*", *options], cwd=farspan.folder,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None and not any(
                recorded(file) >= least * 1_000_000 for file in out.glob("waves*.fst")):
            time.sleep(0.2)
        assert process.poll() is None, "the run ended by itself"
        process.send_signal(end)
        assert process.wait(timeout=60) == -end, process.returncode
    waves = Waveform(out / "waves.fst")
    assert waves.times[-1] - waves.times[0] >= least * 1_000_000, f"{end}: {waves.times[0]} to {waves.times[-1]}"
    assert waves.lanes(r"gpu\d\.p\d_to_sw\d\.tx"), "no packet on any lane"
    assert (out / "waves.gtkw").exists()


def readable_after_sigterm(farspan):
    readable_after(farspan, signal.SIGTERM, ["--waves"], 1000)
    readable_after(farspan, signal.SIGTERM, ["--waves=around:error±200ns"], 200)


def readable_after_sigabrt_and_sigkill(farspan):
    readable_after(farspan, signal.SIGABRT, ["--waves"], 1000)
    readable_after(farspan, signal.SIGKILL, ["--waves"], 1000)


def wrong_options(farspan):
    file = farspan.write("small.yaml", SMALL)
    out = farspan.folder / "wrong"
    cases = ((["--waves"], "needs --out"), (["--out", out, "--waves=3us..2us"], "ends after it begins"),
             (["--out", out, "--waves=around:error"], "how much time"), (["--out", out, "--waves=soon"], "allowed are"),
             (["--out", out, "--waves-scope", "gpu0"], "needs it"),
             (["--out", out, "--waves", "--waves-scope", "gpu9"], "nothing here is called 'gpu9'"))
    for options, message in cases:
        done = farspan.call("run", file, "--quiet", *options)
        assert done.returncode == 2 and message in done.stderr, f"{options}: {done.returncode} {done.stderr}"
        assert not list(farspan.folder.glob("**/waves.fst")), "a file was left behind"


def save_file_names_what_is_there(farspan):
    """A signal that a save file misspells vanishes from GTKWave without a word."""
    result, out = run(farspan, SMALL, "--waves=1us..2us")
    waves = Waveform(out / "waves.fst")
    known = {name if waves.widths[name] <= 1 else f"{name}[{waves.widths[name] - 1}:0]" for name in waves.signals}
    groups, flags, shown = [], None, set()
    for line in (out / "waves.gtkw").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            flags = line
        elif line.startswith("-") and flags in ("@800200", "@c00200"):
            groups.append(line)
        elif line.startswith("-") and flags in ("@1000200", "@1401200"):
            assert groups.pop() == line, f"{line} is not the innermost group"
        elif flags and line[0] not in "-[":
            name = line.split("} ")[1] if line.startswith("+{") else line
            assert name in known, f"{name} is not in the file"
            shown.add(name)
        elif line.startswith("*"):
            marks = [int(word) for word in line.split()[2:] if word != "-1"]
            assert len(marks) >= 8, "no markers along the way of a transaction"
            assert all(result["waves"]["from_ns"] <= m / 1e6 <= result["waves"]["to_ns"] for m in marks), marks
    assert not groups and shown == known, f"{len(shown)} of {len(known)} signals are shown"


def gtkwave_shows_it(farspan):
    """Skipped, and said so, where there is no GTKWave or no Xvfb."""
    if not all(map(shutil.which, ("gtkwave", "Xvfb"))):
        print("skipped: gtkwave and xvfb are not installed (scripts/setup --dev)")
        sys.exit(77)
    _, out = run(farspan, SMALL, "--waves")
    picture = pathlib.Path(out / "waves.png")
    done = subprocess.run([SCRIPTS / "wave_picture", out / "waves.gtkw", picture], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes()[:4] == b"\x89PNG" and picture.stat().st_size > 20_000, "an empty picture"


main({f.__name__: f for f in
      (shows_every_packet, counts_credits, rtl_and_lanes_agree, never_changes_a_result, a_window_shows_what_the_whole_shows,
       a_scope_takes_links_by_name, rtl_of_links_is_in_it, around_a_deadlock, around_a_link_that_dies, an_event_that_never_came, kept_if_an_expectation_fails,
       each_point_of_a_sweep_has_its_own, readable_after_sigterm, readable_after_sigabrt_and_sigkill, wrong_options,
       save_file_names_what_is_there, gtkwave_shows_it)})
