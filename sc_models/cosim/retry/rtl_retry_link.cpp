// SPDX-License-Identifier: Apache-2.0
#include "cosim/retry/rtl_retry_link.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "common/check.hpp"

namespace fs::cosim {
namespace {

/// What stands for the flits of a frame on the wire.
std::uint32_t token(std::uint64_t frame) {
  return static_cast<std::uint32_t>((frame * 0x9e3779b97f4a7c15ULL) >> (64 - RetryPins::payload_bits));
}

/// The frame nearest at or after `from` whose wire number is `wire`.
std::uint64_t unwrap(std::uint64_t from, std::uint64_t wire, std::int64_t numbers) {
  const auto n = static_cast<std::uint64_t>(numbers);
  return from + (wire + n - from % n) % n;
}

/// Pins of model and RTL that differ, one a line.
class Comparison {
 public:
  void add(const char* pin, std::uint64_t model, std::uint64_t rtl) {
    if (model == rtl) return;
    text_ += std::string("  ") + pin + ": model " + std::to_string(model) + ", RTL " + std::to_string(rtl) + "\n";
  }
  void throw_if_different(const std::string& where, const std::string& state) const {
    if (text_.empty()) return;
    throw InvariantError(where + ": model and RTL differ\n" + text_ + "  after this event the model holds: " + state);
  }

 private:
  std::string text_;
};

const char* name_of(RetryTransmitterDeputy::Event event) {
  constexpr const char* names[] = {"a new frame", "a replayed frame", "an acknowledgement", "a request",
                                   "the timer",   "a restart",        "a forgetting"};
  return names[static_cast<std::size_t>(event)];
}

std::string text_of(const RetryTransmitterRegisters& r) {
  std::string text = "frames " + std::to_string(r.oldest) + " to " + std::to_string(r.next) + " under way";
  if (r.state == RetryTransmitterState::replay) {
    text += ", replaying " + std::to_string(r.replay_at) + " to " + std::to_string(r.replay_end);
  }
  return text + ", " + std::to_string(r.replays) + " replays without progress, timer set at " +
         std::to_string(r.progress.value()) + " fs";
}

}  // namespace

class RtlRetryLink::Transmitter final : public RetryTransmitterDeputy {
 public:
  Transmitter(RtlRetryLink& link, int direction, bool lockstep)
      : link_(&link), pins_(link.ends_[static_cast<std::size_t>(direction)].get()), direction_(direction) {
    if (lockstep) model_ = std::make_unique<RetryTransmitter>(link.format_);
  }

  bool take(Event event, std::uint32_t number, Femtoseconds now, RetryTransmitterRegisters& registers) override {
    drive(event, number, registers);
    pins_->edge(now);
    ++link_->events_;
    if (event == Event::new_frame || event == Event::replay) {
      const std::uint64_t frame = event == Event::replay ? registers.replay_at : registers.next;
      FS_CHECK(pins_->get("frame_valid_o") != 0, pins_->name() + ": no frame after an edge that sends one");
      link_->wires_[static_cast<std::size_t>(direction_)] = {pins_->frame(), frame};
    }
    read(registers);
    const bool result = pins_->get(event == Event::ack       ? "news_o"
                                   : event == Event::request ? "began_o"
                                                             : "expired_o") != 0;
    if (model_ != nullptr) compare(event, number, now, registers, result);
    return result;
  }

 private:
  void drive(Event event, std::uint32_t number, const RetryTransmitterRegisters& registers) {
    switch (event) {
      case Event::new_frame:
        pins_->set("payload_i", token(registers.next));
        pins_->set("new_i", 1);
        break;
      case Event::replay:
        pins_->set("replay_i", 1);
        break;
      case Event::ack:
      case Event::request:
        pins_->set("control_number_i", number);
        pins_->set("nack_i", event == Event::request ? 1 : 0);
        pins_->set("control_i", 1);
        break;
      case Event::timer:
        pins_->set("tick_i", 1);
        break;
      case Event::restart:
        pins_->set("tx_first_i", number);
        pins_->set("tx_restart_i", 1);
        break;
      case Event::forget:
        pins_->set("tx_forget_i", 1);
        break;
    }
  }

  void read(RetryTransmitterRegisters& registers) const {
    registers.oldest = unwrap(registers.oldest, pins_->get("oldest_o"), link_->format_.numbers);
    registers.next = registers.oldest + pins_->get("count_o");
    registers.state = pins_->get("replaying_o") != 0 ? RetryTransmitterState::replay : RetryTransmitterState::advance;
    registers.replay_at = registers.oldest + pins_->get("at_o");
    registers.replay_end = registers.oldest + pins_->get("end_o");
    registers.replays = pins_->get("replays_o");
    registers.progress = Femtoseconds(static_cast<std::int64_t>(pins_->get("progress_o")));
  }

