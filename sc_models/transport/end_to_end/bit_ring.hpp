// SPDX-License-Identifier: Apache-2.0
// Which sequence numbers have been seen: a window that slides over them.
#pragma once

#include <cstdint>
#include <vector>

#include "common/check.hpp"

namespace fs {

/// All numbers below `base` are set; from it on a ring of bits, of which `capacity` are kept.
class BitRing {
 public:
  explicit BitRing(std::int64_t capacity) {
    std::uint64_t words = 1;
    while (words * 64 < static_cast<std::uint64_t>(capacity)) words *= 2;
    bits_.resize(words);
  }

  std::uint64_t base() const { return base_; }
  std::uint64_t capacity() const { return bits_.size() * 64; }
  bool test(std::uint64_t number) const {
    return number < base_ || (number < base_ + capacity() && (word(number) >> (number & 63U) & 1U) != 0);
  }
  void set(std::uint64_t number) {
    if (number < base_) return;
    FS_CHECK(number < base_ + capacity(), "a sequence number beyond the window");
    word(number) |= 1ULL << (number & 63U);
    while ((word(base_) >> (base_ & 63U) & 1U) != 0) {
      word(base_) &= ~(1ULL << (base_ & 63U));
      ++base_;
    }
  }

 private:
  std::uint64_t& word(std::uint64_t number) { return bits_[(number / 64) & (bits_.size() - 1)]; }
  const std::uint64_t& word(std::uint64_t number) const { return bits_[(number / 64) & (bits_.size() - 1)]; }

  std::vector<std::uint64_t> bits_;
  std::uint64_t base_ = 0;
};

}  // namespace fs
