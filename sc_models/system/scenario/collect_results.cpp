// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/collect_results.hpp"

#include <algorithm>
#include <string>

#include "system/fabric/conservation.hpp"
#include "system/report/result_json.hpp"

namespace fs {
namespace {

ClassList packet_classes(const RunningFabric& fabric) {
  ClassList classes;
  for (const auto& c : fabric.recorder().classes()) classes.push_back(&c);
  return classes;
}

Json count_packets(const RunningFabric& fabric, const RunEnd& end) {
  const Recorder& recorder = fabric.recorder();
  return {{"created", end.created},
          {"delivered", recorder.delivered()},
          {"dropped", 0},
          {"poisoned", 0},
          {"inside", end.created - recorder.delivered()}};
}

/// Share of the run in which the output VCs of a channel's sender lacked credit: the mean over its VCs.
double stalled_share(const RunningFabric& fabric, ChannelId id, Femtoseconds span) {
  const LinkEnd source = fabric.plan().topology.graph.source(id);
  const auto* chip = fabric.switch_at(source.chip);
  if (chip == nullptr || span <= Femtoseconds(0)) return 0;
  const int vcs = fabric.plan().routes.plan().vcs();
  std::int64_t cycles = 0;
  for (int vc = 0; vc < vcs; ++vc) cycles += chip->stalled(source.port, static_cast<VcId>(vc)).value();
  const double stalled = to_nanoseconds(chip->config().clock.period() * cycles) / vcs;
  return std::min(1.0, stalled / to_nanoseconds(span));
}

Json describe_links(const RunningFabric& fabric, Femtoseconds span) {
  Json links = Json::array();
  for (std::size_t i = 0; i < fabric.channel_count(); ++i) {
    const auto id = static_cast<ChannelId>(i);
    const Channel& channel = fabric.channel(id);
    LinkFacts facts;
    facts.name = channel.config().name;
    facts.flits = channel.flits();
    if (span > Femtoseconds(0)) {
      facts.utilisation = std::min(1.0, to_nanoseconds(channel.busy_time()) / to_nanoseconds(span));
    }
    facts.stalled.emplace_back("credit", stalled_share(fabric, id, span));
    links.push_back(link_json(facts));
  }
  return links;
}

/// Receive buffers of switches that held anything.
Json describe_buffers(const RunningFabric& fabric) {
  Json buffers = Json::array();
  const int vcs = fabric.plan().routes.plan().vcs();
  for (const auto& chip : fabric.switches()) {
    for (int port = 0; port < chip->config().core.ports; ++port) {
      for (int v = 0; v < vcs; ++v) {
        const auto p = static_cast<PortId>(port);
        const auto vc = static_cast<VcId>(v);
        if (chip->high_water(p, vc) == 0) continue;
        buffers.push_back({{"name", chip->config().name + "." + std::to_string(port) + " vc" + std::to_string(v)},
                           {"depth", chip->depth(vc)},
                           {"high_water", chip->high_water(p, vc)},
                           {"p99", chip->fill_percentile(p, vc, 0.99)}});
      }
    }
  }
  return buffers;
}

Json describe_allocator(const RunningFabric& fabric) {
  std::uint64_t requests = 0;
  std::uint64_t grants = 0;
  for (const auto& chip : fabric.switches()) {
    requests += chip->core().counts().requests;
    grants += chip->core().counts().grants;
  }
  return {{"requests", requests}, {"grants", grants}};
}

}  // namespace

nlohmann::ordered_json collect_results(const ScenarioSpec& spec, const RunningFabric& fabric, const RunEnd& end) {
  RunFacts facts;
  facts.scenario = spec.name;
  facts.seed = spec.fabric.seed;
  facts.digest = fabric.recorder().digest();
  facts.sim_time = end.sim_time;
  facts.wall_s = end.wall_s;
  facts.flit_hops = fabric.flit_hops();
  Json result = run_json(facts);
  result["packets"] = count_packets(fabric, end);
  const ClassList packets = packet_classes(fabric);
  put_latencies(result, "packet", packets);
  const auto endpoints = static_cast<std::int64_t>(fabric.gpus().size());
  result["throughput"] = throughput_json(packets, endpoints, spec.fabric.profile.core_clock, end.sim_time);
  result["links"] = describe_links(fabric, end.sim_time);
  result["buffers"] = describe_buffers(fabric);
  result["allocator"] = describe_allocator(fabric);
  result["events"] = Json::array();
  std::vector<std::string> warnings = steadiness_warnings("packet", packets);
  if (!end.drained) warnings.push_back("not everything created inside the window was delivered before the run ended");
  result["warnings"] = warnings;
  if (end.stopped_moving) result["deadlock"] = end.deadlock;
  return result;
}

}  // namespace fs
