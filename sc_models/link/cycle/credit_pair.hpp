// SPDX-License-Identifier: Apache-2.0
// Credits as cyclic counters: one half counts slots freed, the other hears how far the count has come. What is lost on
// the way a later message says again. RTL twins: rtl/link/fs_credit_return.sv, rtl/link/fs_credit_take.sv.
#pragma once

#include <cstdint>
#include <vector>

namespace fs::cycle {

class CreditReturn {
 public:
  CreditReturn(int vcs, int counter_bits, std::int64_t repair)
      : mask_((1U << counter_bits) - 1),
        repair_(repair),
        freed_(static_cast<std::size_t>(vcs)),
        fresh_(static_cast<std::size_t>(vcs)) {}

  bool due(std::int64_t now) const {
    for (const char fresh : fresh_) {
      if (fresh != 0) return true;
    }
    return repair_ != 0 && now - said_ >= repair_;
  }
  /// The VC whose counter goes next: all take turns, so that what was lost is said again however busy the others are.
  std::size_t vc() const { return turn_; }
  std::uint32_t count() const { return freed_[turn_]; }
  // Registers
  bool fresh(std::size_t vc) const { return fresh_[vc] != 0; }
  std::uint32_t freed(std::size_t vc) const { return freed_[vc]; }

  // Within an edge in this order.
  void report(std::int64_t now) {
    fresh_[turn_] = 0;
    turn_ = (turn_ + 1) % fresh_.size();
    said_ = now;
  }
  void free(std::size_t vc) {
    freed_[vc] = (freed_[vc] + 1) & mask_;
    fresh_[vc] = 1;
  }

 private:
  std::uint32_t mask_;
  std::int64_t repair_;
  std::vector<std::uint32_t> freed_;
  std::vector<char> fresh_;
  std::size_t turn_ = 0;
  std::int64_t said_ = 0;
};

class CreditTake {
 public:
  CreditTake(int vcs, int counter_bits, int most)
      : mask_((1U << counter_bits) - 1),
        most_(static_cast<std::uint32_t>(most)),
        heard_(static_cast<std::size_t>(vcs)),
        given_(static_cast<std::size_t>(vcs)) {}

  /// One pulse a VC with credits that have not been given yet, bit v for VC v.
  std::uint32_t give() {
    std::uint32_t pulses = 0;
    for (std::size_t v = 0; v < heard_.size(); ++v) {
      if (heard_[v] == given_[v]) continue;
      given_[v] = (given_[v] + 1) & mask_;
      pulses |= 1U << v;
    }
    return pulses;
  }
  /// After give() of this edge. A message heard before, or an old one, brings nothing.
  void hear(std::size_t vc, std::uint32_t count) {
    if (vc < heard_.size() && ((count - heard_[vc]) & mask_) <= most_) heard_[vc] = count;
  }
  /// A register.
  std::uint32_t heard(std::size_t vc) const { return heard_[vc]; }

 private:
  std::uint32_t mask_;
  std::uint32_t most_;
  std::vector<std::uint32_t> heard_;
  std::vector<std::uint32_t> given_;
};

}  // namespace fs::cycle
