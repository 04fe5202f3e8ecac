// SPDX-License-Identifier: Apache-2.0
// Runs lockstep of link ends over many mutants of rtl/link, each in a process of its own:
//   lockstep_link_<shape>_mutants <seeds> <cycles> <number>...
// prints "<number> killed by <pin> in seed <seed>", "... crashed" or "... survived", as lockstep_kill.cpp does.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "in_child.hpp"
#include "link_bench.hpp"

namespace {

std::string verdict(int mutant, int seeds, long cycles) {
  for (int seed = 0; seed < seeds; ++seed) {
    fs::lockstep::LinkTrial trial;
    trial.seed = static_cast<std::uint64_t>(seed);
    trial.cycles = cycles;
    trial.mutant = mutant;
    using namespace fs::lockstep::link_traffic;
    trial.traffic = std::array{ordinary(), wild(), idle(), cramped()}[static_cast<std::size_t>(seed % 4)];
    const fs::lockstep::LinkOutcome outcome = fs::lockstep::run_link(trial);
    if (outcome.agree && outcome.whole) continue;
    const std::string by = outcome.pin.empty() ? "the order of what came out, or an assertion" : outcome.pin;
    return "killed by " + by + " in seed " + std::to_string(seed);
  }
  return "survived";
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "%s <seeds> <cycles> <mutant>...\n", arguments[0]);
    return 2;
  }
  const int seeds = std::atoi(arguments[1]);
  const long cycles = std::atol(arguments[2]);
  if (verdict(0, seeds, cycles) != "survived") {
    std::fprintf(stderr, "%s: the design as it is differs from its model\n", arguments[0]);
    return 1;
  }
  for (int k = 3; k < count; ++k) {
    const int mutant = std::atoi(arguments[k]);
    const std::string said = fs::mutation::in_child([&] { return verdict(mutant, seeds, cycles); });
    std::printf("%d %s\n", mutant, said.c_str());
    std::fflush(stdout);
  }
  return 0;
}
