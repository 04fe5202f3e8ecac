// SPDX-License-Identifier: Apache-2.0
// A pipeline of flits: what enters with a due cycle comes out at that cycle, a cycle's flits side by side.
#pragma once

#include <cstdint>
#include <vector>

#include "common/quantity.hpp"
#include "flit/port_flit.hpp"

namespace fs {

/// Flits are written in place and stay where they are until taken. Due cycles must not decrease.
class DelayLine {
 public:
  /// Room for `per_cycle` flits in each of `stages` + 1 cycles.
  DelayLine(int per_cycle, int stages) {
    std::size_t size = 4;
    while (size < static_cast<std::size_t>(per_cycle) * static_cast<std::size_t>(stages + 1)) size *= 2;
    flits_.resize(stages == 0 ? 0 : size);
    std::size_t batches = 2;
    while (batches < static_cast<std::size_t>(stages) + 1) batches *= 2;
    batches_.resize(batches);
  }

  void reset() { head_ = tail_ = first_ = last_ = 0; }

  /// The place for one more flit, due at `due`.
  PortFlit& push(std::int64_t due) {
    if (first_ == last_ || batch(last_ - 1).due != due) batch(last_++) = {due, 0};
    ++batch(last_ - 1).count;
    return flits_[tail_++ & (flits_.size() - 1)];
  }

  bool empty() const { return first_ == last_; }
  std::size_t size() const { return tail_ - head_; }
  std::int64_t next_due() const { return empty() ? Cycles::max().value() : batch(first_).due; }

  /// Calls take(flit) for each flit due at `cycle`, in the order of entry; none may be overdue.
  template <class Take>
  void take_due(std::int64_t cycle, Take&& take) {
    if (first_ == last_ || batch(first_).due > cycle) return;
    for (int k = batch(first_).count; k > 0; --k) take(flits_[head_++ & (flits_.size() - 1)]);
    ++first_;
  }

 private:
  struct Batch {
    std::int64_t due = 0;
    int count = 0;
  };
  Batch& batch(std::size_t i) { return batches_[i & (batches_.size() - 1)]; }
  const Batch& batch(std::size_t i) const { return batches_[i & (batches_.size() - 1)]; }

  std::vector<PortFlit> flits_;
  std::vector<Batch> batches_;
  std::size_t head_ = 0, tail_ = 0;   ///< flits
  std::size_t first_ = 0, last_ = 0;  ///< batches
};

}  // namespace fs
