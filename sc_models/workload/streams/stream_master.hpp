// SPDX-License-Identifier: Apache-2.0
// Masters of the closed-loop streams.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "common/random.hpp"
#include "common/ring.hpp"
#include "workload/streams/master.hpp"
#include "workload/streams/stream_spec.hpp"
#include "workload/streams/walk.hpp"

namespace fs {

/// The master of one stream at one of its sources. `spec` as read_workload() checks it; `seed` the scenario's.
std::unique_ptr<Master> make_stream_master(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed);

/// What all streams share: a window, a pace, a count.
class StreamMaster : public Master {
 public:
  StreamMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed);
  void delivered(std::uint64_t, Femtoseconds) override {}
  Femtoseconds next_time(Femtoseconds now) const override;
  bool finished() const override { return count_ != 0 && begun_ == count_ && in_window_ == 0; }

 protected:
  /// May another access (or pair) begin at `now`?
  bool may_begin(Femtoseconds now) const { return slot_free() && pacer_.due() <= now; }
  bool slot_free() const { return in_window_ < window_ && (count_ == 0 || begun_ < count_); }
  /// Takes a slot of the window; returns when the access was wanted.
  Femtoseconds begin(Femtoseconds now);
  void end() { --in_window_; }

  SlotPicker places_;
  std::uint32_t bytes_;

 private:
  Pacer pacer_;
  std::uint64_t window_;
  std::uint64_t count_;
  std::uint64_t begun_ = 0;
  std::uint64_t in_window_ = 0;
};

/// One access after the other: every kind but copy.
class AccessMaster final : public StreamMaster {
 public:
  AccessMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed);
  std::optional<Access> next(Femtoseconds now) override;
  void completed(const AccessName& access, bool ok, Femtoseconds now) override;

 private:
  AccessOp op();

  StreamKind kind_;
  double read_share_;
  RandomStream op_stream_;
};

/// Pairs of a load and the store of what it brought. A pair whose load fails ends there.
class CopyMaster final : public StreamMaster {
 public:
  CopyMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed);
  std::optional<Access> next(Femtoseconds now) override;
  void completed(const AccessName& access, bool ok, Femtoseconds now) override;
  Femtoseconds next_time(Femtoseconds now) const override;

 private:
  NodeId gpu_;
  bool pull_;
  std::uint64_t steps_ = 0;
  std::vector<Access> stores_;       ///< by pair: what to store once its load is done
  std::vector<std::uint32_t> free_;  ///< pairs not in use
  Ring<std::uint32_t> ready_;        ///< pairs whose load is done
};

}  // namespace fs
