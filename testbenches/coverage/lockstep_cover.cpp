// SPDX-License-Identifier: Apache-2.0
// Runs lockstep and writes what the RTL went through: lockstep_<shape>_coverage <seeds> <cycles> <file>
#include <verilated.h>
#include <verilated_cov.h>

#include <cstdio>
#include <cstdlib>

#include "cosim/runtime/messages.hpp"
#include "lockstep.hpp"

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "%s <seeds> <cycles> <file>\n", arguments[0]);
    return 2;
  }
  for (int seed = 0; seed < std::atoi(arguments[1]); ++seed) {
    fs::lockstep::Trial trial;
    trial.seed = static_cast<std::uint64_t>(seed);
    trial.cycles = std::atol(arguments[2]);
    trial.sleep = seed % 2 == 1;
    const fs::lockstep::Outcome outcome = fs::lockstep::run_lockstep(fs::lockstep::shape(), trial);
    if (!outcome.agree) {
      std::fprintf(stderr, "%s\n", outcome.report.c_str());
      return 1;
    }
  }
  fs::cosim::verilated_context().coveragep()->write(arguments[3]);
  return 0;
}
