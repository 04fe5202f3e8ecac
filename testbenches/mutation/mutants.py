# SPDX-License-Identifier: Apache-2.0
"""Mutants of SystemVerilog sources: small mistakes, each at one place.

Two ways to make them: `selectable` writes sources in which fs_mutant_pkg::number chooses the mutant while the simulation
runs (one Verilated model for all), `single` writes a source with one mutant in place (for proofs).
Mutated are the right sides of assignments, conditions and what instances are connected with; not the sizes of things
(parameters, loops, indices), and not what is there for assertions alone.
"""
import dataclasses
import re

OPERATORS = {
    "==": "!=", "!=": "==", "&&": "||", "||": "&&", "&": "|", "|": "&", "^": "|", "+": "-", "-": "+",
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", ">>": "<<", "<<": ">>", "!": "", "~": "",
}
TOKEN = re.compile(
    r"\d*'[sS]?[bdhBDH][0-9a-fA-F_]+|'[01]|[A-Za-z_$][\w$:]*'?|\d+|&&|\|\||==|!=|<=|>=|<<|>>|\+:|[-+*/&|^~!<>?:(){}\[\],.;=']")
CONSTANTS = {"'0": "'1", "'1": "'0", "1'b0": "1'b1", "1'b1": "1'b0"}


@dataclasses.dataclass
class Mutant:
    file: str
    line: int
    kind: str
    start: int  # of what is replaced, in the file
    end: int
    text: str  # what replaces it
    was: str
    becomes: str
    number: int = 0

    def __str__(self):
        return f"{self.file}.sv:{self.line}: {self.kind}: `{self.was}` -> `{self.becomes}`"


