// SPDX-License-Identifier: Apache-2.0
// One class of traffic while it runs: who sends what next, and what became of it.
#pragma once

#include <cstdint>
#include <vector>

#include "common/random.hpp"
#include "observe/batch_means.hpp"
#include "observe/latency_histogram.hpp"
#include "scale_out/traffic/traffic_spec.hpp"

namespace fs {

class NetTraffic {
 public:
  /// `rates`: bits per second of each source's link.
  NetTraffic(const NetTrafficSpec& spec, const NetRunSpec& run, std::vector<double> rates, std::uint64_t seed);

  struct Post {
    NodeId source{};
    NodeId target{};
    std::uint64_t number = 0;  ///< of its source, counted from 0
  };
  /// What source `i` posts next. It may_post.
  Post next(std::size_t i);
  /// Messages left, and not stopped.
  bool may_post(std::size_t i, Femtoseconds now) const;
  /// When source i, with a load, posts again after a post due at `due`.
  Femtoseconds next_due(std::size_t i, Femtoseconds due);
  Femtoseconds first_due(std::size_t i) { return closed_loop() ? spec_.start : next_due(i, spec_.start); }
  void delivered(std::size_t i, Femtoseconds posted, Femtoseconds now);

  bool closed_loop() const { return spec_.load == 0; }
  /// All that it will ever post has been delivered.
  bool finished() const { return spec_.messages > 0 && done_ == total(); }
  std::uint64_t total() const { return static_cast<std::uint64_t>(limit_) * spec_.sources.size(); }

  const NetTrafficSpec& spec() const { return spec_; }
  std::uint64_t posted() const { return posted_; }
  std::uint64_t done() const { return done_; }
  const LatencyHistogram& latency() const { return latency_; }
  const BatchMeans& batches() const { return batches_; }
  /// Bytes of messages delivered after warm-up, by source, and when the first and the last were.
  const std::vector<std::uint64_t>& bytes() const { return bytes_; }
  Femtoseconds last_done() const { return last_done_; }
  /// Jain's index of the sources' bytes: 1 for equal shares, 1 / n for one that has all. 0 when none.
  double fairness() const;

 private:
  NodeId target_of(std::size_t i);

  struct Source {
    std::int64_t posted = 0;
    RandomStream targets;
    RandomStream gaps;
    double gap = 0;  // femtoseconds, mean
  };
  NetTrafficSpec spec_;
  Femtoseconds warmup_;
  std::int64_t limit_ = 0;  // messages of a source
  std::vector<Source> sources_;
  std::vector<NodeId> partners_;  // permutation
  std::uint64_t posted_ = 0;
  std::uint64_t done_ = 0;
  LatencyHistogram latency_;
  BatchMeans batches_;
  std::vector<std::uint64_t> bytes_;
  Femtoseconds last_done_{0};
};

}  // namespace fs
