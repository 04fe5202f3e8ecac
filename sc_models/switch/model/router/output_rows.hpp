// SPDX-License-Identifier: Apache-2.0
// The output pipeline of a core that is stepped at every cycle in which something is due: a row of flits a cycle.
#pragma once

#include <cstdint>
#include <vector>

#include "common/quantity.hpp"
#include "flit/port_flit.hpp"

namespace fs {

/// Rows go by the cycle in which they come out, so that neither end keeps a list of them.
class OutputRows {
 public:
  /// Room for `per_cycle` flits a cycle, from one cycle to `stages` cycles later.
  OutputRows(int per_cycle, int stages) : per_cycle_(static_cast<std::size_t>(per_cycle)) {
    std::size_t rows = 1;
    while (rows < static_cast<std::size_t>(stages) + 1) rows *= 2;
    mask_ = rows - 1;
    counts_.resize(rows);
    flits_.resize(rows * per_cycle_);
  }

  void reset() {
    counts_.assign(counts_.size(), 0);
    size_ = 0;
  }

  /// Where the flits due at `due` go; close() says how many have been written there.
  PortFlit* row(std::int64_t due) { return &flits_[place(due) * per_cycle_]; }
  void close(std::int64_t due, int count) {
    counts_[place(due)] = count;
    size_ += static_cast<std::size_t>(count);
  }
  /// What is due at `cycle`, where it stands: valid until the row is written anew.
  PortFlit* take(std::int64_t cycle, int& count) {
    count = counts_[place(cycle)];
    counts_[place(cycle)] = 0;
    size_ -= static_cast<std::size_t>(count);
    return row(cycle);
  }

  std::size_t size() const { return size_; }
  /// The next cycle after `now` in which something is due; Cycles::max() when nothing is inside.
  Cycles next_due(std::int64_t now) const {
    if (size_ == 0) return Cycles::max();
    std::int64_t due = now + 1;
    while (counts_[place(due)] == 0) ++due;
    return Cycles(due);
  }

 private:
  std::size_t place(std::int64_t cycle) const { return static_cast<std::size_t>(cycle) & mask_; }

  std::size_t per_cycle_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
  std::vector<int> counts_;
  std::vector<PortFlit> flits_;
};

}  // namespace fs
