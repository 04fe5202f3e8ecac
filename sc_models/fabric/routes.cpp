// SPDX-License-Identifier: Apache-2.0
#include "fabric/routes.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/check.hpp"

namespace fs {

namespace {

constexpr int max_vcs = VcSet::capacity;

}  // namespace

VcPlan::VcPlan(const std::vector<std::int64_t>& vcs_per_class) : first_{0} {
  if (vcs_per_class.empty()) throw std::invalid_argument("a fabric has at least one traffic class");
  for (const auto count : vcs_per_class) {
    if (count < 1 || count > max_vcs || first_.back() + count > max_vcs) {
      throw std::invalid_argument("a class has at least one VC, and all classes together at most " +
                                  std::to_string(max_vcs));
    }
    first_.push_back(first_.back() + static_cast<int>(count));
  }
}

VcPlan VcPlan::of(const std::vector<TrafficClass>& classes) {
  std::vector<std::int64_t> counts;
  for (const auto& cls : classes) counts.push_back(cls.vcs);
  return VcPlan(counts);
}

VcSet VcPlan::set(ClassId cls) const {
  VcSet set;
  for (int v = first_[index(cls)]; v < first_[index(cls) + 1]; ++v) set.set(v);
  return set;
}

ClassId VcPlan::class_of(VcId vc) const {
  const auto above = std::upper_bound(first_.begin(), first_.end(), static_cast<int>(vc));
  return static_cast<ClassId>(above - first_.begin() - 1);
}

Routes::Routes(const Graph& graph, const VcPlan& plan)
    : plan_(plan), sets_(graph.chip_count()), choice_(graph.chip_count()) {
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) graph_gpu_.push_back(graph.gpu(static_cast<NodeId>(n)));
  for (auto& sets : sets_) sets.push_back({});
  for (auto& choice : choice_) choice.assign(graph.gpu_count(), 0);
  for (int c = 0; c < plan.classes(); ++c) class_vcs_.push_back(plan.set(static_cast<ClassId>(c)));
  modes_.assign(class_vcs_.size(), RouteMode::hashed);
}

RouteRow Routes::row(ChipId at, ClassId cls, NodeId dst) const {
  const auto& allowed = vcs(cls);
  return {outputs(at, dst), allowed.word(0), allowed.word(1), mode(cls)};
}

std::uint64_t Routes::link_mask(NodeId from, NodeId to) const {
  std::uint64_t mask = 0;
  for (const auto port : outputs(graph_gpu_[from], to)) mask |= 1ULL << index(port);
  return mask;
}

std::size_t Routes::widest_choice() const {
  DynamicBits gpus(static_cast<int>(sets_.size()));
  for (const auto gpu : graph_gpu_) gpus.set(static_cast<int>(gpu));
  std::size_t widest = 0;
  for (std::size_t chip = 0; chip < sets_.size(); ++chip) {
    if (gpus.test(static_cast<int>(chip))) continue;
    const auto id = static_cast<ChipId>(chip);
    for (const auto choice : choice_[id]) widest = std::max(widest, sets_[id][choice].size());
  }
  return widest;
}

void Routes::set_outputs(ChipId at, NodeId dst, const std::vector<PortId>& ports) {
  auto& sets = sets_[at];
  // The last sets first: neighbouring destinations often share their outputs.
  std::size_t i = sets.size();
  while (i > 0 && sets[i - 1] != ports) --i;
  if (i == 0) {
    FS_CHECK(sets.size() < 65536, "too many different route rows at one chip");
    sets.push_back(ports);
    i = sets.size();
  }
  choice_[at][index(dst)] = static_cast<std::uint16_t>(i - 1);
}

void Routes::set_vcs(ClassId cls, const VcSet& vcs) {
  if (vcs.none() || (vcs & plan_.set(cls)).count() != vcs.count()) {
    throw std::invalid_argument("a class takes one or more of its own VCs");
  }
  class_vcs_[index(cls)] = vcs;
}

namespace {

constexpr std::uint32_t unreached = 0xffffffff;

/// A chip's links, without the gaps.
struct Neighbour {
  PortId port{};
  ChipId chip{};
};
using Neighbours = IdVector<ChipId, std::vector<Neighbour>>;

bool usable(const std::optional<Graph::Peer>& peer, const DynamicBits* dead) {
  return peer && (dead == nullptr || !dead->test(static_cast<int>(index(link_of(peer->out)))));
}

Neighbours neighbours_of(const Graph& graph, const DynamicBits* dead) {
  Neighbours all(graph.chip_count());
  for (std::size_t c = 0; c < graph.chip_count(); ++c) {
    const auto chip = static_cast<ChipId>(c);
    for (std::uint16_t p = 0; p < graph.chip(chip).ports; ++p) {
      const auto& peer = graph.peer(chip, static_cast<PortId>(p));
      if (usable(peer, dead)) all[chip].push_back({static_cast<PortId>(p), peer->far.chip});
    }
  }
  return all;
}

/// Breadth first from the destination; GPUs are reached but never passed.
void measure(const Graph& graph, const Neighbours& neighbours, ChipId target, IdVector<ChipId, std::uint32_t>& distance,
             std::vector<ChipId>& queue) {
  for (auto& d : distance) d = unreached;
  queue.clear();
  distance[target] = 0;
  queue.push_back(target);
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const auto chip = queue[next];
    if (chip != target && graph.is_gpu(chip)) continue;
    for (const auto& neighbour : neighbours[chip]) {
      if (distance[neighbour.chip] != unreached) continue;
      distance[neighbour.chip] = distance[chip] + 1;
      queue.push_back(neighbour.chip);
    }
  }
}