  bool repeat(Event event, std::uint32_t number, Femtoseconds now) {
    switch (event) {
      case Event::new_frame:
        model_->send_new(now);
        break;
      case Event::replay:
        model_->replay_next(now);
        break;
      case Event::ack:
        return model_->on_ack(number, now);
      case Event::request:
        return model_->on_request(number, now);
      case Event::timer:
        return model_->on_timer(now);
      case Event::restart:
        model_->restart(unwrap(model_->oldest(), number, link_->format_.numbers), now);
        break;
      case Event::forget:
        model_->forget(now);
        break;
    }
    return false;
  }

  void compare(Event event, std::uint32_t number, Femtoseconds now, const RetryTransmitterRegisters& rtl, bool result) {
    const bool expected = repeat(event, number, now);
    const RetryTransmitterRegisters model = model_->registers();
    const auto limit = static_cast<std::uint64_t>(link_->format_.replay_limit);
    Comparison pins;
    pins.add("oldest_o (unwrapped)", model.oldest, rtl.oldest);
    pins.add("count_o", model.next - model.oldest, rtl.next - rtl.oldest);
    pins.add("replaying_o", model_->replaying() ? 1 : 0, rtl.state == RetryTransmitterState::replay ? 1 : 0);
    if (model_->replaying()) {
      pins.add("at_o", model.replay_at - model.oldest, rtl.replay_at - rtl.oldest);
      pins.add("end_o", model.replay_end - model.oldest, rtl.replay_end - rtl.oldest);
    }
    pins.add("replays_o", std::min(model.replays, limit + 1), rtl.replays);
    pins.add("progress_o", static_cast<std::uint64_t>(model.progress.value()),
             static_cast<std::uint64_t>(rtl.progress.value()));
    pins.add("timing_o", model_->deadline() != Femtoseconds::max() ? 1 : 0, pins_->get("timing_o"));
    pins.add("exhausted_o", model_->exhausted() ? 1 : 0, pins_->get("exhausted_o"));
    if (event == Event::ack || event == Event::request || event == Event::timer) {
      pins.add("news_o, began_o or expired_o", expected ? 1 : 0, result ? 1 : 0);
    }
    const RtlRetryLink::Wire& wire = link_->wires_[static_cast<std::size_t>(direction_)];
    if (event == Event::new_frame || event == Event::replay) {
      FrameBits frame;
      frame.put(0, pins_->number_bits(), model_->wire_number(wire.number));
      frame.put(pins_->number_bits(), RetryPins::payload_bits, token(wire.number));
      const int body = pins_->number_bits() + RetryPins::payload_bits;
      pins.add("frame_o, number and token", frame.get(0, body), wire.frame.get(0, body));
      pins.add("frame_o, CRC", crc_of(crc_polynomial(link_->format_.crc_bits), frame, body),
               wire.frame.get(body, pins_->crc_bits()));
    }
    pins.throw_if_different(pins_->name() + ", transmitter, " + std::to_string(now.value()) + " fs, event " +
                                std::to_string(link_->events_) + ", " + name_of(event) + " (number " +
                                std::to_string(number) + ")",
                            text_of(model));
  }

  RtlRetryLink* link_;
  RetryPins* pins_;
  int direction_;
  std::unique_ptr<RetryTransmitter> model_;
};

class RtlRetryLink::Receiver final : public RetryReceiverDeputy {
 public:
  Receiver(RtlRetryLink& link, int direction, bool lockstep)
      : link_(&link), pins_(link.ends_[static_cast<std::size_t>(1 - direction)].get()), direction_(direction) {
    if (lockstep) model_ = std::make_unique<RetryReceiver>(link.format_);
  }

  RetryAnswer on_frame(std::uint32_t number, bool good, RetryReceiverRegisters& registers) override {
    const Wire& wire = link_->wires_[static_cast<std::size_t>(direction_)];
    FrameBits frame = wire.frame;
    if (!good) spoil(frame);
    pins_->set_frame(frame);
    edge();
    RetryAnswer answer;
    answer.verdict = static_cast<RetryVerdict>(pins_->get("verdict_o"));
    answer.requests = pins_->get("request_o") != 0 ? 1 : 0;
    answer.accepted = answer.verdict == RetryVerdict::accept ? 1 : 0;
    const std::uint64_t before = registers.expected;
    read(registers);
    if (answer.requests > 0) answer.missing = static_cast<std::uint32_t>(pins_->get("expected_o"));
    if ((pins_->get("good_o") != 0) != good) {
      throw InvariantError(where() + ": the CRC of a frame that errors " + (good ? "spared" : "spoilt") + " is " +
                           (good ? "refused" : "accepted"));
    }
    if (answer.accepted > 0 && (wire.number != before || pins_->get("payload_o") != token(before))) {
      throw InvariantError(where() + ": frame " + std::to_string(wire.number) + " was taken for " +
                           std::to_string(before));
    }
    if (model_ != nullptr) compare(number, good, answer, registers);
    return answer;
  }
  void forget(std::uint64_t next, RetryReceiverRegisters& registers) override {
    pins_->set("rx_next_i", next % static_cast<std::uint64_t>(link_->format_.numbers));
    pins_->set("rx_forget_i", 1);
    edge();
    registers.expected = next;
    read(registers);
    if (model_ == nullptr) return;
    model_->forget(next);
    compare_registers(registers, {}, "a forgetting");
  }
  void restart(RetryReceiverRegisters& registers) override {
    pins_->set("rx_restart_i", 1);
    edge();
    read(registers);
    if (model_ == nullptr) return;
    model_->restart();
    compare_registers(registers, {}, "a restart");
  }

