// SPDX-License-Identifier: Apache-2.0
// The sum of many ledgers, exact to the femtosecond.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "common/quantity.hpp"
#include "common/wide.hpp"
#include "flit/ledger.hpp"
#include "observe/latency_histogram.hpp"

namespace fs {

class LedgerSum {
 public:
  /// Adds one ledger, whose parts are >= 0 and whose sum is `latency`: its owner's promise, which check_against()
  /// checks. Sums are kept in 64 bits and moved to 128 bits before they could overflow.
  template <std::size_t Slots>
  void add(const LedgerOf<Slots>& ledger, Femtoseconds latency) {
    if (latency.value() > Femtoseconds::max().value() - held_) spill();
    held_ += latency.value();
    ledger.add_to(partial_.data());
    ++count_;
  }
  template <std::size_t Slots>
  void add(const LedgerOf<Slots>& ledger) {
    add(ledger, ledger.sum());
  }
  void merge(const LedgerSum& other);
  void clear() { *this = LedgerSum(); }

  std::uint64_t count() const { return count_; }
  /// Sum over all ledgers of one cause, in femtoseconds.
  Int128 sum(Cause cause) const {
    const auto i = static_cast<std::size_t>(cause);
    return spilled_[i] + partial_[i];
  }
  /// Sum over all ledgers and causes: the sum of their latencies.
  Int128 total() const;
  /// Mean of one cause in femtoseconds; 0 when empty.
  double mean(Cause cause) const;

  /// Throws InvariantError unless the causes sum to exactly the latencies of `latency`, over as many entries; `what`
  /// names the two in the message.
  void check_against(const LatencyHistogram& latency, const std::string& what) const;

 private:
  void spill();

  alignas(32) std::array<std::int64_t, Ledger::slots> partial_{};
  std::int64_t held_ = 0;
  std::uint64_t count_ = 0;
  std::array<Int128, cause_count> spilled_{};
};

}  // namespace fs
