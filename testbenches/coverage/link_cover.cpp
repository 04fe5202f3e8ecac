// SPDX-License-Identifier: Apache-2.0
// Runs both ends of a link in lockstep and writes what the RTL went through, a file a run:
//   lockstep_link_<shape>_coverage <seeds> <cycles> <file>      writes <file>.0, <file>.1 ...
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "link_bench.hpp"

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "%s <seeds> <cycles> <file>\n", arguments[0]);
    return 2;
  }
  for (int seed = 0; seed < std::atoi(arguments[1]); ++seed) {
    fs::lockstep::LinkTrial trial;
    trial.seed = static_cast<std::uint64_t>(seed);
    trial.cycles = std::atol(arguments[2]);
    trial.coverage = arguments[3] + ("." + std::to_string(seed));
    using namespace fs::lockstep::link_traffic;
    trial.traffic = std::array{ordinary(), wild(), cramped(), wild()}[static_cast<std::size_t>(seed % 4)];
    const fs::lockstep::LinkOutcome outcome = fs::lockstep::run_link(trial);
    if (!outcome.agree || !outcome.whole) {
      std::fprintf(stderr, "%s\n", outcome.report.c_str());
      return 1;
    }
  }
  return 0;
}
