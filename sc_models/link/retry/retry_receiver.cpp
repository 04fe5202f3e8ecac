// SPDX-License-Identifier: Apache-2.0
#include "link/retry/retry_receiver.hpp"

namespace fs {

RetryReceiver::Answer RetryReceiver::take_expected() {
  Answer answer;
  answer.verdict = Verdict::accept;
  if (!kept_.empty()) kept_.pop();
  ++expected_;
  ++answer.accepted;
  while (!kept_.empty() && kept_.front() != 0) {
    kept_.pop();
    ++expected_;
    ++answer.accepted;
  }
  state_ = kept_.empty() ? State::send_acks : State::nack_sent;
  unexpected_ = 0;
  return answer;
}

RetryReceiver::Answer RetryReceiver::on_bad(std::uint64_t distance) {
  Answer answer;
  answer.verdict = Verdict::discard;
  if (rule_ == ReplayRequest::every_loss) {
    if (go_back_ ? distance == 0 : distance < window_) {
      state_ = State::nack_sent;
      const bool here = distance < kept_.size() && kept_[distance] != 0;
      if (!go_back_) {
        while (kept_.size() <= distance) kept_.push(0);
      }
      if (!here) ask(answer, distance, 1);
    }
  } else if (rule_ == ReplayRequest::once_per_gap && go_back_ && state_ == State::send_acks) {
    state_ = State::nack_sent;
    unexpected_ = 0;
    ask(answer, 0, 1);
  }
  return answer;
}

RetryReceiver::Answer RetryReceiver::on_early(std::uint64_t distance) {
  Answer answer;
  const bool first = state_ == State::send_acks;
  state_ = State::nack_sent;
  answer.verdict = Verdict::discard;
  if (!go_back_) {
    if (distance < kept_.size() && kept_[distance] != 0) {
      answer.verdict = Verdict::duplicate;
      return answer;
    }
    answer.verdict = Verdict::keep;
    const std::uint64_t known = kept_.size();
    while (kept_.size() <= distance) kept_.push(0);
    kept_[distance] = 1;
    if (rule_ == ReplayRequest::once_per_gap && distance > known) {
      ask(answer, known, static_cast<std::uint32_t>(distance - known));
      return answer;
    }
  } else if (first && rule_ == ReplayRequest::once_per_gap) {
    unexpected_ = 0;
    ask(answer, 0, 1);
    return answer;
  }
  if (rule_ == ReplayRequest::once_per_gap && again_ != 0 && ++unexpected_ >= again_) {
    unexpected_ = 0;
    ask(answer, 0, 1);
  }
  return answer;
}

RetryReceiver::Answer RetryReceiver::on_frame(std::uint32_t number, bool good) {
  if (deputy_ != nullptr) {
    Answer answer;
    by_deputy([&](Registers& all) { answer = deputy_->on_frame(number, good, all); });
    return answer;
  }
  const Answer answer = judge(number, good);
  note_order();
  return answer;
}

RetryReceiver::Answer RetryReceiver::judge(std::uint32_t number, bool good) {
  const std::uint64_t distance = ahead(number);
  if (!good) return on_bad(distance);
  if (distance == 0) return take_expected();
  if (distance < window_) return on_early(distance);
  Answer answer;
  answer.verdict = Verdict::duplicate;
  return answer;
}

void RetryReceiver::restart() {
  if (deputy_ != nullptr) {
    by_deputy([&](Registers& all) { deputy_->restart(all); });
    return;
  }
  state_ = State::send_acks;
  note_order();
}

void RetryReceiver::forget(std::uint64_t next) {
  if (deputy_ != nullptr) {
    by_deputy([&](Registers& all) { deputy_->forget(next, all); });
    return;
  }
  expected_ = next;
  kept_.clear();
  unexpected_ = 0;
  state_ = State::send_acks;
  note_order();
}

}  // namespace fs
