// SPDX-License-Identifier: Apache-2.0
// Both ends of a link as model and RTL, over many seeds of errors, losses, repetitions, cuts, restarts and resets.
#include <gtest/gtest.h>

#include <filesystem>

#include "link_bench.hpp"
#include "link_shape.hpp"

namespace fs::lockstep {
namespace {

std::string command(const std::string& test, std::uint64_t seed) {
  return std::filesystem::canonical("/proc/self/exe").string() + " --gtest_filter=*" + test + "/" +
         std::to_string(seed);
}

class LinkLockstep : public testing::TestWithParam<std::uint64_t> {
 protected:
  static LinkTrial trial(const std::string& test) {
    LinkTrial t;
    t.seed = GetParam();
    t.cycles = link_shape().cycles;
    t.reproduce = command(test, t.seed);
    return t;
  }
};

TEST_P(LinkLockstep, AgreesOnEveryPinAndDeliversOnceInOrder) {
  const LinkOutcome outcome = run_link(trial("AgreesOnEveryPinAndDeliversOnceInOrder"));
  ASSERT_TRUE(outcome.agree && outcome.whole) << outcome.report;
  EXPECT_EQ(outcome.cycles, link_shape().cycles);
  // All that is to be seen has been seen.
  EXPECT_GT(outcome.delivered, static_cast<std::uint64_t>(link_shape().cycles / 200));
  EXPECT_GT(outcome.wraps, 10U);
  EXPECT_GT(outcome.bad, 20U);
  EXPECT_GT(outcome.dropped, 20U);
  EXPECT_GT(outcome.repeated, 20U);
  EXPECT_GT(outcome.timeouts_or_requests, 20U);
  EXPECT_GT(outcome.credits, 100U);
}

TEST_P(LinkLockstep, RunsAtFullRateWithoutErrors) {
  LinkTrial t = trial("RunsAtFullRateWithoutErrors");
  t.traffic = LinkTraffic{1000, 1000, 0, 0, 0, 0, 0, 0, 250, 2};
  const LinkOutcome outcome = run_link(t);
  ASSERT_TRUE(outcome.agree && outcome.whole) << outcome.report;
  EXPECT_EQ(outcome.replays, 0U);
  // From frame to acknowledgement: the wire and a cycle at each end, both ways, and at most the wait for it.
  const LinkEndConfig& shape = link_shape().config;
  const double loop = 2 * (t.traffic.latency + 2) + 1;
  const double rate = std::min(1.0, static_cast<double>(shape.retry.window) / loop);
  EXPECT_GE(static_cast<double>(outcome.delivered), 0.98 * 2 * rate * static_cast<double>(link_shape().cycles));
}

TEST_P(LinkLockstep, DeliversEverythingOnceErrorsStop) {
  LinkTrial t = trial("DeliversEverythingOnceErrorsStop");
  t.quiet_after = link_shape().cycles / 2;
  const LinkOutcome outcome = run_link(t);
  ASSERT_TRUE(outcome.agree && outcome.whole) << outcome.report;
  EXPECT_EQ(outcome.left, 0U);
  EXPECT_GT(outcome.delivered, 0U);
}

/// So bad a wire that the limit of replays is reached, and the link starts anew.
TEST_P(LinkLockstep, StartsAnewWhenItReplaysTooOften) {
  LinkTrial t = trial("StartsAnewWhenItReplaysTooOften");
  t.traffic = link_traffic::wild();
  const LinkOutcome outcome = run_link(t);
  ASSERT_TRUE(outcome.agree && outcome.whole) << outcome.report;
  EXPECT_TRUE(link_shape().config.retry.replay_limit == 0 || outcome.exhausted > 0);
  EXPECT_GT(outcome.delivered, 0U);
}

/// A wire with little room, on which much is left to say when the link starts anew.
TEST_P(LinkLockstep, SaysNothingOfWhatWasBeforeItStartedAnew) {
  LinkTrial t = trial("SaysNothingOfWhatWasBeforeItStartedAnew");
  t.traffic = link_traffic::cramped();
  const LinkOutcome outcome = run_link(t);
  ASSERT_TRUE(outcome.agree && outcome.whole) << outcome.report;
  EXPECT_GT(outcome.restarts, 100U);
  EXPECT_GT(outcome.delivered, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LinkLockstep, testing::Range<std::uint64_t>(0, link_shape().seeds),
                         [](const auto& seed) { return std::to_string(seed.param); });

}  // namespace
}  // namespace fs::lockstep
