// SPDX-License-Identifier: Apache-2.0
// The tags of a set-associative write-back L2: which lines it holds, which are dirty, which goes next.
#pragma once

#include <cstdint>
#include <optional>

#include "common/quantity.hpp"
#include "gpu/memory/l2_tag_store.hpp"

namespace fs {

struct L2Config {
  Bytes size{126'000'000};  ///< of all lines; 0: no L2. B200: 126 MB (NVIDIA, CUDA tuning guide for Blackwell)
  std::int64_t ways = 16;   ///< assumption
  Bytes line{128};          ///< NVIDIA, CUDA C++ programming guide: 128-byte cache lines
  Femtoseconds latency = nanoseconds(150);  ///< a hit, from request to data. B200: 295 cycles at 1.965 GHz
                                            ///< (markdewing/AI_kernels, latency/README.md)
};

/// In 16 bits an entry as long as that will do: the memory has few enough lines a set, and few enough sets hold more
/// than one. Every GPU has such tags.
class L2Tags {
 public:
  using Result = L2Result;

  /// `config.size` > 0, at least one set; `ways` 1 .. 64. Lines are below `lines`.
  L2Tags(const L2Config& config, std::uint64_t lines);

  /// Looks up line number `line`, which becomes the most recently used of its set; a miss takes the place of the least
  /// recently used one.
  Result touch(std::uint64_t line, bool dirty) {
    if (narrow_ && narrow_->has_room()) return narrow_->touch(line, dirty);
    if (narrow_) widen();
    return wide_->touch(line, dirty);
  }
  bool holds(std::uint64_t line) const { return narrow_ ? narrow_->holds(line) : wide_->holds(line); }
  /// In 32 bits.
  bool wide() const { return wide_.has_value(); }

 private:
  void widen();

  std::uint64_t ways_;
  std::uint64_t sets_;
  std::optional<L2TagStore<std::uint16_t>> narrow_;
  std::optional<L2TagStore<std::uint32_t>> wide_;
};

}  // namespace fs
