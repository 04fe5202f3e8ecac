// SPDX-License-Identifier: Apache-2.0
// The program: command line in, exit status out.
#include <cstdio>
#include <cstdlib>
#include <systemc>

#include "app/command_line.hpp"
#include "app/large_pages.hpp"
#include "app/session.hpp"
#include "system/scenario.hpp"

int sc_main(int argc, char* argv[]) {
  const auto parsed = fs::parse_command_line(argc, argv);
  if (const auto* message = std::get_if<fs::ParsedMessage>(&parsed)) {
    std::fputs(message->text.c_str(), message->status == 0 ? stdout : stderr);
    return message->status;
  }
  return fs::run_session(std::get<fs::CommandLine>(parsed), fs::run_scenario, fs::check_scenario);
}

// In place of SystemC's own, which greets on stderr with every run.
int main(int argc, char* argv[]) {
  fs::use_large_pages();
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  return sc_core::sc_elab_and_sim(argc, argv);
}