def blanked(source):
    """The source with comments, assertions and what only they need as spaces: positions stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r"//.*|/\*.*?\*/", blank, source)
    header = re.search(r"\bmodule\b.*?\n\);", text, re.S).end()
    head, text = text[:header], text[header:]
    text = re.sub(r"`ifndef SYNTHESIS.*?`endif", blank, text, flags=re.S)
    text = re.sub(r"\bfunction\b.*?\bendfunction\b", blank, text, flags=re.S)
    text = re.sub(r"\blocalparam\b[^;]*;", blank, text)
    text = re.sub(r"\s*`FS_\w+\((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*\)", blank, text)
    return head + text, header


class Finder:
    """All mutants of one module."""

    def __init__(self, file, source):
        self.file, self.source = file, source
        self.text, self.at = blanked(source)  # past the header
        self.sites = []  # (start, end, kind, [alternatives]) with alternatives (text, was, becomes)

    def closing(self, at):
        """Index of the bracket that closes the one at `at`."""
        depth = 0
        for index in range(at, len(self.text)):
            if self.text[index] in "([{":
                depth += 1
            elif self.text[index] in ")]}":
                depth -= 1
                if depth == 0:
                    return index
        raise ValueError(f"{self.file}: no closing bracket")

    def until(self, at, wanted):
        """Index of the first of `wanted` outside of brackets."""
        while self.text[at] not in wanted:
            at = self.closing(at) + 1 if self.text[at] in "([{" else at + 1
        return at

    def word(self, at):
        match = re.compile(r"\s*(\w+)").match(self.text, at)
        return match.group(1) if match else ""

    def tokens(self, start, end):
        """(start, end, token, previous token) of an expression, without what stands in brackets or sizes."""
        at, before = start, ""
        while at < end:
            match = TOKEN.match(self.text, at)
            if not match:
                at += 1
                continue
            if match.group(0) == "[":
                at = self.closing(at) + 1
                before = "]"
                continue
            yield match.start(), match.end(), match.group(0), before
            before, at = match.group(0), match.end()

    def expression(self, start, end, kind, stuck):
        """Adds the mutants of the expression at [start, end)."""
        text = self.text[start:end]
        alternatives = []
        for first, last, token, before in self.tokens(start, end):
            becomes = None
            binary = before not in ("", "(", "{", ",", "?", ":", "=") and before not in OPERATORS
            if token in ("!", "~"):
                becomes = ""
            elif token in ("&", "|", "^", "+", "-") and not binary:
                becomes = None  # a reduction or a sign
            elif token in OPERATORS:
                becomes = OPERATORS[token]
            elif token in CONSTANTS:
                becomes = CONSTANTS[token]
            elif token.isdigit() and self.text[last] != "'" and not before.endswith("'"):
                becomes = str(int(token) + 1)
            if becomes is not None:
                mutated = text[:first - start] + becomes + text[last - start:]
                alternatives.append((mutated, token, becomes))
        if re.search(r"\?", text):
            question = self.until_in(start, end, "?")
            if question is not None:
                condition = text[:question - start]
                alternatives.append((f"!({condition}){text[question - start:]}", "c ? a : b", "c ? b : a"))
        for value in stuck:
            if text.strip() != value:
                alternatives.append((value, " ".join(text.split()), value))
        if alternatives:
            self.sites.append((start, end, kind, alternatives))

    def until_in(self, start, end, wanted):
        at = start
        while at < end and self.text[at] not in wanted:
            at = self.closing(at) + 1 if self.text[at] in "([{" else at + 1
        return at if at < end else None

    def statement(self, at, clocked):
        """Finds the mutants of the statement at `at`; returns where it ends."""
        while self.text[at].isspace():
            at += 1
        word = self.word(at)
        if word == "begin":
            at = self.text.index("begin", at) + 5
            label = re.compile(r"\s*:\s*\w+").match(self.text, at)
            at = label.end() if label else at
            while self.word(at) != "end":
                at = self.statement(at, clocked)
            return self.text.index("end", at) + 3
        if word == "if":
            opening = self.text.index("(", at)
            close = self.closing(opening)
            condition = self.text[opening + 1:close]
            simple = re.fullmatch(r"\s*(!?\s*[\w.]+|[^&|?]*(==|!=)[^&|?]*)\s*", condition)  # negated by its own operator
            stuck = ["1'b0", "1'b1"]
            if not simple or re.fullmatch(r"\s*[\w.]+\s*", condition):
                stuck.append(f"!({condition})")
            self.expression(opening + 1, close, "condition", stuck)
            at = self.statement(close + 1, clocked)
            if self.word(at) == "else":
                at = self.statement(self.text.index("else", at) + 4, clocked)
            return at
        if word == "for":
            return self.statement(self.closing(self.text.index("(", at)) + 1, clocked)
        if word in ("case", "unique", "casez", "while"):
            raise ValueError(f"{self.file}: {word} is not known here")
        end = self.until(at, ";")
        if self.text[at:end].strip():
            assign = re.compile(r"<=|=").search(self.text, self.until(at, "<="))
            right = self.text[assign.end():end]
            whole = self.source[at:end + 1]
            # A default of a combinational block is nothing that could be dropped: it would make a latch.
            if clocked or not re.fullmatch(r"\s*('0|'1|1'b[01])\s*", right):
                said = " ".join(whole.split())
                self.sites.append((at, end + 1, "dropped", [(";", said, "")]))
            self.expression(assign.end(), end, "assignment", ["'0"] if clocked else [])
        return end + 1

    def find(self):
        pattern = re.compile(r"\balways_ff\s*@\([^)]*\)|\balways_comb\b|\bassign\b|\.(\w+_i|rst_ni)\(")
        while True:
            match = pattern.search(self.text, self.at)
            if not match:
                break
            if match.group(0).startswith("always"):
                self.at = self.statement(match.end(), match.group(0).startswith("always_ff"))
            elif match.group(0).startswith("assign"):
                end = self.until(match.end(), ";")
                equal = self.until(match.end(), "=")
                self.expression(equal + 1, end, "assign", ["'0", "'1"])
                self.at = end
            else:
                close = self.closing(match.end() - 1)
                if match.group(1) != "clk_i":
                    stuck = ["1'b1"] if match.group(1) == "rst_ni" else ["'0"]
                    self.expression(match.end(), close, f"connection {match.group(1)}", stuck)
                self.at = close
        return self

    def mutants(self):
        found = []
        for start, end, kind, alternatives in self.sites:
            for text, was, becomes in alternatives:
                line = self.source.count("\n", 0, start + len(self.text[start:end]) - len(self.text[start:end].lstrip())) + 1
                found.append(Mutant(self.file, line, kind, start, end, text, was, becomes))
        return found


def sources(rtl):
    """{module: source} of the modules of rtl/ or rtl/link that are mutated."""
    return {path.stem: path.read_text() for path in sorted(rtl.glob("fs_*.sv")) if path.stem not in ("fs_pkg", "fs_retry_port")}


def find_all(sources):
    """Mutants of {module: source}, numbered from 1."""
    found = []
    for name in sorted(sources):
        found += Finder(name, sources[name]).find().mutants()
    for number, mutant in enumerate(found, 1):
        mutant.number = number
    return found


def single(source, mutant):
    """The source with this mutant in place."""
    return source[:mutant.start] + mutant.text + source[mutant.end:]


def selectable(source, mutants):
    """The source with all of these mutants, one of which fs_mutant_pkg::number chooses; 0: none."""
    def transform(start, end):
        """The text of [start, end) with the sites inside in place; inner sites first."""
        text, at = "", start
        inside = sorted({(m.start, m.end) for m in mutants if start <= m.start and m.end <= end and (m.start, m.end) != (start, end)},
                        key=lambda span: (span[0], -span[1]))
        for first, last in inside:
            if first < at:
                continue  # inside of a site already done
            text += source[at:first] + site(first, last)
            at = last
        return text + source[at:end]

    def site(first, last):
        here = [m for m in mutants if (m.start, m.end) == (first, last)]
        original = transform(first, last)
        if here[0].kind == "dropped":
            return f"begin if (fs_mutant_pkg::number != {here[0].number}) {original} end"
        chosen = "".join(f"(fs_mutant_pkg::number == {m.number}) ? ({m.text}) : " for m in here)
        return f" {chosen}({original}) "

    return transform(0, len(source))
