// SPDX-License-Identifier: Apache-2.0
// Room in a list for all that may come back to it.
#pragma once

#include <cstddef>
#include <vector>

namespace fs {

/// Room for `count` items and, where that needs a new array, for as many again: to ask for just one more each time
/// would leave a hole of every size behind.
template <class T>
void reserve_ahead(std::vector<T>& list, std::size_t count) {
  if (list.capacity() < count) list.reserve(2 * count);
}

}  // namespace fs
