// SPDX-License-Identifier: Apache-2.0
#include "fault/route_plan.hpp"

namespace fs {

RoutePlan::RoutePlan(const Topology& topology, const RoutingSpec& spec, const Routes& routes,
                     const std::vector<std::string>& class_names, const std::vector<MemoryPath>& memory_paths,
                     bool recheck)
    : topology_(&topology),
      spec_(spec),
      routes_(routes),
      class_names_(class_names),
      memory_paths_(memory_paths),
      recheck_(recheck) {}

RouteChanges RoutePlan::avoid(const DynamicBits& dead) {
  const Graph& graph = topology_->graph;
  Routes next = compute_routes(*topology_, routes_.plan(), spec_, true, &dead);
  RouteChanges changes;
  if (recheck_) changes.deadlock = check_deadlock(graph, next, class_names_, memory_paths_);
  const auto gpus = static_cast<std::uint16_t>(graph.gpu_count());
  for (std::uint16_t from = 0; from < gpus; ++from) {
    for (std::uint16_t to = 0; to < gpus; ++to) {
      const auto a = static_cast<NodeId>(from);
      const auto b = static_cast<NodeId>(to);
      if (from != to && !next.reachable(a, b)) ++changes.lost_pairs;
    }
  }
  if (!changes.deadlock.free) return changes;
  for (std::size_t c = 0; c < graph.chip_count(); ++c) {
    const auto chip = static_cast<ChipId>(c);
    for (std::uint16_t d = 0; d < gpus; ++d) {
      const auto dst = static_cast<NodeId>(d);
      if (next.outputs(chip, dst) == routes_.outputs(chip, dst)) continue;
      if (graph.is_gpu(chip)) {
        const NodeId node = graph.chip(chip).node;
        if (node != dst) changes.masks.push_back({node, dst, next.link_mask(node, dst)});
        continue;
      }
      // A row without outputs stays as it is: what still comes for it ends at the dead link that it names.
      if (next.outputs(chip, dst).empty()) continue;
      for (int k = 0; k < next.plan().classes(); ++k) {
        const auto cls = static_cast<ClassId>(k);
        changes.rows.push_back({chip, cls, dst, next.row(chip, cls, dst)});
      }
    }
  }
  routes_ = std::move(next);
  return changes;
}

}  // namespace fs
