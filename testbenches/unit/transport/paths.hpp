// SPDX-License-Identifier: Apache-2.0
// Waves to test with.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "support/shipped_optics.hpp"
#include "transport/channel/long_haul_channel.hpp"

namespace fs::testing {

inline Micrometres km(double kilometres) { return Micrometres(static_cast<std::int64_t>(kilometres * 1e9)); }
constexpr Femtoseconds ms = microseconds(1000);

/// A wave of plain delay that loses packets by chance.
inline LongHaulChannel::Spec plain(const std::string& name, Femtoseconds delay, double drop, std::int64_t gbps = 400) {
  LongHaulChannel::Spec spec;
  spec.name = name;
  spec.rate = BitsPerSecond(gbps * 1'000'000'000);
  spec.delay = delay;
  spec.drop = drop;
  return spec;
}

inline std::shared_ptr<const LightCourse> line(const std::string& name, double kilometres,
                                               std::vector<LightEvent> events, const char* mode = "400zr_plus") {
  LightCourse::Spec spec;
  spec.name = name;
  spec.mode = shipped().mode(mode);
  spec.line = equal_spans(shipped().fibre("smf"), km(kilometres), km(80), shipped().amplifier("textbook"));
  Wave wave;
  wave.baud_hz = spec.mode.baud_hz;
  spec.waves = comb(8, 100e9, wave);
  spec.events = std::move(events);
  return std::make_shared<const LightCourse>(spec);
}

inline LightEvent cut_at(Femtoseconds at, double place_km) {
  LightEvent event;
  event.start = at;
  event.place = km(place_km);
  return event;
}

}  // namespace fs::testing
