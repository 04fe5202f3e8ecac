// SPDX-License-Identifier: Apache-2.0
// The packet: one step of a transaction, routed as a unit, named (source, number at that source).
#pragma once

#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "common/random.hpp"
#include "flit/ledger.hpp"

namespace fs {

/// What a packet asks of, or brings to, its destination.
enum class PacketKind : std::uint8_t {
  raw,  ///< open-loop traffic: consumed on arrival
  read_request,
  read_response,
  write_request,
  write_response,
  atomic_request,
  atomic_response,
};

/// Everything the simulator knows of a packet under way. Cores see its flits only. Millions are under way: two cache
/// lines, the first of them the ledger's.
struct alignas(64) Packet {
  // Of its own, so that Packet() does not zero everything before it initializes everything.
  Packet() : husk(false), poisoned(false), wrong(false) {}

  PacketLedger ledger;       ///< follows the tail
  std::uint64_t number = 0;  ///< the name, with src; counts from 0 at each source
  Femtoseconds created{};    ///< when its source made it
  Femtoseconds mark{};       ///< when its tail reached the place where it now stands
  TransactionHandle transaction = TransactionHandle::none;
  NodeId src{};
  NodeId dst{};
  std::uint16_t length = 1;      ///< flits
  std::uint16_t wire_bytes = 0;  ///< bytes of header and payload, as on the wire
  std::uint16_t payload_bytes = 0;
  std::uint16_t link = 0;  ///< which link of the source it left by
  std::uint16_t hops = 0;  ///< switches its tail has left
  ClassId cls{};
  PacketKind kind = PacketKind::raw;
  VcId vc{};              ///< the VC on which it left its source
  bool measured = false;  ///< created inside the measurement window
  bool husk : 1;          ///< another one goes on under its name: its tail ends in a link that lost it
  bool poisoned : 1;      ///< a flit of it was lost or destroyed on the way: its data is worth nothing
  bool wrong : 1;         ///< errors that neither FEC nor CRC found have hit it: delivered as if it were right

  std::uint32_t hash_key() const {
    return static_cast<std::uint32_t>(mix64(number * 0x9e3779b97f4a7c15ULL + (static_cast<std::uint64_t>(src) << 48)));
  }
};
static_assert(sizeof(Packet) == 128);

}  // namespace fs
