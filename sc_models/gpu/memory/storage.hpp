// SPDX-License-Identifier: Apache-2.0
// The bytes of a memory, sparse: pages exist once written; untouched memory reads as zeros.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "common/wide.hpp"
#include "gpu/operation.hpp"

namespace fs {

class Storage {
 public:
  /// Copies `bytes` bytes at `offset` to `data`.
  void read(std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes) const;
  /// Writes; `enables` (0xff or 0 a byte) may be null and repeats after `enable_length` bytes.
  void write(std::uint64_t offset, const std::uint8_t* data, std::uint64_t bytes, const std::uint8_t* enables = nullptr,
             std::uint64_t enable_length = 0);
  /// Read-modify-write of `width` (4, 8 or 16) bytes; `data` as in Operation::data, the old value comes back in its
  /// front.
  void atomic(AtomicKind kind, std::uint64_t offset, std::uint8_t* data, std::uint32_t width);

  std::size_t pages() const { return pages_.size(); }

 private:
  static constexpr std::uint64_t page_bytes = 4096;
  using Page = std::array<std::uint8_t, page_bytes>;

  const Page* find(std::uint64_t number) const;
  Page& page(std::uint64_t number);

  std::unordered_map<std::uint64_t, std::unique_ptr<Page>> pages_;  // never iterated
};

/// The value an atomic leaves in memory: `operand` and, for compare_swap, `compare`, applied to `old`.
Uint128 atomic_result(AtomicKind kind, Uint128 old, Uint128 operand, Uint128 compare);
/// Little-endian integers of up to 16 bytes.
Uint128 load_integer(const std::uint8_t* data, std::uint32_t width);
void store_integer(std::uint8_t* data, Uint128 value, std::uint32_t width);

}  // namespace fs