 private:
  void edge() {
    pins_->edge(Femtoseconds(0));  // a receiver has no timer
    ++link_->events_;
  }
  std::string where() const { return pins_->name() + ", receiver, event " + std::to_string(link_->events_); }
  void read(RetryReceiverRegisters& registers) const {
    registers.expected = unwrap(registers.expected, pins_->get("expected_o"), link_->format_.numbers);
    registers.state = pins_->get("nack_sent_o") != 0 ? RetryReceiverState::nack_sent : RetryReceiverState::send_acks;
    registers.unexpected = pins_->get("unexpected_o");
  }
  /// A burst no longer than the CRC, anywhere in the frame.
  void spoil(FrameBits& frame) {
    const auto length = 1 + static_cast<int>(link_->bursts_.below(static_cast<std::uint64_t>(pins_->crc_bits())));
    const auto places = static_cast<std::uint64_t>(pins_->frame_bits() - length + 1);
    const auto begin = static_cast<int>(link_->bursts_.below(places));
    frame.flip(begin);
    if (length > 1) frame.flip(begin + length - 1);
    for (int k = 1; k < length - 1; ++k) {
      if (link_->bursts_.below(2) != 0) frame.flip(begin + k);
    }
  }
  void compare(std::uint32_t number, bool good, const RetryAnswer& rtl, const RetryReceiverRegisters& registers) {
    const RetryAnswer model = model_->on_frame(number, good);
    Comparison pins;
    pins.add("verdict_o", static_cast<std::uint64_t>(model.verdict), static_cast<std::uint64_t>(rtl.verdict));
    pins.add("request_o", model.requests, rtl.requests);
    if (model.requests > 0) pins.add("expected_o at the request", model.missing, rtl.missing);
    compare_registers(
        registers, pins,
        (good ? "a good frame" : "a bad frame") + std::string(" (number ") + std::to_string(number) + ")");
  }
  void compare_registers(const RetryReceiverRegisters& rtl, Comparison pins, const std::string& event) const {
    const RetryReceiverRegisters model = model_->registers();
    pins.add("expected_o (unwrapped)", model.expected, rtl.expected);
    pins.add("nack_sent_o", static_cast<std::uint64_t>(model.state), static_cast<std::uint64_t>(rtl.state));
    pins.add("unexpected_o", model.unexpected, rtl.unexpected);
    pins.throw_if_different(where() + ", " + event,
                            "expects frame " + std::to_string(model.expected) +
                                (rtl.state == RetryReceiverState::nack_sent ? ", asked for it" : ""));
  }

  RtlRetryLink* link_;
  RetryPins* pins_;
  int direction_;
  std::unique_ptr<RetryReceiver> model_;
};

RtlRetryLink::RtlRetryLink(const RetryFormat& format, const std::string& name, std::uint64_t seed, RetryEngine engine,
                           Ends ends)
    : format_(format), name_(name), bursts_(seed, name, "bits of destroyed frames") {
  for (std::size_t end = 0; end < 2; ++end) {
    const std::string where = "link " + name + ", end " + (end == 0 ? "a" : "b");
    ends_[end] = std::make_unique<RetryPins>(format, where, std::move(ends[end]));
  }
  for (int direction = 0; direction < 2; ++direction) {
    const auto d = static_cast<std::size_t>(direction);
    transmitters_[d] = std::make_unique<Transmitter>(*this, direction, engine == RetryEngine::lockstep);
    receivers_[d] = std::make_unique<Receiver>(*this, direction, engine == RetryEngine::lockstep);
  }
}

RtlRetryLink::~RtlRetryLink() = default;

void RtlRetryLink::trace(VerilatedFstC& file, int levels) {
  for (const auto& end : ends_) end->trace(file, levels);
}

RetryTransmitterDeputy& RtlRetryLink::transmitter(int direction) {
  return *transmitters_[static_cast<std::size_t>(direction)];
}

RetryReceiverDeputy& RtlRetryLink::receiver(int direction) { return *receivers_[static_cast<std::size_t>(direction)]; }

}  // namespace fs::cosim
