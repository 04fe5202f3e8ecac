# SPDX-License-Identifier: Apache-2.0
"""Rewrites an and-inverter graph: registers without an initial value begin with any, the same one on both sides.

yosys writes text with names (write_aiger -ascii -symbols), abc reads binary.
"""


def read_ascii(text):
    """(inputs, latches [(literal, next, initial)], outputs, ands, {latch number: name}); `initial` None: none is given."""
    lines = text.splitlines()
    _, inputs, latches, outputs, ands = (int(word) for word in lines[0].split()[1:6])
    at = 1
    read = []
    for count in (inputs, latches, outputs, ands):
        read.append([[int(word) for word in line.split()] for line in lines[at:at + count]])
        at += count
    found = []
    for words in read[1]:
        initial = words[2] if len(words) > 2 else 0
        found.append((words[0], words[1], None if initial == words[0] else initial))
    names = {int(line.split(" ", 1)[0][1:]): line.split(" ", 1)[1] for line in lines[at:] if line.startswith("l")}
    return [words[0] for words in read[0]], found, [words[0] for words in read[2]], read[3], names


def delta(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def write_binary(inputs, nexts, outputs, ands):
    """All registers begin with 0; literals are numbered inputs, registers, ands; ands ascend."""
    head = f"aig {inputs + len(nexts) + len(ands)} {inputs} {len(nexts)} {len(outputs)} {len(ands)}\n"
    out = bytearray(head.encode() + "".join(f"{literal}\n" for literal in nexts + outputs).encode())
    for left, one, two in ands:
        one, two = max(one, two), min(one, two)
        assert left > one
        out += delta(left - one) + delta(one - two)
    return bytes(out)


def same_start(text, plain):
    """The binary graph; `plain` makes a register's name the same for both sides."""
    inputs, latches, outputs, ands, names = read_ascii(text)
    free = {}  # name -> number of the input that stands for its initial value
    for number, (_, _, initial) in enumerate(latches):
        if initial is None:
            free.setdefault(plain(names.get(number, f"#{number}")), len(inputs) + len(free))
    input_count = len(inputs) + len(free)
    started = 2 * (input_count + 1)  # a register: 0 at first, then 1
    moved = {0: 0}  # variables
    for number, literal in enumerate(inputs):
        moved[literal // 2] = 2 * (number + 1)
    place = started + 2
    new_ands, at = [], started + 2 * (len(latches) + 1)
    for number, (literal, _, initial) in enumerate(latches):
        register = place + 2 * number
        if initial is None:
            begin = 2 * (free[plain(names.get(number, f"#{number}"))] + 1)
            new_ands += [(at, started, register), (at + 2, started ^ 1, begin), (at + 4, at ^ 1, (at + 2) ^ 1)]
            moved[literal // 2] = (at + 4) ^ 1
            at += 6
        else:
            moved[literal // 2] = register ^ initial  # kept inverted when it begins with 1

    def move(literal):
        return moved[literal // 2] ^ (literal & 1)
    for left, one, two in ands:
        moved[left // 2] = at
        new_ands.append((at, move(one), move(two)))
        at += 2
    nexts = [1] + [move(after) ^ (initial or 0) for _, after, initial in latches]
    return write_binary(input_count, nexts, [move(literal) for literal in outputs], new_ands)
