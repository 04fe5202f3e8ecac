// SPDX-License-Identifier: Apache-2.0
// The fabric manager: a chip that learns of faults by messages, decides, and orders by messages.
#pragma once

#include <cstdint>
#include <vector>

#include "common/clock.hpp"
#include "fault/fault_spec.hpp"
#include "fault/route_plan.hpp"

namespace fs {

constexpr int no_fault = -1;

/// A message to the manager.
struct ManagerNotice {
  enum class What : std::uint8_t {
    link_down,  ///< a link has given up
    link_up,    ///< a link that had given up is trained
    suspect,    ///< something detected a fault that leaves the links up
    healed,     ///< what was suspect works again by itself
  };
  What what = What::link_down;
  FaultKind kind = FaultKind::link_down;  ///< suspect, healed; the rest: of `fault`, if that is known
  int fault = no_fault;                   ///< of the run; no_fault: a link that fell by itself
  std::vector<LinkId> links;              ///< concerned
  std::vector<ChipId> chips;
  Reaction reaction = Reaction::respread;
};

/// A message from the manager, with the cycle in which it takes effect.
struct ManagerOrder {
  enum class What : std::uint8_t { write_row, set_links, retrain, power_off, narrow, slow, reset, repair, end_domain };
  What what = What::write_row;
  Cycles at{0};
  int fault = no_fault;
  RowChange row;    ///< write_row
  MaskChange mask;  ///< set_links
  LinkId link{};    ///< retrain, power_off, narrow, slow
};

/// One decision, for the timeline.
struct ManagerDecision {
  Cycles at{0};
  Cycles done{0};  ///< when its last order takes effect
  std::vector<int> faults;
  std::size_t rows = 0;
  std::size_t masks = 0;
  std::size_t others = 0;
  int stages = 0;        ///< in which the routes are written
  bool refused = false;  ///< the new routes could deadlock, by themselves or while they are written
  bool waits = false;    ///< with new routes, until the rows ordered before are written and followed
  bool ended = false;    ///< the domain
  int lost_pairs = 0;
};

/// Notices arrive a latency after they are sent. The first one starts the reaction time; when that is over, all that
/// have arrived are dealt with together. Orders take effect a latency later, at most one row a switch and cycle, and
/// one target a GPU and cycle. Routes that could deadlock
/// while old and new rows are mixed are written in stages, a drain time apart.
class FabricManager {
 public:
  FabricManager(const ManagerSpec& spec, RoutePlan plan, const Graph& graph, Clock clock);

  void notify(const ManagerNotice& notice, Cycles now);
  /// When step() has something to do; Cycles::max() when it has not.
  Cycles next() const;
  /// Deals with what is due at `now`; orders come out in order of time.
  void step(Cycles now);

  std::vector<ManagerOrder> take_orders();
  std::vector<ManagerDecision> take_decisions();
  const RoutePlan& plan() const { return plan_; }

 private:
  struct Letter {
    Cycles arrives{0};
    ManagerNotice notice;
  };
  struct PowerOff {
    Cycles at{0};
    LinkId link{};
    int fault = no_fault;
  };

  void decide(Cycles now);
  void reroute(Cycles now, ManagerDecision& decision);
  void write_routes(const RouteChanges& changes, Cycles now, ManagerDecision& decision);
  void order(ManagerOrder::What what, LinkId link, int fault, Cycles now, ManagerDecision& decision);

  ManagerSpec spec_;
  RoutePlan plan_;
  Cycles notice_cycles_;
  Cycles write_cycles_;
  Cycles reaction_cycles_;
  Cycles drain_cycles_;
  std::vector<Letter> letters_;  ///< in order of arrival
  std::vector<ManagerNotice> table_;
  Cycles settled_at_{0};  ///< all rows ordered are written, and what followed others has had time to leave
  Cycles decides_at_ = Cycles::max();
  std::vector<bool> out_;  ///< by link: avoid it
  bool reroute_waits_ = false;
  std::vector<int> waiting_faults_;  ///< whose new routes wait
  std::vector<PowerOff> power_offs_;
  std::vector<ManagerOrder> orders_;
  std::vector<ManagerDecision> decisions_;
};

}  // namespace fs
