// SPDX-License-Identifier: Apache-2.0
// End-to-end transports: what a sender and a receiver are, and which there are.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "common/quantity.hpp"
#include "config/reader.hpp"
#include "transport/channel/wire_packet.hpp"
#include "transport/end_to_end/message_table.hpp"

namespace fs {

/// How lost packets are made good. Windows are in packets.
struct TransportSpec {
  enum class Kind : std::uint8_t {
    go_back_n,         ///< the receiver takes packets in order only; the sender starts again from the missing one
    selective_repeat,  ///< only what is missing is sent again
    lossless,          ///< the receiver's buffer pauses the sender (PFC) before it overflows
    datagram,          ///< nothing is made good: counts what a wave loses
    erasure,           ///< parity lets the receiver fill in; what is still missing is repeated
  };
  enum class Parity : std::uint8_t { mds, xor_groups };
  Kind kind = Kind::selective_repeat;
  bool negative_acknowledgement = true;  ///< selective repeat, erasure: losses are told (false: only timers find them)
  std::int64_t payload = 4096;           ///< bytes of a packet, 64 .. 65536
  std::int64_t header = 64;              ///< bytes beside it
  std::int64_t window = 0;               ///< packets under way; 0: the bandwidth-delay product
  Femtoseconds timeout{0};               ///< 0: three round trips
  bool hop_retry = false;                ///< go-back-N as a link layer does it: window and timeout are limits
  BitsPerSecond pace{0};                 ///< 0: as fast as the wire
  std::int64_t acknowledge_every = 16;   ///< packets, 1 .. 32; gaps, ends of messages and probes are told at once
  /// Selective repeat: how far packets may overtake each other, 0 .. 48. A gap is a loss only when so many numbers
  /// behind it have come; where paths differ in length, 0 would repeat what is merely late.
  std::int64_t reorder = 0;
  bool in_order = false;  ///< messages complete in the order of their submission
  // Erasure: groups of `data` chunks and `parity` chunks, each of `chunk` packets.
  Parity code = Parity::mds;
  std::int64_t data = 32;
  std::int64_t parity = 8;
  std::int64_t chunk = 1;

  // Lossless: the receiver's buffer.
  std::int64_t xoff = 1 << 20;      ///< bytes; filled beyond, the sender is told to pause
  std::int64_t xon = 1 << 19;       ///< drained to this, to go on
  std::int64_t headroom = 1 << 20;  ///< bytes above xoff; what does not fit is lost
  BitsPerSecond drain{0};           ///< taken out of it; 0: blocked
  Femtoseconds response{0};         ///< from the arrival of a pause to its effect

  std::int64_t packet_bytes() const { return payload + header; }
};

/// Where a flow runs: what windows and timers are sized by.
struct FlowPath {
  Femtoseconds round_trip{0};  ///< flight there and back
  BitsPerSecond rate{0};       ///< of the wire
};

/// Packets that keep the wire busy for one round trip and their own time: 1 + RTT x rate / packet, rounded up.
std::int64_t bandwidth_delay_packets(const TransportSpec& spec, const FlowPath& path);
/// Fills in window and timeout where they are 0.
TransportSpec sized_for(TransportSpec spec, const FlowPath& path);

/// Throws ConfigError. Keys: kind (also hop_retry), acknowledge, payload, header, window, timeout, pace, in_order,
/// code, data, parity, chunk, reorder; docs/transport.md.
TransportSpec read_transport(const Reader& reader, const TransportSpec& defaults = TransportSpec());

struct SenderCounts {
  std::uint64_t sent = 0;      ///< data packets, all
  std::uint64_t repeated = 0;  ///< of these, sent before
  std::uint64_t parity = 0;    ///< of these, parity
  std::uint64_t probes = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t rounds = 0;  ///< go-back-N: returns to an earlier packet
  SenderCounts& operator+=(const SenderCounts& other) {
    sent += other.sent;
    repeated += other.repeated;
    parity += other.parity;
    probes += other.probes;
    timeouts += other.timeouts;
    rounds += other.rounds;
    return *this;
  }
};

/// The sending end of a flow.
class TransportSender {
 public:
  virtual ~TransportSender() = default;
  /// A message of `bytes` >= 1 to be sent; its number counts from 0.
  virtual void submit(std::int64_t bytes) = 0;
  /// The packet to put on the wire now, if there is one.
  virtual bool poll(Femtoseconds now, WirePacket& packet) = 0;
  /// The earliest time from `now` on at which poll may have one, as things stand. max(): not before something arrives.
  virtual Femtoseconds ready_at(Femtoseconds now) const = 0;
  /// An acknowledgement has arrived.
  virtual void acknowledged(Femtoseconds now, const WirePacket& packet) = 0;
  /// Messages, from the first, of which all is known to have arrived, in the order of numbers.
  virtual std::int64_t known_complete() const = 0;
  const SenderCounts& counts() const { return counts_; }

 protected:
  SenderCounts counts_;
};

struct Completion {
  std::int64_t message = 0;
  Femtoseconds time{0};
};

/// The receiving end.
class TransportReceiver {
 public:
  virtual ~TransportReceiver() = default;
  virtual void arrived(Femtoseconds now, const WirePacket& packet) = 0;
  /// Something has arrived that cannot be read. Only a neighbour on the wire is ever told.
  virtual void damaged() {}
  /// The acknowledgement to send now, if there is one.
  virtual bool poll(Femtoseconds now, WirePacket& packet) = 0;
  /// When poll has something to say without an arrival. max(): never.
  virtual Femtoseconds ready_at(Femtoseconds /*now*/) const { return Femtoseconds::max(); }
  /// Messages completed since the last call, in the order of completion; each exactly once, ever.
  std::vector<Completion> take_completed() { return std::exchange(completed_, {}); }
  std::uint64_t duplicates() const { return duplicates_; }
  /// Whether take_completed() has anything to give.
  bool has_completed() const { return !completed_.empty(); }
  /// Packets that were new and that it keeps. Neither these nor duplicates: what go-back-N lets go behind a gap.
  std::uint64_t taken() const { return taken_; }
  /// Bytes in the receive buffer at most, and packets that did not fit (lossless).
  std::int64_t buffer_high_water() const { return buffer_high_water_; }
  std::uint64_t overflowed() const { return overflowed_; }

 protected:
  std::vector<Completion> completed_;
  std::uint64_t duplicates_ = 0;
  std::uint64_t taken_ = 0;
  std::int64_t buffer_high_water_ = 0;
  std::uint64_t overflowed_ = 0;
};

struct TransportPair {
  std::shared_ptr<MessageTable> messages;
  std::unique_ptr<TransportSender> sender;
  std::unique_ptr<TransportReceiver> receiver;
};
/// `flow` is put on every packet.
TransportPair make_transport(const TransportSpec& spec, const FlowPath& path, std::uint16_t flow);

}  // namespace fs
