// SPDX-License-Identifier: Apache-2.0
// Waves to test with.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "support/shipped_optics.hpp"
#include "transport/channel/long_haul_channel.hpp"

namespace fs::testing {

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

struct Arrival {
  std::uint64_t number;
  Femtoseconds time;
};

/// Sends packets of `bytes` without a pause until `end`; what arrives, in its order.
inline std::vector<Arrival> saturate(LongHaulChannel& channel, Femtoseconds end, std::uint32_t bytes) {
  std::vector<Arrival> arrived;
  const auto drain = [&](Femtoseconds until) {
    while (channel.next_arrival() <= until && channel.next_arrival() != Femtoseconds::max()) {
      const Femtoseconds time = channel.next_arrival();
      arrived.push_back({channel.take().number, time});
    }
  };
  for (std::uint64_t number = 0; channel.free_at() < end; ++number) {
    drain(channel.free_at());
    WirePacket packet;
    packet.number = packet.sequence = number;
    packet.bytes = bytes;
    channel.send(channel.free_at(), packet);
  }
  drain(Femtoseconds::max());
  return arrived;
}

inline LightEvent cut_at(Femtoseconds at, double place_km) {
  LightEvent event;
  event.start = at;
  event.place = km(place_km);
  return event;
}

}  // namespace fs::testing
