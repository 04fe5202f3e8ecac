// SPDX-License-Identifier: Apache-2.0
// What is measured of one traffic class, or of one kind of transaction.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "common/quantity.hpp"
#include "flit/ledger.hpp"
#include "observe/batch_means.hpp"
#include "observe/latency_histogram.hpp"
#include "observe/ledger_sum.hpp"

namespace fs {

/// Latencies are of those created inside the measurement window, whenever they arrive; throughput counts what was
/// created and what was delivered inside it.
class ClassStats {
 public:
  struct Volume {
    std::uint64_t count = 0;
    std::uint64_t flits = 0;
    std::uint64_t bytes = 0;
    Volume& operator+=(const Volume& other) {
      count += other.count;
      flits += other.flits;
      bytes += other.bytes;
      return *this;
    }
  };

  /// `name` as it stands in the results. The window is [begin, end), end > begin; Femtoseconds::max(): until the run
  /// ends.
  ClassStats(std::string name, Femtoseconds begin, Femtoseconds end)
      : name_(std::move(name)), begin_(begin), end_(end), batches_(begin, end) {}

  bool in_window(Femtoseconds time) const { return time >= begin_ && time < end_; }

  /// Something of `flits` flits and `bytes` payload bytes was made at `now`.
  void created(Femtoseconds now, std::uint64_t flits, std::uint64_t bytes) {
    if (in_window(now)) created_inside(flits, bytes);
  }
  void created_inside(std::uint64_t flits, std::uint64_t bytes) {
    ++offered_.count;
    offered_.flits += flits;
    offered_.bytes += bytes;
  }
  /// Adds what was offered inside the window without created() being told: packets that a source never came to make.
  void offered_too(std::uint64_t count, std::uint64_t flits, std::uint64_t bytes) {
    offered_ += Volume{count, flits, bytes};
  }
  /// It has arrived at `now`, after the latency that its ledger explains.
  template <std::size_t Slots>
  void delivered(Femtoseconds created, Femtoseconds now, const LedgerOf<Slots>& ledger, std::uint64_t flits,
                 std::uint64_t bytes) {
    arrived(now, flits, bytes);
    if (in_window(created)) measured(created, now, ledger);
  }
  /// The two halves of delivered(): it has arrived, and, for those made inside the window, how long that took.
  void arrived(Femtoseconds now, std::uint64_t flits, std::uint64_t bytes) {
    if (in_window(now)) {
      ++accepted_.count;
      accepted_.flits += flits;
      accepted_.bytes += bytes;
    } else {
      unmeasured_bytes_ += bytes;
    }
  }
  template <std::size_t Slots>
  void measured(Femtoseconds created, Femtoseconds now, const LedgerOf<Slots>& ledger) {
    latency_.add(now - created);
    ledger_.add(ledger, now - created);
    batches_.add(created, now - created);
  }

  /// One with the same window that has seen nothing.
  ClassStats empty_copy(std::string name) const { return ClassStats(std::move(name), begin_, end_); }
  /// Adds what another one with the same window has seen: `all` from the classes.
  void merge(const ClassStats& other) {
    offered_ += other.offered_;
    accepted_ += other.accepted_;
    unmeasured_bytes_ += other.unmeasured_bytes_;
    latency_.merge(other.latency_);
    ledger_.merge(other.ledger_);
    batches_.merge(other.batches_);
  }

  const std::string& name() const { return name_; }
  /// How much of the window a run that ended at `run_end` has seen, at least 1 fs.
  Femtoseconds measured_span(Femtoseconds run_end) const {
    const auto span = (run_end < end_ ? run_end : end_) - begin_;
    return span > Femtoseconds(0) ? span : Femtoseconds(1);
  }
  const Volume& offered() const { return offered_; }
  const Volume& accepted() const { return accepted_; }
  /// Payload delivered in the whole run, inside the window or not.
  std::uint64_t delivered_bytes() const { return accepted_.bytes + unmeasured_bytes_; }
  const LatencyHistogram& latency() const { return latency_; }
  const LedgerSum& ledger() const { return ledger_; }
  const BatchMeans& batches() const { return batches_; }

 private:
  std::string name_;
  Femtoseconds begin_;
  Femtoseconds end_;
  Volume offered_;
  Volume accepted_;
  std::uint64_t unmeasured_bytes_ = 0;
  LatencyHistogram latency_;
  LedgerSum ledger_;
  BatchMeans batches_;
};

}  // namespace fs
