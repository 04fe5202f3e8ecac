// SPDX-License-Identifier: Apache-2.0
// Asking for what a loop will touch some places further on.
#pragma once

#include <cstddef>

namespace fs {

/// Brings the cache lines `first` to `last` of what begins at `begin` near, to be written.
template <std::size_t First, std::size_t Last>
[[gnu::always_inline]] inline void prefetch_lines(const void* begin) {
  for (std::size_t line = First; line <= Last; ++line) {
    __builtin_prefetch(static_cast<const char*>(begin) + 64 * line, 1);
  }
}

}  // namespace fs
