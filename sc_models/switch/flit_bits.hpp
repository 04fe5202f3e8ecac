// SPDX-License-Identifier: Apache-2.0
// A flit's 128 bits on a core's pins, as docs/flit_bits.md fixes them.
#pragma once

#include <cstdint>

#include "flit/flit.hpp"

namespace fs {

/// Bits 63..0 and 127..64 of rx_flit_i or tx_flit_o.
struct FlitBits {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const FlitBits& a, const FlitBits& b) { return a.low == b.low && a.high == b.high; }
};

/// Where each field begins; the widths are those of Flit's members.
struct FlitLayout {
  static constexpr int bits = 128;
  static constexpr int head = 0, tail = 1, poison = 2;  ///< one bit each; bits 3 to 7 are reserved: 0
  static constexpr int cls = 8;                         ///< 8 bits
  static constexpr int dst = 16;                        ///< 16 bits
  static constexpr int length = 32;                     ///< 16 bits
  static constexpr int wire_bytes = 48;                 ///< 16 bits; part of what a core passes through untouched
  static constexpr int hash_key = 64;                   ///< 32 bits
  static constexpr int handle = 96;                     ///< 32 bits
};

constexpr FlitBits pack_flit(const Flit& f) {
  constexpr std::uint8_t known = Flit::head_flag | Flit::tail_flag | Flit::poison_flag;
  FlitBits bits;
  bits.low = static_cast<std::uint64_t>(f.flags & known) | static_cast<std::uint64_t>(f.cls) << FlitLayout::cls |
             static_cast<std::uint64_t>(f.dst) << FlitLayout::dst |
             static_cast<std::uint64_t>(f.length) << FlitLayout::length |
             static_cast<std::uint64_t>(f.wire_bytes) << FlitLayout::wire_bytes;
  bits.high = static_cast<std::uint64_t>(f.hash_key) << (FlitLayout::hash_key - 64) |
              static_cast<std::uint64_t>(f.handle) << (FlitLayout::handle - 64);
  return bits;
}

constexpr Flit unpack_flit(const FlitBits& bits) {
  constexpr std::uint64_t known = Flit::head_flag | Flit::tail_flag | Flit::poison_flag;
  Flit f;
  f.flags = static_cast<std::uint8_t>(bits.low & known);
  f.cls = static_cast<ClassId>((bits.low >> FlitLayout::cls) & 0xff);
  f.dst = static_cast<NodeId>((bits.low >> FlitLayout::dst) & 0xffff);
  f.length = static_cast<std::uint16_t>(bits.low >> FlitLayout::length);
  f.wire_bytes = static_cast<std::uint16_t>(bits.low >> FlitLayout::wire_bytes);
  f.hash_key = static_cast<std::uint32_t>(bits.high >> (FlitLayout::hash_key - 64));
  f.handle = static_cast<PacketHandle>(static_cast<std::uint32_t>(bits.high >> (FlitLayout::handle - 64)));
  return f;
}

}  // namespace fs
