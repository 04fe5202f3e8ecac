// SPDX-License-Identifier: Apache-2.0
// Small helpers for tests of fabrics.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fabric/deadlock.hpp"
#include "fabric/routes.hpp"
#include "fabric/topology.hpp"

namespace fs {

inline const std::vector<std::string> request_response{"request", "response"};
inline const std::vector<MemoryPath> split_memory{{ClassId{0}, ClassId{1}}};

template <class Shape>
Topology make(const Shape& shape) {
  TopologySpec spec;
  spec.shape = shape;
  return build_topology(spec);
}

/// Switches in a ring, one GPU each: port 0 to the GPU, 1 clockwise, 2 anticlockwise.
inline Topology ring(int size) {
  Topology topology;
  auto& graph = topology.graph;
  for (int i = 0; i < size; ++i) graph.add_gpu("gpu" + std::to_string(i), 1);
  for (int i = 0; i < size; ++i) graph.add_switch("sw" + std::to_string(i), 3);
  const auto sw = [size](int i) { return static_cast<ChipId>(size + i % size); };
  for (int i = 0; i < size; ++i) graph.add_link({static_cast<ChipId>(i), PortId{0}}, {sw(i), PortId{0}}, {});
  for (int i = 0; i < size; ++i) graph.add_link({sw(i), PortId{1}}, {sw(i + 1), PortId{2}}, {});
  return topology;
}

/// Chips passed from one GPU to another, always by the lowest allowed port.
inline std::vector<std::string> path(const Graph& graph, const Routes& routes, NodeId from, NodeId to) {
  std::vector<std::string> names;
  auto at = graph.gpu(from);
  names.push_back(graph.chip(at).name);
  while (at != graph.gpu(to) && names.size() <= graph.chip_count()) {
    at = graph.peer(at, routes.outputs(at, to).at(0))->far.chip;
    names.push_back(graph.chip(at).name);
  }
  return names;
}

inline Routes route(const Topology& topology, const VcPlan& plan = VcPlan({2, 2}), const RoutingSpec& spec = {}) {
  return compute_routes(topology, plan, spec);
}

}  // namespace fs
