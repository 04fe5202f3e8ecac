// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/check_reachable.hpp"

#include <string>
#include <vector>

#include "workload/open_loop/destinations.hpp"
#include "workload/schedule/schedule.hpp"

namespace fs {
namespace {

class Reachability {
 public:
  explicit Reachability(const FabricPlan& plan)
      : plan_(&plan), gpus_(static_cast<int>(plan.topology.graph.gpu_count())) {}

  void check(NodeId from, NodeId to, const Reader& at, const std::string& key) const {
    if (from == to || plan_->routes.reachable(from, to)) return;
    throw at.error(key, "gpu" + std::to_string(index(to)) + " cannot be reached from gpu" +
                            std::to_string(index(from)) + ": this fabric is in parts");
  }

  void check(const StreamSpec& stream, const Reader& at) const {
    for (const NodeId source : stream.sources) {
      for (const NodeId target : targets_of(stream, source, gpus_)) check(source, target, at, "targets");
    }
  }

  void check(const ScheduleSpec& schedule, const Reader& at) const {
    for (const auto& message : make_schedule(schedule).messages) check(message.src, message.dst, at, "collective");
  }

  void check(const OpenLoopSpec& spec, const Reader& at) const {
    const Destinations destinations(spec.pattern, gpus_, plan_->seed);
    const bool drawn = spec.pattern.kind == PatternKind::uniform || spec.pattern.kind == PatternKind::hotspot;
    RandomStream unused;
    for (int g = 0; g < gpus_; ++g) {
      const auto source = static_cast<NodeId>(g);
      if (!spec.sources.empty() && !contains(spec.sources, source)) continue;
      for (int to = 0; drawn && to < gpus_; ++to) check(source, static_cast<NodeId>(to), at, "pattern");
      if (!drawn && destinations.sends(source)) check(source, destinations.pick(source, unused), at, "pattern");
    }
  }

 private:
  static bool contains(const std::vector<NodeId>& nodes, NodeId wanted) {
    for (const NodeId node : nodes) {
      if (node == wanted) return true;
    }
    return false;
  }

  const FabricPlan* plan_;
  int gpus_;
};

/// A GPU reaches itself by the first switch of any of its links.
bool reaches_itself(const Graph& graph, ChipId gpu) {
  for (int port = 0; port < graph.chip(gpu).ports; ++port) {
    const auto& peer = graph.peer(gpu, static_cast<PortId>(port));
    if (peer && graph.is_gpu(peer->far.chip)) return false;
  }
  return true;
}

}  // namespace

void check_self(const FabricPlan& plan, const Reader& open_loop) {
  const OpenLoopSpec& spec = *plan.open_loop;
  if (!spec.pattern.self) return;
  const Graph& graph = plan.topology.graph;
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    const auto chip = static_cast<ChipId>(i);
    if (!graph.is_gpu(chip) || reaches_itself(graph, chip)) continue;
    throw open_loop.error("self", "a link of " + graph.chip(chip).name +
                                      " leads straight to another GPU, so traffic to itself has no way back: needs "
                                      "`self: false`");
  }
}

void check_reachable(const FabricPlan& plan, const Reader& workload) {
  const Reachability reachability(plan);
  if (plan.open_loop) reachability.check(*plan.open_loop, workload.section("open_loop"));
  if (!plan.memory) return;
  if (!plan.memory->streams.empty()) {
    const auto nodes = workload.list("streams");
    for (std::size_t i = 0; i < plan.memory->streams.size(); ++i) {
      reachability.check(plan.memory->streams[i], nodes[i].reader());
    }
  }
  if (plan.memory->schedule) reachability.check(*plan.memory->schedule, workload.section("schedule"));
}

}  // namespace fs
