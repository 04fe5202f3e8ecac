// SPDX-License-Identifier: Apache-2.0
// A pool with stable addresses and 32-bit handles; allocates in chunks, reuses the last freed first.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "common/check.hpp"
#include "common/ids.hpp"

namespace fs {

/// `ChunkBits`: of the number of items in a chunk; small where there are many pools.
template <class T, class Handle, unsigned ChunkBits = 10>
class Pool {
 public:
  Handle acquire() {
    if (__builtin_expect(free_.empty(), 0)) grow();
    const Handle handle = free_.back();
    free_.pop_back();
    if constexpr (std::is_trivially_destructible_v<T>) {
      new (&(*this)[handle]) T();
    } else {
      (*this)[handle] = T();
    }
    return handle;
  }
  void release(Handle handle) { free_.push_back(handle); }
  /// Brings an item near.
  void prefetch(Handle handle) const {
    const auto* item = reinterpret_cast<const char*>(&(*this)[handle]);
    for (std::size_t line = 0; line < sizeof(T); line += 64) __builtin_prefetch(item + line, 1);
  }
  /// The same for what acquire() will give after `more` others.
  void prefetch_free(std::size_t more) const {
    if (more < free_.size()) prefetch(free_[free_.size() - 1 - more]);
  }

  T& operator[](Handle handle) {
    const auto i = static_cast<std::uint32_t>(handle);
    return chunks_[i >> chunk_bits][i & (chunk_size - 1)];
  }
  const T& operator[](Handle handle) const {
    const auto i = static_cast<std::uint32_t>(handle);
    return chunks_[i >> chunk_bits][i & (chunk_size - 1)];
  }
  /// Items acquired and not yet released.
  std::size_t in_use() const { return chunks_.size() * chunk_size - free_.size(); }

 private:
  static constexpr unsigned chunk_bits = ChunkBits;
  static constexpr std::uint32_t chunk_size = 1U << chunk_bits;

  [[gnu::cold, gnu::noinline]] void grow() {
    const auto base = static_cast<std::uint32_t>(chunks_.size()) << chunk_bits;
    FS_CHECK(chunks_.size() < (1U << (31 - chunk_bits)), "pool exhausted: over two thousand million items in flight");
    chunks_.push_back(std::make_unique<T[]>(chunk_size));
    free_.reserve(free_.size() + chunk_size);
    for (std::uint32_t i = chunk_size; i-- > 0;) free_.push_back(static_cast<Handle>(base + i));
  }

  std::vector<std::unique_ptr<T[]>> chunks_;
  std::vector<Handle> free_;
};

}  // namespace fs
