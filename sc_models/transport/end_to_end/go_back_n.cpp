// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/go_back_n.hpp"

#include <algorithm>

namespace fs {

GoBackNSender::GoBackNSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
    : spec_(spec), messages_(std::move(messages)), flow_(flow) {}

void GoBackNSender::submit(std::int64_t bytes) { messages_->add(bytes); }

bool GoBackNSender::may_send() const {
  return next_ < messages_->end() && next_ - first_ < static_cast<std::uint64_t>(spec_.window);
}

void GoBackNSender::go_back(std::uint64_t to) {
  next_ = to;
  ++round_;
  ++counts_.rounds;
}

bool GoBackNSender::poll(Femtoseconds now, WirePacket& packet) {
  if (first_ < next_ && now >= progress_ + spec_.timeout) {
    ++counts_.timeouts;
    progress_ = now;
    go_back(first_);
  }
  if (!may_send() || now < paced_) return false;
  if (next_ == first_) progress_ = now;
  packet = {round_, next_, static_cast<std::uint32_t>(spec_.packet_bytes()), flow_, WirePacket::Kind::data};
  ++counts_.sent;
  if (next_ < highest_) ++counts_.repeated;
  ++next_;
  highest_ = std::max(highest_, next_);
  if (spec_.pace > BitsPerSecond(0)) {
    paced_ = std::max(paced_, now) + ByteClock(spec_.pace.value(), 1).end_of(spec_.packet_bytes());
  }
  return true;
}

Femtoseconds GoBackNSender::ready_at(Femtoseconds now) const {
  const Femtoseconds timer = first_ < next_ ? std::max(now, progress_ + spec_.timeout) : Femtoseconds::max();
  return may_send() ? std::min(std::max(now, paced_), timer) : timer;
}

void GoBackNSender::acknowledged(Femtoseconds now, const WirePacket& packet) {
  if (packet.number > first_) {
    first_ = packet.number;
    next_ = std::max(next_, first_);
    progress_ = now;
    messages_->forget_before(first_);
  }
  if (packet.sequence == round_ + 1 && first_ == packet.number && first_ < next_) {
    progress_ = now;
    go_back(first_);
  }
}

std::int64_t GoBackNSender::known_complete() const {
  if (first_ == messages_->end()) return messages_->messages();
  return messages_->group_of(first_).message;
}

GoBackNReceiver::GoBackNReceiver(std::shared_ptr<MessageTable> messages, std::uint16_t flow)
    : messages_(std::move(messages)), flow_(flow) {}

void GoBackNReceiver::arrived(Femtoseconds now, const WirePacket& packet) {
  answer_ = true;
  round_ = packet.number;
  if (packet.sequence < expected_) {
    ++duplicates_;
    return;
  }
  if (packet.sequence > expected_) {
    complaint_ = packet.number + 1;
    return;
  }
  complaint_ = 0;
  const auto& group = messages_->group_of(expected_);
  ++expected_;
  ++taken_;
  if (expected_ == group.first + static_cast<std::uint64_t>(group.packets)) {
    completed_.push_back({group.message, now});
  }
}

void GoBackNReceiver::damaged() {
  answer_ = true;
  if (complaint_ == 0) complaint_ = round_ + 1;
}

bool GoBackNReceiver::poll(Femtoseconds /*now*/, WirePacket& packet) {
  if (!answer_) return false;
  answer_ = false;
  packet = {expected_, complaint_, acknowledgement_bytes, flow_, WirePacket::Kind::acknowledgement};
  return true;
}

}  // namespace fs
