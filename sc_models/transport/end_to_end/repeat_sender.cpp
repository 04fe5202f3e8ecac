// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/repeat_sender.hpp"

#include <algorithm>

#include "transport/end_to_end/go_back_n.hpp"

namespace fs {

RepeatSender::RepeatSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
    : spec_(spec), messages_(std::move(messages)), flow_(flow), known_(reorder_window(spec)) {}

void RepeatSender::submit(std::int64_t bytes) { messages_->add(bytes); }

bool RepeatSender::has_data() const {
  if (unresolved_ >= spec_.window) return false;
  if (!repeat_.empty()) return true;
  return next_new_ < messages_->end() && next_new_ - known_.base() < static_cast<std::uint64_t>(reorder_window(spec_));
}

bool RepeatSender::wants_probe() const {
  return probe_due_ && repeat_.empty() && next_new_ == messages_->end() && unresolved_ > 0;
}

Femtoseconds RepeatSender::ready_at(Femtoseconds now) const {
  Femtoseconds timer = Femtoseconds::max();
  if (unresolved_ > 0) timer = std::max(now, under_way_.front().time + spec_.timeout);
  return has_data() || wants_probe() ? std::min(std::max(now, paced_), timer) : timer;
}

void RepeatSender::check_timer(Femtoseconds now) {
  while (unresolved_ > 0 && under_way_.front().time + spec_.timeout <= now) {
    ++counts_.timeouts;
    resolve(under_way_.front(), false);
    drop_resolved();
  }
}

/// What to send: first what is missing.
std::uint64_t RepeatSender::next_sequence() {
  while (!repeat_.empty()) {
    const auto sequence = repeat_.pop();
    ++counts_.repeated;
    return sequence;
  }
  const auto sequence = next_new_++;
  if (messages_->coded()) {
    const auto& group = messages_->group_of(sequence);
    if (sequence >= group.first + static_cast<std::uint64_t>(group.data_packets)) ++counts_.parity;
  }
  return sequence;
}

bool RepeatSender::poll(Femtoseconds now, WirePacket& packet) {
  check_timer(now);
  if (now < paced_) return false;
  const std::uint64_t number = first_number_ + under_way_.size();
  if (!has_data()) {
    if (!wants_probe()) return false;
    probe_due_ = false;
    ++counts_.probes;
    packet = {number, 0, acknowledgement_bytes, flow_, WirePacket::Kind::probe};
    under_way_.push({Transmission::probe_bit | Transmission::resolved_bit, now});  // a lost probe is nobody's loss
    drop_resolved();
    return true;
  }
  const auto sequence = next_sequence();
  packet = {number, sequence, static_cast<std::uint32_t>(spec_.packet_bytes()), flow_, WirePacket::Kind::data};
  under_way_.push({sequence, now});
  ++unresolved_;
  ++counts_.sent;
  probe_due_ = true;
  if (spec_.pace > BitsPerSecond(0)) {
    paced_ = std::max(paced_, now) + ByteClock(spec_.pace.value(), 1).end_of(spec_.packet_bytes());
  }
  return true;
}

void RepeatSender::drop_resolved() {
  while (!under_way_.empty() && under_way_.front().resolved()) {
    under_way_.pop();
    ++first_number_;
  }
}

void RepeatSender::resolve(Transmission& transmission, bool arrived) {
  if (transmission.resolved()) return;
  transmission.word |= Transmission::resolved_bit;
  --unresolved_;
  if (arrived) {
    received(transmission.sequence());
  } else {
    lost(transmission.sequence());
  }
}

RepeatSender::GroupState& RepeatSender::group_state(std::uint64_t sequence) {
  const auto& group = messages_->group_of(sequence);
  const auto found = groups_.find(group.first);
  if (found != groups_.end()) return found->second;
  return groups_.emplace(group.first, GroupState{GroupDecoder(*messages_, group, spec_.code), group.packets})
      .first->second;
}

void RepeatSender::received(std::uint64_t sequence) {
  if (known_.test(sequence)) return;
  if (!messages_->coded()) {
    known_.set(sequence);
    return;
  }
  GroupState& state = group_state(sequence);
  --state.unresolved;
  state.decoder.add(sequence, messages_->chunk_of(state.decoder.group(), sequence));
  settle(groups_.find(state.decoder.group().first));
}

void RepeatSender::lost(std::uint64_t sequence) {
  if (known_.test(sequence)) return;
  if (!messages_->coded()) {
    repeat_.push(sequence);
    return;
  }
  GroupState& state = group_state(sequence);
  --state.unresolved;
  settle(groups_.find(state.decoder.group().first));
}

/// Ends a group that the receiver can decode; sends again what it lacks once all fates are known.
void RepeatSender::settle(std::map<std::uint64_t, GroupState>::iterator at) {
  GroupState& state = at->second;
  const auto& group = state.decoder.group();
  const std::uint64_t end = group.first + static_cast<std::uint64_t>(group.packets);
  if (state.decoder.decodable()) {
    // What of it has not been sent yet need not be.
    if (next_new_ > group.first && next_new_ < end) next_new_ = end;
    for (auto sequence = group.first; sequence < end; ++sequence) known_.set(sequence);
    groups_.erase(at);
    return;
  }
  if (state.unresolved > 0) return;
  for (const auto sequence : state.decoder.wanted(*messages_)) {
    repeat_.push(sequence);
    ++state.unresolved;
  }
}

void RepeatSender::acknowledged(Femtoseconds /*now*/, const WirePacket& packet) {
  const std::uint64_t highest = packet.number;  // + 1
  const std::uint64_t shown = highest > 64 ? highest - 64 : 0;
  for (std::uint64_t n = std::max({processed_, shown, first_number_}); n < highest; ++n) {
    Transmission& transmission = under_way_[static_cast<std::size_t>(n - first_number_)];
    const bool arrived = (packet.sequence >> (highest - 1 - n) & 1U) != 0;
    if (transmission.probe()) continue;
    const bool may_be_late = n + static_cast<std::uint64_t>(spec_.reorder) >= highest;
    if (arrived || (spec_.negative_acknowledgement && !may_be_late)) resolve(transmission, arrived);
  }
  const auto reorder = static_cast<std::uint64_t>(spec_.reorder);
  processed_ = std::max(processed_, highest > reorder ? highest - reorder : 0);
  drop_resolved();
  messages_->forget_before(known_.base());
}

std::int64_t RepeatSender::known_complete() const {
  if (known_.base() == messages_->end()) return messages_->messages();
  return messages_->group_of(known_.base()).message;
}

}  // namespace fs
