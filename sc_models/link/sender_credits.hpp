// SPDX-License-Identifier: Apache-2.0
// The sender's view of one neighbour's receive buffer: slots it may still fill, per VC and, where shared, in common.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
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
  explicit SenderCredits(const std::vector<int>& reserve) : pooled_(true) {
    hold(reserve.size());
    for (const int flits : reserve) loans_.push_back({0, flits});
  }

  int available(VcId vc) const { return own(vc) + shared_; }
  /// What no VC has reserved; below 0 never.
  int shared() const { return shared_; }
  /// The VC's own slots, when nothing is shared: the fast question.
  int own(VcId vc) const { return (is_few_ ? few_.data() : many_.data())[index(vc)]; }

  /// VCs are so few that with_credit() has a bit for each.
  bool few() const { return is_few_; }
  /// The set of VCs with a slot available, where they are few.
  unsigned with_credit() const {
    unsigned set = 0;
#if defined(__AVX2__)
    using Lanes = int __attribute__((vector_size(32)));
    using Signs = float __attribute__((vector_size(32)));
    Lanes own;
    static_assert(sizeof few_ == sizeof own);
    std::memcpy(&own, few_.data(), sizeof own);
    const Lanes some = own > -shared_;
    set = static_cast<unsigned>(__builtin_ia32_movmskps256(reinterpret_cast<Signs>(some)));
#else
    for (std::size_t vc = 0; vc < few_vcs; ++vc) set |= static_cast<unsigned>(few_[vc] + shared_ > 0) << vc;
#endif
    return set;
  }

  /// Uses `flits` slots; available() must cover them.
  void use(VcId vc, int flits) {
    int& mine = own_of(vc);
    if (__builtin_expect(pooled_, 0)) {
      const int borrowed = flits - std::min(mine, flits);
      loans_[index(vc)].borrowed += borrowed;
      shared_ -= borrowed;
      flits -= borrowed;
    }
    mine -= flits;
  }
  /// Brings what a shared pool keeps of its VCs near.
  void prefetch_loan() const {
    if (pooled_) __builtin_prefetch(loans_.data(), 1);
  }
  /// One slot freed.
  void pulse(VcId vc) {
    if (__builtin_expect(pooled_, 0)) {
      Loan& loan = loans_[index(vc)];
      if (loan.borrowed > 0 || own(vc) >= loan.reserve) {
        loan.borrowed -= static_cast<int>(loan.borrowed > 0);
        ++shared_;
        return;
      }
    }
    ++own_of(vc);
  }
  /// Slots the sender may fill in all: own parts and the shared part.
  int total() const {
    int n = shared_;
    for (const int own : few_) n += own;
    for (const int own : many_) n += own;
    return n;
  }

 private:
  struct Loan {
    int borrowed = 0;
    int reserve = 0;
  };
  static constexpr std::size_t few_vcs = 8;

  void hold(std::size_t vcs) {
    is_few_ = vcs <= few_vcs;
    if (!is_few_) many_.resize(vcs);
  }
  int& own_of(VcId vc) { return (is_few_ ? few_.data() : many_.data())[index(vc)]; }

  int shared_ = 0;
  bool is_few_ = true;
  bool pooled_ = false;
  std::array<int, few_vcs> few_{};  ///< in place, where that is enough: every flit and every credit comes here
  std::vector<int> many_;
  std::vector<Loan> loans_;  ///< by VC, of a shared pool
};

}  // namespace fs
