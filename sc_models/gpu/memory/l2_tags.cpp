// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/l2_tags.hpp"

#include <stdexcept>

#include "common/check.hpp"

namespace fs {

L2Tags::L2Tags(const L2Config& config)
    : ways_(static_cast<std::uint64_t>(config.ways)),
      sets_(static_cast<std::uint64_t>(config.size.value() / (config.ways * config.line.value()))) {
  if (sets_ == 0) throw std::invalid_argument("l2.size holds less than one set of ways x line bytes");
  group_.resize(static_cast<std::size_t>((sets_ + group_sets - 1) / group_sets));
}

std::uint32_t* L2Tags::find_set(std::uint64_t set) {
  std::uint32_t& group = group_[static_cast<std::size_t>(set / group_sets)];
  const std::uint64_t group_entries = group_sets * ways_;
  if (group == 0) {
    entries_.resize(entries_.size() + group_entries);
    group = static_cast<std::uint32_t>(entries_.size() / group_entries);
  }
  return &entries_[(group - 1) * group_entries + set % group_sets * ways_];
}

L2Tags::Result L2Tags::touch(std::uint64_t line, bool dirty) {
  const std::uint64_t set = line % sets_;
  const std::uint64_t tag = line / sets_;
  FS_CHECK(tag < (1ULL << 31) - 2, "an address beyond the reach of the L2's tags");
  std::uint32_t* way = find_set(set);
  const auto wanted = static_cast<std::uint32_t>(tag * 2 + 2);
  Result result;
  std::uint64_t place = 0;
  while (place < ways_ && (way[place] & ~1U) != wanted && way[place] != 0) ++place;
  std::uint32_t entry = wanted | static_cast<std::uint32_t>(dirty);
  if (place < ways_ && way[place] != 0) {
    result.hit = true;
    entry |= way[place];
  } else if (place == ways_) {
    --place;
    result.writeback = (way[place] & 1U) != 0;
    result.victim = (static_cast<std::uint64_t>(way[place]) / 2 - 1) * sets_ + set;
  }
  for (; place > 0; --place) way[place] = way[place - 1];
  way[0] = entry;
  return result;
}

bool L2Tags::holds(std::uint64_t line) const {
  const std::uint32_t group = group_[static_cast<std::size_t>(line % sets_ / group_sets)];
  if (group == 0) return false;
  const std::uint32_t* way = &entries_[(group - 1) * group_sets * ways_ + line % sets_ % group_sets * ways_];
  for (std::uint64_t i = 0; i < ways_; ++i) {
    if ((way[i] & ~1U) == line / sets_ * 2 + 2) return true;
  }
  return false;
}

}  // namespace fs
