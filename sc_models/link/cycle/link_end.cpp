// SPDX-License-Identifier: Apache-2.0
#include "link/cycle/link_end.hpp"

#include <algorithm>

namespace fs::cycle {
namespace {

int bits_below(std::uint64_t count) {
  int bits = 1;
  while ((1ULL << bits) < count) ++bits;
  return bits;
}

}  // namespace

LinkEnd::LinkEnd(const LinkEndConfig& config)
    : config_(config),
      polynomial_(config.polynomial.bits != 0 ? config.polynomial : crc_polynomial(config.retry.crc_bits)),
      tx_(config.retry),
      rx_(config.retry),
      ack_(config.retry.ack_every, config.retry.ack_wait.value()),
      return_(config.vcs, config.counter_bits, config.repair),
      take_(config.vcs, config.counter_bits, config.depth) {
  FS_CHECK(polynomial_.bits > 0, "no polynomial of so many bits");
  const int number = bits_below(static_cast<std::uint64_t>(config.retry.numbers));
  at_.ack = number;
  at_.nack = 2 * number;
  at_.data = at_.nack + 1;
  at_.vc = at_.data + 1;
  at_.credit = at_.vc + bits_below(static_cast<std::uint64_t>(config.vcs));
  at_.payload = at_.credit + config.counter_bits;
  at_.crc = at_.payload + config.payload_bits;
  at_.end = at_.crc + polynomial_.bits;
  show();
}

void LinkEnd::step(const Inputs& in) {
  const bool anew = in.restart || in.forget;
  out_.valid = false;
  out_.frame_valid = false;
  out_.news = out_.began = out_.expired = false;
  out_.credit = take_.give();
  // 1. What goes says what was so before this edge.
  if (!anew && in.wire_ready) send(in);
  for (int v = 0; v < config_.vcs; ++v) {
    if ((in.free >> v & 1U) != 0) return_.free(static_cast<std::size_t>(v));
  }
  if (anew) {
    start_anew(in);
  } else {
    // 2. What came; 3. the timer.
    if (in.frame_valid) receive(in.frame);
    out_.expired = tx_.on_timer(Femtoseconds(now_));
  }
  for (; buffer_first_ < tx_.oldest(); ++buffer_first_) buffer_.pop();
  ++now_;
  show();
}

void LinkEnd::send(const Inputs& in) {
  const Femtoseconds now(now_);
  const bool again = tx_.replaying();
  const bool fresh = !again && in.valid && !tx_.window_full();
  if (!again && !fresh && !ack_.due(now_) && !return_.due(now_)) return;
  const std::uint64_t number = again ? tx_.replay_next(now) : fresh ? tx_.send_new(now) : tx_.next();
  if (fresh) buffer_.push(in.payload);
  FrameBits frame;
  frame.put(0, at_.ack, tx_.wire_number(number));
  frame.put(at_.ack, at_.nack - at_.ack, rx_.wire_number(rx_.expected()));
  frame.put(at_.nack, 1, ack_.nack() ? 1 : 0);
  frame.put(at_.data, 1, again || fresh ? 1 : 0);
  frame.put(at_.vc, at_.credit - at_.vc, return_.vc());
  frame.put(at_.credit, config_.counter_bits, return_.count());
  frame.put(at_.payload, config_.payload_bits, again || fresh ? buffer_[number - buffer_first_] : 0);
  frame.put(at_.crc, polynomial_.bits, crc_of(polynomial_, frame, at_.crc));
  ack_.report();
  return_.report(now_);
  out_.frame_valid = true;
  out_.frame = frame;
}

void LinkEnd::receive(const FrameBits& frame) {
  const bool good = crc_of(polynomial_, frame, at_.crc) == frame.get(at_.crc, polynomial_.bits);
  const Femtoseconds now(now_);
  if (good) {
    const auto heard = static_cast<std::uint32_t>(frame.get(at_.ack, at_.nack - at_.ack));
    const std::uint64_t oldest = tx_.oldest();
    if (frame.get(at_.nack)) {
      out_.began = tx_.on_request(heard, now);
    } else {
      tx_.on_ack(heard, now);
    }
    out_.news = tx_.oldest() != oldest;
    take_.hear(static_cast<std::size_t>(frame.get(at_.vc, at_.credit - at_.vc)),
               static_cast<std::uint32_t>(frame.get(at_.credit, config_.counter_bits)));
    if (!frame.get(at_.data)) return;
  }
  const auto answer = rx_.on_frame(static_cast<std::uint32_t>(frame.get(0, at_.ack)), good);
  if (answer.verdict == RetryReceiver::Verdict::accept) {
    ack_.accept(now_);
    out_.valid = true;
    out_.payload = frame.get(at_.payload, config_.payload_bits);
  }
  if (answer.verdict == RetryReceiver::Verdict::duplicate) ack_.duplicate();
  if (answer.requests > 0) ack_.request();
}

void LinkEnd::start_anew(const Inputs& in) {
  const auto numbers = static_cast<std::uint64_t>(config_.retry.numbers);
  const auto from = [&](std::uint64_t frame) { return frame + (in.peer + numbers - frame % numbers) % numbers; };
  const Femtoseconds now(now_);
  ack_.clear();
  if (in.restart) {
    tx_.restart(from(tx_.oldest()), now);
    rx_.restart();
  }
  if (in.forget) {
    tx_.forget(now);
    rx_.forget(from(rx_.expected()));
  }
}

void LinkEnd::show() {
  const RetryTransmitter::Registers tx = tx_.registers();
  out_.replaying = tx_.replaying();
  out_.ready = !out_.replaying && !tx_.window_full();
  out_.exhausted = tx_.exhausted();
  out_.expected = rx_.wire_number(rx_.expected());
  out_.next = tx_.wire_number(tx_.next());
  out_.count = static_cast<std::uint32_t>(tx_.unacknowledged());
  out_.replays =
      static_cast<std::uint32_t>(std::min(tx.replays, static_cast<std::uint64_t>(config_.retry.replay_limit + 1)));
  show_registers();
}

void LinkEnd::show_registers() {
  const RetryTransmitter::Registers tx = tx_.registers();
  const RetryReceiver::Registers rx = rx_.registers();
  out_.at = out_.replaying ? static_cast<std::uint32_t>(tx.replay_at - tx.oldest) : 0;
  out_.end = out_.replaying ? static_cast<std::uint32_t>(tx.replay_end - tx.oldest) : 0;
  out_.progress = static_cast<std::uint64_t>(tx.progress.value());
  out_.timing = config_.retry.replay_timer > Femtoseconds(0) && out_.count != 0 && !out_.replaying;
  out_.nack_sent = rx.state == RetryReceiverState::nack_sent;
  out_.unexpected = static_cast<std::uint32_t>(rx.unexpected);
  out_.gathered = static_cast<std::uint32_t>(ack_.gathered());
  out_.again = ack_.again();
  out_.fresh = 0;
  out_.freed = out_.heard = 0;
  for (int v = config_.vcs - 1; v >= 0; --v) {
    const auto vc = static_cast<std::size_t>(v);
    out_.fresh = out_.fresh << 1 | (return_.fresh(vc) ? 1U : 0U);
    out_.freed = out_.freed << config_.counter_bits | return_.freed(vc);
    out_.heard = out_.heard << config_.counter_bits | take_.heard(vc);
  }
}

}  // namespace fs::cycle
