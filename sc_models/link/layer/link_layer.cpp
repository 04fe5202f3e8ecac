// SPDX-License-Identifier: Apache-2.0
// Frames and their flits on the way out.
#include "link/layer/link_layer.hpp"

#include <algorithm>
#include <stdexcept>

#include "link/channel_timing.hpp"

namespace fs {

LinkLayer::LinkLayer(Channel& channel)
    : channel_(&channel),
      retry_(channel.config_.retry.mode != RetryMode::none),
      fixed_(channel.config_.frame.kind == FrameKind::fixed),
      per_packet_(channel.config_.credits.per_packet),
      ack_wait_(channel.config_.retry.ack_wait),
      ack_every_(channel.config_.retry.ack_every),
      ack_piggyback_(channel.config_.retry.ack_piggyback),
      bytes_count_(channel.config_.retry.window_bytes > Bytes(0)),
      timed_(channel.config_.retry.replay_timer > Femtoseconds(0)),
      tx_(channel.config_.retry),
      rx_(channel.config_.retry),
      frame_bytes_(channel.config_.frame.payload.value() + channel.config_.frame.overhead.value()),
      format_(channel.config_.retry),
      window_(static_cast<std::uint64_t>(format_.window)),
      errors_(RandomStream(channel.config_.seed, channel.config_.name, "bit errors")),
      slips_(channel.config_.seed, channel.config_.name, "undetected errors") {
  const ChannelConfig& config = channel.config_;
  if (config.codeword_group > Bytes(0)) {
    group_bytes_ = config.codeword_group.value();
    code_ = FecCode{static_cast<int>(config.fec.symbols), static_cast<int>(config.fec.correctable),
                    static_cast<int>(config.fec.symbol_bits)};
  }
  const std::uint64_t most = frames_for(std::max(config.flit, config.credits.message).value());
  if (retry_ && window_ < most) {
    throw std::invalid_argument(config.name + ": a flit may need " + std::to_string(most) +
                                " frames, the retry window has " + std::to_string(window_));
  }
  gate_from_ = window_ + 1 - std::min(window_, most);
  enter(Mode::carry);
  const auto vcs = static_cast<std::size_t>(config.vcs);
  open_ = open_of_few_.data();
  if (vcs > few_vcs) {
    open_of_many_.resize(vcs);
    open_ = open_of_many_.data();
  }
  assembly_.resize(vcs);
  owed_.resize(vcs);
  to_lose_.resize(vcs);
  lost_.resize(vcs);
  if (config.credits.per_packet) {
    freed_.resize(vcs);
    arrived_.resize(vcs);
  }
}

void LinkLayer::connect(LinkLayer& opposite, LinkScheduler& scheduler, ChannelId number, LinkObserver* observer,
                        Owner* owner) {
  opposite_ = &opposite;
  scheduler_ = &scheduler;
  number_ = number;
  observer_ = observer;
  owner_ = owner;
  service_number_ = scheduler.add(*this);
}

/// Frames that so many bytes may be the first to use.
std::uint64_t LinkLayer::frames_for(std::int64_t bytes) const {
  const ChannelConfig& config = channel_->config_;
  if (config.frame.kind != FrameKind::fixed) return 1;
  return static_cast<std::uint64_t>((bytes + config.frame.payload.value() - 2) / config.frame.payload.value() + 1);
}

bool LinkLayer::window_blocks(Cycles now, std::int64_t bytes) const {
  if (!retry_) return false;
  const bool bytes_full = bytes_count_ && tx_.unacknowledged() > 0 &&
                          unacknowledged_bytes_ + std::max(bytes, longest_frame_) > format_.window_bytes.value();
  const std::uint64_t frames = frames_for(bytes);
  if (tx_.unacknowledged() + frames <= window_ && !bytes_full) return false;
  if (channel_->config_.frame.kind != FrameKind::fixed) return true;
  // A frame that has its number takes flits until it is full.
  const std::int64_t payload = channel_->config_.frame.payload.value();
  const Femtoseconds frame_end = channel_->end_time((open_frame_ + 1) * payload);
  const Femtoseconds begin = std::max(clock().edge(now), channel_->free_from_);
  return begin + channel_->config_.wire.end_of(bytes + channel_->config_.wire_unit.value()) > frame_end;
}

/// Flattened: most flits go into the frame being filled, and a call costs as much as what it does.
[[gnu::flatten]] void LinkLayer::send(const Flit& flit, VcId vc, Cycles now) {
  Channel& c = *channel_;
  const Femtoseconds at = clock().edge(now);
  if (!fixed_ || !direct_ || exceptional_ || c.held_ || controls_due(at)) {
    send_otherwise(flit, vc, now);
    return;
  }
  c.message_was_last_ = false;
  const std::int64_t bytes = flit.wire_bytes;
  const std::int64_t position = c.occupy(bytes, at);
  const bool hit = in_open_frame(position, bytes) ? checked_hit_ : frames_of_bytes(position, bytes, now);
  if (direct_ && !hit) {
    place_direct(flit, vc, position, now);
  } else {
    place_flit(flit, vc, position, now, hit);
  }
}

[[gnu::noinline]] void LinkLayer::send_otherwise(const Flit& flit, VcId vc, Cycles now) {
  if (exceptional_ &&
      (mode_ == Mode::sink || open_[index(vc)].dropping || (!retry_ && cut_from_ != ErrorProcess::never))) {
    lose(flit, vc, now, now);
    return;
  }
  if (channel_->held_ &&
      (mode_ == Mode::hold || tx_.replaying() || !staged_.empty() || window_blocks(now, flit.wire_bytes))) {
    staged_.push({flit, vc, now});
    ask_for_service(now + Cycles(1));
    return;
  }
  put_on_wire(flit, vc, now, now);
}

void LinkLayer::put_on_wire(const Flit& flit, VcId vc, Cycles now, Cycles sent) {
  Channel& c = *channel_;
  const Femtoseconds at = clock().edge(now);
  if (controls_due(at)) place_controls(now);
  c.message_was_last_ = false;
  if (sent != now && flit.tail()) {
    Packet& packet = (*c.packets_)[flit.handle];
    packet.ledger.add(Cause::retry, at - clock().edge(sent));
  }
  const FrameKind kind = c.config_.frame.kind;
  std::int64_t bytes = flit.wire_bytes;
  if (kind == FrameKind::flit || (kind == FrameKind::packet && flit.tail())) bytes += c.config_.frame.overhead.value();
  const std::int64_t position = c.occupy(bytes, at);
  bool hit = false;
  if (kind == FrameKind::fixed) {
    // Most flits lie in the frame being filled: told without a division.
    hit = in_open_frame(position, bytes) ? checked_hit_ : frames_of_bytes(position, bytes, now);
  } else if (kind == FrameKind::packet) {
    return assemble(flit, vc, position, bytes, now);
  } else {
    hit = hit_by_error(position, bytes);
    if (kind == FrameKind::flit) begin_frame(c.group_of(position).usable, bytes, hit, now);
  }
  place_flit(flit, vc, position, now, hit);
}

/// Gives numbers to the fixed frames that wire bytes up to `position` are the first to use. True when an error hit one
/// that holds a part of them.
[[gnu::noinline]] bool LinkLayer::frames_of_bytes(std::int64_t position, std::int64_t bytes, Cycles now) {
  prefetch_frame();
  if (opposite_ != nullptr) opposite_->prefetch_frame();
  const std::int64_t payload = channel_->config_.frame.payload.value();
  // Most often the next frame begins: told without a division.
  const bool next = position > open_end_ && position <= open_end_ + payload;
  const std::int64_t last = next ? open_frame_ + 1 : (position - 1) / payload;
  const std::int64_t first = next ? open_frame_ + (position - bytes < open_end_ ? 0 : 1) : (position - bytes) / payload;
  const bool begun_wrong = frame_wrong_ && first <= open_frame_;
  flit_wrong_ = false;
  bool any = false;
  for (std::int64_t frame = first; frame <= last; ++frame) {
    const bool hit = fixed_frame_hit(frame);
    any = any || hit;
    if (frame <= open_frame_) continue;
    open_frame_ = frame;
    open_end_ = (frame + 1) * payload;
    begin_frame(channel_->group_of((frame + 1) * payload).usable, frame_bytes_, hit, now);
  }
  flit_wrong_ = flit_wrong_ || begun_wrong;
  return any;
}

void LinkLayer::begin_frame(Femtoseconds usable, std::int64_t bytes, bool hit, Cycles now) {
  if (!retry_) return;
  const Femtoseconds at = clock().edge(now);
  if (control_due() < at || (!news_.empty() && news_.front().arrival <= at)) settle(now, false);
  const std::uint64_t number = tx_.send_new(at);
  accepted_.push(Femtoseconds::max());
  if (!fixed_) lengths_.push(static_cast<std::int32_t>(bytes));
  unacknowledged_bytes_ += bytes;
  most_unacknowledged_ = std::max(most_unacknowledged_, tx_.unacknowledged());
  frame_wrong_ = false;
  if (!hit && number == rx_.expected() && rx_.in_order()) {
    rx_.accept();
    accepted_.back() = usable;
    note_accepted(usable);
  } else {
    frame_wrong_ = judge(number, hit, usable);
  }
  flit_wrong_ = (fixed_ && flit_wrong_) || frame_wrong_;  // a flit may begin several fixed frames
  current_ = number;
  direct_ = number < rx_.expected();
  if (ack_piggyback_) piggyback(usable, hit, now);
  if (!timer_armed_ && timed_) {
    timer_armed_ = true;
    ask_for_service(clock().at_or_after(at + format_.replay_timer));
  }
  longest_frame_ = std::max(longest_frame_, bytes);
  if (tx_.unacknowledged() >= gate_from_ || bytes_count_) refresh_gate(now);
}

/// What the receiver makes of a frame. True when it takes it though an error has hit it.
bool LinkLayer::judge(std::uint64_t number, bool hit, Femtoseconds usable) {
  bool wrong = false;
  if (hit) {
    ++counters_.frames_lost;
    wrong = cut_from_ == ErrorProcess::never && slips_through();
    hit = !wrong;
  }
  const std::uint64_t before = rx_.expected();
  const RetryReceiver::Answer answer = rx_.on_frame(rx_.wire_number(number), !hit);
  for (std::uint64_t frame = before; frame < rx_.expected(); ++frame) accepted(frame) = usable;
  wrong = wrong && (answer.verdict == RetryReceiver::Verdict::accept || answer.verdict == RetryReceiver::Verdict::keep);
  if (wrong) {
    ++counters_.undetected;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i].frame == number && kept_[i].credits == 0) mark_wrong(kept_[i].flit.handle);
    }
  }
  if (answer.accepted > 0) {
    release_kept(usable);
    plan_ack();
  }
  if (answer.verdict == RetryReceiver::Verdict::duplicate) {
    ack_again_ = std::min(ack_again_, usable);
    plan_ack();
  }
  for (std::uint32_t i = 0; i < answer.requests; ++i) {
    requests_.push({usable, rx_.wire_number(answer.missing + i)});
  }
  if (answer.requests > 0) {
    request_due_ = requests_.front().ready;
    tell_control_due();
    if (opposite_ != nullptr) opposite_->ask_for_service(clock().at_or_after(request_due_) + Cycles(1));
  }
  return wrong;
}

