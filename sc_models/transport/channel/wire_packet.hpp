// SPDX-License-Identifier: Apache-2.0
// What travels over a long haul: one packet, by value.
#pragma once

#include <cstdint>

namespace fs {

struct WirePacket {
  enum class Kind : std::uint8_t { data, probe, acknowledgement };
  std::uint64_t number =
      0;  ///< data, probe: of this transmission (go-back-N: its round). Acknowledgement: see the transport
  std::uint64_t sequence = 0;  ///< data: place in the flow. Acknowledgement: see the transport
  std::uint32_t bytes = 0;     ///< on the wire, headers included
  std::uint16_t flow = 0;
  Kind kind = Kind::data;
  bool damaged = false;  ///< arrives, but nothing in it can be trusted
};

}  // namespace fs
