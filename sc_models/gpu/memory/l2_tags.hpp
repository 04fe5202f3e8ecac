// SPDX-License-Identifier: Apache-2.0
// The tags of a set-associative write-back L2: which lines it holds, which are dirty, which goes next.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

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
  // A set's ways stand most recently used first; an entry is tag * 2 + dirty + 2, 0 when empty. Four ways of all sets
  // lie together, and calloc leaves untouched pages to the operating system: a large L2 takes memory for what it holds.
  static constexpr std::uint64_t tile = 4;
  struct Free {
    void operator()(std::uint32_t* p) const { std::free(p); }
  };
  std::uint32_t& entry(std::uint64_t set, std::uint64_t way) const {
    return entries_[(way / tile * sets_ + set) * tile + way % tile];
  }

  std::uint64_t ways_;
  std::uint64_t sets_;
  std::unique_ptr<std::uint32_t[], Free> entries_;
};

}  // namespace fs
