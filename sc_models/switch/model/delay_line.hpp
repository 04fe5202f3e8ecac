// SPDX-License-Identifier: Apache-2.0
// A pipeline of flits: what enters with a due cycle comes out at that cycle, a cycle's flits side by side.
#pragma once

#include <cassert>
#include <cstdint>
#include <cstring>
#include <vector>

#include "common/quantity.hpp"
#include "flit/port_flit.hpp"

namespace fs {

/// Flits are written in place, each cycle's in a row of their own. Due cycles must not decrease.
class DelayLine {
 public:
  /// Room for `per_cycle` flits in each of `stages` + 1 cycles.
  DelayLine(int per_cycle, int stages) : per_cycle_(static_cast<std::size_t>(per_cycle)) {
    rows_.resize(static_cast<std::size_t>(stages) + 1);
    if (stages > 0) flits_.resize(rows_.size() * per_cycle_ + copied_at_once);
  }

  void reset() {
    first_ = newest_ = 0;
    used_ = 0;
    size_ = 0;
  }

  /// The place for one more flit, due at `due`.
  PortFlit& push(std::int64_t due) {
    if (used_ == 0 || rows_[newest_].due != due) {
      assert(used_ < rows_.size());
      newest_ = free_row();
      ++used_;
      rows_[newest_] = {due, 0};
    }
    ++size_;
    return flits_[place(newest_) + static_cast<std::size_t>(rows_[newest_].count++)];
  }

  /// The same for several flits at once: the first of `per_cycle` places, of which close_row() says how many were
  /// filled (at least one). Nothing else may have entered for `due`.
  PortFlit* open_row(std::int64_t due) {
    assert(used_ < rows_.size());
    const std::size_t row = free_row();
    rows_[row] = {due, 0};
    return &flits_[place(row)];
  }
  void close_row(int count) {
    newest_ = free_row();
    ++used_;
    rows_[newest_].count = count;
    size_ += static_cast<std::size_t>(count);
  }

  bool empty() const { return used_ == 0; }
  std::size_t size() const { return size_; }
  std::int64_t next_due() const { return empty() ? Cycles::max().value() : rows_[first_].due; }

  /// Calls take(flit) for each flit due at `cycle`, in the order of entry; none may be overdue.
  template <class Take>
  void take_due(std::int64_t cycle, Take&& take) {
    if (empty() || rows_[first_].due > cycle) return;
    const int count = rows_[first_].count;
    const PortFlit* flits = &flits_[place(first_)];
    for (int k = 0; k < count; ++k) take(flits[k]);
    drop_row(count);
  }
  /// The same where they stand: valid until the next flit enters.
  PortFlit* take_row(std::int64_t cycle, int& count) {
    if (empty() || rows_[first_].due > cycle) {
      count = 0;
      return nullptr;
    }
    count = rows_[first_].count;
    PortFlit* flits = &flits_[place(first_)];
    drop_row(count);
    return flits;
  }
  /// The same into an array, which has room for `per_cycle` more flits.
  void move_due(std::int64_t cycle, PortFlit* to, int& to_count) {
    if (empty() || rows_[first_].due > cycle) return;
    const int count = rows_[first_].count;
    const PortFlit* flits = &flits_[place(first_)];
    PortFlit* end = to + to_count;
    int k = 0;
    if (per_cycle_ >= copied_at_once && to_count == 0) {
      // A fixed number whatever the count: how many flits a small switch sends in a cycle cannot be predicted.
      std::memcpy(static_cast<void*>(end), flits, copied_at_once * sizeof(PortFlit));
      k = static_cast<int>(copied_at_once);
    }
    for (; k < count; ++k) end[k] = flits[k];
    to_count += count;
    drop_row(count);
  }

 private:
  static constexpr std::size_t copied_at_once = 4;
  struct Row {
    std::int64_t due = 0;
    int count = 0;
  };
  std::size_t after(std::size_t row) const { return row + 1 == rows_.size() ? 0 : row + 1; }
  std::size_t free_row() const { return used_ == 0 ? first_ : after(newest_); }
  std::size_t place(std::size_t row) const { return row * per_cycle_; }
  void drop_row(int count) {
    size_ -= static_cast<std::size_t>(count);
    first_ = after(first_);
    --used_;
  }

  std::size_t per_cycle_;
  std::vector<PortFlit> flits_;
  std::vector<Row> rows_;
  std::size_t first_ = 0, newest_ = 0;  ///< rows in use, round the end of the array
  std::size_t used_ = 0;                ///< their number
  std::size_t size_ = 0;                ///< flits
};

}  // namespace fs