void LinkLayer::release_kept(Femtoseconds usable) {
  const Cycles edge = channel_->config_.rx_clock.at_or_after(usable);
  while (!kept_.empty() && kept_.front().frame < rx_.expected()) {
    const Kept kept = kept_.pop();
    if (kept.credits > 0) {
      deliver_credits(kept.vc, kept.credits, edge);
      continue;
    }
    const Cycles at = std::max(channel_->last_arrival_ + Cycles(1), edge);
    channel_->last_arrival_ = at;
    if (kept.flit.tail()) {
      Packet& packet = (*channel_->packets_)[kept.flit.handle];
      packet.ledger.add(Cause::retry, channel_->config_.rx_clock.period() * (at - kept.planned).value());
      packet.mark = channel_->config_.rx_clock.edge(at);
    }
    deliver(kept.flit, kept.vc, at);
  }
}

/// A flit of a frame that will be taken, or that waits for no replay.
inline void LinkLayer::place_direct(const Flit& flit, VcId vc, std::int64_t position, Cycles now) {
  Channel& c = *channel_;
  const Channel::Arrival arrival = c.arrive(position);
  if (flit.tail()) c.book((*c.packets_)[flit.handle], clock().edge(now), arrival);
  if (flit.head() && c.pending_total_ > 0 && c.config_.credits.piggyback) {
    if (faulty_credits_ || c.config_.credits.counters) {
      carry_waiting_credits(arrival.cycle, true);
    } else {
      c.deliver_waiting_credits(arrival.cycle);
    }
  }
  deliver(flit, vc, arrival.cycle);
}

