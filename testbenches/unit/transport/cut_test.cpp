// SPDX-License-Identifier: Apache-2.0
// Cuts at drawn times and places: what they lose, and how long protection takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/random.hpp"
#include "paths.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

/// A cut somewhere along a line, some time, under packets of some size.
struct CutDraw {
  explicit CutDraw(std::uint64_t seed) : draws(seed, "cut", "case") {
    kilometres = 5 + draws.unit() * 300;
    place = draws.unit() * kilometres;
    bytes = 256 + static_cast<std::uint32_t>(draws.below(65'000));
    cut = microseconds(2'000 + static_cast<std::int64_t>(draws.below(3'000)));
  }
  Femtoseconds passing() const {  // light that leaves then is at the place when it is cut
    return cut - delay_to(equal_spans(shipped().fibre("smf"), km(kilometres), km(80), shipped().amplifier("textbook")),
                          km(place));
  }
  RandomStream draws;
  double kilometres, place;
  std::uint32_t bytes;
  Femtoseconds cut;
};

}  // namespace

class Cut : public ::testing::TestWithParam<std::uint64_t> {};

// A packet is lost if a byte of it had not passed the place: those on the fibre before it, and what is sent into it.
TEST_P(Cut, LosesWhatHadNotPassedThePlaceAndNothingElse) {
  CutDraw drawn(GetParam());
  const Femtoseconds dark = microseconds(1 + static_cast<std::int64_t>(drawn.draws.below(2'000)));
  auto spec = plain("w", Femtoseconds(0), 0, 40);
  LightEvent event = cut_at(drawn.cut, drawn.place);
  event.repair = dark;
  spec.line = line("l", drawn.kilometres, {event});
  LongHaulChannel channel(spec);
  const auto arrived = saturate(channel, microseconds(8'000), drawn.bytes);
  const ByteClock wire(spec.rate.value(), 1);
  const auto end_of = [&](std::uint64_t number) {
    return wire.end_of(static_cast<std::int64_t>(number + 1) * drawn.bytes);
  };
  std::size_t next = 0;
  for (std::uint64_t number = 0; number < channel.counts().sent; ++number) {
    const Femtoseconds begin = number == 0 ? Femtoseconds(0) : end_of(number - 1);
    const bool passed = end_of(number) < drawn.passing() || begin >= drawn.passing() + dark;
    const bool came = next < arrived.size() && arrived[next].number == number;
    ASSERT_EQ(came, passed) << number;
    if (came) ++next;
  }
  EXPECT_EQ(next, arrived.size());
  EXPECT_EQ(channel.counts().dark, channel.counts().sent - arrived.size());
}

TEST_P(Cut, UnderProtectionInterruptsForDetectionAndSwitchingToWithinAPacket) {
  CutDraw drawn(GetParam());
  auto spec = plain("w", Femtoseconds(0), 0, 10);
  spec.line = line("l", drawn.kilometres, {cut_at(drawn.cut, drawn.place)});
  spec.spare = line("s", drawn.kilometres, {});
  spec.recovery = default_line_recovery(LineRecovery::Kind::one_plus_one);
  spec.recovery.detection = microseconds(1 + static_cast<std::int64_t>(drawn.draws.below(10'000)));
  spec.recovery.switching = microseconds(static_cast<std::int64_t>(drawn.draws.below(30'000)));
  LongHaulChannel channel(spec);
  const auto arrived = saturate(channel, microseconds(50'000), drawn.bytes);
  Femtoseconds longest(0);
  for (std::size_t i = 1; i < arrived.size(); ++i) longest = std::max(longest, arrived[i].time - arrived[i - 1].time);
  const Femtoseconds packet = channel.wire_time(drawn.bytes);
  EXPECT_NEAR(to_nanoseconds(longest - packet), to_nanoseconds(spec.recovery.detection + spec.recovery.switching),
              to_nanoseconds(packet));
  EXPECT_EQ(channel.counts().lost() + arrived.size(), channel.counts().sent);
}

INSTANTIATE_TEST_SUITE_P(Drawn, Cut, ::testing::Range<std::uint64_t>(1, 41));
