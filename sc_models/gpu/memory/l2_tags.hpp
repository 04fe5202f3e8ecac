// SPDX-License-Identifier: Apache-2.0
// The tags of a set-associative write-back L2: which lines it holds, which are dirty, which goes next.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

struct L2Config {
  Bytes size{126'000'000};  ///< of all lines; 0: no L2. B200: 126 MB (NVIDIA, CUDA tuning guide for Blackwell)
  std::int64_t ways = 16;   ///< assumption
  Bytes line{128};          ///< NVIDIA, CUDA C++ programming guide: 128-byte cache lines
  Femtoseconds latency = nanoseconds(150);  ///< a hit, from request to data. B200: 295 cycles at 1.965 GHz
                                            ///< (markdewing/AI_kernels, latency/README.md)
};

class L2Tags {
 public:
  /// `config.size` > 0, at least one set; `ways` 1 .. 64.
  explicit L2Tags(const L2Config& config);

  struct Result {
    bool hit = false;
    bool writeback = false;    ///< a dirty line made room ...
    std::uint64_t victim = 0;  ///< ... this one
  };
  /// Looks up line number `line`, which becomes the most recently used of its set; a miss takes the place of the least
  /// recently used one.
  Result touch(std::uint64_t line, bool dirty);
  bool holds(std::uint64_t line) const;

 private:
  // An entry is tag * 2 + dirty + 2, 0 when empty. A set that has held one line alone has it in `alone_`, and most sets
  // of a large L2 never hold more in a run; the others have a block, most recently used first: of a few ways until they
  // hold more, then of all. And calloc leaves untouched pages to the operating system: an L2 takes memory for what it
  // holds.
  static constexpr std::uint64_t few_ways = 4;
  struct Free {
    void operator()(std::uint32_t* p) const { std::free(p); }
  };
  /// Blocks of one size, by number.
  class Blocks {
   public:
    explicit Blocks(std::uint64_t ways) : ways_(ways) {}
    std::uint64_t ways() const { return ways_; }
    std::uint32_t* operator[](std::uint64_t block) const { return &blocks_[block / at_once][block % at_once * ways_]; }
    /// An empty one.
    std::uint32_t take();
    void give_back(std::uint32_t block) { free_.push_back(block); }

   private:
    static constexpr std::uint64_t at_once = 256;
    std::uint64_t ways_;
    std::uint64_t made_ = 0;
    std::vector<std::unique_ptr<std::uint32_t[]>> blocks_;  ///< at_once in each
    std::vector<std::uint32_t> free_;
  };
  struct Ways {
    std::uint32_t* first;
    std::uint64_t count;
  };

  bool has_block(std::uint64_t set) const { return ((with_block_[set >> 6] >> (set & 63)) & 1U) != 0; }
  Ways ways_of(std::uint64_t set) const {
    const Blocks& blocks = (alone_[set] & 1U) != 0 ? whole_ : few_;
    return {blocks[alone_[set] >> 1], blocks.ways()};
  }
  void give_block(std::uint64_t set);
  void give_all_ways(std::uint64_t set);
  Result touch_block(std::uint64_t set, std::uint32_t newest);
  std::uint64_t line_of(std::uint64_t set, std::uint32_t entry) const {
    return (static_cast<std::uint64_t>(entry) / 2 - 1) * sets_ + set;
  }

  std::uint64_t ways_;
  std::uint64_t sets_;
  std::unique_ptr<std::uint32_t[], Free>
      alone_;                              ///< by set: its entry, or its block's number * 2 + whether of all ways
  std::vector<std::uint64_t> with_block_;  ///< sets that have one
  Blocks few_;
  Blocks whole_;
};

}  // namespace fs
