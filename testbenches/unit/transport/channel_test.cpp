// SPDX-License-Identifier: Apache-2.0
#include "transport/channel/long_haul_channel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "paths.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

WirePacket packet_of(std::uint64_t number, std::uint32_t bytes) {
  WirePacket packet;
  packet.number = packet.sequence = number;
  packet.bytes = bytes;
  return packet;
}

}  // namespace

TEST(LongHaulChannel, DeliversAfterWireTimeAndFlight) {
  auto spec = plain("w", microseconds(490), 0);
  spec.latency = microseconds(4);
  LongHaulChannel channel(spec);
  channel.send(microseconds(1), packet_of(0, 5000));  // 100 ns at 400 Gb/s
  EXPECT_EQ(channel.next_arrival(), microseconds(495) + nanoseconds(100));
  EXPECT_EQ(channel.free_at(), microseconds(1) + nanoseconds(100));
  channel.send(microseconds(1), packet_of(1, 5000));
  EXPECT_EQ(channel.take().number, 0U);
  EXPECT_EQ(channel.next_arrival(), microseconds(495) + nanoseconds(200));
}

TEST(LongHaulChannel, KeepsItsRateExactly) {
  LongHaulChannel channel(plain("w", microseconds(1), 0, 300));  // 4160 bytes take 110.933.. ns
  saturate(channel, ms * 3, 4160);
  const auto bits = static_cast<double>(channel.bytes_sent()) * 8;
  EXPECT_NEAR(bits / (to_nanoseconds(channel.free_at()) * 1e-9) / 300e9, 1.0, 1e-12);
}

TEST(LongHaulChannel, HoldsWhatIsInFlightAndNoMore) {
  LongHaulChannel channel(plain("w", ms * 5, 0, 800));
  EXPECT_EQ(channel.in_flight(), 0U);
  for (int i = 0; i < 10; ++i) channel.send(one_second() * i, packet_of(0, 4160));
  EXPECT_EQ(channel.in_flight(), 10U);
  while (channel.next_arrival() != Femtoseconds::max()) channel.take();
  EXPECT_EQ(channel.in_flight(), 0U);
}

TEST(LongHaulChannel, ACutLosesWhatWasBeforeItAndNothingElse) {
  auto spec = plain("w", Femtoseconds(0), 0);
  spec.line = line("l", 160, {cut_at(ms * 2, 100)});
  LongHaulChannel channel(spec);
  const auto arrived = saturate(channel, ms * 3, 4160);
  const Femtoseconds passes =
      delay_to(equal_spans(shipped().fibre("smf"), km(160), km(80), shipped().amplifier("textbook")), km(100));
  // The last packet to arrive is the last whose tail had passed the place of the cut.
  const auto packets = static_cast<std::uint64_t>((ms * 2 - passes) / channel.wire_time(4160));
  ASSERT_FALSE(arrived.empty());
  EXPECT_NEAR(static_cast<double>(arrived.back().number + 1), static_cast<double>(packets), 1.0);
  EXPECT_EQ(arrived.size(), arrived.back().number + 1);  // without a gap
  EXPECT_EQ(channel.counts().dark, channel.counts().sent - arrived.size());
}

TEST(LongHaulChannel, OnePlusOneIsInterruptedForDetectionAndSwitching) {
  auto spec = plain("w", Femtoseconds(0), 0, 10);
  spec.line = line("l", 80, {cut_at(ms * 5, 40)});
  spec.spare = line("s", 80, {});
  spec.recovery = default_line_recovery(LineRecovery::Kind::one_plus_one);
  LongHaulChannel channel(spec);
  const auto arrived = saturate(channel, ms * 100, 4160);
  Femtoseconds longest(0);
  for (std::size_t i = 1; i < arrived.size(); ++i) longest = std::max(longest, arrived[i].time - arrived[i - 1].time);
  longest -= channel.wire_time(4160);  // packets follow each other that far apart anyway
  EXPECT_NEAR(to_nanoseconds(longest), 60e6, to_nanoseconds(channel.wire_time(4160)));
  EXPECT_EQ(channel.counts().dark * channel.wire_time(4160) / ms, 60);
}

TEST(LongHaulChannel, ARingIsInterruptedForTheWordsWayToo) {
  auto spec = plain("w", Femtoseconds(0), 0, 10);
  spec.line = line("l", 80, {cut_at(ms * 5, 0)});
  spec.spare = line("s", 240, {});
  spec.recovery = default_line_recovery(LineRecovery::Kind::ring);
  LongHaulChannel channel(spec);
  const auto arrived = saturate(channel, ms * 100, 4160);
  Femtoseconds longest(0);
  for (std::size_t i = 1; i < arrived.size(); ++i) longest = std::max(longest, arrived[i].time - arrived[i - 1].time);
  // Last light leaves at 5 ms; the alarm is 80 km later, the word 240 km, the first new packet 160 km more than the
  // old.
  const Femtoseconds expected =
      ms * 60 + spec.line->delay() + spec.spare->delay() + spec.spare->delay() - spec.line->delay();
  longest -= channel.wire_time(4160);
  EXPECT_NEAR(to_nanoseconds(longest), to_nanoseconds(expected), to_nanoseconds(channel.wire_time(4160)) * 2);
}

TEST(LongHaulChannel, LosesCodewordsAtTheirRate) {
  auto spec = plain("w", Femtoseconds(0), 0);
  LightEvent fade;
  fade.kind = LightEvent::Kind::loss;
  fade.hold = std::nullopt;
  // A fade that leaves the margin just below the threshold, where codewords fail now and then.
  double failure = 0;
  for (fade.decibels = 1; failure < 1e-4 && fade.decibels < 40; fade.decibels += 0.05) {
    spec.line = line("l", 80, {fade});
    failure = spec.line->codeword_failure(ms);
  }
  ASSERT_LT(failure, 0.1);
  LongHaulChannel channel(spec);
  saturate(channel, ms * 20, 4160);
  const double hazard = -std::log1p(-failure) * codewords_touched(spec.line->mode().fec, 4160);
  const double expected = 1.0 - std::exp(-hazard);
  const double sent = static_cast<double>(channel.counts().sent);
  const double lost = static_cast<double>(channel.counts().errors);
  // Equal hazards and a memoryless budget: losses are those of a Poisson process met packet by packet.
  EXPECT_NEAR(lost / sent, expected, 5 * std::sqrt(expected / sent) + 0.02 * expected) << failure;
}
