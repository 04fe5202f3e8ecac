// SPDX-License-Identifier: Apache-2.0
// The sender's view of one neighbour's receive buffer: slots it may still fill, per VC and, where shared, in common.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "common/ids.hpp"

namespace fs {

/// Counters start at zero and live on pulses alone. Private buffers: every pulse belongs to its VC. A shared pool:
/// a VC fills its reserve first; what it uses beyond is borrowed from the shared part, and freed slots repay the loan
/// before they refill the reserve.
class SenderCredits {
 public:
  SenderCredits() = default;
  /// Private buffers.
  explicit SenderCredits(int vcs) { hold(static_cast<std::size_t>(vcs)); }
  /// A shared pool with a reserve per VC, in flits.
  explicit SenderCredits(const std::vector<int>& reserve) {
    hold(reserve.size());
    for (std::size_t v = 0; v < reserve.size(); ++v) counter(static_cast<VcId>(v)).reserve = reserve[v];
  }

  int available(VcId vc) const { return counter(vc).own + shared_; }
  /// The VC's own slots, when nothing is shared: the fast question.
  int own(VcId vc) const { return counter(vc).own; }

  /// Uses `flits` slots; available() must cover them.
  void use(VcId vc, int flits) {
    Counter& c = counter(vc);
    const int from_own = std::min(c.own, flits);
    c.own -= from_own;
    c.borrowed += flits - from_own;
    shared_ -= flits - from_own;
  }
  /// One slot freed.
  void pulse(VcId vc) {
    Counter& c = counter(vc);
    if (c.borrowed > 0) {
      --c.borrowed;
      ++shared_;
    } else if (c.own < c.reserve) {
      ++c.own;
    } else {
      ++shared_;
    }
  }
  /// Slots the sender may fill in all: own parts and the shared part.
  int total() const {
    int n = shared_;
    for (const auto& c : few_) n += c.own;
    for (const auto& c : many_) n += c.own;
    return n;
  }

 private:
  struct Counter {
    int own = 0;
    int borrowed = 0;
    int reserve = 1 << 30;
  };
  static constexpr std::size_t few_vcs = 4;

  void hold(std::size_t vcs) {
    is_few_ = vcs <= few_vcs;
    if (!is_few_) many_.resize(vcs);
  }
  Counter& counter(VcId vc) { return is_few_ ? few_[index(vc)] : many_[index(vc)]; }
  const Counter& counter(VcId vc) const { return is_few_ ? few_[index(vc)] : many_[index(vc)]; }

  int shared_ = 0;
  bool is_few_ = true;
  std::array<Counter, few_vcs> few_;  ///< in place, where that is enough: every flit and every credit comes here
  std::vector<Counter> many_;
};

}  // namespace fs
