// SPDX-License-Identifier: Apache-2.0
#include "link/retry/retry_transmitter.hpp"

namespace fs {

using Event = RetryTransmitterDeputy::Event;

void RetryTransmitter::load(const Registers& registers) {
  state_ = registers.state;
  next_ = registers.next;
  oldest_ = registers.oldest;
  replay_at_ = registers.replay_at;
  replay_end_ = registers.replay_end;
  replays_ = registers.replays;
  progress_ = registers.progress;
}

bool RetryTransmitter::by_deputy(Event event, std::uint32_t number, Femtoseconds now) {
  Registers all = registers();
  const bool result = deputy_->take(event, number, now, all);
  load(all);
  return result;
}

std::uint64_t RetryTransmitter::send_new_by_deputy(Femtoseconds now) {
  const std::uint64_t frame = next_;
  by_deputy(Event::new_frame, 0, now);
  return frame;
}

bool RetryTransmitter::on_ack(std::uint32_t before, Femtoseconds now) {
  if (deputy_ != nullptr) return by_deputy(Event::ack, before, now);
  const std::uint64_t upto = absolute(before);
  if (upto == oldest_ || upto > next_) return false;  // old news, or a number that no frame under way has
  oldest_ = upto;
  replays_ = 0;
  progress_ = std::max(progress_, now);
  if (state_ == State::replay) skip_acknowledged();
  return true;
}

/// What has been received needs no replay, though one had begun.
void RetryTransmitter::skip_acknowledged() {
  if (go_back_) {
    replay_at_ = std::max(replay_at_, oldest_);
    if (replay_at_ >= replay_end_) state_ = State::advance;
    return;
  }
  for (std::size_t left = wanted_.size(); left > 0; --left) {
    const std::uint64_t frame = wanted_.pop();
    if (frame >= oldest_) wanted_.push(frame);
  }
  if (wanted_.empty()) state_ = State::advance;
}

void RetryTransmitter::begin_replay() {
  state_ = State::replay;
  ++replays_;
}

bool RetryTransmitter::on_request(std::uint32_t missing, Femtoseconds now) {
  if (deputy_ != nullptr) return by_deputy(Event::request, missing, now);
  const std::uint64_t frame = absolute(missing);
  if (go_back_ && frame == next_) on_ack(missing, now);  // nothing is missing: a duplicate was taken for a frame ahead
  if (frame >= next_ || state_ == State::stopped) return false;
  if (go_back_) {
    if (frame > oldest_) on_ack(missing, now);
    replay_at_ = frame;
    replay_end_ = next_;
    begin_replay();
    return true;
  }
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (wanted_[i] == frame) return false;
  }
  wanted_.push(frame);
  begin_replay();
  return true;
}

bool RetryTransmitter::on_timer(Femtoseconds now) {
  if (deputy_ != nullptr) return timer_ != Femtoseconds(0) && by_deputy(Event::timer, 0, now);
  if (now < deadline()) return false;
  progress_ = now;
  if (go_back_) {
    replay_at_ = oldest_;
    replay_end_ = next_;
  } else {
    // Which of them are missing the sender cannot tell.
    wanted_.clear();
    for (std::uint64_t frame = oldest_; frame < next_; ++frame) wanted_.push(frame);
  }
  begin_replay();
  return true;
}

std::uint64_t RetryTransmitter::replay_next(Femtoseconds now) {
  if (deputy_ != nullptr) {
    const std::uint64_t replayed = replay_at_;
    by_deputy(Event::replay, 0, now);
    return replayed;
  }
  progress_ = now;
  if (go_back_) {
    const std::uint64_t frame = replay_at_++;
    if (replay_at_ >= replay_end_) state_ = State::advance;
    return frame;
  }
  const std::uint64_t frame = wanted_.pop();
  if (wanted_.empty()) state_ = State::advance;
  return frame;
}

void RetryTransmitter::restart(std::uint64_t first, Femtoseconds now) {
  if (deputy_ != nullptr) {
    by_deputy(Event::restart, wire_number(first), now);
    return;
  }
  oldest_ = first;
  replays_ = 0;
  progress_ = now;
  wanted_.clear();
  state_ = State::advance;
  if (first == next_) return;
  state_ = State::replay;
  replay_at_ = first;
  replay_end_ = next_;
  if (!go_back_) {
    for (std::uint64_t frame = first; frame < next_; ++frame) wanted_.push(frame);
  }
}

void RetryTransmitter::forget(Femtoseconds now) {
  if (deputy_ != nullptr) {
    by_deputy(Event::forget, 0, now);
    return;
  }
  if (state_ == State::replay) state_ = State::advance;
  oldest_ = next_;
  replay_at_ = replay_end_ = next_;
  replays_ = 0;
  progress_ = now;
  wanted_.clear();
}

}  // namespace fs