/// The ports of `chip` whose far end is `distance` hops from the target and can pass packets on to it.
std::vector<PortId> closer_ports(const Graph& graph, const Neighbours& neighbours, ChipId chip, ChipId target,
                                 const IdVector<ChipId, std::uint32_t>& distance, std::uint32_t wanted) {
  std::vector<PortId> ports;
  for (const auto& neighbour : neighbours[chip]) {
    const bool passes = neighbour.chip == target || !graph.is_gpu(neighbour.chip);
    if (passes && distance[neighbour.chip] == wanted) ports.push_back(neighbour.port);
  }
  return ports;
}

void route_shortest(const Graph& graph, Routes& routes, const DynamicBits* dead) {
  const auto neighbours = neighbours_of(graph, dead);
  IdVector<ChipId, std::uint32_t> distance(graph.chip_count());
  std::vector<ChipId> queue;
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
    const auto dst = static_cast<NodeId>(n);
    const auto target = graph.gpu(dst);
    measure(graph, neighbours, target, distance, queue);
    for (const auto chip : queue) {
      // A GPU's way to itself leads through the nearest switch, which is one hop away.
      const auto wanted = chip == target ? 1 : distance[chip] - 1;
      routes.set_outputs(chip, dst, closer_ports(graph, neighbours, chip, target, distance, wanted));
    }
  }
}

/// Dimension 0 first. Ports as the mesh generator numbers them: 2d up, 2d + 1 down, the last to the GPU.
std::int64_t dimension_order_port(const std::vector<std::int64_t>& dims, std::int64_t from, std::int64_t to) {
  for (std::size_t d = 0; d < dims.size(); ++d) {
    const auto here = from % dims[d];
    const auto there = to % dims[d];
    if (here != there) return static_cast<std::int64_t>(2 * d) + (here < there ? 0 : 1);
    from /= dims[d];
    to /= dims[d];
  }
  return static_cast<std::int64_t>(2 * dims.size());
}

void route_dimension_order(const Topology& topology, Routes& routes, const DynamicBits* dead) {
  const auto& graph = topology.graph;
  const auto routers = graph.switches();
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
    const auto dst = static_cast<NodeId>(n);
    for (std::size_t g = 0; g < graph.gpu_count(); ++g) {
      const ChipId source = graph.gpu(static_cast<NodeId>(g));
      if (usable(graph.peer(source, PortId{0}), dead)) routes.set_outputs(source, dst, {PortId{0}});
      const auto port =
          dimension_order_port(topology.mesh_dims, static_cast<std::int64_t>(g), static_cast<std::int64_t>(n));
      if (!usable(graph.peer(routers[g], static_cast<PortId>(port)), dead)) continue;  // it knows no other way
      routes.set_outputs(routers[g], dst, {static_cast<PortId>(port)});
    }
  }
}

void check_reachable(const Graph& graph, const Routes& routes) {
  for (std::size_t a = 0; a < graph.gpu_count(); ++a) {
    for (std::size_t b = 0; b < graph.gpu_count(); ++b) {
      const auto from = static_cast<NodeId>(a);
      const auto to = static_cast<NodeId>(b);
      if (a == b || routes.reachable(from, to)) continue;
      throw TopologyError("no path leads from " + graph.chip(graph.gpu(from)).name + " to " +
                          graph.chip(graph.gpu(to)).name);
    }
  }
}

}  // namespace

Routes compute_routes(const Topology& topology, const VcPlan& plan, const RoutingSpec& spec, bool partial,
                      const DynamicBits* dead) {
  Routes routes(topology.graph, plan);
  const bool mesh = !topology.mesh_dims.empty();
  auto algorithm = spec.algorithm;
  if (algorithm == RoutingAlgorithm::automatic) {
    algorithm = mesh ? RoutingAlgorithm::dimension_order : RoutingAlgorithm::shortest;
  }
  if (algorithm == RoutingAlgorithm::dimension_order) {
    if (!mesh) throw TopologyError("dimension order is for meshes");
    route_dimension_order(topology, routes, dead);
  } else {
    route_shortest(topology.graph, routes, dead);
  }
  for (int c = 0; c < plan.classes(); ++c) {
    const auto i = static_cast<std::size_t>(c);
    routes.set_mode(static_cast<ClassId>(c), i < spec.class_modes.size() ? spec.class_modes[i] : spec.mode);
  }
  if (!partial) check_reachable(topology.graph, routes);
  return routes;
}

std::string order_problem(const Routes& routes, const Profile& profile) {
  if (profile.order == Order::none) return {};
  if (routes.widest_choice() > 1) {
    return "the protocol keeps order, but switches may choose among several outputs, by which packets overtake each "
           "other";
  }
  return {};
}

}  // namespace fs
