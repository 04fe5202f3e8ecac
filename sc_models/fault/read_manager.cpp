// SPDX-License-Identifier: Apache-2.0
#include "fault/read_faults.hpp"

namespace fs {

const char* reaction_name(Reaction reaction) {
  constexpr const char* names[] = {"none",  "retrain", "narrow", "slow",      "respread",
                                   "drain", "reset",   "repair", "end_domain"};
  return names[static_cast<std::size_t>(reaction)];
}

ManagerSpec::ManagerSpec() : detect(fault_kind_count), reaction(fault_kind_count, Reaction::respread) {
  const auto set = [this](FaultKind kind, Femtoseconds time, Reaction what) {
    detect[static_cast<std::size_t>(kind)] = time;
    reaction[static_cast<std::size_t>(kind)] = what;
  };
  // Where the link layer detects, its own times count and these are 0.
  set(FaultKind::bit_errors, Femtoseconds(0), Reaction::respread);
  set(FaultKind::lane_loss, Femtoseconds(0), Reaction::narrow);
  set(FaultKind::link_down, Femtoseconds(0), Reaction::respread);
  set(FaultKind::link_flap, Femtoseconds(0), Reaction::none);
  set(FaultKind::switch_down, Femtoseconds(0), Reaction::respread);
  set(FaultKind::tray_down, Femtoseconds(0), Reaction::respread);
  set(FaultKind::gpu_gone, Femtoseconds(0), Reaction::respread);
  set(FaultKind::credit_lost, microseconds(5), Reaction::retrain);
  set(FaultKind::credit_invented, microseconds(1), Reaction::retrain);
  set(FaultKind::stuck_vc, microseconds(5), Reaction::retrain);
  set(FaultKind::frozen_arbiter, microseconds(5), Reaction::reset);
  set(FaultKind::corrupt_route, Femtoseconds(0), Reaction::repair);
  set(FaultKind::speed_loss, Femtoseconds(0), Reaction::slow);
}

ManagerSpec read_manager(const Reader& reader) {
  ManagerSpec m;
  m.notice_latency = reader.time_or("notice_latency", m.notice_latency, nanoseconds(10), longest_fault_time);
  m.write_latency = reader.time_or("write_latency", m.write_latency, nanoseconds(10), longest_fault_time);
  m.reaction_time = reader.time_or("reaction_time", m.reaction_time, Femtoseconds(0), longest_fault_time);
  m.drain_time = reader.time_or("drain_time", m.drain_time, Femtoseconds(0), longest_fault_time);
  m.recheck = reader.boolean_or("recheck", m.recheck);
  m.respread_links = reader.boolean_or("respread", m.respread_links);
  m.error_threshold = reader.integer_or<std::int64_t>("error_threshold", m.error_threshold, 1, 1'000'000'000);
  m.error_window = reader.time_or("error_window", m.error_window, nanoseconds(10), longest_fault_time);
  const bool ends = reader.boolean_or("end_domain", false);
  if (!m.respread_links || ends) {
    for (Reaction& reaction : m.reaction) {
      if (ends) {
        reaction = Reaction::end_domain;
      } else if (reaction == Reaction::respread) {
        reaction = Reaction::none;
      }
    }
  }
  return m;
}

}  // namespace fs
