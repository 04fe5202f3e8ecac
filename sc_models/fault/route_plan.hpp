// SPDX-License-Identifier: Apache-2.0
// Routes around what is out of order, as differences from the routes in force.
#pragma once

#include <string>
#include <vector>

#include "common/bits.hpp"
#include "fabric/deadlock.hpp"
#include "fabric/routes.hpp"

namespace fs {

/// A row of a switch that must change, or the links of a GPU towards another.
struct RowChange {
  ChipId at{};
  ClassId cls{};
  NodeId dst{};
  RouteRow row;
};
struct MaskChange {
  NodeId gpu{};
  NodeId target{};
  std::uint64_t links = 0;
};

struct RouteChanges {
  std::vector<RowChange> rows;    ///< by switch, then class, then destination
  std::vector<MaskChange> masks;  ///< by GPU, then target
  DeadlockReport deadlock;        ///< of the new routes; with a cycle nothing is changed
  int lost_pairs = 0;             ///< ordered pairs of GPUs that no way joins any more
};

class RoutePlan {
 public:
  /// `topology` outlives this. `recheck`: whether new routes are searched for cycles.
  RoutePlan(const Topology& topology, const RoutingSpec& spec, const Routes& routes,
            const std::vector<std::string>& class_names, const std::vector<MemoryPath>& memory_paths, bool recheck);

  /// Routes that avoid the links of `dead` (bit l: link l). They are in force from here on, unless they could deadlock.
  RouteChanges avoid(const DynamicBits& dead);
  const Routes& routes() const { return routes_; }

 private:
  const Topology* topology_;
  RoutingSpec spec_;
  Routes routes_;
  std::vector<std::string> class_names_;
  std::vector<MemoryPath> memory_paths_;
  bool recheck_;
};

}  // namespace fs
