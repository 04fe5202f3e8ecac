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

class L2TagsOf : public ::testing::TestWithParam<std::uint64_t> {};

}  // namespace

TEST_P(L2TagsOf, DoWhatATextbooksCacheDoes) {
  for (const int ways : {1, 2, 3, 4, 5, 8, 16, 64}) {
    constexpr std::uint64_t sets = 700;
    L2Config config;
    config.ways = ways;
    config.size = config.line * (ways * static_cast<std::int64_t>(sets));
    L2Tags tags(config, GetParam());
    EXPECT_EQ(tags.wide(), GetParam() > sets * 32767);
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

INSTANTIATE_TEST_SUITE_P(Memories, L2TagsOf, ::testing::Values(2 * 700 * 64, 700 * 32767, 1ULL << 32));

TEST(L2Tags, HoldTheHighestLineOfAMemoryInWhateverWidth) {
  for (const std::uint64_t tags : {32767, 32768}) {
    L2Config config;
    config.ways = 2;
    config.size = config.line * (2 * std::int64_t{10});
    L2Tags l2(config, tags * 10);
    EXPECT_FALSE(l2.touch(tags * 10 - 1, true).hit);
    EXPECT_TRUE(l2.touch(tags * 10 - 1, false).hit);
    EXPECT_FALSE(l2.touch(9, false).hit);
    const auto result = l2.touch(19, false);
    EXPECT_TRUE(result.writeback);
    EXPECT_EQ(result.victim, tags * 10 - 1);
  }
}

/// More sets with several lines than 16 bits can number: in the middle of the run the entries become wider.
TEST(L2Tags, LoseNothingWhenTheyBecomeWider) {
  constexpr std::uint64_t sets = 40'000;
  L2Config config;
  config.ways = 6;
  config.size = config.line * (6 * static_cast<std::int64_t>(sets));
  L2Tags tags(config, 100 * sets);
  PlainCache plain(sets, 6);
  RandomStream stream(1, "l2", "wider");
  bool was_narrow = false;
  for (int i = 0; i < 400'000; ++i) {
    was_narrow = was_narrow || !tags.wide();
    const std::uint64_t line = stream.below(9 * sets);
    const bool dirty = stream.below(3) == 0;
    const auto result = tags.touch(line, dirty), expected = plain.touch(line, dirty);
    ASSERT_EQ(result.hit, expected.hit) << i;
    ASSERT_EQ(result.writeback, expected.writeback) << i;
    if (expected.writeback) {
      ASSERT_EQ(result.victim, expected.victim) << i;
    }
  }
  EXPECT_TRUE(was_narrow);
  EXPECT_TRUE(tags.wide());
}
