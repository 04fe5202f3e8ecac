// SPDX-License-Identifier: Apache-2.0
// One SystemC process a clock domain: it steps the domain's awake chips, and sleeps when there are none.
#pragma once

#include <systemc>
#include <vector>

#include "common/clock.hpp"
#include "link/wake_wheel.hpp"
#include "tlm/chips/chip.hpp"
#include "tlm/kernel_time.hpp"

namespace fs::tlm {

/// Sets SystemC's resolution to 1 fs. Once a process, before the first sc_time.
void set_femtosecond_resolution();

class ClockDomain : public sc_core::sc_module {
 public:
  /// `chips`: how many will be added. With `sleep` off every chip is stepped at every edge (a test of sleeping).
  ClockDomain(sc_core::sc_module_name name, Clock clock, int chips, bool sleep = true);

  /// The wheel that inboxes of this domain's chips wake.
  WakeWheel& wheel() { return wheel_; }
  /// Chips are numbered in the order of adding.
  int add(Chip& chip);
  Clock clock() const { return clock_; }
  /// The first edge strictly after the kernel's present time.
  Cycles next_edge() const;
  /// Wakes a chip at the first edge strictly after the present time: for calls from outside the domain.
  void wake_at_next_edge(int chip) { wheel_.wake(chip, next_edge()); }
  /// No chip is awake and none will wake by itself.
  bool quiescent() const;
  std::uint64_t edges() const { return edges_; }
  std::uint64_t chip_steps() const { return chip_steps_; }

  SC_HAS_PROCESS(ClockDomain);

 private:
  void tick();
  void step_awake(Cycles now);
  static void interrupt(void* self, Cycles at);

  Clock clock_;
  bool sleep_;
  WakeWheel wheel_;
  std::vector<Chip*> chips_;
  std::vector<std::uint64_t> awake_;
  std::vector<std::uint64_t> busy_;
  sc_core::sc_event kick_;
  std::uint64_t edges_ = 0;
  std::uint64_t chip_steps_ = 0;
};

}  // namespace fs::tlm
