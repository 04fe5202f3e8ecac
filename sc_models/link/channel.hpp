// SPDX-License-Identifier: Apache-2.0
// A channel: everything between two cores in one direction. Flits are packed into frames, frames into codewords,
// codewords onto lanes, lanes into a medium; credits for the opposite direction share the wire or a side band.
//
// Wire time is an exact count of payload bytes (ByteClock). Codewords run with wire time whether or not they carry
// flits, so a flit's arrival is known when it is sent: the end of its frame, of its codeword group, plus PHY, decoder
// and medium, then the receiver's next edge at which the receive FIFO has not yet handed over a flit.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/prefetch.hpp"
#include "flit/packet.hpp"
#include "flit/pool.hpp"
#include "flit/port_flit.hpp"
#include "flit/profile/profile.hpp"
#include "link/flit_drain.hpp"
#include "link/inbox.hpp"
#include "observe/probes/probes.hpp"

namespace fs {

class LinkLayer;

using PacketPool = Pool<Packet, PacketHandle>;

/// What every flit asks for comes first.
struct ChannelConfig {
  Clock tx_clock;
  Clock rx_clock;
  ByteClock wire;  ///< payload bytes of the wire, frame overhead included
  /// How long before time 0 the wire began to run: its units, frames and codewords end that much earlier. At least 0.
  Femtoseconds lead{0};
  Femtoseconds phy_fec{0};  ///< PHY of both ends plus decoding, beyond the codeword's own time
  Femtoseconds propagation{0};
  FrameFormat frame;
  Bytes codeword_group{0};  ///< payload bytes of all interleaved codewords together; 0: no FEC
  Bytes wire_unit{16};      ///< flits start on a multiple of this
  CreditReturn credits;     ///< how this channel carries the credits of its opposite
  Bytes flit{64};           ///< the longest flit
  std::string name;
  int vcs = 1;
  int tx_skid = 0;  ///< flits that may still come after ready went low

  /// This channel can err, be broken or retry: it has a LinkLayer. Such a channel is timed by wire position always.
  bool supervised = false;
  RetryFormat retry;
  FecFormat fec;
  int lanes = 1;
  bool whole_packet_credit = true;  ///< a head leaves its sender only with room for its whole packet
  std::uint64_t seed = 1;           ///< of the errors, with the name

  /// Every flit takes one core cycle and nothing depends on wire position: arrival is a constant number of cycles.
  bool one_flit_per_cycle = false;
};

/// Builds a channel's configuration from a profile and the link's medium delay.
/// Throws std::invalid_argument when the total latency is below one receiver cycle.
ChannelConfig make_channel_config(const Profile& profile, Femtoseconds propagation, int tx_skid);

class alignas(64) Channel {
 public:
  /// `inbox`, `port`: where this channel's flits arrive; credits for the opposite channel arrive there as well.
  Channel(const ChannelConfig& config, PacketPool& packets, Inbox& inbox, PortId port);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Sends a flit that left the core at edge `now` of the transmitting clock. The caller holds a credit for it.
  void send(const Flit& flit, VcId vc, Cycles now) {
    FlitDrain* drain = send(flit, flit.tail() ? &(*packets_)[flit.handle] : nullptr, vc, now);
    if (drain != nullptr) drain->settle();
  }
  /// The same for a caller that has the packet at hand: `tail`, null unless the flit is its packet's tail. Where the
  /// flit was put for the caller to settle before its step ends; null: nowhere.
  FlitDrain* send(const Flit& flit, Packet* tail, VcId vc, Cycles now) {
    ++fixed_wire_.owners;
    if (__builtin_expect(unwatched_one_a_cycle_, 1)) return send_fixed(flit, tail, vc, now);
    return send_otherwise(flit, tail, vc, now);
  }

  /// tx_ready as the core samples it at edge `at`: false while the wire is busy beyond the skid.
  bool ready(Cycles at) const {
    if (one_flit_per_cycle_) return true;
    if (held_) return ready_though_held(at);
    return config_.tx_clock.edge(at) >= free_from_ - slack_;
  }
  /// ready() at time `at` of an edge is `at >= place` from now on, or to be asked when `place` is `ask`: for those who
  /// ask many channels, whose lines are far apart.
  static constexpr Femtoseconds ask = Femtoseconds::max();
  void tell_ready(Femtoseconds& place) {
    ready_place_ = &place;
    tell_ready();
  }
  /// First edge at which ready() may hold if nothing more is sent.
  Cycles ready_from() const { return config_.tx_clock.at_or_after(std::max(Femtoseconds(0), free_from_ - slack_)); }
  /// ready() never turns false.
  bool always_ready() const { return one_flit_per_cycle_; }

