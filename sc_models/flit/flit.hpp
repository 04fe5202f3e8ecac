// SPDX-License-Identifier: Apache-2.0
// The flit: the unit of buffering, of credit and of one switch-core cycle. Its bits on pins: docs/flit_bits.md.
#pragma once

#include <cstdint>
#include <type_traits>

#include "common/ids.hpp"

namespace fs {

/// A plain value of 16 bytes. Every field but `handle` is what a switch core may look at; the handle passes through.
struct Flit {
  PacketHandle handle = PacketHandle::none;  ///< opaque to cores: where the packet lives in the pool
  std::uint32_t hash_key = 0;                ///< from the packet's name; picks among equal outputs
  NodeId dst{};                              ///< destination endpoint
  std::uint16_t length = 1;                  ///< flits in the packet, the same in each of its flits
  std::uint16_t wire_bytes = 0;              ///< bytes this flit occupies on the wire, a multiple of the wire unit
  ClassId cls{};                             ///< traffic class
  std::uint8_t flags = 0;

  static constexpr std::uint8_t head_flag = 1;
  static constexpr std::uint8_t tail_flag = 2;
  static constexpr std::uint8_t poison_flag = 4;

  bool head() const { return (flags & head_flag) != 0; }
  bool tail() const { return (flags & tail_flag) != 0; }
  bool poison() const { return (flags & poison_flag) != 0; }

  friend bool operator==(const Flit& a, const Flit& b) {
    return a.handle == b.handle && a.hash_key == b.hash_key && a.dst == b.dst && a.length == b.length &&
           a.wire_bytes == b.wire_bytes && a.cls == b.cls && a.flags == b.flags;
  }
};
static_assert(sizeof(Flit) == 16 && std::is_trivially_copyable_v<Flit>);

}  // namespace fs
