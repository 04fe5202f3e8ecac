// SPDX-License-Identifier: Apache-2.0
#include "observe/recorder.hpp"

namespace fs {

void Recorder::ledger_broken(const Packet& packet, Femtoseconds now) {
  std::string parts;
  for (std::size_t i = 0; i < PacketLedger::slots; ++i) {
    if (packet.ledger.part(i) == 0) continue;
    parts += std::string(" ") + cause_name(static_cast<Cause>(i)) + " " + std::to_string(packet.ledger.part(i));
  }
  throw InvariantError("ledger of packet " + std::to_string(index(packet.src)) + "#" + std::to_string(packet.number) +
                       " sums to " + std::to_string(packet.ledger.sum().value()) + " fs but its latency is " +
                       std::to_string((now - packet.created).value()) + " fs:" + parts);
}

}  // namespace fs
