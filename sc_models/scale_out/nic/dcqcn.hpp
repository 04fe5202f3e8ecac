// SPDX-License-Identifier: Apache-2.0
// DCQCN at the sender: a rate for each queue pair (Zhu et al., Congestion Control for Large-Scale RDMA Deployments,
// SIGCOMM 2015).
#pragma once

#include <cstdint>

#include "common/quantity.hpp"

namespace fs {

/// Defaults are meant to be the paper's, made for 40 Gb/s; the hyper increase, which it leaves open, is ten additive
/// ones, as HPCC's artifact (SIGCOMM 2019) has it. alpha_timer and notify_every are assumptions: docs/scale_out.md says
/// what is known.
struct DcqcnSpec {
  double g = 1.0 / 256;                            ///< weight of a notification in alpha
  Femtoseconds alpha_timer = microseconds(55);     ///< without a notification for so long alpha shrinks
  Femtoseconds increase_timer = microseconds(55);  ///< an increase after so long
  std::int64_t byte_counter = 10'000'000;          ///< an increase after so many bytes
  int fast_steps = 5;                              ///< increases of either kind before the target itself grows
  double additive = 40e6;                          ///< bits per second
  double hyper = 400e6;                            ///< bits per second, for each step beyond
  double slowest = 10e6;                           ///< bits per second; no rate is lower
  Femtoseconds notify_every = microseconds(50);    ///< the receiver's notifications of a queue pair, at most
};

/// At the line's rate there is no limit and no state; a notification begins it, and it ends when the rate is within a
/// thousandth of the line's again.
class Dcqcn {
 public:
  Dcqcn() = default;
  Dcqcn(const DcqcnSpec& spec, double line) : spec_(&spec), line_(line), current_(line), target_(line) {}

  void notified(Femtoseconds now);
  void sent(std::int64_t bytes) {
    if (!limited()) return;
    bytes_ += bytes;
    if (bytes_ < spec_->byte_counter) return;
    bytes_ -= spec_->byte_counter;
    ++byte_steps_;
    increase();
  }
  /// What is due has happened.
  void timer(Femtoseconds now);
  /// When timer() has something to do next. max(): never.
  Femtoseconds next_timer() const { return alpha_due_ < increase_due_ ? alpha_due_ : increase_due_; }

  bool limited() const { return increase_due_ != Femtoseconds::max(); }
  double rate() const { return current_; }
  double target() const { return target_; }
  double alpha() const { return alpha_; }
  /// How long `bytes` take at the rate.
  Femtoseconds pace(std::int64_t bytes) const {
    return Femtoseconds(static_cast<std::int64_t>(static_cast<double>(bytes) * 8e15 / current_));
  }

 private:
  void increase();

  const DcqcnSpec* spec_ = nullptr;
  double line_ = 0;
  double current_ = 0;
  double target_ = 0;
  double alpha_ = 1;
  Femtoseconds alpha_due_ = Femtoseconds::max();
  Femtoseconds increase_due_ = Femtoseconds::max();
  std::int64_t bytes_ = 0;
  int timer_steps_ = 0;
  int byte_steps_ = 0;
};

}  // namespace fs
