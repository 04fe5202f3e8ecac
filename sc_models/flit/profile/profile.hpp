// SPDX-License-Identifier: Apache-2.0
// A protocol profile: how bytes become flits, frames and codewords, and what travels in which class. Plain data; the
// products themselves are files in scenarios/protocols/.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/quantity.hpp"
#include "flit/profile/link_layer_format.hpp"
#include "flit/profile/recovery.hpp"

namespace fs {

/// What must stay in order between one source and one destination (docs/protocols.md).
enum class Order : std::uint8_t {
  none,         ///< nothing
  region,       ///< per source, destination and 256-byte region
  destination,  ///< per source, destination and VC
};

/// How the link layer groups bytes for sequence number and CRC.
enum class FrameKind : std::uint8_t {
  none,    ///< no frame: bytes are usable as they arrive
  flit,    ///< each flit is a frame
  packet,  ///< each packet is a frame: usable when its tail has been checked
  fixed,   ///< frames of a fixed number of payload bytes run with the wire
};

struct FrameFormat {
  FrameKind kind = FrameKind::none;
  Bytes payload{0};   ///< fixed frames: payload bytes a frame, > 0
  Bytes overhead{0};  ///< bytes of sequence, CRC and header added to each frame, >= 0
};

/// Forward error correction. The code's rate is in the link's payload rate; the codeword gives the latency.
struct FecFormat {
  Bytes codeword_payload{0};       ///< payload bytes a codeword; 0: no FEC
  std::int64_t interleave = 1;     ///< codewords interleaved, >= 1: a flit waits for the whole group
  Femtoseconds decode_latency{0};  ///< from the group's last bit to corrected data
  std::int64_t symbols = 0;        ///< the code: symbols of a codeword; 0: it corrects everything
  std::int64_t correctable = 0;    ///< wrong symbols it corrects
  std::int64_t symbol_bits = 10;
};

struct LaneFormat {
  std::int64_t count = 1;           ///< lanes a link and direction
  BitsPerSecond line_rate{0};       ///< raw rate of one lane
  std::int64_t code_numerator = 1;  ///< payload bits per line bit, as a ratio: 64b/66b, 257/256, RS parity
  std::int64_t code_denominator = 1;
  Femtoseconds phy_latency{0};  ///< transmit and receive PHY together, without FEC
};

/// How freed buffer slots travel back.
struct CreditReturn {
  Bytes message{0};           ///< bytes a stand-alone credit message takes on the reverse wire; 0: side band
  std::int64_t coalesce = 1;  ///< credits gathered before a stand-alone message, >= 1
  Cycles max_wait{0};         ///< a message leaves after this wait even when not full
  bool piggyback = false;     ///< pending credits ride free in the next header
  bool per_packet = false;    ///< slots of a packet are returned together, once all are free
  bool counters = false;      ///< messages carry cyclic totals: a lost one is made good by the next
  Femtoseconds repair{0};     ///< counters: totals are repeated this often when none were sent; 0: never
  Cycles side_band_delay{0};  ///< extra cycles on top of the channel's latency (side band only)
};

/// One traffic class of the fabric.
struct TrafficClass {
  std::string name;              ///< `request`, `response`, ...
  std::int64_t vcs = 1;          ///< virtual channels it owns, >= 1
  std::int64_t reserve = 0;      ///< flit slots per VC kept for it (shared pool) or its whole depth (private)
  bool per_destination = false;  ///< one VC an endpoint, so that VOQ credits reach the sender: VC = destination
};

/// Bytes of the steps of a transaction, without payload.
struct PacketFormats {
  Bytes max_payload{256};  ///< largest payload of one packet
  Bytes read_request{16};
  Bytes read_response{16};
  Bytes write_request{16};
  Bytes write_response{16};  ///< acknowledgement; unused where writes are posted without one
  Bytes atomic_request{32};
  Bytes atomic_response{32};
  Bytes byte_enable{16};       ///< added to a write with byte enables
  bool posted_writes = false;  ///< true: a write completes at its source once sent
};

struct Profile {
  std::string name;
  Clock core_clock;     ///< of every chip of the domain
  Bytes flit{64};       ///< flit_bytes: up to this many bytes of one packet
  Bytes wire_unit{16};  ///< what a flit holds is rounded up to this on the wire
  LaneFormat lanes;
  FrameFormat frame;
  FecFormat fec;
  CreditReturn credits;
  RetryFormat retry;
  TrainingFormat training;
  PacketFormats packets;
  RecoveryFormat recovery;  ///< of requests that get no response
  Order order = Order::none;
  bool shared_pool = false;     ///< receive buffers: one pool a port with a reserve a VC, else private per VC
  std::int64_t pool_depth = 0;  ///< shared pool: flit slots a port, reserves included
  std::vector<TrafficClass> classes;

  /// Payload bits per second on the wire, as an exact ratio.
  std::int64_t payload_rate_numerator() const { return lanes.line_rate.value() * lanes.count * lanes.code_numerator; }
  std::int64_t payload_rate_denominator() const { return lanes.code_denominator; }
  std::int64_t flits_for(Bytes bytes) const { return (bytes.value() + flit.value() - 1) / flit.value(); }
  std::int64_t vc_count() const {
    std::int64_t n = 0;
    for (const auto& c : classes) n += c.vcs;
    return n;
  }
};

}  // namespace fs
