// SPDX-License-Identifier: Apache-2.0
#include "scale_out/topology/net_topology.hpp"

#include <algorithm>

namespace fs {
namespace {

using Kind = NetTopologySpec::Kind;

std::string numbered(const char* what, int number) { return what + std::to_string(number); }

std::vector<NetNodeId> add_switches(NetGraph& graph, const char* what, int count, int level) {
  std::vector<NetNodeId> added;
  for (int i = 0; i < count; ++i) added.push_back(graph.add_switch(numbered(what, i), level));
  return added;
}

/// The switches that a border leaf is joined with: the highest.
std::vector<NetNodeId> join_levels(NetGraph& graph, const NetTopologySpec& spec, const std::vector<NetNodeId>& leaves) {
  const int pods = spec.kind == Kind::clos3 ? spec.pods : 1;
  const int leaves_a_pod = spec.leaves / pods;
  const auto spines = add_switches(graph, "spine", spec.spines * pods, 2);
  for (int leaf = 0; leaf < spec.leaves; ++leaf) {
    for (int spine = 0; spine < spec.spines; ++spine) {
      const auto above = spines[static_cast<std::size_t>(leaf / leaves_a_pod * spec.spines + spine)];
      for (int i = 0; i < spec.uplinks; ++i)
        graph.connect(leaves[static_cast<std::size_t>(leaf)], above, spec.leaf_link);
    }
  }
  if (spec.kind == Kind::leaf_spine) return spines;
  const auto cores = add_switches(graph, "core", spec.spines * spec.cores, 3);
  for (std::size_t spine = 0; spine < spines.size(); ++spine) {
    const std::size_t plane = spine % static_cast<std::size_t>(spec.spines);
    for (int i = 0; i < spec.cores; ++i) {
      graph.connect(spines[spine], cores[plane * static_cast<std::size_t>(spec.cores) + static_cast<std::size_t>(i)],
                    spec.core_link);
    }
  }
  return cores;
}

}  // namespace

std::string topology_problem(const NetTopologySpec& spec) {
  if (spec.endpoints() < 2) return "a network joins at least two endpoints";
  if (spec.kind == Kind::single_switch) return "";
  if (spec.kind == Kind::clos3 && spec.leaves % spec.pods != 0) {
    return std::to_string(spec.leaves) + " leaves do not divide into " + std::to_string(spec.pods) + " pods";
  }
  if (spec.placement == NetTopologySpec::Placement::packed) {
    if (spec.nics % spec.leaves == 0) return "";
    return std::to_string(spec.nics) + " NICs do not divide into " + std::to_string(spec.leaves) + " leaves";
  }
  if (spec.nics % spec.domain != 0) {
    return std::to_string(spec.nics) + " NICs do not divide into domains of " + std::to_string(spec.domain);
  }
  if (spec.domain % spec.leaves == 0) return "";
  return "rails of domains of " + std::to_string(spec.domain) + " do not divide into " + std::to_string(spec.leaves) +
         " leaves";
}

int leaf_of(const NetTopologySpec& spec, int nic) {
  if (spec.kind == Kind::single_switch) return 0;
  if (spec.placement == NetTopologySpec::Placement::packed) return nic / (spec.nics / spec.leaves);
  return nic % spec.domain / (spec.domain / spec.leaves);
}

double leaf_oversubscription(const NetTopologySpec& spec) {
  if (spec.kind == Kind::single_switch) return 0;
  const double nics = static_cast<double>(spec.nics) / spec.leaves * static_cast<double>(spec.nic_link.rate.value());
  return nics / (static_cast<double>(spec.spines) * spec.uplinks * static_cast<double>(spec.leaf_link.rate.value()));
}

double oversubscription(const NetTopologySpec& spec) {
  const double leaf = leaf_oversubscription(spec);
  if (spec.kind != Kind::clos3) return leaf;
  const double nics = static_cast<double>(spec.nics) / spec.pods * static_cast<double>(spec.nic_link.rate.value());
  const double up = static_cast<double>(spec.spines) * spec.cores * static_cast<double>(spec.core_link.rate.value());
  return std::max(leaf, nics / up);
}

NetGraph make_topology(const NetTopologySpec& spec) {
  NetGraph graph;
  for (int i = 0; i < spec.nics; ++i) graph.add_endpoint(numbered("nic", i));
  for (const auto& extra : spec.extra) graph.add_endpoint(extra.name);
  const bool single = spec.kind == Kind::single_switch;
  const auto leaves = add_switches(graph, single ? "switch" : "leaf", single ? 1 : spec.leaves, 1);
  for (int i = 0; i < spec.nics; ++i) {
    graph.connect(static_cast<NetNodeId>(i), leaves[static_cast<std::size_t>(leaf_of(spec, i))], spec.nic_link);
  }
  NetNodeId border = leaves.front();
  if (!single) {
    const auto top = join_levels(graph, spec, leaves);
    if (!spec.extra.empty()) {
      border = graph.add_switch("border", 1);
      const NetLinkSpec& link = spec.kind == Kind::clos3 ? spec.core_link : spec.leaf_link;
      for (const NetNodeId above : top) {
        for (int i = 0; i < spec.uplinks; ++i) graph.connect(border, above, link);
      }
    }
  }
  for (std::size_t i = 0; i < spec.extra.size(); ++i) {
    graph.connect(static_cast<NetNodeId>(static_cast<std::size_t>(spec.nics) + i), border, spec.extra[i].link);
  }
  return graph;
}

}  // namespace fs
