// SPDX-License-Identifier: Apache-2.0
// A link as those see it who break it, repair it and watch it: its states, its counters, its notices, and what a
// fault can do to it.
//
// What a link does to flits:
// - up, degraded: carries them. A frame that errors destroy is replayed (profiles with a link layer) or its flits are
//   delivered poisoned (without).
// - training, recovering: ready is low; nothing is lost; time passes as Cause::retry.
// - down, off: a sink. ready is high; every flit is discarded with a DropCause, its credit returned to the sender, its
//   loss told to the observer. A packet of which the receiver has the head goes on: what is lost of it is replaced flit
//   for flit by poisoned ones up to its tail, so that no core waits for a tail or sees a packet of another length.
//   Packets of which it has nothing are dropped whole. Frames that wait for replay are lost the same way. Nothing is
//   replayed across down.
// A cut wire is not down at once: frames fail from the next codeword on, the receivers lose their signal, and after
// `link_layer.training.signal_lost` both ends leave `up`. A wire that comes back within `link_layer.training.give_up`
// is trained again (recovering -> up) and replay hides the gap; after that time the link is down.
#pragma once

#include <cstdint>
#include <string>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "flit/flit.hpp"
#include "link/errors/bit_errors.hpp"

namespace fs {

enum class LinkState : std::uint8_t {
  off,         ///< powered off by command: a sink
  training,    ///< coming up from off or down: holds its sender back
  up,          ///< full width and speed
  degraded,    ///< carries traffic on fewer lanes or at a lower rate
  recovering,  ///< retraining or starting its retry anew; frames are kept, the sender is held back
  down,        ///< given up: a sink, until it is brought up again
};
constexpr const char* link_state_name(LinkState state) {
  constexpr const char* names[] = {"off", "training", "up", "degraded", "recovering", "down"};
  return names[static_cast<std::size_t>(state)];
}

/// Why a link changed its state.
enum class LinkReason : std::uint8_t {
  command,          ///< power_on, power_off, retrain
  trained,          ///< training ended well
  training_failed,  ///< too few good lanes, or no signal
  signal_lost,      ///< the wire is cut
  lanes_changed,    ///< a lane died or came back: the link trains to another width
  speed_changed,    ///< its lanes are good enough for a higher speed again
  replay_limit,     ///< a frame was replayed as often as allowed without being acknowledged
  gave_up,          ///< no recovery within link_layer.training.give_up
};
constexpr const char* link_reason_name(LinkReason reason) {
  constexpr const char* names[] = {"command",       "trained",       "training_failed", "signal_lost",
                                   "lanes_changed", "speed_changed", "replay_limit",    "gave_up"};
  return names[static_cast<std::size_t>(reason)];
}

/// Why a flit was discarded by a link.
enum class DropCause : std::uint8_t {
  link_down,   ///< sent into, or waiting for replay on, a link that is down
  link_off,    ///< the same for a link that is off
  link_error,  ///< destroyed by errors on a link without retry, beyond delivery
};
constexpr const char* drop_cause_name(DropCause cause) {
  constexpr const char* names[] = {"link_down", "link_off", "link_error"};
  return names[static_cast<std::size_t>(cause)];
}

/// One change of state.
struct LinkNotice {
  std::uint32_t link = 0;  ///< number of the link: channels 2 n and 2 n + 1
  LinkState from{};
  LinkState to{};
  LinkReason reason{};
  Femtoseconds time{0};
  int lanes = 0;               ///< lanes in use from now on
  std::int64_t slower_by = 1;  ///< the line rate is divided by this from now on
};

/// One flit that a link discarded. Its credit is already on its way back to the sender.
struct LostFlit {
  ChannelId channel{};
  Flit flit;
  VcId vc{};
  DropCause cause{};
  Femtoseconds time{0};
  /// This was the last the link knew of the packet and its receiver never saw the head: nobody else will release the
  /// packet. False while more of its flits are to come, and where a poisoned tail carries the packet on.
  bool packet_ends = false;
};

/// Told what happens on links; all calls come in the cold, from inside the step of some chip. None may call back into
/// the link that is speaking.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  virtual void link_changed(const LinkNotice& notice) = 0;
  virtual void flit_lost(const LostFlit& lost) = 0;
  /// A packet whose head the receiver of `channel` had before the link lost the rest: its tail, poisoned, arrives at
  /// `time`.
  virtual void packet_poisoned(ChannelId channel, PacketHandle packet, Femtoseconds time) = 0;
  /// Errors on `channel` that neither FEC nor CRC found have hit a packet. It goes on as if it were right.
  virtual void packet_wrong(ChannelId channel, PacketHandle packet) = 0;
};

