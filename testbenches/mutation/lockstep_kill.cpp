// SPDX-License-Identifier: Apache-2.0
// Runs lockstep over many mutants of the RTL, each in a process of its own:
//   lockstep_<shape>_mutants <seeds> <cycles> <number>...
// prints "<number> killed by <pin> in seed <seed>", "... crashed" (does not settle, hangs, breaks the process) or
// "... survived". Registers hold noise before the first reset. Where a shape has tests of hostile neighbours, they are
// part of its bench.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <verilated.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "cosim/runtime/messages.hpp"
#include "lockstep.hpp"

namespace {

constexpr unsigned most_seconds = 120;

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

/// What the child writes, or how it ended.
std::string in_child(int mutant, int seeds, long cycles, const Rest& rest) {
  int ends[2];
  if (pipe(ends) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    alarm(most_seconds);
    if (!std::freopen("/dev/null", "w", stderr) || !std::freopen("/dev/null", "w", stdout)) std::_Exit(1);
    const std::string said = verdict(mutant, seeds, cycles, rest);
    const bool written = write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    std::_Exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[256];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return std::string("crashed: ") + strsignal(WTERMSIG(status));
  return said.empty() ? "crashed: exit " + std::to_string(WEXITSTATUS(status)) : said;
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
    std::printf("%d %s\n", mutant, in_child(mutant, seeds, cycles, rest).c_str());
    std::fflush(stdout);
  }
  return 0;
}
