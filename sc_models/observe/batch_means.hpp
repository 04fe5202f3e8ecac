// SPDX-License-Identifier: Apache-2.0
// A confidence interval for a mean over one long run, and whether the run was steady, from batches of equal time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "common/wide.hpp"

namespace fs {

/// The quantile 0.975 of Student's t with `freedom` >= 1 degrees of freedom: half width of a 95 % interval, in standard
/// errors. Exact for one and two, by the expansion 26.7.5 of Abramowitz and Stegun (1964) from 6 on, tabled between.
double student_t_975(int freedom);

struct Interval {
  double mean = 0;        ///< femtoseconds
  double half_width = 0;  ///< of the 95 % confidence interval, femtoseconds
  int batches = 0;        ///< batches that held anything
};

/// Batch means (A. M. Law, Simulation Modeling and Analysis, 5th ed., section 9.5.3; K. Pawlikowski, ACM Computing
/// Surveys 22(2), 1990): the window is cut into batches of equal time, whose means are nearly independent once a batch
/// is long compared with the traffic's memory. Batches hold unequal numbers of packets, so the mean is the ratio of
/// sums and its variance that of a ratio estimator.
class BatchMeans {
 public:
  BatchMeans() = default;
  /// Covers [begin, end); end > begin, `batches` >= 2, even. 32 batches, for 10 to 30 is where the interval's width
  /// settles (B. Schmeiser, Operations Research 30(3), 1982). With `end` Femtoseconds::max() the window has no known
  /// end: it starts at 1 ns a batch, and doubles by joining batches in pairs whenever an observation comes after it.
  BatchMeans(Femtoseconds begin, Femtoseconds end, int batches = 32);

  /// One observation made at `when`; outside the window it is not counted.
  void add(Femtoseconds when, Femtoseconds value) {
    const auto offset = when.value() - begin_;
    if (offset < 0) return;
    if (offset >= length_) {
      if (!open_ended_) return;
      grow(offset);
    }
    const auto i = static_cast<std::size_t>(static_cast<double>(offset) * batches_per_femtosecond_);
    auto& batch = batches_[i < batches_.size() ? i : batches_.size() - 1];
    ++batch.count;
    batch.sum += value.value();
  }

  /// Adds what another one, constructed with the same arguments, has seen.
  void merge(const BatchMeans& other);

  /// Mean and 95 % interval; without at least two batches that hold something there is none.
  std::optional<Interval> interval() const;

  /// Why the window was not steady, or nothing. A straight line is fitted to the batch means: a slope that chance gives
  /// in fewer than one of a hundred steady runs, and that moves the mean by over `tolerance` (a share of it) across the
  /// window, is a drift.
  std::optional<std::string> drift_warning(double tolerance = 0.05) const;

 private:
  struct Batch {
    std::uint64_t count = 0;
    Int128 sum = 0;
  };

  void grow(std::int64_t offset);
  void double_length();

  std::int64_t begin_ = 0;
  std::int64_t length_ = 0;
  bool open_ended_ = false;
  double batches_per_femtosecond_ = 0;
  std::vector<Batch> batches_;
};

/// A warning when fewer packets arrived than were created in the window, by more than `tolerance` (a share of those
/// created) and by more than counting noise (four times the square root): the load is above saturation.
std::optional<std::string> saturation_warning(std::uint64_t created, std::uint64_t delivered, double tolerance = 0.02);

}  // namespace fs
