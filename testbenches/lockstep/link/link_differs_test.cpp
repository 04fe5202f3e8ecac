// SPDX-License-Identifier: Apache-2.0
// The comparison itself: a pin that is spoiled, and a model that is another, are found and reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <utility>

#include "link_bench.hpp"

namespace fs::lockstep {
namespace {

using testing::HasSubstr;

LinkTrial trial() {
  LinkTrial t;
  t.seed = 3;
  t.cycles = 4000;
  t.reproduce = "the command";
  t.folder = "link_waves_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name());
  return t;
}

TEST(LinkDifference, IsReportedWithCyclePinValuesStateWavesAndCommand) {
  LinkTrial t = trial();
  t.spoil = [](std::int64_t cycle, std::vector<PinValue>& pins) {
    if (cycle == 1234) pins[7].value.flip(0);
  };
  const LinkOutcome outcome = run_link(t);
  ASSERT_FALSE(outcome.agree);
  EXPECT_EQ(outcome.cycles, 1235);
  EXPECT_EQ(outcome.pin, "expected_o");
  EXPECT_THAT(outcome.report, HasSubstr("cycle 1234, end a: model and RTL differ after cycle 1234"));
  EXPECT_THAT(outcome.report, testing::ContainsRegex("expected_o: model 'h[0-9a-f]+, RTL 'h[0-9a-f]+"));
  EXPECT_THAT(outcome.report, HasSubstr("transmitter: oldest "));
  EXPECT_THAT(outcome.report, HasSubstr("receiver: expects "));
  EXPECT_THAT(outcome.report, HasSubstr("again: the command"));
  EXPECT_GT(std::filesystem::file_size(outcome.waves), 0U);
  std::filesystem::remove_all(t.folder);
}

TEST(LinkDifference, IsFoundOnEveryPin) {
  for (std::size_t pin = 0; pin < 12; ++pin) {
    LinkTrial t = trial();
    std::string name;
    t.spoil = [&](std::int64_t cycle, std::vector<PinValue>& pins) {
      name = pins[pin].name;
      if (cycle == 700) pins[pin].value.flip(pins[pin].bits > 32 ? 40 : 0);
    };
    const LinkOutcome outcome = run_link(t);
    EXPECT_FALSE(outcome.agree);
    EXPECT_EQ(outcome.pin, name);
    EXPECT_EQ(outcome.cycles, 701);
    std::filesystem::remove_all(t.folder);
  }
}

/// A model that is built a little differently must not pass.
TEST(LinkDifference, IsFoundWhereTheModelIsAnother) {
  const std::vector<std::pair<const char*, std::function<void(LinkEndConfig&)>>> ways = {
      {"window", [](LinkEndConfig& c) { c.retry.window -= 1; }},
      {"timer", [](LinkEndConfig& c) { c.retry.replay_timer += Femtoseconds(1); }},
      {"limit", [](LinkEndConfig& c) { c.retry.replay_limit += 1; }},
      {"request", [](LinkEndConfig& c) { c.retry.request = ReplayRequest::never; }},
      {"again", [](LinkEndConfig& c) { c.retry.request_again = 3; }},
      {"every", [](LinkEndConfig& c) { c.retry.ack_every += 1; }},
      {"wait", [](LinkEndConfig& c) { c.retry.ack_wait += Femtoseconds(1); }},
      {"repair", [](LinkEndConfig& c) { c.repair += 1; }},
      {"polynomial",
       [](LinkEndConfig& c) {
         c.polynomial = {16, 0x8005};
       }},
  };
  for (const auto& [what, how] : ways) {
    LinkTrial busy = trial();
    busy.reconfigure = how;
    // Where little happens, it shows what a link does by itself.
    LinkTrial quiet = busy;
    quiet.traffic.offered = quiet.traffic.freed = 3;
    EXPECT_FALSE(run_link(busy).agree && run_link(quiet).agree) << what;
    std::filesystem::remove_all(busy.folder);
  }
}

}  // namespace
}  // namespace fs::lockstep
