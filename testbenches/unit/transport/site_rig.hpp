// SPDX-License-Identifier: Apache-2.0
// Sites to test with, and who hears what arrives in them.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <vector>

#include "paths.hpp"
#include "transport/sites/site_network.hpp"

namespace fs::testing {

/// Two sites of `gpus` GPUs each, joined by `waves` waves of 400 Gb/s over `one_way` each way.
inline SiteNetworkSpec two_sites(std::size_t gpus, std::size_t waves, Femtoseconds one_way,
                                 FlowControl flow = FlowControl::credits) {
  SiteNetworkSpec spec;
  spec.sites.resize(2);
  spec.sites[0].name = "east";
  spec.sites[1].name = "west";
  for (auto& site : spec.sites) site.gateway.flow_control = flow;
  for (std::size_t g = 0; g < 2 * gpus; ++g) spec.site_of.push_back(g / gpus);
  for (std::size_t w = 0; w < waves; ++w) {
    SiteWave wave;
    wave.link.name = "wave" + std::to_string(w);
    wave.link.there = plain(wave.link.name + ".there", one_way, 0);
    wave.link.back = plain(wave.link.name + ".back", one_way, 0);
    spec.waves.push_back(wave);
  }
  share_receive_buffers(spec);
  return spec;
}

inline double nanoseconds_of(std::int64_t bytes, double gbps) { return static_cast<double>(bytes) * 8 / gbps; }

inline LineRecovery rerouting(Femtoseconds detection, Femtoseconds switching) {
  LineRecovery recovery = default_line_recovery(LineRecovery::Kind::rerouting);
  recovery.detection = detection;
  recovery.switching = switching;
  return recovery;
}

/// Two waves over 80 km, each in a cable of its own; these events happen to the first.
inline SiteNetworkSpec two_cables(std::size_t gpus, std::vector<LightEvent> events) {
  auto spec = two_sites(gpus, 2, Femtoseconds(0));
  for (std::size_t w = 0; w < 2; ++w) {
    auto& link = spec.waves[w].link;
    link.there.line = line(link.name + " there", 80, w == 0 ? events : std::vector<LightEvent>());
    for (auto& event : events) event.place = km(80) - event.place;
    link.back.line = line(link.name + " back", 80, w == 0 ? events : std::vector<LightEvent>());
  }
  share_receive_buffers(spec);
  return spec;
}

inline NodeId node(std::size_t gpu) { return static_cast<NodeId>(gpu); }

/// Posts and keeps times of delivery; a message that comes twice, or that nobody posted, is an error.
class Listener final : public MessageSink {
 public:
  explicit Listener(MessageCarrier& carrier) : carrier_(&carrier) { carrier.report_to(*this); }
  std::uint64_t post(std::size_t source, std::size_t target, std::int64_t bytes, Femtoseconds now) {
    carrier_->advance(now);
    carrier_->post({++last_, node(source), node(target), Bytes(bytes)}, now);
    return last_;
  }
  void run(Femtoseconds end) { carrier_->advance(end); }
  void delivered(std::uint64_t id, Femtoseconds time) override {
    EXPECT_LE(id, last_);
    EXPECT_TRUE(times.emplace(id, time).second) << "message " << id << " came twice";
    order.push_back(id);
  }
  std::map<std::uint64_t, Femtoseconds> times;
  std::vector<std::uint64_t> order;

 private:
  MessageCarrier* carrier_;
  std::uint64_t last_ = 0;
};

}  // namespace fs::testing