/// What a channel has seen of errors so far.
struct LinkCounters {
  std::uint64_t codewords_lost = 0;     ///< FEC: uncorrectable groups; no FEC: bit errors. Idle time included
  std::uint64_t frames_lost = 0;        ///< frames with flits that such errors hit, replays included
  std::uint64_t controls_lost = 0;      ///< acknowledgements, requests for replay, credit messages
  std::uint64_t undetected = 0;         ///< frames taken with wrong data: errors past FEC and CRC
  std::uint64_t poisoned_flits = 0;     ///< delivered with the poison flag for lack of retry
  std::uint64_t retries = 0;            ///< replays begun
  std::uint64_t frames_replayed = 0;    ///< frames sent again
  std::uint64_t bytes_replayed = 0;     ///< wire bytes of those
  std::uint64_t timeouts = 0;           ///< replays begun by the replay timer
  std::uint64_t reinitialisations = 0;  ///< retry started anew after the replay limit
  std::uint64_t flits_dropped = 0;      ///< discarded as a sink
  std::uint64_t replay_high_water = 0;  ///< most frames ever unacknowledged
  Femtoseconds retrying{0};             ///< time in which the sender was held back by replay, recovery or training
};

/// What faults and the fabric manager can do to a link. `now` is the cycle of the chips' clock in which it is called;
/// everything takes effect at the first codeword, frame or flit that starts at or after it, so that the order of calls
/// within a cycle among different links never matters. End 0 is the link's a-to-b direction, end 1 the other.
class LinkFaults {
 public:
  virtual ~LinkFaults() = default;

  virtual LinkState state() const = 0;
  virtual int lanes_in_use() const = 0;
  virtual int lanes() const = 0;
  /// What the line rate is divided by.
  virtual std::int64_t slower_by() const = 0;
  virtual LinkCounters counters(int direction, Cycles now) const = 0;

  /// Bit error ratio of one lane (0 .. lanes() - 1) or of all (lane -1) in one direction, 0 <= ber <= 0.5. A ramp or a
  /// storm is a series of calls: no draw is lost.
  virtual void set_bit_error_ratio(int direction, int lane, double ber, Cycles now) = 0;
  virtual double bit_error_ratio(int direction, int lane) const = 0;
  /// Bursts on top of the lanes' ratios, in one direction.
  virtual void set_bursts(int direction, const BurstModel& burst, Cycles now) = 0;
  /// A lane dies in both directions, or comes back: the link retrains to the width its profile allows (recovering ->
  /// degraded or up), or goes down when there is none.
  virtual void lose_lane(int lane, Cycles now) = 0;
  virtual void restore_lane(int lane, Cycles now) = 0;
  /// The wire is cut in both directions, or whole again. From down the restored wire trains by itself when
  /// `link_layer.training.auto_up`, else at power_on().
  virtual void cut(Cycles now) = 0;
  virtual void restore(Cycles now) = 0;
  /// A command to retrain: up or degraded -> recovering -> up or degraded.
  virtual void retrain(Cycles now) = 0;
  /// To run at the next lower speed from now on, or at any again: it trains when that changes what it runs at.
  virtual void slow_down(LinkReason reason, Cycles now) = 0;
  virtual void allow_full_speed(Cycles now) = 0;
  virtual void power_off(Cycles now) = 0;
  /// From off or down: trains.
  virtual void power_on(Cycles now) = 0;
  /// The next `count` credits of `vc` that `direction` should bring to its receiver are lost (> 0) or come twice (< 0).
  virtual void lose_credits(int direction, VcId vc, int count) = 0;
  /// The sender of `direction` died with flits inside: packets that its receiver has half of are ended by poisoned
  /// flits up to a tail. Only where a head leaves with room for its whole packet (not wormhole). After power_off() or
  /// cut().
  virtual void end_half_packets(int direction, Cycles now) = 0;
};

}  // namespace fs
