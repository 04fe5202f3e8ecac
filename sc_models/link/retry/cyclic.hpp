// SPDX-License-Identifier: Apache-2.0
// Frame numbers as they stand on the wire: modulo how many there are, most often a power of two.
#pragma once

#include <cstdint>

namespace fs {

/// `frame` modulo `numbers`, without a division where none is needed.
constexpr std::uint64_t cyclic(std::uint64_t frame, std::uint64_t numbers) {
  return (numbers & (numbers - 1)) == 0 ? frame & (numbers - 1) : frame % numbers;
}

}  // namespace fs
