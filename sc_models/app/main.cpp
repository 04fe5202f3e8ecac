// SPDX-License-Identifier: Apache-2.0
// Where the program starts, and where SystemC hands over to it.
#include <sysc/kernel/sc_externs.h>

#include <cstdlib>

#include "app/large_pages.hpp"
#include "app/program.hpp"

int sc_main(int argc, char* argv[]) { return fs::run_program(argc, argv); }

// In place of SystemC's own, which greets on stderr with every run.
int main(int argc, char* argv[]) {
  fs::use_large_pages();
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
