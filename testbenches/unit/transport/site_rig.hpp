// SPDX-License-Identifier: Apache-2.0
// Sites to test with, and who hears what arrives in them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
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

/// East and west over 500 us, and a third site in the middle, 200 us from each: the shorter way. One GPU each.
inline SiteNetworkSpec sites_with_a_middle() {
  auto spec = two_sites(1, 1, microseconds(500));
  spec.sites.resize(3);
  spec.sites[2].name = "middle";
  spec.site_of.push_back(2);
  for (const std::size_t from : {0U, 1U}) {
    SiteWave wave = spec.waves[0];
    wave.a = from;
    wave.b = 2;
    wave.link.name += from == 0 ? "m" : "n";
    wave.link.there.delay = wave.link.back.delay = microseconds(200);
    spec.waves.push_back(wave);
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

/// Lets all go that has been posted, and looks that nothing is left.
template <class Network>
void run_to_the_end(Network& network, Listener& listener) {
  listener.run(one_second() * 60);
  EXPECT_EQ(network.under_way(), 0U);
  network.check_end();
}

/// Every GPU of site 0 sends messages of 1 MiB to its twin, as fast as things go. Gigabytes a second that arrive once
/// the first message is there; `order` is told in what order they do.
template <class Network>
double flood(Network& network, int messages, std::vector<std::uint64_t>* order = nullptr) {
  Listener listener(network);
  const std::size_t gpus = network.spec().site_of.size() / 2;
  for (int m = 0; m < messages; ++m) {
    for (std::size_t g = 0; g < gpus; ++g) listener.post(g, gpus + g, mib, Femtoseconds(0));
  }
  run_to_the_end(network, listener);
  if (order != nullptr) *order = listener.order;
  Femtoseconds first = Femtoseconds::max();
  for (const auto& [id, time] : listener.times) first = std::min(first, time);
  const auto& traffic = network.traffic(0, 1);
  return static_cast<double>(traffic.bytes - gpus * mib) / to_nanoseconds(traffic.last - first);
}

/// Four GPUs of site 0 send to the first of site 1.
template <class Network>
void send_to_one(Network& network, int messages) {
  Listener listener(network);
  for (int m = 0; m < messages; ++m) {
    for (std::size_t g = 0; g < 4; ++g) listener.post(g, 4, mib, Femtoseconds(0));
  }
  run_to_the_end(network, listener);
}

/// Packets that found no room behind the waves of site 0.
inline std::uint64_t overflowed(const SiteView& network) {
  std::uint64_t packets = 0;
  for (std::size_t w = 0; w < network.spec().waves.size(); ++w) packets += network.direction(w, 0).overflowed;
  return packets;
}

}  // namespace fs::testing
