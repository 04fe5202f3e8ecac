#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_sources.py RTL_FOLDER OUT_FOLDER: the modules of rtl/ with all mutants in them, and mutants.json, a list.

RTL_FOLDER is rtl/ or rtl/link; fs_retry_port, which stands in no link end, stays as it is. fs_mutant_pkg::number (plusarg +mutant=N) chooses one; 0 is the design as it is.
"""
import dataclasses
import json
import pathlib
import sys

import mutants

PACKAGE = """// Made by testbenches/mutation/make_sources.py.
package fs_mutant_pkg;
  int unsigned number;
endpackage
"""
CHOOSE = """  initial begin
    if ($value$plusargs("mutant=%d", fs_mutant_pkg::number) == 0) fs_mutant_pkg::number = 0;
  end
endmodule"""


def main():
    rtl, out = (pathlib.Path(argument) for argument in sys.argv[1:3])
    sources = mutants.sources(rtl)
    found = mutants.find_all(sources)
    out.mkdir(parents=True, exist_ok=True)
    (out / "fs_mutant_pkg.sv").write_text(PACKAGE)
    for name, source in sources.items():
        text = mutants.selectable(source, [mutant for mutant in found if mutant.file == name])
        if name in ("fs_switch_core", "fs_link_end"):  # the top
            text = CHOOSE.join(text.rsplit("endmodule", 1))
        (out / f"{name}.sv").write_text(text)
    (out / "mutants.json").write_text(json.dumps([dataclasses.asdict(mutant) for mutant in found], indent=1))
    print(f"{len(found)} mutants")


if __name__ == "__main__":
    main()
