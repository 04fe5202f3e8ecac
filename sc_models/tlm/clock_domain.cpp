// SPDX-License-Identifier: Apache-2.0
#include "tlm/clock_domain.hpp"

#include "common/check.hpp"

namespace fs::tlm {

void set_femtosecond_resolution() {
  static const bool once = (sc_core::sc_set_time_resolution(1, sc_core::SC_FS), true);
  static_cast<void>(once);
}

ClockDomain::ClockDomain(sc_core::sc_module_name name, Clock clock, int chips, bool sleep)
    : sc_module(name),
      clock_(clock),
      sleep_(sleep),
      wheel_(chips),
      awake_(wheel_.words()),
      busy_(wheel_.words()),
      kick_("kick") {
  SC_METHOD(tick);
}

int ClockDomain::add(Chip& chip) {
  FS_CHECK(chips_.size() < 64 * wheel_.words(), "more chips than the clock domain was made for");
  const auto number = static_cast<int>(chips_.size());
  chips_.push_back(&chip);
  wheel_.wake(number, Cycles(0));
  return number;
}

Cycles ClockDomain::next_edge() const {
  const Femtoseconds now = present();
  return Cycles(now.value() / clock_.period().value() + 1);
}

bool ClockDomain::quiescent() const {
  for (const auto word : busy_) {
    if (word != 0) return false;
  }
  return wheel_.next() == Cycles::max();
}

void ClockDomain::interrupt(void* self, Cycles at) {
  auto* domain = static_cast<ClockDomain*>(self);
  domain->kick_.notify(to_sc_time(domain->clock_.edge(at)) - sc_core::sc_time_stamp());
}

void ClockDomain::step_awake(Cycles now) {
  for (std::size_t w = 0; w < awake_.size(); ++w) {
    for (std::uint64_t word = awake_[w]; word != 0; word &= word - 1) {
      const int bit = lowest_bit(word);
      const auto chip = 64 * w + static_cast<std::size_t>(bit);
      const Cycles next = chips_[chip]->step(now);
      ++chip_steps_;
      if (next == now + Cycles(1)) {
        busy_[w] |= 1ULL << bit;
      } else if (next != Cycles::max()) {
        wheel_.wake(static_cast<int>(chip), next);
      }
    }
  }
}

void ClockDomain::tick() {
  const Cycles now(present() / clock_.period());
  const bool on_edge = clock_.edge(now) == present();
  wheel_.end_sleep();
  if (on_edge && now > wheel_.now()) {
    awake_.swap(busy_);
    busy_.assign(busy_.size(), 0);
    wheel_.take(now, awake_.data());
    if (!sleep_) {
      for (std::size_t i = 0; i < chips_.size(); ++i) awake_[i >> 6] |= 1ULL << (i & 63);
    }
    ++edges_;
    step_awake(now);
  }
  bool busy = !sleep_;
  for (const auto word : busy_) busy = busy || word != 0;
  const Cycles next = busy ? wheel_.now() + Cycles(1) : wheel_.next();
  wheel_.sleep(next, &ClockDomain::interrupt, this);
  if (next == Cycles::max()) {
    next_trigger(kick_);
  } else {
    next_trigger(to_sc_time(clock_.edge(next)) - sc_core::sc_time_stamp(), kick_);
  }
}

}  // namespace fs::tlm
