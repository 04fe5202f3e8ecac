// SPDX-License-Identifier: Apache-2.0
// Routes: where a switch may send a packet for a destination, and which of its links a GPU may use.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "common/ids.hpp"
#include "fabric/topology.hpp"
#include "flit/profile/profile.hpp"
#include "switch/core.hpp"

namespace fs {

/// A set of VC numbers of one port.
using VcSet = BitSet<2>;

/// Which VCs a class owns. Classes are numbered in the profile's order, and VCs class by class: class c owns
/// [sum of the counts before it, + its own count).
class VcPlan {
 public:
  /// One class, one VC.
  VcPlan() : VcPlan(std::vector<std::int64_t>{1}) {}
  /// VCs a class, each >= 1, 128 in all. Throws std::invalid_argument.
  explicit VcPlan(const std::vector<std::int64_t>& vcs_per_class);
  static VcPlan of(const std::vector<TrafficClass>& classes);

  int classes() const { return static_cast<int>(first_.size()) - 1; }
  int vcs() const { return first_.back(); }
  VcId first(ClassId cls) const { return static_cast<VcId>(first_[index(cls)]); }
  int count(ClassId cls) const { return first_[index(cls) + 1] - first_[index(cls)]; }
  VcSet set(ClassId cls) const;
  ClassId class_of(VcId vc) const;

 private:
  std::vector<int> first_;  // one more than there are classes
};

enum class RoutingAlgorithm : std::uint8_t {
  automatic,        ///< dimension order in a mesh, else shortest
  shortest,         ///< every output on a path with the fewest links; GPUs pass nothing on
  dimension_order,  ///< meshes only: dimension 0 first, then 1, ... (free of cycles with one VC)
};

struct RoutingSpec {
  RoutingAlgorithm algorithm = RoutingAlgorithm::automatic;
  RouteMode mode = RouteMode::hashed;  ///< how a switch picks among equal outputs ...
  std::vector<RouteMode> class_modes;  ///< ... unless a class has its own (one a class, or empty)
};

/// The routes of a fabric. By default a packet may take any VC of its class at every hop.
class Routes {
 public:
  /// Nothing is reachable yet.
  Routes(const Graph& graph, const VcPlan& plan);

  /// The row of a switch; no outputs: the destination cannot be reached from there.
  RouteRow row(ChipId at, ClassId cls, NodeId dst) const;
  /// Ports a packet for `dst` may leave `at` by, ascending: a switch's outputs, or a GPU's links. A GPU's links to
  /// itself are those on a shortest way to a switch and back.
  const std::vector<PortId>& outputs(ChipId at, NodeId dst) const { return sets_[at][choice_[at][index(dst)]]; }
  /// VCs allowed to a class at every hop (its first, too).
  const VcSet& vcs(ClassId cls) const { return class_vcs_[index(cls)]; }
  RouteMode mode(ClassId cls) const { return modes_[index(cls)]; }
  const VcPlan& plan() const { return plan_; }

  bool reachable(NodeId from, NodeId to) const { return !outputs(graph_gpu_[from], to).empty(); }
  /// The links a GPU may use towards another: bit l for its port l.
  std::uint64_t link_mask(NodeId from, NodeId to) const;
  /// The most outputs any switch may choose from: 1 means that all packets of one link and destination go one way.
  std::size_t widest_choice() const;

  /// Replaces the outputs of `at` for `dst`; ports ascending.
  void set_outputs(ChipId at, NodeId dst, const std::vector<PortId>& ports);
  void set_mode(ClassId cls, RouteMode mode) { modes_[index(cls)] = mode; }
  /// Narrows a class to some of its VCs. Throws std::invalid_argument: empty, or VCs of another class.
  void set_vcs(ClassId cls, const VcSet& vcs);

 private:
  VcPlan plan_;
  IdVector<NodeId, ChipId> graph_gpu_;
  IdVector<ChipId, std::vector<std::vector<PortId>>> sets_;  // the distinct output sets of a chip; 0: none
  IdVector<ChipId, std::vector<std::uint16_t>> choice_;      // [chip][destination]: which of them
  std::vector<VcSet> class_vcs_;
  std::vector<RouteMode> modes_;
};

/// Computes all routes. Ports without a link, or with one of `dead` (bit l: link l; null: none), are never used. Throws
/// TopologyError: dimension order outside a mesh; two GPUs that cannot reach each other, or a GPU without a link,
/// unless `partial`.
Routes compute_routes(const Topology& topology, const VcPlan& plan, const RoutingSpec& spec, bool partial = false,
                      const DynamicBits* dead = nullptr);

/// Why these routes cannot keep the order the profile asks for once packets are on a link, or an empty string: packets
/// that may take different outputs can overtake each other.
std::string order_problem(const Routes& routes, const Profile& profile);

}  // namespace fs
