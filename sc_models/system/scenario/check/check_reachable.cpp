// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/check/check_reachable.hpp"

#include <string>
#include <vector>

#include "system/sites/read_sites.hpp"
#include "workload/open_loop/destinations.hpp"
#include "workload/schedule/schedule.hpp"

namespace fs {
namespace {

class Reachability {
 public:
  explicit Reachability(const FabricPlan& plan)
      : plan_(&plan), gpus_(static_cast<int>(plan.topology.graph.gpu_count())) {
    if (plan.sites) ways_ = site_routes(plan.sites->network);
  }

  bool fine(NodeId from, NodeId to) const { return from == to || plan_->routes.reachable(from, to); }

  void check(NodeId from, NodeId to, const Reader& at, const std::string& key) const {
    if (fine(from, to)) return;
    throw at.error(key, "gpu" + std::to_string(index(to)) + " cannot be reached from gpu" +
                            std::to_string(index(from)) + ": this fabric is in parts");
  }

  void check(const StreamSpec& stream, const Reader& at) const {
    for (const NodeId source : stream.sources) {
      for (const NodeId target : targets_of(stream, source, gpus_)) {
        const Topology& topology = plan_->topology;
        if (!fine(source, target) && topology.domain_of(source) != topology.domain_of(target)) {
          throw at.error("targets", cost_of_load(topology, plan_->sites.get(), stream, source, target));
        }
        check(source, target, at, "targets");
      }
    }
  }

  void check(const ScheduleSpec& schedule, const Reader& at) const {
    const Topology& topology = plan_->topology;
    for (const auto& message : make_schedule(schedule).messages) {
      if (topology.domain_of(message.src) == topology.domain_of(message.dst)) {
        check(message.src, message.dst, at, "collective");
        continue;
      }
      if (carried(message.src, message.dst)) continue;
      throw at.error("collective", "gpu" + std::to_string(index(message.src)) + " sends to gpu" +
                                       std::to_string(index(message.dst)) +
                                       " of another scale-up domain, and nothing carries messages there: needs "
                                       "`sites`, and waves between them");
    }
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
  bool carried(NodeId from, NodeId to) const {
    if (!plan_->sites) return false;
    const auto& site_of = plan_->sites->network.site_of;
    return ways_[site_of[index(from)]][site_of[index(to)]] < ways_.size();
  }
  static bool contains(const std::vector<NodeId>& nodes, NodeId wanted) {
    for (const NodeId node : nodes) {
      if (node == wanted) return true;
    }
    return false;
  }

  const FabricPlan* plan_;
  int gpus_;
  std::vector<std::vector<std::size_t>> ways_;  ///< between sites
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