  /// The receiver of the opposite channel freed a slot of `vc` at edge `now`; this channel carries the news.
  void return_credit(VcId vc, Cycles now) {
    if (__builtin_expect(back_.unwatched_latency > 0, 1)) {
      deliver_credit(vc, now + Cycles(back_.unwatched_latency));
    } else {
      return_credit_otherwise(vc, now);
    }
  }
  /// Link bring-up: the opposite channel's receiver advertises `count` slots of `vc`, a pulse a cycle from `at` on.
  void advertise(VcId vc, int count, Cycles at);
  /// Sends waiting credits whose time has come. Returns the cycle of the next deadline, Cycles::max() when none waits.
  Cycles flush_credits(Cycles now);

  /// From now on `probe` is told what happens here; null: nobody.
  void watch(ChannelProbe* probe);
  /// What arrives is drained as it is sent, where always_ready() and nobody watches. The credits that come of it reach
  /// the opposite channel's inbox a whole round trip ahead.
  void drain_into(FlitDrain& drain);

  /// Brings near what a flit touches here, or a credit.
  void prefetch_flit() const { __builtin_prefetch(this, 1); }
  void prefetch_credit() const { __builtin_prefetch(&back_, 1); }
  /// The same of a wire that is timed: what a flit touches, then, when that is near, what it does in the link layer;
  /// and what a credit does that waits for a message.
  void prefetch_timed_flit() const {
    prefetch_flit();
    prefetch_lines<2, 6>(this);
  }
  void prefetch_layer() const {
    if (layer_ != nullptr) prefetch_lines<0, 7>(layer_);
  }
  void prefetch_waiting_credit() const {
    prefetch_credit();
    prefetch_lines<3, 4>(this);
  }
  /// What flush_credits() asks first.
  void prefetch_flush() const { prefetch_lines<3, 3>(this); }

  const ChannelConfig& config() const { return config_; }
  std::uint64_t flits() const { return static_cast<std::uint64_t>(fixed_wire_.owners); }
  /// Wire time taken by flits, frame overhead and credit messages.
  Femtoseconds busy_time() const;
  std::uint64_t credit_messages() const { return credit_messages_; }
  /// Credits waiting here to be sent, and flits held for the end of their packet's frame.
  int waiting_credits(VcId vc) const;
  std::size_t waiting_flits(VcId vc) const;
  /// The link layer has held the sender back, now or earlier.
  bool ever_held_back() const { return ever_held_back_; }
  /// Errors, retry and what can be done to this direction; null unless ChannelConfig::supervised.
  LinkLayer* layer() { return layer_; }
  const LinkLayer* layer() const { return layer_; }

 private:
  friend class LinkLayer;

  struct Arrival {
    Femtoseconds wire_end;
    Femtoseconds usable;
    Cycles edge;   ///< of the receiving clock, the first at or after `usable`
    Cycles cycle;  ///< in which the flit is handed over
  };
  /// Wire bytes after + 1 .. last become usable together.
  struct Group {
    std::int64_t after = 0;
    std::int64_t last = 0;
    Femtoseconds usable{0};
    Cycles edge{0};
  };

  FlitDrain* send_fixed(const Flit& flit, Packet* tail, VcId vc, Cycles now) {
    const Cycles arrival = now + Cycles(fixed_latency_);
    if (tail != nullptr) book_fixed(*tail, arrival);
    FlitDrain* drain = unwatched_drain_;
    if (drain != nullptr && arrival <= drain->horizon()) {
      drain->put(flit.handle, tail, port_, vc, arrival);
      return drain;
    }
    inbox_->put_flit(arrival, flit, port_, vc);
    return nullptr;
  }
  FlitDrain* send_otherwise(const Flit& flit, Packet* tail, VcId vc, Cycles now);
  void send_timed(const Flit& flit, VcId vc, Cycles now);
  bool ready_though_held(Cycles at) const;
  /// From `now` on the wire runs at another rate.
  void change_rate(const ByteClock& wire, Femtoseconds now);
  std::int64_t occupy(std::int64_t bytes, Femtoseconds now);
  void tell_ready() { *ready_place_ = held_ ? ask : free_from_ - slack_; }
  Femtoseconds duration(std::int64_t bytes) const { return config_.wire.end_of(wire_position(bytes)); }
  Femtoseconds end_time(std::int64_t position) const { return duration(position) - config_.lead; }
  std::int64_t wire_position(std::int64_t position) const;
  const Group& group_of(std::int64_t position);
  Arrival arrive(std::int64_t position);
  void book_fixed(Packet& packet, Cycles arrival) {
    packet.ledger.add(fixed_wire_);
    if (crosses_) packet.ledger.add(Cause::clock_crossing, fixed_crossing());
    packet.mark = rx_clock_.edge(arrival);
  }
  /// What is left of fixed_latency_ after the wire.
  Femtoseconds fixed_crossing() const {
    const std::int64_t wire = fixed_wire_.serialization + fixed_wire_.propagation + fixed_wire_.phy_fec;
    return rx_clock_.edge(Cycles(fixed_latency_)) - Femtoseconds(wire);
  }
  void book(Packet& packet, Femtoseconds sent, const Arrival& arrival);
  void hand_over_frame(VcId vc, const Arrival& tail, Cycles now);
  void return_credit_otherwise(VcId vc, Cycles now);
  void queue_credit(VcId vc, Cycles now);
  void deliver_credit(VcId vc, Cycles at) {
    Cycles& last = back_.last_of[index(vc)];
    if (at <= last) at = last + Cycles(1);
    last = at;
    back_.inbox->put_credit(at, CreditPulse{back_.port, vc});
  }
  void deliver_waiting_credits(Cycles at);

