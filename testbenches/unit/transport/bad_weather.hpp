// SPDX-License-Identifier: Apache-2.0
// A drawn case of flows in bad weather: whatever the light does, every message completes exactly once, in order where
// asked, and what was sent is accounted for.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/random.hpp"
#include "paths.hpp"
#include "transport/run/flow_run.hpp"

namespace fs::testing {

/// Cuts that are repaired, fades and storms, drawn by seed.
inline std::vector<LightEvent> weather(RandomStream& draws, double kilometres) {
  std::vector<LightEvent> events;
  const auto count = draws.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    LightEvent event = cut_at(microseconds(static_cast<std::int64_t>(draws.below(20'000))), draws.unit() * kilometres);
    switch (draws.below(3)) {
      case 0:
        event.repair = microseconds(1 + static_cast<std::int64_t>(draws.below(30'000)));
        break;
      case 1:
        event.kind = LightEvent::Kind::loss;
        event.decibels = draws.unit() * 25;
        event.rise = microseconds(static_cast<std::int64_t>(draws.below(2'000)));
        event.hold = microseconds(static_cast<std::int64_t>(draws.below(5'000)));
        event.fall = microseconds(static_cast<std::int64_t>(draws.below(2'000)));
        break;
      default:
        event.kind = LightEvent::Kind::storm;
        event.duration = microseconds(20'000);
        event.burst = microseconds(500);
        event.mean_gap = microseconds(3'000);
        event.peak_krad_s = 1000;
        event.relock = microseconds(300);
    }
    events.push_back(event);
  }
  return events;
}

inline TransportSpec transport_of(RandomStream& draws) {
  TransportSpec spec;
  constexpr TransportSpec::Kind kinds[] = {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat,
                                           TransportSpec::Kind::erasure};
  spec.kind = kinds[draws.below(3)];
  spec.negative_acknowledgement = draws.chance(0.7);
  spec.in_order = draws.chance(0.5);
  spec.code = draws.chance(0.5) ? TransportSpec::Parity::mds : TransportSpec::Parity::xor_groups;
  spec.data = 1 + static_cast<std::int64_t>(draws.below(12));
  spec.parity = 1 + static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(spec.data)));
  spec.chunk = 1 + static_cast<std::int64_t>(draws.below(3));
  if (draws.chance(0.3)) spec.window = 2 + static_cast<std::int64_t>(draws.below(300));
  return spec;
}

inline LongHaulChannel::Spec wave(const std::string& name, std::uint64_t seed, RandomStream& draws, double kilometres) {
  auto spec = plain(name, Femtoseconds(0), draws.chance(0.5) ? draws.unit() * 0.05 : 0, 20);
  spec.seed = seed;
  spec.line = line(name, kilometres, weather(draws, kilometres));
  if (draws.chance(0.5)) {
    spec.spare = line(name + "s", kilometres * (0.5 + draws.unit()), weather(draws, kilometres * 0.5));
    spec.recovery =
        default_line_recovery(draws.chance(0.5) ? LineRecovery::Kind::one_plus_one : LineRecovery::Kind::ring);
    spec.recovery.detection = microseconds(100);
    spec.recovery.switching = microseconds(500);
    spec.recovery.wait_to_restore = draws.chance(0.5) ? microseconds(5'000) : Femtoseconds(0);
  }
  return spec;
}

inline void expect_exactly_once(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomStream draws(seed, "exactly_once", "case");
  const double kilometres = 20 + draws.unit() * 200;
  std::vector<FlowSpec> flows(1 + draws.below(3));
  for (auto& flow : flows) {
    flow.transport = transport_of(draws);
    flow.bytes = 1 + static_cast<std::int64_t>(draws.below(300'000));
    flow.messages = 20 + static_cast<std::int64_t>(draws.below(60));
    flow.outstanding = 1 + static_cast<std::int64_t>(draws.below(10));
    flow.gap = microseconds(static_cast<std::int64_t>(draws.below(300)));
  }
  auto there = wave("there", seed, draws, kilometres);
  const auto back = wave("back", seed, draws, kilometres);
  there.deliver_damaged = draws.chance(0.3);
  FlowRun run(there, back, flows);
  run.run(one_second() * 60);
  ASSERT_TRUE(run.finished());
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const FlowResult result = run.result(i);
    EXPECT_EQ(result.completed, static_cast<std::uint64_t>(flows[i].messages));
    const bool ordered = flows[i].transport.in_order || flows[i].transport.kind == TransportSpec::Kind::go_back_n;
    if (ordered) {
      EXPECT_EQ(result.out_of_order, 0U);
    }
  }
  const auto& counts = run.forward().counts();
  EXPECT_EQ(counts.sent + counts.twice, counts.received + counts.lost() + run.forward().in_flight());
  FlowRun again(there, back, flows);
  again.run(one_second() * 60);
  EXPECT_EQ(again.digest(), run.digest());
}

}  // namespace fs::testing
