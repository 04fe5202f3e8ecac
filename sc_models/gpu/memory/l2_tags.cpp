// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/l2_tags.hpp"

#include <new>
#include <stdexcept>

#include "common/check.hpp"

namespace fs {

L2Tags::L2Tags(const L2Config& config)
    : ways_(static_cast<std::uint64_t>(config.ways)),
      sets_(static_cast<std::uint64_t>(config.size.value() / (config.ways * config.line.value()))) {
  if (sets_ == 0) throw std::invalid_argument("l2.size holds less than one set of ways x line bytes");
  const std::uint64_t tiles = (ways_ + tile - 1) / tile;
  entries_.reset(static_cast<std::uint32_t*>(std::calloc(tiles * sets_ * tile, sizeof(std::uint32_t))));
  if (!entries_) throw std::bad_alloc();
}

L2Tags::Result L2Tags::touch(std::uint64_t line, bool dirty) {
  const std::uint64_t set = line % sets_;
  const std::uint64_t tag = line / sets_;
  FS_CHECK(tag < (1ULL << 31) - 2, "an address beyond the reach of the L2's tags");
  const auto wanted = static_cast<std::uint32_t>(tag * 2 + 2);
  Result result;
  std::uint64_t place = 0;
  while (place < ways_ && (entry(set, place) & ~1U) != wanted && entry(set, place) != 0) ++place;
  std::uint32_t newest = wanted | static_cast<std::uint32_t>(dirty);
  if (place < ways_ && entry(set, place) != 0) {
    result.hit = true;
    newest |= entry(set, place);
  } else if (place == ways_) {
    --place;
    result.writeback = (entry(set, place) & 1U) != 0;
    result.victim = (static_cast<std::uint64_t>(entry(set, place)) / 2 - 1) * sets_ + set;
  }
  for (; place > 0; --place) entry(set, place) = entry(set, place - 1);
  entry(set, 0) = newest;
  return result;
}

bool L2Tags::holds(std::uint64_t line) const {
  const std::uint64_t set = line % sets_;
  for (std::uint64_t way = 0; way < ways_ && entry(set, way) != 0; ++way) {
    if ((entry(set, way) & ~1U) == line / sets_ * 2 + 2) return true;
  }
  return false;
}

}  // namespace fs
