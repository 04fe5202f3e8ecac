// SPDX-License-Identifier: Apache-2.0
#include "app/large_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace fs {

void use_large_pages() {
#if defined(__GLIBC__) && defined(MADV_HUGEPAGE) && !defined(__SANITIZE_ADDRESS__)
  constexpr int address_space = 1 << 30;      // beyond it, memory comes in small pages as ever
  constexpr int largest_from_heap = 1 << 20;  // larger pieces may stay empty for the most part: tags of an L2
  constexpr std::uintptr_t page = 2 << 20;
  // One heap for all but the largest pieces, that never shrinks.
  mallopt(M_MMAP_THRESHOLD, largest_from_heap);
  mallopt(M_TRIM_THRESHOLD, address_space);
  mallopt(M_TOP_PAD, address_space);
  const auto begin = reinterpret_cast<std::uintptr_t>(sbrk(0));
  void* volatile more_than_is_left = std::malloc(largest_from_heap / 2);  // so the heap grows, by all the padding
  std::free(more_than_is_left);
  const auto end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  mallopt(M_TOP_PAD, page);
  const std::uintptr_t first = (begin + page - 1) / page * page;
  if (end > first) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#endif
}

}  // namespace fs
