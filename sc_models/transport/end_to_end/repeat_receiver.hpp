// SPDX-License-Identifier: Apache-2.0
// Selective repeat, with or without parity: the receiving end.
#pragma once

#include <map>
#include <memory>

#include "transport/end_to_end/bit_ring.hpp"
#include "transport/end_to_end/group_decoder.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

class RepeatReceiver final : public TransportReceiver {
 public:
  RepeatReceiver(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow);
  void arrived(Femtoseconds now, const WirePacket& packet) override;
  bool poll(Femtoseconds now, WirePacket& packet) override;
  /// Sequence numbers between the first that is missing and the highest that arrived, at most: the reorder buffer.
  std::uint64_t reorder_high_water() const { return reorder_high_water_; }

 private:
  void number_seen(std::uint64_t number);
  void take(Femtoseconds now, std::uint64_t sequence);
  void take_coded(Femtoseconds now, const MessageTable::Group& group, std::uint64_t sequence);
  void one_less(Femtoseconds now, std::int64_t message, std::int64_t of);
  void complete(Femtoseconds now, std::int64_t message);

  TransportSpec spec_;
  std::shared_ptr<MessageTable> messages_;
  std::uint16_t flow_;
  BitRing seen_;
  std::uint64_t highest_ = 0;  // transmission number + 1
  std::uint64_t last_64_ = 0;
  bool answer_ = false;
  std::int64_t unanswered_ = 0;                // packets since the last acknowledgement
  std::map<std::int64_t, std::int64_t> rest_;  // by message: packets or groups still missing
  std::map<std::uint64_t, GroupDecoder> groups_;
  std::map<std::int64_t, Femtoseconds> waiting_;  // complete, but not their turn (in_order)
  std::int64_t next_in_order_ = 0;
  std::uint64_t reorder_high_water_ = 0;
};

}  // namespace fs
