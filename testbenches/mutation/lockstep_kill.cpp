// SPDX-License-Identifier: Apache-2.0
// Runs lockstep over many mutants of the RTL, each in a process of its own:
//   lockstep_<shape>_mutants <seeds> <cycles> <number>...
// prints "<number> killed by <pin> in seed <seed>", "... crashed" (does not settle, hangs, breaks the process) or
// "... survived". Registers hold noise before the first reset. Where a shape has tests of hostile neighbours, they are
// part of its bench.
#include <gtest/gtest.h>
#include <verilated.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cosim/runtime/messages.hpp"
#include "in_child.hpp"
#include "lockstep.hpp"

namespace {

fs::lockstep::Outcome run(int seed, long cycles, bool sleep) {
  fs::lockstep::Trial trial;
  trial.seed = static_cast<std::uint64_t>(seed);
  trial.cycles = cycles;
  trial.wave_cycles = 0;
  trial.random_initial = true;
  trial.sleep = sleep;
  return fs::lockstep::run_lockstep(fs::lockstep::shape(), trial);
}

void choose(int mutant) {
  const std::string choice = "+mutant=" + std::to_string(mutant);
  const std::vector<const char*> arguments{"mutation", choice.c_str()};
  fs::cosim::verilated_context().commandArgs(static_cast<int>(arguments.size()),
                                             const_cast<const char**>(arguments.data()));
}

/// A core that never says it is idle agrees with the model; how often the design as it is may rest tells.
struct Rest {
  int seed = 0;
  std::uint64_t slept = 0;
};

/// The seed of the first few in which the design as it is rests most.
Rest longest_rest(long cycles) {
  choose(0);
  Rest best;
  for (int seed = 0; seed < 12; ++seed) {
    const std::uint64_t slept = run(seed, cycles, true).slept;
    if (slept > best.slept) best = {seed, slept};
  }
  return best;
}

std::string verdict(int mutant, int seeds, long cycles, const Rest& rest) {
  choose(mutant);
  for (int seed = 0; seed < seeds; ++seed) {
    const fs::lockstep::Outcome outcome = run(seed, cycles, false);
    if (!outcome.agree) return "killed by " + outcome.pin + " in seed " + std::to_string(seed);
  }
  const fs::lockstep::Outcome resting = run(rest.seed, cycles, true);
  if (!resting.agree) return "killed by " + resting.pin + " with a resting clock";
  if (resting.slept != rest.slept) return "killed by idle_o";
  return RUN_ALL_TESTS() == 0 ? "survived" : "killed by hostile neighbours";
}

}  // namespace

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  if (count < 4) {
    std::fprintf(stderr, "%s <seeds> <cycles> <mutant>...\n", arguments[0]);
    return 2;
  }
  const int seeds = std::atoi(arguments[1]);
  const long cycles = std::atol(arguments[2]);
  const Rest rest = longest_rest(cycles);
  if (rest.slept == 0) {
    std::fprintf(stderr, "%s: the design never rests: idle_o is not tested\n", arguments[0]);
    return 1;
  }
  for (int k = 3; k < count; ++k) {
    const int mutant = std::atoi(arguments[k]);
    const std::string said = fs::mutation::in_child([&] { return verdict(mutant, seeds, cycles, rest); });
    std::printf("%d %s\n", mutant, said.c_str());
    std::fflush(stdout);
  }
  return 0;
}
