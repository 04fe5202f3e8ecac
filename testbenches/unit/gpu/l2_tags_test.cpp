// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/l2_tags.hpp"

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>

#include <gtest/gtest.h>

#include "common/random.hpp"

using namespace fs;

namespace {

/// A set-associative cache as a textbook has it: per set a list of lines, most recently used first.
class PlainCache {
 public:
  PlainCache(std::uint64_t sets, std::size_t ways) : sets_(sets), ways_(ways) {}
  L2Tags::Result touch(std::uint64_t line, bool dirty) {
    auto& set = lines_[line % sets_];
    L2Tags::Result result;
    const auto at = std::find_if(set.begin(), set.end(), [&](const Line& l) { return l.line == line; });
    if (at != set.end()) {
      result.hit = true;
      dirty = dirty || at->dirty;
      set.erase(at);
    } else if (set.size() == ways_) {
      result.writeback = set.back().dirty;
      result.victim = set.back().line;
      set.pop_back();
    }
    set.push_front({line, dirty});
    return result;
  }
  bool holds(std::uint64_t line) const {
    const auto set = lines_.find(line % sets_);
    return set != lines_.end() &&
           std::any_of(set->second.begin(), set->second.end(), [&](const Line& l) { return l.line == line; });
  }

 private:
  struct Line {
    std::uint64_t line;
    bool dirty;
  };
  std::uint64_t sets_;
  std::size_t ways_;
  std::map<std::uint64_t, std::list<Line>> lines_;
};

}  // namespace

TEST(L2Tags, DoWhatATextbooksCacheDoes) {
  for (const int ways : {1, 2, 3, 4, 5, 8, 16, 64}) {
    constexpr std::uint64_t sets = 700;
    L2Config config;
    config.ways = ways;
    config.size = config.line * (ways * static_cast<std::int64_t>(sets));
    L2Tags tags(config);
    PlainCache plain(sets, static_cast<std::size_t>(ways));
    RandomStream stream(1, "l2", std::to_string(ways));
    // First few lines a set, then more than it has ways.
    for (const std::uint64_t lines : {sets, 3 * sets, 2 * sets * static_cast<std::uint64_t>(ways)}) {
      for (int i = 0; i < 20'000; ++i) {
        const std::uint64_t line = stream.below(lines);
        const bool dirty = stream.below(4) == 0;
        const auto result = tags.touch(line, dirty), expected = plain.touch(line, dirty);
        ASSERT_EQ(result.hit, expected.hit) << ways << " ways, line " << line;
        ASSERT_EQ(result.writeback, expected.writeback) << ways << " ways, line " << line;
        if (expected.writeback) {
          ASSERT_EQ(result.victim, expected.victim) << ways << " ways, line " << line;
        }
        const std::uint64_t other = stream.below(lines);
        ASSERT_EQ(tags.holds(other), plain.holds(other)) << ways << " ways, line " << other;
      }
    }
  }
}
