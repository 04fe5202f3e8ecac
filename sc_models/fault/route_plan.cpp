// SPDX-License-Identifier: Apache-2.0
#include "fault/route_plan.hpp"

#include <algorithm>

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

/// Whether packets may meet rows of both, and of what is still under way, without waiting in a circle.
bool RoutePlan::mixes(const Routes& with, const Routes& and_with) const {
  std::vector<const Routes*> all{&with, &and_with};
  for (const Routes& old : before_) all.push_back(&old);
  return check_mixed_routes(topology_->graph, all, class_names_, memory_paths_).free;
}

std::vector<RoutePlan::Way> RoutePlan::ways_that_change(const Routes& next) const {
  const Graph& graph = topology_->graph;
  std::vector<Way> ways;
  for (std::size_t d = 0; d < graph.gpu_count(); ++d) {
    const auto dst = static_cast<NodeId>(d);
    for (std::size_t c = 0; c < graph.chip_count(); ++c) {
      const auto at = static_cast<ChipId>(c);
      if (next.outputs(at, dst) == routes_.outputs(at, dst)) continue;
      const bool gpu = graph.is_gpu(at);
      if (gpu && graph.chip(at).node == dst) continue;
      // A row without outputs stays as it is: what still comes for it ends at the dead link that it names.
      if (!gpu && next.outputs(at, dst).empty()) continue;
      ways.push_back({at, dst});
    }
  }
  return ways;
}

/// As much as possible in each stage, destination by destination: a way joins when what is written so far, mixed with
/// what this stage writes, stays free of cycles. False when a stage finds nothing to write.
bool RoutePlan::put_in_stages(const Routes& next, std::vector<Way>& ways) const {
  Routes written = routes_;
  std::size_t left = ways.size();
  for (Way& way : ways) way.stage = -1;
  for (int stage = 0; left > 0; ++stage) {
    Routes trial = written;
    const std::size_t before = left;
    const auto join = [&](std::size_t from, std::size_t to) {
      Routes more = trial;
      for (std::size_t i = from; i < to; ++i) {
        if (ways[i].stage < 0) more.set_outputs(ways[i].at, ways[i].dst, next.outputs(ways[i].at, ways[i].dst));
      }
      if (!mixes(written, more)) return false;
      trial = std::move(more);
      for (std::size_t i = from; i < to; ++i) {
        if (ways[i].stage >= 0) continue;
        ways[i].stage = stage;
        --left;
      }
      return true;
    };
    for (std::size_t from = 0; from < ways.size();) {
      std::size_t to = from;
      while (to < ways.size() && ways[to].dst == ways[from].dst) ++to;
      const bool open =
          std::any_of(ways.begin() + static_cast<std::ptrdiff_t>(from), ways.begin() + static_cast<std::ptrdiff_t>(to),
                      [](const Way& way) { return way.stage < 0; });
      if (open && !join(from, to)) {
        for (std::size_t i = from; i < to; ++i) {
          if (ways[i].stage < 0) join(i, i + 1);
        }
      }
      from = to;
    }
    if (left == before) return false;
    written = std::move(trial);
  }
  std::stable_sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) { return a.stage < b.stage; });
  return true;
}

void RoutePlan::write(const Routes& next, const std::vector<Way>& ways, RouteChanges& changes) const {
  const Graph& graph = topology_->graph;
  for (const Way& way : ways) {
    changes.stages = std::max(changes.stages, way.stage + 1);
    if (graph.is_gpu(way.at)) {
      const NodeId gpu = graph.chip(way.at).node;
      changes.masks.push_back({gpu, way.dst, next.link_mask(gpu, way.dst), way.stage});
      continue;
    }
    for (int k = 0; k < next.plan().classes(); ++k) {
      const auto cls = static_cast<ClassId>(k);
      changes.rows.push_back({way.at, cls, way.dst, next.row(way.at, cls, way.dst), way.stage});
    }
  }
  std::stable_sort(changes.rows.begin(), changes.rows.end(), [](const RowChange& a, const RowChange& b) {
    return a.stage != b.stage ? a.stage < b.stage : a.at != b.at ? a.at < b.at : a.cls < b.cls;
  });
  std::stable_sort(changes.masks.begin(), changes.masks.end(), [](const MaskChange& a, const MaskChange& b) {
    return a.stage != b.stage ? a.stage < b.stage : a.gpu < b.gpu;
  });
}

RouteChanges RoutePlan::avoid(const DynamicBits& dead) {
  const Graph& graph = topology_->graph;
  Routes next = compute_routes(*topology_, routes_.plan(), spec_, true, &dead);
  RouteChanges changes;
  if (recheck_) changes.deadlock = check_deadlock(graph, next, class_names_, memory_paths_);
  for (std::size_t from = 0; from < graph.gpu_count(); ++from) {
    for (std::size_t to = 0; to < graph.gpu_count(); ++to) {
      if (from != to && !next.reachable(static_cast<NodeId>(from), static_cast<NodeId>(to))) ++changes.lost_pairs;
    }
  }
  if (!changes.deadlock.free) return changes;
  std::vector<Way> ways = ways_that_change(next);
  if (ways.empty()) return changes;
  if (recheck_ && !mixes(routes_, next)) {
    changes.wait = !before_.empty();
    if (changes.wait) return changes;
    changes.mixture = !put_in_stages(next, ways);
    if (changes.mixture) return changes;
  }
  write(next, ways, changes);
  // Rows that stay though they lead nowhere are in force as they are.
  Routes in_force = routes_;
  for (const Way& way : ways) in_force.set_outputs(way.at, way.dst, next.outputs(way.at, way.dst));
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
    const auto node = static_cast<NodeId>(n);
    in_force.set_outputs(graph.gpu(node), node, next.outputs(graph.gpu(node), node));
  }
  before_.push_back(std::move(routes_));
  routes_ = std::move(in_force);
  return changes;
}

}  // namespace fs
