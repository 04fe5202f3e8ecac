// SPDX-License-Identifier: Apache-2.0
// The sets of an L2's tags, in entries of 16 or 32 bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <vector>

namespace fs {

/// What became of looking up a line.
struct L2Result {
  bool hit = false;
  bool writeback = false;    ///< a dirty line made room ...
  std::uint64_t victim = 0;  ///< ... this one
};

/// An entry is tag * 2 + dirty + 2, 0 when empty. A set that has held one line alone has it in `alone_`, and most sets
/// of a large L2 never hold more in a run; the others have a block, most recently used first: of a few ways until they
/// hold more, then of all. And calloc leaves untouched pages to the operating system: an L2 takes memory for what it
/// holds.
template <class Entry>
class L2TagStore {
 public:
  /// Tags are below this.
  static constexpr std::uint64_t tag_limit = (std::uint64_t{1} << (std::numeric_limits<Entry>::digits - 1)) - 1;

  L2TagStore(std::uint64_t sets, std::uint64_t ways);

  /// touch() has the numbers of blocks that it may need.
  bool has_room() const { return few_.has_room() && whole_.has_room(); }
  L2Result touch(std::uint64_t line, bool dirty);
  bool holds(std::uint64_t line) const;
  /// Calls visit(line, dirty) for the lines of all sets, the least recently used of a set first.
  template <class Visit>
  void for_each(Visit&& visit) const;

 private:
  static constexpr std::uint64_t few_ways = 4;
  struct Free {
    void operator()(Entry* p) const { std::free(p); }
  };
  /// Blocks of one size, by number: up to half of what an entry can say.
  class Blocks {
   public:
    explicit Blocks(std::uint64_t ways) : ways_(ways) {}
    std::uint64_t ways() const { return ways_; }
    Entry* operator[](std::uint64_t block) const { return &blocks_[block / at_once][block % at_once * ways_]; }
    bool has_room() const { return !free_.empty() || made_ <= std::numeric_limits<Entry>::max() / 2; }
    /// An empty one.
    std::uint64_t take() {
      if (!free_.empty()) {
        const Entry block = free_.back();
        free_.pop_back();
        std::fill_n((*this)[block], ways_, Entry{0});
        return block;
      }
      if (made_ == blocks_.size() * at_once) blocks_.push_back(std::make_unique<Entry[]>(at_once * ways_));
      return made_++;
    }
    void give_back(std::uint64_t block) { free_.push_back(static_cast<Entry>(block)); }

   private:
    static constexpr std::uint64_t at_once = 64;
    std::uint64_t ways_;
    std::uint64_t made_ = 0;
    std::vector<std::unique_ptr<Entry[]>> blocks_;  ///< at_once in each
    std::vector<Entry> free_;
  };
  struct Ways {
    Entry* first;
    std::uint64_t count;
  };

  bool has_block(std::uint64_t set) const { return ((with_block_[set >> 6] >> (set & 63)) & 1U) != 0; }
  Ways ways_of(std::uint64_t set) const {
    const Blocks& blocks = (alone_[set] & 1U) != 0 ? whole_ : few_;
    return {blocks[alone_[set] >> 1], blocks.ways()};
  }
  void give_block(std::uint64_t set);
  void give_all_ways(std::uint64_t set);
  L2Result touch_block(std::uint64_t set, Entry newest);
  std::uint64_t line_of(std::uint64_t set, Entry entry) const {
    return (static_cast<std::uint64_t>(entry) / 2 - 1) * sets_ + set;
  }
  static bool same_line(Entry a, Entry b) { return (a | 1U) == (b | 1U); }

  std::uint64_t ways_;
  std::uint64_t sets_;
  /// By set: its entry, or its block's number * 2 + whether of all ways.
  std::unique_ptr<Entry[], Free> alone_;
  std::vector<std::uint64_t> with_block_;  ///< sets that have one
  Blocks few_;
  Blocks whole_;
};

template <class Entry>
L2TagStore<Entry>::L2TagStore(std::uint64_t sets, std::uint64_t ways)
    : ways_(ways), sets_(sets), few_(std::min(few_ways, ways_)), whole_(ways_) {
  alone_.reset(static_cast<Entry*>(std::calloc(sets_, sizeof(Entry))));
  if (!alone_) throw std::bad_alloc();
  with_block_.resize((sets_ + 63) / 64);
}

template <class Entry>
void L2TagStore<Entry>::give_block(std::uint64_t set) {
  const std::uint64_t block = few_.take();
  few_[block][0] = alone_[set];
  alone_[set] = static_cast<Entry>(block << 1);
  with_block_[set >> 6] |= 1ULL << (set & 63);
}

template <class Entry>
void L2TagStore<Entry>::give_all_ways(std::uint64_t set) {
  const std::uint64_t narrow = alone_[set] >> 1;
  const std::uint64_t block = whole_.take();
  std::copy_n(few_[narrow], few_.ways(), whole_[block]);
  few_.give_back(narrow);
  alone_[set] = static_cast<Entry>(block << 1 | 1U);
}

template <class Entry>
L2Result L2TagStore<Entry>::touch(std::uint64_t line, bool dirty) {
  const std::uint64_t set = line % sets_;
  const auto newest = static_cast<Entry>(line / sets_ * 2 + 2 + static_cast<std::uint64_t>(dirty));
  if (has_block(set)) return touch_block(set, newest);
  Entry& entry = alone_[set];
  L2Result result;
  if (entry == 0) {
    entry = newest;
  } else if (same_line(entry, newest)) {
    result.hit = true;
    entry = static_cast<Entry>(entry | newest);
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

template <class Entry>
L2Result L2TagStore<Entry>::touch_block(std::uint64_t set, Entry newest) {
  auto [entries, count] = ways_of(set);
  L2Result result;
  std::uint64_t place = 0;
  while (place < count && !same_line(entries[place], newest) && entries[place] != 0) ++place;
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
    newest = static_cast<Entry>(newest | entries[place]);
  }
  for (; place > 0; --place) entries[place] = entries[place - 1];
  entries[0] = newest;
  return result;
}

template <class Entry>
bool L2TagStore<Entry>::holds(std::uint64_t line) const {
  const std::uint64_t set = line % sets_;
  const auto wanted = static_cast<Entry>(line / sets_ * 2 + 2);
  const bool block = has_block(set);
  const Ways ways = block ? ways_of(set) : Ways{&alone_[set], 1};
  for (std::uint64_t way = 0; way < ways.count && ways.first[way] != 0; ++way) {
    if (same_line(ways.first[way], wanted)) return true;
  }
  return false;
}

template <class Entry>
template <class Visit>
void L2TagStore<Entry>::for_each(Visit&& visit) const {
  for (std::uint64_t set = 0; set < sets_; ++set) {
    const Ways ways = has_block(set) ? ways_of(set) : Ways{&alone_[set], 1};
    for (std::uint64_t way = ways.count; way-- > 0;) {
      const Entry entry = ways.first[way];
      if (entry != 0) visit(line_of(set, entry), (entry & 1U) != 0);
    }
  }
}

}  // namespace fs
