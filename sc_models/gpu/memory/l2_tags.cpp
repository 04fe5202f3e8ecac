// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/l2_tags.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "common/check.hpp"

namespace fs {

L2Tags::L2Tags(const L2Config& config)
    : ways_(static_cast<std::uint64_t>(config.ways)),
      sets_(static_cast<std::uint64_t>(config.size.value() / (config.ways * config.line.value()))),
      few_(std::min(few_ways, ways_)),
      whole_(ways_) {
  if (sets_ == 0) throw std::invalid_argument("l2.size holds less than one set of ways x line bytes");
  alone_.reset(static_cast<std::uint32_t*>(std::calloc(sets_, sizeof(std::uint32_t))));
  if (!alone_) throw std::bad_alloc();
  with_block_.resize((sets_ + 63) / 64);
}

std::uint32_t L2Tags::Blocks::take() {
  if (!free_.empty()) {
    const std::uint32_t block = free_.back();
    free_.pop_back();
    std::fill_n((*this)[block], ways_, 0U);
    return block;
  }
  if (made_ == blocks_.size() * at_once) blocks_.push_back(std::make_unique<std::uint32_t[]>(at_once * ways_));
  return static_cast<std::uint32_t>(made_++);
}

void L2Tags::give_block(std::uint64_t set) {
  const std::uint32_t entry = alone_[set];
  const std::uint32_t block = few_.take();
  few_[block][0] = entry;
  alone_[set] = block << 1;
  with_block_[set >> 6] |= 1ULL << (set & 63);
}

void L2Tags::give_all_ways(std::uint64_t set) {
  const std::uint32_t narrow = alone_[set] >> 1;
  const std::uint32_t block = whole_.take();
  std::copy_n(few_[narrow], few_.ways(), whole_[block]);
  few_.give_back(narrow);
  alone_[set] = block << 1 | 1U;
}

L2Tags::Result L2Tags::touch(std::uint64_t line, bool dirty) {
  const std::uint64_t set = line % sets_;
  const std::uint64_t tag = line / sets_;
  FS_CHECK(tag < (1ULL << 31) - 2, "an address beyond the reach of the L2's tags");
  const auto newest = static_cast<std::uint32_t>(tag * 2 + 2) | static_cast<std::uint32_t>(dirty);
  if (has_block(set)) return touch_block(set, newest);
  std::uint32_t& entry = alone_[set];
  Result result;
  if (entry == 0) {
    entry = newest;
  } else if ((entry | 1U) == (newest | 1U)) {
    result.hit = true;
    entry |= newest;
  } else if (ways_ > 1) {
    give_block(set);
    return touch_block(set, newest);
  } else {
    result.writeback = (entry & 1U) != 0;
    result.victim = line_of(set, entry);
    entry = newest;
  }
  return result;
}

L2Tags::Result L2Tags::touch_block(std::uint64_t set, std::uint32_t newest) {
  auto [entries, count] = ways_of(set);
  Result result;
  std::uint64_t place = 0;
  while (place < count && (entries[place] | 1U) != (newest | 1U) && entries[place] != 0) ++place;
  if (place == count && count < ways_) {
    give_all_ways(set);
    entries = ways_of(set).first;
  }
  if (place == ways_) {
    --place;
    result.writeback = (entries[place] & 1U) != 0;
    result.victim = line_of(set, entries[place]);
  } else if (entries[place] != 0) {
    result.hit = true;
    newest |= entries[place];
  }
  for (; place > 0; --place) entries[place] = entries[place - 1];
  entries[0] = newest;
  return result;
}

bool L2Tags::holds(std::uint64_t line) const {
  const std::uint64_t set = line % sets_;
  const auto wanted = line / sets_ * 2 + 2;
  const bool block = has_block(set);
  const Ways ways = block ? ways_of(set) : Ways{&alone_[set], 1};
  for (std::uint64_t way = 0; way < ways.count && ways.first[way] != 0; ++way) {
    if ((ways.first[way] & ~1U) == wanted) return true;
  }
  return false;
}

}  // namespace fs
