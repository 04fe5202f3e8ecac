// SPDX-License-Identifier: Apache-2.0
// Means and checks of summed ledgers.
#include "observe/ledger_sum.hpp"

#include "common/check.hpp"

namespace fs {

void LedgerSum::spill() {
  for (std::size_t i = 0; i < cause_count; ++i) {
    spilled_[i] += partial_[i];
    partial_[i] = 0;
  }
  held_ = 0;
}

void LedgerSum::merge(const LedgerSum& other) {
  spill();
  for (std::size_t i = 0; i < cause_count; ++i) spilled_[i] += other.spilled_[i] + other.partial_[i];
  count_ += other.count_;
}

Int128 LedgerSum::total() const {
  Int128 all = 0;
  for (std::size_t i = 0; i < cause_count; ++i) all += sum(static_cast<Cause>(i));
  return all;
}

double LedgerSum::mean(Cause cause) const {
  return count_ == 0 ? 0.0 : static_cast<double>(sum(cause)) / static_cast<double>(count_);
}

void LedgerSum::check_against(const LatencyHistogram& latency, const std::string& what) const {
  FS_CHECK(count_ == latency.count(),
           what + ": " + std::to_string(count_) + " ledgers for " + std::to_string(latency.count()) + " latencies");
  FS_CHECK(total() == latency.sum(), what + ": the ledgers' causes do not sum to the latencies; the sum is off by " +
                                         std::to_string(static_cast<double>(total() - latency.sum())) + " fs");
}

}  // namespace fs
