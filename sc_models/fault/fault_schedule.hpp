// SPDX-License-Identifier: Apache-2.0
// Faults as they will happen in one run: drawn from the seed, in order of time.
#pragma once

#include <string>
#include <vector>

#include "common/clock.hpp"
#include "fault/fault_spec.hpp"

namespace fs {

/// One fault of a run.
struct Fault {
  FaultKind kind = FaultKind::link_down;
  const FaultSpec* spec = nullptr;
  std::string where;
  std::vector<LinkId> links;         ///< that it breaks, or whose errors it changes
  std::vector<ChipId> chips;         ///< switches or the GPU
  std::optional<ChannelId> channel;  ///< credit_*
  std::optional<LinkEnd> port;       ///< stuck_vc; frozen_arbiter: port `whole_switch` for all
  int lane = -1;
  PortId output{};  ///< corrupt_route
  Cycles at{0};
  Cycles until = Cycles::max();  ///< when it ends by itself
};

/// What happens to a fault at a cycle.
struct FaultStep {
  enum class What : std::uint8_t { begin, end, again, ramp };
  Cycles at{0};
  std::size_t fault = 0;  ///< place in FaultSchedule::faults
  What what = What::begin;
  double ratio = 0;  ///< ramp
};

/// `plan` outlives it. The same seed gives the same faults, whatever the machine.
class FaultSchedule {
 public:
  FaultSchedule(const FaultPlan& plan, const Graph& graph, Clock clock, int lanes, std::uint64_t seed);

  const std::vector<Fault>& faults() const { return faults_; }
  /// In order of time; at one time, in the order of the faults.
  const std::vector<FaultStep>& steps() const { return steps_; }

 private:
  void draw(const FaultSpec& spec, std::size_t entry, const Graph& graph, Clock clock, int lanes, std::uint64_t seed);
  void add(const FaultSpec& spec, const std::string& place, Femtoseconds at, const Graph& graph, Clock clock,
           std::uint64_t draw);
  void add_steps(std::size_t number, Clock clock);

  std::vector<Fault> faults_;
  std::vector<FaultStep> steps_;
};

}  // namespace fs
