// SPDX-License-Identifier: Apache-2.0
// What every kind of GPU shows of itself to checks and reports.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gpu/port.hpp"
#include "observe/recorder.hpp"

namespace fs::tlm {

/// The links of one GPU, in order.
class PortRange {
 public:
  PortRange(const GpuPort* first, std::size_t count) : first_(first), count_(count) {}
  const GpuPort* begin() const { return first_; }
  const GpuPort* end() const { return first_ + count_; }
  std::size_t size() const { return count_; }
  const GpuPort& operator[](std::size_t link) const { return first_[link]; }

 private:
  const GpuPort* first_;
  std::size_t count_;
};

class EndpointChip {
 public:
  virtual ~EndpointChip() = default;
  virtual PortRange ports() const = 0;
  /// Open-loop packets created until `now` that their link has not taken yet: tells `recorder` that they were offered
  /// and returns their number. Walks them: for the end of a run.
  virtual std::uint64_t offer_waiting(Recorder& recorder, Cycles now) const = 0;
  /// Every open-loop packet created before `cycle` has been taken.
  virtual bool created_all_before(Cycles cycle) const = 0;
  /// Who waits for whom, a line each: for deadlock reports.
  virtual std::vector<std::string> waiting_lines(Femtoseconds now) const = 0;
};

}  // namespace fs::tlm
