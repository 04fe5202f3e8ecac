// SPDX-License-Identifier: Apache-2.0
// Open-loop traffic: packets created whatever the fabric does. Lazy: a source knows its next packet only.
#pragma once

#include <array>
#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "common/random.hpp"
#include "workload/open_loop/destinations.hpp"
#include "workload/open_loop/gap_table.hpp"
#include "workload/open_loop/open_loop_spec.hpp"

namespace fs {

/// Which entry of the packet-length mix comes next.
class LengthMix {
 public:
  static constexpr std::size_t max_entries = 16;

  LengthMix() = default;
  /// `packets`: 1 to 16 entries.
  explicit LengthMix(const std::vector<PacketShare>& packets);

  std::uint8_t pick(RandomStream& stream) const {
    if (count_ == 1) return 0;
    const std::uint64_t word = stream.next();
    std::uint8_t kind = 0;
    while (kind + 1 < count_ && word >= upper_[kind]) ++kind;
    return kind;
  }
  std::uint16_t flits(std::uint8_t kind) const { return flits_[kind]; }

 private:
  std::uint8_t count_ = 1;
  std::array<std::uint16_t, max_entries> flits_{1};
  std::array<std::uint64_t, max_entries> upper_{};  ///< cumulative shares of 2^64
};

/// What all sources of one open-loop workload share; outlives them.
struct OpenLoopPlan {
  OpenLoopPlan() = default;
  /// `spec` as checked by pattern_problem() and process_problem(); `node_count` endpoints; `seed` the scenario's.
  OpenLoopPlan(const OpenLoopSpec& spec, int node_count, std::uint64_t seed);

  GapTable gap;  ///< between packets, in cycles during which the source is on
  GapTable on_period, off_period;
  bool bursty = false;
  double start_on = 1.0;  ///< probability of being on in cycle 0: the steady state's
  std::uint64_t seed = 0;
  Destinations destinations;
  LengthMix lengths;
  std::vector<bool> sends;  ///< by node
  bool interleave = true;   ///< as in OpenLoopSpec
};

struct NewPacket {
  Cycles created;  ///< cycle of the source's clock
  NodeId dst;
  std::uint16_t length_flits;
  std::uint8_t kind_index;  ///< entry of OpenLoopSpec::packets
};

/// The packets of one link of one GPU. Its streams are keyed (seed, "gpu<i>.<link>", purpose), so what it creates
/// depends on nothing else, and the unbounded source queue of an open-loop experiment takes no memory: a packet is
/// drawn when the link takes it, with the creation cycle it always had.
class alignas(64) OpenLoopSource {
 public:
  /// `plan` must outlive the source; `node` below its node count; `link` the number of the link at that GPU, which has
  /// `links`.
  OpenLoopSource(const OpenLoopPlan& plan, NodeId node, int link, int links = 1);

  /// Creation cycle of the next packet not yet taken; Cycles::max() where this source never sends.
  Cycles next_created() const { return Cycles(next_); }

  /// The next packet; draws the one after it. Not for a source that never sends.
  NewPacket take() {
    NewPacket packet;
    packet.created = Cycles(next_);
    packet.dst = plan_->destinations.pick(node_, destination_stream_);
    packet.kind_index = plan_->lengths.pick(length_stream_);
    packet.length_flits = plan_->lengths.flits(packet.kind_index);
    ++taken_;
    advance();
    return packet;
  }

  NodeId node() const { return node_; }
  std::uint64_t taken() const { return taken_; }
  /// The number of the next packet among its GPU's, whose links take turns in it.
  std::uint64_t next_number() const { return taken_ * links_ + link_; }
  /// Packets with creation cycle <= now, taken or not. `now` at or after the last packet taken. Walks the packets
  /// not yet taken: not for the hot path.
  std::uint64_t created_until(Cycles now) const;
  /// Their flits; the lengths come out as take() will give them.
  std::uint64_t flits_waiting_until(Cycles now) const;

 private:
  void advance() {
    next_ += plan_->gap.draw(gap_stream_);
    if (plan_->bursty && next_ >= on_end_) skip_off_periods();
  }
  /// The on period ended before the next packet: trials start afresh in the next one.
  void skip_off_periods();

  // What every packet asks for is a cache line.
  const OpenLoopPlan* plan_;
  std::int64_t next_ = -1;  ///< creation cycle; -1 before the first draw
  std::uint64_t taken_ = 0;
  RandomStream gap_stream_, destination_stream_;
  NodeId node_;
  std::uint16_t link_;
  std::uint16_t links_;
  RandomStream length_stream_, period_stream_;
  std::int64_t on_end_ = 0;  ///< bursty: first cycle after the current on period
};
static_assert(sizeof(OpenLoopSource) == 128);

}  // namespace fs
