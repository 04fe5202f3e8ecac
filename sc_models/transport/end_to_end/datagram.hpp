// SPDX-License-Identifier: Apache-2.0
// No transport at all: packets are sent, and some arrive. What a wave does by itself shows here.
#pragma once

#include <map>
#include <memory>

#include "transport/end_to_end/transport.hpp"

namespace fs {

class DatagramSender final : public TransportSender {
 public:
  DatagramSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
      : spec_(spec), messages_(std::move(messages)), flow_(flow) {}
  void submit(std::int64_t bytes) override { messages_->add(bytes); }
  bool poll(Femtoseconds now, WirePacket& packet) override {
    if (next_ == messages_->end() || now < paced_) return false;
    packet = {next_, next_, static_cast<std::uint32_t>(spec_.packet_bytes()), flow_, WirePacket::Kind::data};
    ++next_;
    ++counts_.sent;
    if (spec_.pace > BitsPerSecond(0)) {
      paced_ = std::max(paced_, now) + ByteClock(spec_.pace.value(), 1).end_of(spec_.packet_bytes());
    }
    return true;
  }
  Femtoseconds ready_at(Femtoseconds now) const override {
    return next_ == messages_->end() ? Femtoseconds::max() : std::max(now, paced_);
  }
  void acknowledged(Femtoseconds /*now*/, const WirePacket& /*packet*/) override {}
  /// Sent is all that is ever known.
  std::int64_t known_complete() const override {
    return next_ == messages_->end() ? messages_->messages() : messages_->group_of(next_).message;
  }

 private:
  TransportSpec spec_;
  std::shared_ptr<MessageTable> messages_;
  std::uint16_t flow_;
  std::uint64_t next_ = 0;
  Femtoseconds paced_{0};
};

/// A message completes when all its packets have come; one of which some are lost never does.
class DatagramReceiver final : public TransportReceiver {
 public:
  explicit DatagramReceiver(std::shared_ptr<MessageTable> messages) : messages_(std::move(messages)) {}
  void arrived(Femtoseconds now, const WirePacket& packet) override {
    ++taken_;
    const auto& group = messages_->group_of(packet.sequence);
    auto& rest = rest_.emplace(group.message, group.packets).first->second;
    if (--rest > 0) return;
    rest_.erase(group.message);
    completed_.push_back({group.message, now});
  }
  bool poll(Femtoseconds /*now*/, WirePacket& /*packet*/) override { return false; }

 private:
  std::shared_ptr<MessageTable> messages_;
  std::map<std::int64_t, std::int64_t> rest_;  // packets missing, by message
};

}  // namespace fs
