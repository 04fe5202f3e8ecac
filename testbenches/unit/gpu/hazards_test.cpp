// SPDX-License-Identifier: Apache-2.0
// Hazards by themselves.
#include "gpu/request/hazards.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "common/random.hpp"

using namespace fs;

namespace {

Transaction to(int target, std::uint64_t offset, OperationKind kind) {
  Transaction t;
  t.target = static_cast<NodeId>(target);
  t.offset = offset;
  t.kind = kind;
  return t;
}

}  // namespace

TEST(Hazards, KeepApartWhatMeetsInARegionAndNothingElse) {
  Hazards hazards;
  hazards.enable(4);
  const auto load = to(1, 256, OperationKind::read);
  hazards.enter(load);
  EXPECT_FALSE(hazards.blocked(NodeId(1), 300, OperationKind::read)) << "loads do not disturb each other";
  EXPECT_TRUE(hazards.blocked(NodeId(1), 511, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(1), 512, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(2), 256, OperationKind::write));
  hazards.leave(load);
  EXPECT_FALSE(hazards.blocked(NodeId(1), 256, OperationKind::write));
}

TEST(Hazards, AFullWindowOfWritesBlocksItsOwnRegionsAlone) {
  constexpr std::uint64_t window = 4096;
  Hazards hazards;
  hazards.enable(window);
  for (std::uint64_t i = 0; i < window; ++i) hazards.enter(to(3, i * region_bytes, OperationKind::write));
  for (std::uint64_t i = 0; i < window; ++i) {
    EXPECT_TRUE(hazards.blocked(NodeId(3), i * region_bytes, OperationKind::read));
    EXPECT_FALSE(hazards.blocked(NodeId(3), (window + i) * region_bytes, OperationKind::write));
    EXPECT_FALSE(hazards.blocked(NodeId(4), i * region_bytes, OperationKind::write));
  }
}

TEST(Hazards, RememberExactlyWhatIsUnderWayWhileMuchComesAndGoes) {
  Hazards hazards;
  hazards.enable(16);
  RandomStream random(1, "hazards", "test");
  std::vector<Transaction> open;
  std::map<std::pair<std::uint64_t, std::uint64_t>, int> count;
  for (int i = 0; i < 20'000; ++i) {
    if (open.size() < 16 && random.chance(0.6)) {
      open.push_back(to(static_cast<int>(random.below(3)), random.below(24) * region_bytes, OperationKind::write));
      hazards.enter(open.back());
      ++count[{index(open.back().target), open.back().offset}];
    } else if (!open.empty()) {
      std::swap(open[random.below(open.size())], open.back());
      hazards.leave(open.back());
      --count[{index(open.back().target), open.back().offset}];
      open.pop_back();
    }
    const auto target = static_cast<NodeId>(random.below(3));
    const std::uint64_t offset = random.below(24) * region_bytes;
    ASSERT_EQ(hazards.blocked(target, offset, OperationKind::read), (count[{index(target), offset}] > 0)) << i;
  }
}
