// SPDX-License-Identifier: Apache-2.0
// Model and RTL, random neighbours, many seeds. Compiled once for all shapes.
#include <gtest/gtest.h>

#include <filesystem>

#include "lockstep.hpp"

namespace fs::lockstep {
namespace {

/// The seed's test of this executable, as a command.
std::string command(const std::string& test, std::uint64_t seed) {
  return std::filesystem::canonical("/proc/self/exe").string() + " --gtest_filter=*" + test + "/" +
         std::to_string(seed);
}

class Lockstep : public testing::TestWithParam<std::uint64_t> {
 protected:
  static Outcome held_together(const std::string& test, bool sleep) {
    Trial run;
    run.seed = GetParam();
    run.cycles = shape().cycles;
    run.sleep = sleep;
    run.random_initial = shape().random_initial;
    run.reproduce = command(test, run.seed);
    return run_lockstep(shape(), run);
  }
};

TEST_P(Lockstep, AgreesOnEveryPinInEveryCycle) {
  const Outcome outcome = held_together("AgreesOnEveryPinInEveryCycle", false);
  ASSERT_TRUE(outcome.agree) << outcome.report;
  EXPECT_EQ(outcome.cycles, shape().cycles);
  EXPECT_GT(outcome.flits, static_cast<std::uint64_t>(shape().cycles / 20)) << "hardly anything moved";
}

TEST_P(Lockstep, MayRestWhileIdle) {
  const Outcome outcome = held_together("MayRestWhileIdle", true);
  ASSERT_TRUE(outcome.agree) << outcome.report;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Lockstep, testing::Range<std::uint64_t>(0, shape().seeds),
                         [](const auto& seed) { return std::to_string(seed.param); });

}  // namespace
}  // namespace fs::lockstep
