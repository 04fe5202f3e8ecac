// SPDX-License-Identifier: Apache-2.0
// What routers do when a wave has been without light for long enough, and when it has come back.
#include "transport/sites/site_network.hpp"

namespace fs {

/// Light is a function of time, so all that routers will ever do is known from the beginning.
void SiteNetwork::plan_rerouting() {
  left_out_.assign(waves_.size(), false);
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    for (const auto& interval : wave_left_out(spec_, w)) {
      at(interval.from, Kind::reroute, w, 1);
      if (interval.to != Femtoseconds::max()) at(interval.to, Kind::reroute, w, 0);
    }
  }
}

void SiteNetwork::reroute(std::size_t wave, bool out) {
  left_out_[wave] = out;
  routes_ = routes_around(spec_, left_out_, routes_);
  if (out) take_back(wave);
  sort_queues_anew();
  for (std::size_t site = 0; site < gateways_.size(); ++site) {
    for (std::size_t next = 0; next < gateways_.size(); ++next) pump_waves(site, next);
  }
}

/// All that a wave has and that is not known to have arrived waits to be given again, at both ends. The wave keeps it
/// nevertheless: should it come back, it begins with what it had begun.
void SiteNetwork::take_back(std::size_t wave) {
  for (const int end : {0, 1}) {
    const std::size_t site = end == 0 ? spec_.waves[wave].a : spec_.waves[wave].b;
    waves_[wave]->fed(end, now_);
    for (const std::uint64_t tag : waves_[wave]->not_known(end)) {
      const auto id = static_cast<ChunkId>(tag);
      Chunk& chunk = chunks_[id];
      if (chunk.known || chunk.again) continue;
      chunk.again = true;
      ++chunk.copies;
      gateways_[site].again[routes_[site][chunk.target]].push(id);
    }
  }
  set_wave_time(wave);
}

/// By the routes as they are now; in each queue in the order in which they stood.
void SiteNetwork::sort_queues_anew() {
  for (std::size_t site = 0; site < gateways_.size(); ++site) {
    for (auto* queues : {&gateways_[site].again, &gateways_[site].queues}) {
      std::vector<ChunkId> waiting;
      for (auto& queue : *queues) {
        while (!queue.empty()) waiting.push_back(queue.pop());
      }
      for (const ChunkId id : waiting) (*queues)[routes_[site][chunks_[id].target]].push(id);
    }
  }
}

}  // namespace fs
