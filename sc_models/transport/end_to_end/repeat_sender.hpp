// SPDX-License-Identifier: Apache-2.0
// Selective repeat, with or without parity: the sending end.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "common/ring.hpp"
#include "transport/end_to_end/bit_ring.hpp"
#include "transport/end_to_end/group_decoder.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// Every transmission has a number of its own, so that a gap in them is a loss even of what is sent again. An
/// acknowledgement carries the highest seen + 1 (`number`) and which of the last 64 arrived (`sequence`, bit 0 the
/// highest). With negative acknowledgement a missing one is sent again at once; else its timer has to run out. When
/// nothing is left to send, a probe follows the last packet: it is acknowledged at once, and makes the last one's loss
/// a gap.
///
/// The window bounds transmissions under way; sequence numbers may run 16 windows ahead of the first that is missing.
class RepeatSender final : public TransportSender {
 public:
  RepeatSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow);
  void submit(std::int64_t bytes) override;
  bool poll(Femtoseconds now, WirePacket& packet) override;
  Femtoseconds ready_at(Femtoseconds now) const override;
  void acknowledged(Femtoseconds now, const WirePacket& packet) override;
  std::int64_t known_complete() const override;

  /// Sequence numbers that the two ends keep track of.
  static std::int64_t reorder_window(const TransportSpec& spec) { return spec.window * 16; }

 private:
  /// 16 bytes, of which a round trip holds hundreds of thousands.
  struct Transmission {
    static constexpr std::uint64_t resolved_bit = 1ULL << 63U;
    static constexpr std::uint64_t probe_bit = 1ULL << 62U;
    std::uint64_t word = 0;  // sequence number and flags
    Femtoseconds time{0};
    std::uint64_t sequence() const { return word & (probe_bit - 1); }
    bool resolved() const { return (word & resolved_bit) != 0; }
    bool probe() const { return (word & probe_bit) != 0; }
  };
  /// A group of an erasure code of which something is under way.
  struct GroupState {
    GroupDecoder decoder;
    std::int64_t unresolved = 0;  // packets sent or still to be sent, of unknown fate
  };

  bool has_data() const;
  bool wants_probe() const;
  void check_timer(Femtoseconds now);
  void resolve(Transmission& transmission, bool received);
  void received(std::uint64_t sequence);
  void lost(std::uint64_t sequence);
  GroupState& group_state(std::uint64_t sequence);
  void settle(std::map<std::uint64_t, GroupState>::iterator at);
  std::uint64_t next_sequence();
  void drop_resolved();

  TransportSpec spec_;
  std::shared_ptr<MessageTable> messages_;
  std::uint16_t flow_;
  BitRing known_;  // acknowledged or decoded there
  std::uint64_t next_new_ = 0;
  Ring<Transmission> under_way_;  // by number, from first_number_
  std::uint64_t first_number_ = 0;
  std::uint64_t processed_ = 0;  // numbers below have been looked up in an acknowledgement
  std::int64_t unresolved_ = 0;
  Ring<std::uint64_t> repeat_;
  std::map<std::uint64_t, GroupState> groups_;  // by first sequence number
  bool probe_due_ = false;
  Femtoseconds paced_{0};
};

}  // namespace fs
