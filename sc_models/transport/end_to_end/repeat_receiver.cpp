// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/repeat_receiver.hpp"

#include <algorithm>

#include "transport/end_to_end/go_back_n.hpp"
#include "transport/end_to_end/repeat_sender.hpp"

namespace fs {

RepeatReceiver::RepeatReceiver(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
    : spec_(spec), messages_(std::move(messages)), flow_(flow), seen_(RepeatSender::reorder_window(spec)) {}

void RepeatReceiver::number_seen(std::uint64_t number) {
  if (number >= highest_) {
    const std::uint64_t shift = number - highest_ + 1;
    last_64_ = shift > 63 ? 0 : last_64_ << shift;
    last_64_ |= 1U;
    highest_ = number + 1;
  } else if (highest_ - 1 - number < 64) {
    last_64_ |= 1ULL << (highest_ - 1 - number);
  }
}

void RepeatReceiver::arrived(Femtoseconds now, const WirePacket& packet) {
  const bool gap = packet.number > highest_ && spec_.reorder == 0;
  number_seen(packet.number);
  ++unanswered_;
  answer_ = gap || packet.kind != WirePacket::Kind::data || unanswered_ >= spec_.acknowledge_every;
  if (packet.kind != WirePacket::Kind::data) return;
  if (seen_.test(packet.sequence)) {
    ++duplicates_;
    return;
  }
  take(now, packet.sequence);
  answer_ = answer_ || !completed_.empty();
}

void RepeatReceiver::take(Femtoseconds now, std::uint64_t sequence) {
  const auto& group = messages_->group_of(sequence);
  if (messages_->coded()) {
    take_coded(now, group, sequence);
  } else {
    seen_.set(sequence);
    ++taken_;
    one_less(now, group.message, group.packets);
  }
  if (sequence > seen_.base()) reorder_high_water_ = std::max(reorder_high_water_, sequence - seen_.base());
}

void RepeatReceiver::take_coded(Femtoseconds now, const MessageTable::Group& group, std::uint64_t sequence) {
  auto at = groups_.find(group.first);
  if (at == groups_.end()) at = groups_.emplace(group.first, GroupDecoder(*messages_, group, spec_.code)).first;
  if (!at->second.add(sequence, messages_->chunk_of(group, sequence))) {
    ++duplicates_;
    return;
  }
  ++taken_;
  if (!at->second.decodable()) return;
  groups_.erase(at);
  const auto end = group.first + static_cast<std::uint64_t>(group.packets);
  for (auto s = group.first; s < end; ++s) seen_.set(s);
  one_less(now, group.message, messages_->groups_of_message(group.message));
}

void RepeatReceiver::one_less(Femtoseconds now, std::int64_t message, std::int64_t of) {
  auto& rest = rest_.emplace(message, of).first->second;
  if (--rest > 0) return;
  rest_.erase(message);
  complete(now, message);
}

void RepeatReceiver::complete(Femtoseconds now, std::int64_t message) {
  if (!spec_.in_order) {
    completed_.push_back({message, now});
    return;
  }
  waiting_.emplace(message, now);
  while (!waiting_.empty() && waiting_.begin()->first == next_in_order_) {
    completed_.push_back({next_in_order_++, now});
    waiting_.erase(waiting_.begin());
  }
}

bool RepeatReceiver::poll(Femtoseconds /*now*/, WirePacket& packet) {
  if (!answer_) return false;
  answer_ = false;
  unanswered_ = 0;
  packet = {highest_, last_64_, acknowledgement_bytes, flow_, WirePacket::Kind::acknowledgement};
  return true;
}

}  // namespace fs
