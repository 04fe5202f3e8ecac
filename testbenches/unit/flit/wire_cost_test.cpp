// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/wire_cost.hpp"

#include <gtest/gtest.h>

using namespace fs;

namespace {

/// The published format: units of 16 B, header 16 B, up to 256 B of data.
Profile sixteen_byte_units() {
  Profile profile;
  profile.flit = Bytes(16);
  profile.wire_unit = Bytes(16);
  return profile;
}

double write_one_way(const Profile& profile, int payload) {
  return one_way_efficiency(profile, Bytes(payload), write_cost(profile, Bytes(payload)));
}

double write_two_way(const Profile& profile, int payload) {
  return two_way_efficiency(profile, Bytes(payload), write_cost(profile, Bytes(payload)));
}

}  // namespace

// NVIDIA Pascal P100 white paper: 94.12 % and 80 % in one direction, 88.9 % and 66.7 % in both.
TEST(WireCost, GivesThePublishedEfficiencies) {
  const auto profile = sixteen_byte_units();
  EXPECT_NEAR(write_one_way(profile, 256), 0.9412, 5e-5);
  EXPECT_NEAR(write_one_way(profile, 128), 0.8889, 5e-5);
  EXPECT_NEAR(write_one_way(profile, 64), 0.80, 1e-12);
  EXPECT_NEAR(write_two_way(profile, 256), 0.889, 5e-4);
  EXPECT_NEAR(write_two_way(profile, 64), 0.667, 5e-4);
  EXPECT_EQ(read_cost(profile, Bytes(256)).forward, Bytes(272));
  EXPECT_EQ(read_cost(profile, Bytes(256)).reverse, Bytes(16));
}

TEST(WireCost, RoundsTheLastFlitToTheWireUnit) {
  auto profile = sixteen_byte_units();
  profile.flit = Bytes(64);
  EXPECT_EQ(wire_bytes(profile, Bytes(65)), Bytes(80));
  EXPECT_EQ(wire_bytes(profile, Bytes(80)), Bytes(80));
  profile.wire_unit = Bytes(64);
  EXPECT_EQ(wire_bytes(profile, Bytes(65)), Bytes(128));
}

TEST(WireCost, SplitsWhatIsTooLongForOnePacket) {
  const auto cost = write_cost(sixteen_byte_units(), Bytes(600));
  EXPECT_EQ(cost.forward, Bytes(272 + 272 + 16 + 96));
  EXPECT_EQ(cost.reverse, Bytes(3 * 16));
}

TEST(WireCost, SendsNothingBackForPostedWrites) {
  auto profile = sixteen_byte_units();
  profile.packets.posted_writes = true;
  EXPECT_EQ(write_cost(profile, Bytes(256)).reverse, Bytes(0));
}

TEST(WireCost, CountsTheOverheadOfFrames) {
  auto profile = sixteen_byte_units();
  profile.flit = Bytes(64);
  profile.frame = {FrameKind::flit, Bytes(0), Bytes(4)};
  EXPECT_EQ(wire_bytes(profile, Bytes(272)), Bytes(272 + 5 * 4));
  profile.frame.kind = FrameKind::packet;
  EXPECT_EQ(wire_bytes(profile, Bytes(272)), Bytes(272 + 4));
  profile.frame = {FrameKind::fixed, Bytes(628), Bytes(12)};
  EXPECT_EQ(wire_bytes(profile, Bytes(272)), Bytes(272));
  EXPECT_NEAR(frame_share(profile), 0.98125, 1e-12);
}

TEST(WireCost, KnowsTheLongestPacketOfAClass) {
  const auto profile = sixteen_byte_units();
  EXPECT_EQ(longest_packet(profile, {"request", 1, 0}), 18);  // header, byte enables, 256 B: the published maximum
  EXPECT_EQ(longest_packet(profile, {"response", 1, 0}), 17);
  EXPECT_EQ(longest_packet(profile, {"data", 1, 0}), 18);
}
