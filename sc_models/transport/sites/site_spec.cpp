// SPDX-License-Identifier: Apache-2.0
#include "transport/sites/site_spec.hpp"

#include <algorithm>

namespace fs {
namespace {

Femtoseconds flight(const LongHaulChannel::Spec& channel) { return LongHaulChannel(channel).flight(); }

struct Way {
  Femtoseconds delay = Femtoseconds::max();
  std::size_t hops = 0;
  std::size_t next = 0;
  bool better_than(const Way& other) const {
    if (delay != other.delay) return delay < other.delay;
    if (hops != other.hops) return hops < other.hops;
    return next < other.next;
  }
};

/// Ways from all sites to `to`, improved until nothing changes (there are few sites).
std::vector<Way> ways_to(const SiteNetworkSpec& spec, std::size_t to, const std::vector<bool>& out) {
  std::vector<Way> ways(spec.sites.size());
  for (auto& way : ways) way.next = spec.sites.size();
  ways[to] = {Femtoseconds(0), 0, to};
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t w = 0; w < spec.waves.size(); ++w) {
      if (w < out.size() && out[w]) continue;
      const SiteWave& wave = spec.waves[w];
      const Femtoseconds there = flight(wave.link.there);
      const Femtoseconds back = flight(wave.link.back);
      const auto try_way = [&](std::size_t from, std::size_t over, Femtoseconds delay) {
        if (ways[over].delay == Femtoseconds::max() || from == to) return;
        const Way way{ways[over].delay + delay, ways[over].hops + 1, over};
        if (!way.better_than(ways[from])) return;
        ways[from] = way;
        changed = true;
      };
      try_way(wave.a, wave.b, there);
      try_way(wave.b, wave.a, back);
    }
  }
  return ways;
}

std::int64_t waves_of(const SiteNetworkSpec& spec, std::size_t site) {
  return std::count_if(spec.waves.begin(), spec.waves.end(),
                       [&](const SiteWave& wave) { return wave.a == site || wave.b == site; });
}

std::int64_t wave_headroom(const SiteWave& wave) {
  const Femtoseconds one_way = std::max(flight(wave.link.there), flight(wave.link.back));
  return pause_headroom(wave.link.there.rate, one_way, wave.link.transport.packet_bytes());
}

}  // namespace

std::int64_t nic_chunks(const SiteNic& nic, std::int64_t chunk) {
  return 2 + (pause_headroom(nic.rate, nic.latency, chunk) + chunk - 1) / chunk;
}

std::int64_t nic_headroom(const SiteNetworkSpec& spec, std::size_t site) {
  const auto gpus = std::count(spec.site_of.begin(), spec.site_of.end(), site);
  return gpus * nic_chunks(spec.sites[site].nic, spec.chunk) * spec.chunk;
}

std::vector<std::vector<std::size_t>> site_routes(const SiteNetworkSpec& spec) {
  const std::size_t sites = spec.sites.size();
  return routes_around(spec, {}, std::vector<std::vector<std::size_t>>(sites, std::vector<std::size_t>(sites, sites)));
}

std::vector<std::vector<std::size_t>> routes_around(const SiteNetworkSpec& spec, const std::vector<bool>& out,
                                                    std::vector<std::vector<std::size_t>> before) {
  const std::size_t sites = spec.sites.size();
  for (std::size_t to = 0; to < sites; ++to) {
    const auto ways = ways_to(spec, to, out);
    for (std::size_t from = 0; from < sites; ++from) {
      if (ways[from].next != sites) before[from][to] = ways[from].next;
    }
  }
  return before;
}

std::vector<std::vector<std::vector<std::size_t>>> waves_between(const SiteNetworkSpec& spec) {
  const std::size_t sites = spec.sites.size();
  std::vector<std::vector<std::vector<std::size_t>>> between(sites, std::vector<std::vector<std::size_t>>(sites));
  for (std::size_t w = 0; w < spec.waves.size(); ++w) {
    between[spec.waves[w].a][spec.waves[w].b].push_back(w);
    between[spec.waves[w].b][spec.waves[w].a].push_back(w);
  }
  return between;
}

std::vector<LightInterval> wave_left_out(const SiteNetworkSpec& spec, std::size_t wave) {
  if (spec.rerouting.kind == LineRecovery::Kind::none) return {};
  const WaveLink::Spec& link = spec.waves[wave].link;
  std::vector<LightInterval> all;
  for (const auto* channel : {&link.there, &link.back}) {
    if (!channel->line) continue;
    const auto one = outages(channel->recovery, *channel->line, channel->spare.get());
    all.insert(all.end(), one.begin(), one.end());
  }
  return left_out(spec.rerouting, joined(std::move(all)), std::max(flight(link.there), flight(link.back)));
}

Femtoseconds one_way_delay(const SiteNetworkSpec& spec, std::size_t from, std::size_t to) {
  if (from == to) return spec.sites[from].nic.latency;
  const Way way = ways_to(spec, to, {})[from];
  if (way.delay == Femtoseconds::max()) return way.delay;
  return spec.sites[from].nic.latency + way.delay + spec.sites[to].nic.latency;
}

void share_receive_buffers(SiteNetworkSpec& spec) {
  for (auto& wave : spec.waves) {
    for (std::size_t end = 0; end < 2; ++end) {
      const std::size_t site = end == 0 ? wave.a : wave.b;
      const auto share = spec.sites[site].gateway.receive / waves_of(spec, site);
      wave.link.room[end] = share;
      wave.link.xoff[end] = std::max<std::int64_t>(1, share - wave_headroom(wave));
    }
    wave.link.flow_control = spec.sites[wave.a].gateway.flow_control;
    wave.link.response = pause_response(wave.link.there.rate);
  }
}

std::string buffer_problem(const SiteNetworkSpec& spec, std::size_t& site) {
  for (site = 0; site < spec.sites.size(); ++site) {
    const GatewaySpec& gateway = spec.sites[site].gateway;
    const bool pfc = gateway.flow_control == FlowControl::pfc;
    const auto needed = pfc ? nic_headroom(spec, site) + 2 * spec.chunk : 2 * spec.chunk;
    if (waves_of(spec, site) > 0 && gateway.buffer < needed) {
      return "the buffer towards the waves needs " + std::to_string(needed) + " bytes: two chunks" +
             (pfc ? " and headroom for what the site's NICs still send after a pause" : "");
    }
    std::int64_t receive = 0;
    for (const auto& wave : spec.waves) {
      if (wave.a != site && wave.b != site) continue;
      receive = std::max(receive, (pfc ? wave_headroom(wave) : 0) + 2 * (spec.chunk + wave.link.transport.payload));
    }
    receive *= waves_of(spec, site);
    if (gateway.receive < receive) {
      return "the buffer of what comes from the waves needs " + std::to_string(receive) +
             " bytes: for each wave two chunks" + (pfc ? " and headroom for what is on the fibre when it pauses" : "");
    }
  }
  return {};
}

}  // namespace fs
