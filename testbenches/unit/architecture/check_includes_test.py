# SPDX-License-Identifier: Apache-2.0
"""The include checker finds what it is there to find, and nothing else."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECKER = pathlib.Path(sys.argv.pop())
TABLE = "base plain\nmiddle plain base\nother plain base\ntop kernel middle\ncosim kernel base\nsystem kernel cosim\n"


def run(files):
    """Exit status and output of the checker over a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "rooms.txt").write_text(TABLE)
        for name, text in files.items():
            path = root / "src" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        command = [sys.executable, "-B", "-S", str(CHECKER), "--rooms", str(root / "rooms.txt"), "--root", str(root / "src")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


class CheckIncludes(unittest.TestCase):
    def refused(self, name, include, reason):
        status, output = run({name: f"#pragma once\n  # include {include}\n"})
        self.assertEqual(status, 1, output)
        self.assertIn(f"{name}:2: ", output)
        self.assertIn(reason, output)

    def test_accepts_own_used_and_standard_headers(self):
        files = {
            "base/a.hpp": "#include <vector>\n",
            "middle/b.cpp": '#include "base/a.hpp"\n#include "middle/detail/c.hpp"\n',
            "top/d.cpp": '#include "base/a.hpp"\n#include <systemc>\n#include <tlm_utils/simple_target_socket.h>\n',
        }
        status, output = run(files)
        self.assertEqual(status, 0, output)
        self.assertIn("6 rooms", output)

    def test_refuses_a_room_below(self):
        self.refused("base/a.hpp", '"middle/b.hpp"', "the room base does not use middle")

    def test_refuses_an_undeclared_room_above(self):
        self.refused("middle/a.hpp", '"other/b.hpp"', "the room middle does not use other; it may include base, middle")

    def test_refuses_includes_not_rooted_at_the_source_folder(self):
        self.refused("middle/a.cpp", '"b.hpp"', "begins with a room")
        self.refused("middle/a.cpp", '"../base/b.hpp"', "begins with a room")
        self.refused("middle/a.cpp", '"elsewhere/b.hpp"', "begins with a room")

    def test_refuses_the_kernel_in_plain_rooms(self):
        for header in ("<systemc>", "<systemc.h>", "<tlm>", "<tlm_utils/simple_target_socket.h>", "<sysc/kernel/sc_time.h>"):
            self.refused("middle/deep/a.hpp", header, "plain C++")

    def test_only_cosim_sees_verilator(self):
        self.refused("top/a.cpp", "<verilated.h>", "only the room cosim")
        self.refused("top/a.cpp", '"Vswitch_core.h"', "only the room cosim")
        self.assertEqual(run({"cosim/a.cpp": '#include <verilated.h>\n#include "Vswitch_core.h"\n'})[0], 0)

    def test_system_sees_the_writer_of_waveforms_and_rooms_may_use_any_names(self):
        self.refused("system/a.cpp", "<verilated.h>", "only the room cosim")
        self.refused("top/a.cpp", "<verilated_fst_c.h>", "only the room cosim")
        text = '#include <verilated_fst_c.h>\n#include "cosim/verilated_core.hpp"\n'
        self.assertEqual(run({"system/a.cpp": text})[0], 0)

    def test_refuses_a_type_of_another_header_s_name(self):
        one = "namespace fs {\nstruct Chip {};\n}\n"
        status, output = run({"base/a.hpp": one, "middle/b.hpp": "namespace fs {\nclass Chip final : Base {\n};\n}\n"})
        self.assertEqual(status, 1, output)
        self.assertIn("middle/b.hpp:2: fs::Chip is defined in ", output)
        other = {"middle/b.hpp": "namespace fs::tlm {\nstruct Chip {};\n}\n", "top/c.hpp": "namespace fs {\nstruct Chip;\n}\n"}
        self.assertEqual(run({"base/a.hpp": one, **other})[0], 0)

    def test_refuses_folders_that_are_no_rooms(self):
        status, output = run({"attic/a.cpp": ""})
        self.assertEqual(status, 1)
        self.assertIn("no room of the table", output)


if __name__ == "__main__":
    unittest.main()
