// SPDX-License-Identifier: Apache-2.0
// What a scenario says of faults and of who deals with them: `faults:` and `fabric_manager:`, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "fabric/graph.hpp"

namespace fs {

enum class FaultKind : std::uint8_t {
  bit_errors,       ///< the bit error ratio of a link rises
  lane_loss,        ///< a lane of a link dies
  link_down,        ///< a link's wire is cut
  link_flap,        ///< the same, again and again
  switch_down,      ///< a switch stops with what is inside
  tray_down,        ///< several switches stop at once
  gpu_gone,         ///< a GPU and its masters stop
  credit_lost,      ///< credits on their way to a sender vanish
  credit_invented,  ///< a sender gets credits for slots that do not exist
  stuck_vc,         ///< an output VC of a switch is never granted
  frozen_arbiter,   ///< an output of a switch is never granted
  corrupt_route,    ///< a row of a switch's route table names a wrong output
  speed_loss,       ///< a link falls to its next lower speed
};
constexpr int fault_kind_count = 13;
const char* fault_kind_name(FaultKind kind);

/// What the fabric manager does about a fault that it has been told of.
enum class Reaction : std::uint8_t {
  none,        ///< watches
  retrain,     ///< the link is trained again, which also sets its credits and VCs right
  narrow,      ///< leaves the link to its fewer lanes
  slow,        ///< the link runs at its next lower speed, at which it errs less
  respread,    ///< GPUs stop using what is out of order; switches route around it
  drain,       ///< the same; the link or switch is switched off once what was under way has had time to pass
  reset,       ///< the switch is reset, with what is inside, and its links are trained
  repair,      ///< the row of the route table is written again
  end_domain,  ///< every GPU ends what it has under way, and no master asks for more
};
const char* reaction_name(Reaction reaction);
/// Reactions that help only while the link carries; to one that has gone down the answer is `respread`.
constexpr bool for_a_link_that_carries(Reaction reaction) {
  return reaction == Reaction::narrow || reaction == Reaction::slow;
}

/// The longest time that a scenario may give a fault or a reaction: as long as the longest run.
constexpr Femtoseconds longest_fault_time = one_second() * 9000;

/// One entry of `faults:`, read and checked, its place not yet drawn.
struct FaultSpec {
  FaultKind kind = FaultKind::link_down;
  std::string where;                 ///< as written, for reports
  std::vector<std::string> choices;  ///< things it can hit; one of them is drawn each time
  bool together = false;             ///< tray_down: it hits all of `choices`
  Femtoseconds at{0};                ///< when, or the earliest time drawn
  Femtoseconds until{-1};            ///< drawn: the latest time; below 0: exactly `at`
  std::int64_t count = 1;            ///< drawn: how many in [at, until)
  Femtoseconds interval{0};          ///< drawn: mean time between two, instead of a count; 0: count
  Femtoseconds lasts{-1};            ///< how long; below 0: for ever
  // Of a kind each.
  int direction = 2;                   ///< bit_errors: 0 from a to b, 1 from b to a, 2 both
  int lane = -1;                       ///< bit_errors: -1 all; lane_loss: -1 drawn
  double from_ratio = 0;               ///< bit_errors: at the start of the ramp
  double to_ratio = 0;                 ///< bit_errors: at its end
  Femtoseconds ramp{0};                ///< bit_errors: how long the ramp takes
  int steps = 16;                      ///< bit_errors: of the ramp, equal in the logarithm
  Femtoseconds period{0};              ///< link_flap: from cut to cut
  Femtoseconds down{0};                ///< link_flap: how long each
  int flaps = 1;                       ///< link_flap
  int vc = 0;                          ///< credit_*, stuck_vc
  int credits = 1;                     ///< credit_*
  int destination = 0;                 ///< corrupt_route
  int traffic_class = 0;               ///< corrupt_route
  int output = -1;                     ///< corrupt_route: -1 drawn
  std::optional<Femtoseconds> detect;  ///< instead of the manager's time for this kind
  std::optional<Reaction> reaction;    ///< instead of the manager's for this kind
};

/// `fabric_manager:`. Where no source is named, a default is an assumption.
struct ManagerSpec {
  /// A message from a chip to the manager, and one from it to a chip: a management network.
  Femtoseconds notice_latency = microseconds(1);
  Femtoseconds write_latency = microseconds(1);
  /// From the first notice to the decision; notices that come meanwhile are dealt with together. Software: what it
  /// takes on real racks is milliseconds to seconds, and is no different in kind.
  Femtoseconds reaction_time = microseconds(5);
  /// From taking a switch or link out of the routes to switching it off.
  Femtoseconds drain_time = microseconds(5);
  bool recheck = true;  ///< new routes are searched for cycles before they are written
  /// By kind: how long what detects it takes (fault_detection() says what that is), and what is done.
  std::vector<Femtoseconds> detect;
  std::vector<Reaction> reaction;
  bool respread_links = true;  ///< notices of links that went down, whatever the cause, lead to `respread`
  /// Frames of a link that fail in `error_window` and so are reported as a fault.
  std::int64_t error_threshold = 8;
  Femtoseconds error_window = microseconds(1);

  ManagerSpec();
};

/// What notices a fault of this kind, in a few words.
const char* fault_detection(FaultKind kind);

struct FaultPlan {
  std::vector<FaultSpec> faults;
  ManagerSpec manager;
  bool any() const { return !faults.empty(); }
};

}  // namespace fs
