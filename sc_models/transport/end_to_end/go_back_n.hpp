// SPDX-License-Identifier: Apache-2.0
// Go-back-N: the receiver takes packets in order only; what comes behind a gap is sent again.
#pragma once

#include <memory>

#include "common/ring.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// Every packet carries the number of its round; each return to an earlier packet begins a new one. The receiver
/// answers each packet with the sequence number it expects (`number`) and, while it sees a gap, the round it complains
/// of (`sequence`: round + 1; 0: none). The sender heeds one complaint a round; a timer stands behind. Between
/// neighbours on a wire (hop_retry) a damaged packet is a gap at once; elsewhere a gap shows with the next packet.
class GoBackNSender final : public TransportSender {
 public:
  GoBackNSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow);
  void submit(std::int64_t bytes) override;
  bool poll(Femtoseconds now, WirePacket& packet) override;
  Femtoseconds ready_at(Femtoseconds now) const override;
  void acknowledged(Femtoseconds now, const WirePacket& packet) override;
  std::int64_t known_complete() const override;

 private:
  bool may_send() const;
  void go_back(std::uint64_t to);

  TransportSpec spec_;
  std::shared_ptr<MessageTable> messages_;
  std::uint16_t flow_;
  std::uint64_t first_ = 0;  // lowest that is not acknowledged
  std::uint64_t next_ = 0;
  std::uint64_t highest_ = 0;  // first never sent
  std::uint64_t round_ = 0;
  Femtoseconds progress_{0};  // the timer runs from here
  Femtoseconds paced_{0};
};

class GoBackNReceiver final : public TransportReceiver {
 public:
  GoBackNReceiver(std::shared_ptr<MessageTable> messages, std::uint16_t flow);
  void arrived(Femtoseconds now, const WirePacket& packet) override;
  void damaged() override;
  bool poll(Femtoseconds now, WirePacket& packet) override;

 private:
  std::shared_ptr<MessageTable> messages_;
  std::uint16_t flow_;
  std::uint64_t expected_ = 0;
  std::uint64_t round_ = 0;  // of the last that could be read
  std::uint64_t complaint_ = 0;
  bool answer_ = false;
};

/// Bytes of an acknowledgement on the wire.
constexpr std::uint32_t acknowledgement_bytes = 64;

}  // namespace fs