  /// What a credit touches: a cache line.
  struct alignas(64) CreditLine {
    static constexpr std::size_t few_vcs = 5;
    Inbox* inbox = nullptr;
    Cycles* last_of = nullptr;           ///< by VC: when its last credit arrives
    std::int32_t unwatched_latency = 0;  ///< cycles of credits by side band that nobody is to be told of, else 0
    PortId port{};
    std::array<Cycles, few_vcs> last;
  };
  /// A cycle count that has its place in a cache line; 0 where it is too long for it.
  static std::int32_t short_count(Cycles cycles) {
    constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
    return cycles.value() <= longest ? static_cast<std::int32_t>(cycles.value()) : 0;
  }

  // What every flit touches comes first, in a cache line; what a credit touches is the next.
  Inbox* inbox_;
  FlitDrain* unwatched_drain_ = nullptr;
  Clock rx_clock_;
  std::int32_t fixed_latency_ = 0;  ///< cycles, of a flit where one_flit_per_cycle, and how its ledger divides
  PortId port_;
  bool one_flit_per_cycle_ : 1;
  bool unwatched_one_a_cycle_ : 1;  ///< and nobody is to be told: one question for what is common
  bool held_ : 1;                   ///< the link layer says whether the core may send
  bool crosses_ : 1;                ///< fixed_crossing() is not 0
  bool ever_held_back_ : 1;         ///< replay, recovery or training have held the sender back
  LedgerOfWire fixed_wire_;         ///< and the count of flits
  CreditLine back_;

  // Where the wire is timed, a flit touches these two lines as well, credits that wait for a message the second and
  // third, and then come the first two of the configuration: prefetch_timed_flit() and the like count on it.
  Group group_;                 ///< the last one asked for
  std::int64_t next_ = 0;       ///< first free payload byte of the wire
  Femtoseconds free_from_{-1};  ///< when that byte begins; before time 0 at first, so that no byte of the lead is used
  Femtoseconds slack_{0};       ///< how far ahead of now the wire may be booked before ready goes low
  Femtoseconds* ready_place_ = &ready_alone_;

  PacketPool* packets_;
  LinkLayer* layer_ = nullptr;
  ChannelProbe* probe_ = nullptr;
  Cycles side_band_latency_{0};
  Cycles message_due_{0};           ///< when credits that wait have waited long enough, however few they are
  int* pending_ = nullptr;          ///< by VC: credits that wait
  std::int32_t pending_total_ = 0;  ///< of all VCs
  std::int32_t vcs_;
  std::int64_t coalesce_;             ///< as many do not wait
  bool message_was_last_ = false;     ///< on the wire, before what comes next
  bool layer_takes_credits_ = false;  ///< the link layer sees to credits itself

  static constexpr std::size_t few_pending = 8;
  std::array<int, few_pending> pending_of_few_{};
  Cycles last_arrival_{-1};
  std::int64_t busy_bytes_ = 0;

  ChannelConfig config_;
  std::vector<int> pending_of_many_;         ///< instead, where there are more VCs
  std::vector<Cycles> last_credit_of_many_;  ///< likewise
  FlitDrain* drain_ = nullptr;
  Femtoseconds ready_alone_{0};  ///< where nobody else keeps it
  std::uint64_t credit_messages_ = 0;
  std::vector<std::vector<Flit>> assembling_;  ///< by VC: flits of a packet frame whose tail is not sent yet
  Femtoseconds busy_before_{0};                ///< busy time at earlier rates
  std::unique_ptr<LinkLayer> owned_layer_;
};

}  // namespace fs
