// SPDX-License-Identifier: Apache-2.0
// The bench itself: a difference is found at its cycle, and reported so that one can go on from there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "lockstep.hpp"
#include "wave_state.hpp"

namespace fs::lockstep {
namespace {

using testing::HasSubstr;

/// Tests run side by side, and name their waveforms alike.
std::string own_folder() {
  const std::string folder =
      testing::TempDir() + "differs_" + testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(folder);
  return folder;
}

Trial spoiled(std::int64_t at, std::function<void(OutputPins&)> how) {
  Trial run;
  run.seed = 5;
  run.cycles = 3000;
  run.reproduce = "the command";
  run.folder = own_folder();
  run.spoil = [at, how](std::int64_t cycle, OutputPins& pins) {
    if (cycle == at) how(pins);
  };
  return run;
}

TEST(Difference, IsReportedWithCyclePinValuesStatesWavesAndCommand) {
  const Outcome outcome = run_lockstep(shape(), spoiled(1234, [](OutputPins& pins) { pins.tx_vc[3] ^= 1; }));
  ASSERT_FALSE(outcome.agree);
  EXPECT_EQ(outcome.cycles, 1235);
  EXPECT_EQ(outcome.pin, "tx_vc_o[3]");
  EXPECT_THAT(outcome.report, HasSubstr("differ after cycle 1234, 1 pins"));
  EXPECT_THAT(outcome.report, HasSubstr("tx_vc_o[3]: model "));
  EXPECT_THAT(outcome.report, HasSubstr("model after that edge:\n  flits inside "));
  EXPECT_THAT(outcome.report, HasSubstr("gen_input[3].u_input.u_gate.used_q"));
  EXPECT_THAT(outcome.report, HasSubstr("again: the command"));
  // The waveform can be read, and ends at that edge.
  EXPECT_EQ(last_value(outcome.waves, "core.fs_switch_core.u_islip.from_q").size(), 25U);
  EXPECT_EQ(last_value(outcome.waves, "core.fs_switch_core.no_such_signal"), "");
  std::remove(outcome.waves.c_str());
}

TEST(Difference, IsFoundOnEveryKindOfPin) {
  const std::vector<std::pair<std::string, std::function<void(OutputPins&)>>> ways = {
      {"tx_valid_o[0]", [](OutputPins& pins) { pins.tx_valid[0] ^= 1; }},
      {"tx_flit_o[4]", [](OutputPins& pins) { pins.tx_flit[4].high ^= 1ULL << 63; }},
      {"tx_flit_o[0]", [](OutputPins& pins) { pins.tx_flit[0].low ^= 1; }},
      {"rx_credit_o[4][1]", [](OutputPins& pins) { pins.rx_credit[9] ^= 1; }},
  };
  for (const auto& [pin, how] : ways) {
    const Outcome outcome = run_lockstep(shape(), spoiled(700, how));
    EXPECT_FALSE(outcome.agree);
    EXPECT_EQ(outcome.pin, pin);
    EXPECT_EQ(outcome.cycles, 701);
    std::remove(outcome.waves.c_str());
  }
}

/// A model that is built a little differently must not pass.
TEST(Difference, IsFoundWhereTheModelIsAnother) {
  const std::vector<std::function<void(SwitchConfig&)>> ways = {
      [](SwitchConfig& c) { c.iterations = 1; },
      [](SwitchConfig& c) { c.peer_reserve[0] -= 1; },
      [](SwitchConfig& c) { c.output_pipeline += 1; },
      [](SwitchConfig& c) { c.input_pipeline -= 1; },
      [](SwitchConfig& c) { c.peer_shared_pool = false; },
      [](SwitchConfig& c) { c.allocator = AllocatorKind::round_robin; },
      [](SwitchConfig& c) { c.switching = Switching::store_and_forward; },
  };
  for (std::size_t k = 0; k < ways.size(); ++k) {
    Trial run = spoiled(-1, {});
    run.reconfigure = ways[k];
    const Outcome outcome = run_lockstep(shape(), run);
    EXPECT_FALSE(outcome.agree) << "way " << k;
    if (!outcome.agree) std::remove(outcome.waves.c_str());
  }
}

}  // namespace
}  // namespace fs::lockstep
