// SPDX-License-Identifier: Apache-2.0
// A wave between two gateways that carries packets of others' transports: flow control, and nothing made good.
#pragma once

#include <array>
#include <cstdint>

#include "transport/channel/long_haul_channel.hpp"
#include "transport/gateway/wave_link.hpp"
#include "transport/sites/site_view.hpp"

namespace fs {

/// Credits are running counts of bytes, so that a lost word of them is made good by the next. What the fibre loses
/// would be missing for ever: the sender tells what it has sent, each eighth of the receiver's room and when it is
/// short, and the receiver counts what has not come as gone (as InfiniBand's FCTBS and ABR do). A pause is repeated
/// every round trip and ends by itself after three without.
class WavePipe {
 public:
  /// Of the transport only the size of its packets matters here.
  explicit WavePipe(const WaveLink::Spec& spec);

  /// Whether `end` may send so many bytes now, as far as the other end says.
  bool may_send(int end, std::int64_t bytes, Femtoseconds now) const;
  /// Something of `bytes` waits at `end` and may not go: from now on that is time without credit. Until send().
  void starve(int end, std::int64_t bytes, Femtoseconds now);
  void send(int end, const WirePacket& packet, Femtoseconds now);
  /// A packet that had arrived at `end` has left its receive buffer.
  void drained(int end, std::int64_t bytes, Femtoseconds now);

  Femtoseconds next_event() const { return next_; }
  /// Lets happen what happens at next_event(), which is `now`. True: `packet` has come to end `at` and found room.
  bool step(Femtoseconds now, int& at, WirePacket& packet);

  const LongHaulChannel& channel(int end) const { return ends_[index(end)].out; }
  const WaveDirectionFacts& facts(int end) const { return ends_[index(end)].facts; }
  std::int64_t level(int end) const { return ends_[index(end)].level; }
  const WaveLink::Spec& spec() const { return spec_; }
  std::uint64_t events() const { return events_; }

 private:
  struct End {
    explicit End(const LongHaulChannel::Spec& channel) : out(channel) {}
    LongHaulChannel out;
    std::int64_t given = 0, granted = 0, synced = 0;  ///< running counts of bytes; told when
    Femtoseconds starved_since = Femtoseconds::max();
    Femtoseconds ask_at = Femtoseconds::max();
    Femtoseconds paused_from = Femtoseconds::max(), paused_until = Femtoseconds::max();
    // As a receiver.
    std::int64_t level = 0;
    std::int64_t received = 0, drained = 0, lost = 0, told = 0;  ///< running counts of bytes
    bool pausing = false;
    Femtoseconds repeat_pause = Femtoseconds::max();
    WaveDirectionFacts facts;  ///< of what it sends
  };
  static std::size_t index(int end) { return static_cast<std::size_t>(end); }
  bool credits() const { return spec_.flow_control == FlowControl::credits; }
  void plan(Femtoseconds now);
  bool takes(int at, const WirePacket& packet, Femtoseconds now);
  void control_arrives(int at, const WirePacket& packet, Femtoseconds now);
  void send_control(int from, WirePacket::Kind kind, std::int64_t number, Femtoseconds now);
  void sync(int sender, Femtoseconds now);
  void tell_credit(int receiver, Femtoseconds now);
  void tell_pause(int receiver, bool pause, Femtoseconds now);
  void timers(Femtoseconds now);

  WaveLink::Spec spec_;
  std::array<End, 2> ends_;
  Femtoseconds round_trip_{0};
  Femtoseconds next_ = Femtoseconds::max();
  std::uint64_t events_ = 0;
};

}  // namespace fs
