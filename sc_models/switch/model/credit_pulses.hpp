// SPDX-License-Identifier: Apache-2.0
// rx_credit_o: one pulse a (port, VC) and cycle for each buffer slot freed; more wait a cycle each.
#pragma once

#include <cstdint>
#include <vector>

#include "switch/core.hpp"

namespace fs {

/// Where an input frees at most one slot of a VC in a cycle, pulses go straight to the pins; elsewhere they are
/// counted.
class CreditPulses {
 public:
  CreditPulses(int ports, int vcs, bool counted)
      : vcs_(static_cast<std::size_t>(vcs)),
        counted_(counted),
        owed_(counted ? static_cast<std::size_t>(ports) * static_cast<std::size_t>(vcs) : 0) {}

  void reset() {
    owed_.assign(owed_.size(), 0);
    debtors_.clear();
  }

  void freed(int input, int vc, CoreOutputs& out) {
    if (!counted_) {
      out.rx_credit[out.rx_credit_count++] = {static_cast<PortId>(input), static_cast<VcId>(vc)};
      return;
    }
    const std::size_t i = static_cast<std::size_t>(input) * vcs_ + static_cast<std::size_t>(vc);
    if (owed_[i]++ == 0) debtors_.push_back(static_cast<std::uint32_t>(i));
  }

  /// After all slots of this edge were freed.
  void advance(CoreOutputs& out) {
    std::size_t kept = 0;
    for (const auto i : debtors_) {
      out.rx_credit[out.rx_credit_count++] = {static_cast<PortId>(i / vcs_), static_cast<VcId>(i % vcs_)};
      if (--owed_[i] > 0) debtors_[kept++] = i;
    }
    debtors_.resize(kept);
  }
  bool pending() const { return !debtors_.empty(); }

 private:
  std::size_t vcs_;
  bool counted_;
  std::vector<std::uint32_t> owed_;     ///< per (input, VC)
  std::vector<std::uint32_t> debtors_;  ///< those with owed > 0
};

}  // namespace fs
