// SPDX-License-Identifier: Apache-2.0
// What packets are called in waveforms: `rd #7 g0->g6`.
#pragma once

#include <cstdint>
#include <string>

#include "flit/packet.hpp"
#include "gpu/transaction.hpp"

namespace fs {

constexpr bool is_response(PacketKind kind) {
  return kind == PacketKind::read_response || kind == PacketKind::write_response || kind == PacketKind::atomic_response;
}

/// A packet of a transaction bears the transaction's number at the GPU that asked, so that `rd #7 g0->g6` and the
/// answer `rd.data #7 g6->g0` are seen to belong together; a raw packet its own number at its source. `pools` may be
/// null where there are no transactions.
std::string packet_label(const Packet& packet, const TransactionPools* pools);

/// GTKWave takes `?Name?` at the beginning of a lane's text for the colour of its box.
const char* packet_colour(PacketKind kind);

/// The same for all packets of a transaction, different for others: who asked, and its number there.
std::uint64_t journey_key(const Packet& packet, const TransactionPools* pools);

}  // namespace fs
