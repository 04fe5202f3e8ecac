// SPDX-License-Identifier: Apache-2.0
// A lossless hop: the receiver's buffer tells the sender to pause and to go on, as priority flow control does.
#pragma once

#include <algorithm>
#include <map>
#include <memory>

#include "common/clock.hpp"
#include "transport/end_to_end/datagram.hpp"
#include "transport/end_to_end/go_back_n.hpp"

namespace fs {

/// Sends until told to pause. A pause takes effect `response` after its arrival; a packet that has begun is sent to its
/// end (IEEE 802.1Qbb, 802.3 clause 31B).
class LosslessSender final : public TransportSender {
 public:
  LosslessSender(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
      : spec_(spec), plain_(spec, std::move(messages), flow) {}
  void submit(std::int64_t bytes) override { plain_.submit(bytes); }
  bool poll(Femtoseconds now, WirePacket& packet) override {
    if (now >= paused_from_ || !plain_.poll(now, packet)) return false;
    ++counts_.sent;
    return true;
  }
  Femtoseconds ready_at(Femtoseconds now) const override {
    const Femtoseconds ready = plain_.ready_at(now);
    return ready >= paused_from_ ? Femtoseconds::max() : ready;
  }
  /// `number` 1: pause; 0: go on.
  void acknowledged(Femtoseconds now, const WirePacket& packet) override {
    paused_from_ = packet.number == 1 ? now + spec_.response : Femtoseconds::max();
  }
  std::int64_t known_complete() const override { return plain_.known_complete(); }

 private:
  TransportSpec spec_;
  DatagramSender plain_;
  Femtoseconds paused_from_ = Femtoseconds::max();
};

/// A buffer that is drained at a rate of its own. A message completes when its last packet has arrived in it.
class LosslessReceiver final : public TransportReceiver {
 public:
  LosslessReceiver(const TransportSpec& spec, std::shared_ptr<MessageTable> messages, std::uint16_t flow)
      : spec_(spec), flow_(flow), plain_(std::move(messages)) {
    if (spec.drain > BitsPerSecond(0)) drain_ = ByteClock(spec.drain.value(), 1);
  }
  void arrived(Femtoseconds now, const WirePacket& packet) override {
    drain(now);
    if (level_ + packet.bytes > spec_.xoff + spec_.headroom) {
      ++overflowed_;
      return;
    }
    if (level_ == 0) {
      drained_since_ = now;
      drained_ = 0;
    }
    ++taken_;
    level_ += packet.bytes;
    buffer_high_water_ = std::max(buffer_high_water_, level_);
    plain_.arrived(now, packet);
    for (const auto& done : plain_.take_completed()) completed_.push_back(done);
  }
  bool poll(Femtoseconds now, WirePacket& packet) override {
    drain(now);
    const bool over = !paused_ && level_ > spec_.xoff;
    const bool under = paused_ && level_ <= spec_.xon;
    if (!over && !under) return false;
    paused_ = over;
    packet = {over ? 1U : 0U, 0, acknowledgement_bytes, flow_, WirePacket::Kind::acknowledgement};
    return true;
  }
  Femtoseconds ready_at(Femtoseconds now) const override {
    if (!paused_ || spec_.drain == BitsPerSecond(0)) return Femtoseconds::max();
    return std::max(now, drained_since_ + drain_.end_of(drained_ + std::max<std::int64_t>(0, level_ - spec_.xon)));
  }

 private:
  /// Takes out what has been drained since the buffer last was empty.
  void drain(Femtoseconds now) {
    if (spec_.drain == BitsPerSecond(0) || level_ == 0) return;
    std::int64_t bytes = drain_.boundary_at_or_after(now - drained_since_);
    if (drain_.end_of(bytes) > now - drained_since_) --bytes;
    const std::int64_t taken = std::min(level_, bytes - drained_);
    level_ -= taken;
    drained_ += taken;
  }

  TransportSpec spec_;
  std::uint16_t flow_;
  DatagramReceiver plain_;
  ByteClock drain_;
  std::int64_t level_ = 0;
  Femtoseconds drained_since_{0};
  std::int64_t drained_ = 0;
  bool paused_ = false;
};

}  // namespace fs
