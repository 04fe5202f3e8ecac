// SPDX-License-Identifier: Apache-2.0
// When the next group of codewords on a wire fails.
//
// A unit-exponential budget is consumed by -ln P(nothing happens) a group: so the next event is known long before it
// comes, an error-free link costs one comparison, and a change of the error ratio re-evaluates the same budget instead
// of drawing anew.
#pragma once

#include <cstdint>
#include <limits>

#include "common/random.hpp"
#include "link/errors/bit_errors.hpp"

namespace fs {

class ErrorProcess {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  ErrorProcess() = default;
  explicit ErrorProcess(RandomStream stream) : stream_(stream) {}

  /// From `group` on (not below any group passed), groups behave as `chain` says. The budget left is kept.
  void change(const GroupChain& chain, std::int64_t group);
  /// The group of the next event; `never` on an error-free wire. Groups are counted from 0.
  std::int64_t next() const { return next_; }
  /// Whether that event is a failure, not just a change of state inside.
  bool next_fails() const { return next_fails_; }
  /// The wire has passed group next(): draws the event after it.
  void pass();

  const GroupChain& chain() const { return chain_; }

 private:
  void aim();
  void draw();
  double hazard() const { return hazard_[static_cast<std::size_t>(state_)]; }

  RandomStream stream_;
  GroupChain chain_;
  double hazard_[2] = {0.0, 0.0};  ///< -ln(1 - leave) by state
  int state_ = 0;
  double budget_ = -1.0;   ///< left at the begin of group from_; below 0: none drawn yet
  double outcome_ = 0.0;   ///< uniform in [0, 1): which of the things that can happen does
  std::int64_t from_ = 0;  ///< first group not accounted for
  std::int64_t next_ = never;
  bool next_fails_ = false;
  int after_ = 0;  ///< the state after the event
};

}  // namespace fs