/// Which of a frame's bits are wrong nobody draws: every packet with a part in it counts.
void LinkLayer::mark_wrong(PacketHandle handle) {
  Packet& packet = (*channel_->packets_)[handle];
  if (packet.wrong) return;
  packet.wrong = true;
  if (observer_ != nullptr) observer_->packet_wrong(number_, handle);
}

[[gnu::noinline]] void LinkLayer::place_flit(const Flit& flit, VcId vc, std::int64_t position, Cycles now, bool hit) {
  Channel& c = *channel_;
  const Femtoseconds sent = clock().edge(now);
  const bool credits = flit.head() && c.pending_total_ > 0 && c.config_.credits.piggyback;
  if (flit_wrong_) mark_wrong(flit.handle);
  flit_wrong_ = frame_wrong_;
  if (direct_) {
    if (!hit || retry_) return place_direct(flit, vc, position, now);
    const Channel::Arrival arrival = c.arrive(position);
    if (flit.tail()) c.book((*c.packets_)[flit.handle], sent, arrival);
    if (credits) carry_waiting_credits(arrival.cycle, false);
    Flit copy = flit;
    ++counters_.frames_lost;
    if (slips_through()) {
      ++counters_.undetected;
      mark_wrong(flit.handle);
    } else {
      copy.flags |= Flit::poison_flag;
      (*c.packets_)[flit.handle].poisoned = true;
      ++counters_.poisoned_flits;
    }
    deliver(copy, vc, arrival.cycle);
    return;
  }
  if (kept_.empty()) planned_last_ = c.last_arrival_;
  const Channel::Group& group = c.group_of(position);
  planned_last_ = std::max(planned_last_ + Cycles(1), group.edge);
  if (flit.tail()) c.book((*c.packets_)[flit.handle], sent, {c.free_from_, group.usable, group.edge, planned_last_});
  if (credits) carry_waiting_credits(group.edge, true);
  kept_.push({current_, flit, vc, 0, planned_last_});
}

/// Frames that are packets: flits wait for their tail, and come out of the receiver together.
void LinkLayer::assemble(const Flit& flit, VcId vc, std::int64_t position, std::int64_t bytes, Cycles now) {
  Channel& c = *channel_;
  Assembly& assembly = assembly_[index(vc)];
  assembly.bytes += bytes;
  if (hit_by_error(position, bytes)) assembly.hit = true;
  auto& frame = c.assembling_[index(vc)];
  frame.push_back(flit);
  if (!flit.tail()) return;
  begin_frame(c.group_of(position).usable, assembly.bytes, assembly.hit, now);
  for (const Flit& part : frame) place_flit(part, vc, position, now, assembly.hit);
  frame.clear();
  assembly = Assembly{};
}

}  // namespace fs
