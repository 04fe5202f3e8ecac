// SPDX-License-Identifier: Apache-2.0
#include "system/scale_out/scale_out.hpp"

#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>

#include "scale_out/read/read_scale_out.hpp"
#include "system/energy/energy_json.hpp"
#include "system/energy/network_energy.hpp"
#include "system/report/progress.hpp"
#include "system/scale_out/network_json.hpp"

namespace fs {
namespace {

struct ScaleOutScenario {
  std::string name;
  ScaleOutSpec network;
  NetRunSpec run;
  std::optional<CostTerms> energy;  ///< where the scenario asks what its parts draw and cost
  NetworkParts parts;
};

ScaleOutScenario read_scenario_of_nics(Document& document) {
  resolve_parts(document);
  const Reader root = document.root();
  ScaleOutScenario scenario;
  scenario.name = root.text("scenario");
  root.text_or("description", "");
  const auto seed =
      static_cast<std::uint64_t>(root.integer_or<std::int64_t>("seed", 1, 0, std::numeric_limits<std::int64_t>::max()));
  const Reader section = root.section("scale_out");
  scenario.network = read_scale_out(section, seed);
  scenario.run = read_net_run(section, scenario.network);
  if (const auto block = read_energy_block(root)) {
    scenario.energy = block->terms;
    scenario.parts = read_network_parts(*block);
  }
  root.finish();
  return scenario;
}

std::string described(const ScaleOutScenario& scenario, const ScaleOutNetwork& network) {
  const NetTopologySpec& topology = scenario.network.topology;
  const NetGraph& graph = network.graph();
  std::string text = fmt::format("{}\n  {} NICs, {} switches, {} links\n", scenario.name, graph.endpoints,
                                 network.switches().size(), graph.links.size());
  if (topology.kind != NetTopologySpec::Kind::single_switch) {
    text += fmt::format("  oversubscription {:.4g}: {} spines{}\n", oversubscription(topology), topology.spines,
                        topology.kind == NetTopologySpec::Kind::clos3 ? " a pod" : "");
  }
  const auto last = static_cast<NodeId>(graph.endpoints - 1);
  const FlowPath path = network.path(NodeId{0}, last);
  text +=
      fmt::format("  {} to {}: {:.4g} ns there and back, {:.4g} bytes under way fill it\n", graph.nodes.front().name,
                  graph.node(static_cast<NetNodeId>(last)).name, to_nanoseconds(path.round_trip),
                  to_nanoseconds(path.round_trip) * static_cast<double>(path.rate.value()) / 8e9);
  if (scenario.network.ethernet.flow_control == EthernetSpec::FlowControl::pfc) {
    text += fmt::format("  headroom of a NIC's port {} bytes\n",
                        EthernetSwitches::headroom_for(scenario.network.ethernet, topology.nic_link));
  }
  return text;
}

/// Of messages that have arrived whole.
double delivered_bytes(const ScaleOutRun& run) {
  double bytes = 0;
  for (const auto& traffic : run.classes()) {
    bytes += static_cast<double>(traffic.done()) * static_cast<double>(traffic.spec().bytes);
  }
  return bytes;
}

}  // namespace

bool is_scale_out(const Document& document) {
  return document.find("scale_out").has_value() && !document.find("topology").has_value();
}

Json run_scale_out(Document& document, const RunOptions& options) {
  const ScaleOutScenario scenario = read_scenario_of_nics(document);
  const Femtoseconds end = options.until ? std::min(*options.until, scenario.run.duration) : scenario.run.duration;
  std::unique_ptr<ScaleOutRun> run;
  try {
    run = std::make_unique<ScaleOutRun>(scenario.network, scenario.run);
  } catch (const std::invalid_argument& problem) {
    throw document.root().error("scale_out", problem.what());
  }
  Progress* progress = options.progress;
  if (progress != nullptr) progress->begin(end);
  const auto began = std::chrono::steady_clock::now();
  const Femtoseconds stopped = run->run(end, [&](Femtoseconds now) {
    if (progress != nullptr) progress->update(now, run->network().wires().hops());
  });
  RunFacts facts;
  facts.scenario = scenario.name;
  facts.seed = scenario.network.seed;
  facts.sim_time = stopped;
  facts.digest = run->digest();
  facts.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  Json result = run_json(facts);
  const auto hops = static_cast<double>(run->network().wires().hops());
  result["packet_hops"] = run->network().wires().hops();
  result["packet_hops_per_s"] = facts.wall_s > 0 ? hops / facts.wall_s : 0.0;
  result["events"] = cable_events(run->network(), stopped);
  result["traffic"] = Json::array();
  for (const auto& traffic : run->classes()) result["traffic"].push_back(traffic_json(traffic, *run, stopped));
  const PortWindow window{scenario.run.warmup, stopped, &run->bytes_before()};
  result["network"] = network_json(run->network());
  result["port_groups"] = port_groups_json(run->network(), window);
  result["ports"] = ports_json(run->network(), window);
  if (scenario.energy) {
    EnergyAccount account;
    add_network(account, scenario.parts, run->network());
    put_energy(result, account, *scenario.energy, to_seconds(stopped), delivered_bytes(*run));
  }
  result["warnings"] = Json::array();
  return result;
}

std::string check_scale_out(Document& document) {
  const ScaleOutScenario scenario = read_scenario_of_nics(document);
  try {
    return described(scenario, ScaleOutNetwork(scenario.network));
  } catch (const std::invalid_argument& problem) {
    throw document.root().error("scale_out", problem.what());
  }
}

}  // namespace fs
