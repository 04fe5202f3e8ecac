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
  int stage = 0;
};
struct MaskChange {
  NodeId gpu{};
  NodeId target{};
  std::uint64_t links = 0;
  int stage = 0;
};

/// Changes of a stage may be written in any order; those of the next only once no packet is left that followed what the
/// stage replaced.
struct RouteChanges {
  std::vector<RowChange> rows;    ///< by stage, then switch, then class, then destination
  std::vector<MaskChange> masks;  ///< by stage, then GPU, then target
  DeadlockReport deadlock;        ///< of the new routes; with a cycle nothing is changed
  int stages = 0;                 ///< 0: nothing changes
  bool mixture = false;  ///< the new routes are free of cycles, but no order of writing them was found that stays so
  bool wait = false;     ///< nothing is changed yet: first settled() has to be called
  int lost_pairs = 0;    ///< ordered pairs of GPUs that no way joins any more
};

class RoutePlan {
 public:
  /// `topology` outlives this. `recheck`: whether new routes are searched for cycles.
  RoutePlan(const Topology& topology, const RoutingSpec& spec, const Routes& routes,
            const std::vector<std::string>& class_names, const std::vector<MemoryPath>& memory_paths, bool recheck);

  /// Routes that avoid the links of `dead` (bit l: link l). They are in force from here on, unless they could deadlock:
  /// by themselves, or mixed with those before while the rows are written. Where writing all at once could, rows are
  /// put in stages.
  RouteChanges avoid(const DynamicBits& dead);
  /// All rows ordered so far are written, and no packet is left that followed others.
  void settled() { before_.clear(); }
  const Routes& routes() const { return routes_; }

 private:
  /// One chip's way to one destination.
  struct Way {
    ChipId at{};
    NodeId dst{};
    int stage = 0;
  };

  bool mixes(const Routes& with, const Routes& and_with) const;
  std::vector<Way> ways_that_change(const Routes& next) const;
  bool put_in_stages(const Routes& next, std::vector<Way>& ways) const;
  void write(const Routes& next, const std::vector<Way>& ways, RouteChanges& changes) const;

  const Topology* topology_;
  RoutingSpec spec_;
  Routes routes_;
  std::vector<Routes> before_;  ///< that packets under way may still follow
  std::vector<std::string> class_names_;
  std::vector<MemoryPath> memory_paths_;
  bool recheck_;
};

}  // namespace fs
