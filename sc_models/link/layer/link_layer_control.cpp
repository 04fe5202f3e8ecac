// SPDX-License-Identifier: Apache-2.0
// Acknowledgements, requests for replay, and replay itself.
//
// What one direction's receiver has to say travels on the other direction's wire. Everything that became due before an
// edge is put on that wire before anything its own core sends at that edge, whoever looks first.
#include <algorithm>

#include "link/channel_timing.hpp"
#include "link/layer/link_layer.hpp"

namespace fs {

void LinkLayer::note_accepted(Femtoseconds usable) {
  const auto unreported = static_cast<std::int64_t>(rx_.expected() - reported_);
  if (unreported == 1) ack_due_ = std::min(ack_due_, usable + ack_wait_);
  if (unreported == ack_every_) ack_due_ = std::min(ack_due_, usable);
  tell_control_due();
}

void LinkLayer::plan_ack() {
  ack_due_ = ack_again_;
  const std::uint64_t unreported = rx_.expected() - reported_;
  if (unreported > 0) ack_due_ = std::min(ack_due_, accepted(reported_) + ack_wait_);
  const auto every = static_cast<std::uint64_t>(ack_every_);
  if (unreported >= every) ack_due_ = std::min(ack_due_, accepted(reported_ + every - 1));
  tell_control_due();
}

bool LinkLayer::report_accepted(Femtoseconds until) {
  const std::uint64_t before = reported_;
  while (reported_ < rx_.expected() && accepted(reported_) <= until) ++reported_;
  if (reported_ == before && ack_again_ > until) return false;
  if (ack_again_ <= until) ack_again_ = Femtoseconds::max();
  plan_ack();
  return true;
}

void LinkLayer::piggyback(Femtoseconds usable, bool hit, Cycles now) {
  LinkLayer* other = opposite_;
  if (other == nullptr || (other->reported_ == other->rx_.expected() && other->ack_again_ == Femtoseconds::max()))
    return;
  if (!other->report_accepted(clock().edge(now) - Femtoseconds(1))) return;
  if (!hit) other->news_.push({usable, other->rx_.wire_number(other->reported_), false});
}

void LinkLayer::place_controls(Cycles now) {
  if (mode_ != Mode::carry) return;
  LinkLayer& other = *opposite_;
  const Femtoseconds limit = clock().edge(now);
  while (other.control_due() < limit) {
    if (other.request_due_ <= other.ack_due_) {
      const Request request = other.requests_.pop();
      other.request_due_ = other.requests_.empty() ? Femtoseconds::max() : other.requests_.front().ready;
      // To ask for a frame is to have all before it: go back n says no more about those.
      if (format_.mode == RetryMode::go_back_n) other.report_accepted(request.ready);
      place_control(request.ready, true, request.number, now);
    } else {
      const Femtoseconds due = other.ack_due_;
      if (other.report_accepted(due)) place_control(due, false, other.rx_.wire_number(other.reported_), now);
    }
  }
}

void LinkLayer::place_control(Femtoseconds at, bool request, std::uint32_t number, Cycles now) {
  Channel& c = *channel_;
  Femtoseconds arrival = at + c.config_.phy_fec + c.config_.propagation;
  if (format_.message > Bytes(0)) {
    const std::int64_t bytes = format_.message.value();
    const std::int64_t position = c.occupy(bytes, at);
    bool hit = false;
    if (c.config_.frame.kind == FrameKind::fixed) {
      const std::int64_t payload = c.config_.frame.payload.value();
      for (std::int64_t frame = (position - bytes) / payload; frame <= (position - 1) / payload; ++frame) {
        hit = fixed_frame_hit(frame) || hit;
      }
    } else {
      hit = hit_by_error(position, bytes);
    }
    if (hit) {
      ++counters_.controls_lost;
      return;
    }
    arrival = c.group_of(position).usable;
  } else if (cut_from_ != ErrorProcess::never) {
    ++counters_.controls_lost;
    return;
  }
  opposite_->news_.push({arrival, number, request});
  if (request) {
    ++opposite_->requests_coming_;
    // The scheduler runs in this very cycle: it was asked for when the request became due.
    opposite_->ask_for_service(std::max(now, clock().at_or_after(arrival)));
  }
}

void LinkLayer::drop_acknowledged() {
  while (records_base_ < tx_.oldest()) {
    accepted_.pop();
    unacknowledged_bytes_ -= fixed_ ? frame_bytes_ : lengths_.pop();
    ++records_base_;
  }
}

void LinkLayer::settle(Cycles now, bool requests) {
  const Femtoseconds at = clock().edge(now);
  if (opposite_ != nullptr && control_due() < at) opposite_->place_controls(now);
  while (!news_.empty() && news_.front().arrival <= at) {
    if (news_.front().request) {
      if (!requests) break;
      --requests_coming_;
      const News news = news_.pop();
      if (tx_.on_request(news.number, at)) begin_replay(now);
    } else {
      const News news = news_.pop();
      tx_.on_ack(news.number, news.arrival);
    }
    drop_acknowledged();
  }
}

void LinkLayer::begin_replay(Cycles now) {
  if (tx_.exhausted() && owner_ != nullptr) {
    ++counters_.reinitialisations;
    owner_->replay_limit_reached(now);
    return;
  }
  ++counters_.retries;
  replay_from_ = now + Cycles(1) + clock().cycles_for(format_.replay_setup);
  refresh_gate(now);
}

/// Puts a frame on the wire again; returns the position of its end.
std::int64_t LinkLayer::place_replay(std::int64_t bytes, Cycles now, bool& hit) {
  Channel& c = *channel_;
  const Femtoseconds at = clock().edge(now);
  if (c.config_.frame.kind != FrameKind::fixed) {
    const std::int64_t position = c.occupy(bytes, at);
    hit = hit_by_error(position, bytes);
    return position;
  }
  const std::int64_t payload = c.config_.frame.payload.value();
  c.occupy(0, at);
  c.next_ = (c.next_ + payload - 1) / payload * payload;
  c.free_from_ = c.end_time(c.next_);
  const std::int64_t position = c.occupy(payload, c.free_from_);
  open_frame_ = position / payload - 1;
  open_end_ = position;
  hit = fixed_frame_hit(open_frame_);
  return position;
}

void LinkLayer::send_replays(Cycles now) {
  Channel& c = *channel_;
  const Femtoseconds ahead = clock().edge(now + Cycles(1));
  while (tx_.replaying() && now >= replay_from_ && c.free_from_ < ahead) {
    const std::uint64_t number = tx_.replay_next(clock().edge(now));
    const std::int64_t bytes = bytes_of(number);
    bool hit = false;
    const std::int64_t position = place_replay(bytes, now, hit);
    c.message_was_last_ = false;
    ++counters_.frames_replayed;
    counters_.bytes_replayed += static_cast<std::uint64_t>(bytes);
    const Femtoseconds usable = c.group_of(position).usable;
    judge(number, hit, usable);
    if (ack_piggyback_) piggyback(usable, hit, now);
  }
}

void LinkLayer::send_staged(Cycles now) {
  const Femtoseconds ahead = clock().edge(now + Cycles(1));
  while (!staged_.empty() && !tx_.replaying() && channel_->free_from_ < ahead) {
    if (window_blocks(now, staged_.front().flit.wire_bytes)) break;
    const Staged staged = staged_.pop();
    put_on_wire(staged.flit, staged.vc, now, staged.sent);
  }
}

bool LinkLayer::ready(Cycles at) {
  if (mode_ == Mode::sink) return true;
  if (mode_ == Mode::hold || tx_.replaying()) return false;
  if (!staged_.empty()) {
    ask_for_service(at + Cycles(1));
    return false;
  }
  settle(at, false);
  if (window_blocks(at, channel_->config_.flit.value())) return false;
  refresh_gate(at);
  return true;
}

void LinkLayer::enter(Mode mode) {
  mode_ = mode;
  // Else credits wait for the wire as without a link layer.
  channel_->layer_takes_credits_ =
      mode_ == Mode::sink || channel_->side_band_latency_ > Cycles(0) || channel_->config_.credits.per_packet;
}

void LinkLayer::refresh_gate(Cycles now) {
  const bool retrying = mode_ == Mode::hold || (mode_ == Mode::carry && (tx_.replaying() || !staged_.empty()));
  if (retrying && held_since_ < Cycles(0)) {
    held_since_ = now;
    channel_->ever_held_back_ = true;
  }
  if (!retrying && held_since_ >= Cycles(0)) {
    newest_ = (newest_ + 1) % static_cast<int>(stretches_.size());
    stretches_[static_cast<std::size_t>(newest_)] = {held_since_, now};
    counters_.retrying += clock().period() * (now - held_since_).value();
    held_since_ = Cycles(-1);
  }
  // Near the window's end every flit is asked about: a fixed frame that has its number may still take it.
  const bool bytes_near = bytes_count_ && unacknowledged_bytes_ + longest_frame_ > format_.window_bytes.value();
  channel_->held_ = retrying || mode_ == Mode::sink || (retry_ && (tx_.unacknowledged() >= gate_from_ || bytes_near));
  channel_->tell_ready();
}

Cycles LinkLayer::overlap(Cycles from, Cycles to) const {
  Cycles sum{0};
  const auto kept = static_cast<int>(stretches_.size());
  for (int i = 0; i < kept; ++i) {
    const Stretch& stretch = stretches_[static_cast<std::size_t>((newest_ + kept - i) % kept)];
    if (stretch.end <= from) break;
    sum += std::max(Cycles(0), std::min(stretch.end, to) - std::max(stretch.begin, from));
  }
  if (held_since_ >= Cycles(0)) sum += std::max(Cycles(0), to - std::max(held_since_, from));
  return sum;
}

void LinkLayer::service(Cycles now) {
  if (mode_ != Mode::carry) return;
  const Femtoseconds at = clock().edge(now);
  if (controls_due(at)) place_controls(now);
  // A request takes effect in the slot after the one it arrives in, whether or not a replay is under way.
  if (tx_.replaying()) send_replays(now);
  settle(now, true);
  if (mode_ != Mode::carry) return;  // the replay limit
  if (retry_ && tx_.on_timer(at)) {
    ++counters_.timeouts;
    begin_replay(now);
    if (mode_ != Mode::carry) return;
  }
  if (!tx_.replaying()) send_staged(now);
  if (owes_ && now >= repair_at_) send_credit_message(now);
  refresh_gate(now);
  ask_for_what_is_due(now);
}

void LinkLayer::ask_for_what_is_due(Cycles now) {
  const Cycles next = now + Cycles(1);
  if (tx_.replaying()) {
    const Cycles free(std::max<std::int64_t>(0, channel_->free_from_ / clock().period()));
    ask_for_service(std::max({next, replay_from_, free}));
  } else if (!staged_.empty()) {
    ask_for_service(next);
  }
  if (requests_coming_ > 0) ask_for_service(std::max(next, clock().at_or_after(news_.front().arrival)));
  if (opposite_ != nullptr && opposite_->request_due_ != Femtoseconds::max()) {
    ask_for_service(std::max(next, clock().at_or_after(opposite_->request_due_) + Cycles(1)));
  }
  const Femtoseconds deadline = tx_.deadline();
  timer_armed_ = deadline != Femtoseconds::max();
  if (timer_armed_) ask_for_service(std::max(next, clock().at_or_after(deadline)));
  if (owes_) ask_for_service(std::max(next, repair_at_));
}

}  // namespace fs
