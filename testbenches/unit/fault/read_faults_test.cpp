// SPDX-License-Identifier: Apache-2.0
#include "fault/read_faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "planes.hpp"

namespace fs {
namespace {

using test::faults_of;
using testing::AllOf;
using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    faults_of(text, test::planes());
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ReadFaults, EveryKindIsReadWithWhatItNeeds) {
  const auto faults = faults_of(R"(
  - {kind: bit_errors, where: gpu0.1-sw1.0, at: 1us, for: 2us, from: 1e-9, to: 1e-4, ramp: 1us, direction: forward}
  - {kind: lane_loss, where: gpu0.1-sw1.0, at: 1us, lane: 3}
  - {kind: link_down, where: sw2.3, at: 1us, for: 1us}
  - {kind: link_flap, where: any, at: 1us, until: 5us, period: 1us, down: 100ns, flaps: 4}
  - {kind: switch_down, where: sw1, at: 1us}
  - {kind: tray_down, where: [sw1, sw2], at: 1us}
  - {kind: gpu_gone, where: gpu3, at: 1us, reaction: end_domain}
  - {kind: credit_lost, where: gpu0.1->sw1.0, at: 1us, vc: 1, credits: 3}
  - {kind: credit_invented, where: gpu0.1->sw1.0, at: 1us}
  - {kind: stuck_vc, where: sw1.2, vc: 1, at: 1us}
  - {kind: frozen_arbiter, where: sw1, at: 1us, detect: 3us}
  - {kind: corrupt_route, where: sw1, destination: gpu2, class: response, at: 1us}
  - {kind: speed_loss, where: gpu0.1-sw1.0, at: 1us}
)",
                                test::planes(), {{2}, 1e-3, 0});
  ASSERT_EQ(faults.size(), static_cast<std::size_t>(fault_kind_count));
  for (int kind = 0; kind < fault_kind_count; ++kind) {
    EXPECT_EQ(static_cast<int>(faults[static_cast<std::size_t>(kind)].kind), kind);
  }
  EXPECT_EQ(faults[0].direction, 0);
  EXPECT_EQ(faults[3].choices.size(), 12U);
  EXPECT_TRUE(faults[5].together);
  EXPECT_EQ(*faults[6].reaction, Reaction::end_domain);
  EXPECT_EQ(faults[7].credits, 3);
  EXPECT_EQ(*faults[10].detect, microseconds(3));
  EXPECT_EQ(faults[11].traffic_class, 1);
}

TEST(ReadFaults, WhatIsWrongIsSaidAtItsPlace) {
  EXPECT_THAT(refusal("  - {kind: link_down, where: gpu9.0-sw0.9, at: 1us}"),
              AllOf(HasSubstr("t.yaml:2:30"), HasSubstr("'gpu9.0-sw0.9' is not a link such as gpu0.0-sw0.0")));
  EXPECT_THAT(refusal("  - {kind: link_dwon, where: any, at: 1us}"), HasSubstr("frozen_arbiter"));
  EXPECT_THAT(refusal("  - {kind: switch_down, where: gpu0, at: 1us}"), HasSubstr("not a switch such as sw0"));
  EXPECT_THAT(refusal("  - {kind: link_down, where: any, at: 1us}"), HasSubstr("only where `until` is given"));
  EXPECT_THAT(refusal("  - {kind: link_down, where: any, at: 2us, until: 1us}"), HasSubstr("after `at`"));
  EXPECT_THAT(refusal("  - {kind: link_down, where: any, at: 2us, until: 3us, count: 2, interval: 1us}"),
              HasSubstr("cannot stand beside"));
  EXPECT_THAT(refusal("  - {kind: lane_loss, where: sw0.1, at: 1us, lane: 4}"), HasSubstr("3"));
  EXPECT_THAT(refusal("  - {kind: stuck_vc, where: sw0.1, at: 1us, vc: 2}"), HasSubstr("1"));
  EXPECT_THAT(refusal("  - {kind: corrupt_route, where: sw0, at: 1us, destination: gpu0, class: data}"),
              HasSubstr("the protocol has request, response"));
  EXPECT_THAT(refusal("  - {kind: switch_down, where: sw0, at: 1us, reaction: repair}"),
              HasSubstr("does nothing about switch_down"));
  EXPECT_THAT(refusal("  - {kind: link_flap, where: sw0.1, at: 1us, period: 1us, down: 2us, flaps: 3}"),
              HasSubstr("below `period`"));
  EXPECT_THAT(refusal("  - {kind: gpu_gone, where: gpu1, at: 1us, vc: 1}"), HasSubstr("vc"));
  EXPECT_THAT(refusal("  - {kind: speed_loss, where: sw0.1, at: 1us}"), HasSubstr("know one speed"));
  EXPECT_THAT(refusal("  - {kind: bit_errors, where: sw0.1, at: 1us, to: 1e-4, reaction: slow}"),
              HasSubstr("slower_by"));
  EXPECT_THAT(refusal("  - {kind: link_down, where: sw0.1, at: 1us, reaction: slow}"),
              HasSubstr("does nothing about link_down"));
}

}  // namespace
}  // namespace fs
