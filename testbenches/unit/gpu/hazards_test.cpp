// SPDX-License-Identifier: Apache-2.0
// Hazards by themselves.
#include "gpu/request/hazards.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/random.hpp"

namespace fs {
namespace {

Transaction to(std::uint32_t tag, int target, std::uint64_t offset, std::uint16_t bytes, OperationKind kind) {
  Transaction t;
  t.tag = tag;
  t.target = static_cast<NodeId>(target);
  t.offset = offset;
  t.bytes = bytes;
  t.kind = kind;
  return t;
}

TEST(Hazards, KeepApartWhatMeetsInAByteAndNothingElse) {
  Hazards hazards;
  hazards.enable(4);
  const auto load = to(0, 1, 256, 32, OperationKind::read);
  hazards.enter(load);
  EXPECT_FALSE(hazards.blocked(NodeId(1), 256, 32, OperationKind::read)) << "loads do not disturb each other";
  EXPECT_TRUE(hazards.blocked(NodeId(1), 287, 1, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(1), 288, 1, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(1), 512, 32, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(2), 256, 32, OperationKind::write));
  hazards.leave(load);
  EXPECT_FALSE(hazards.blocked(NodeId(1), 256, 32, OperationKind::write));
}

TEST(Hazards, AtomicsPassAtomicsButNoLoadOrStore) {
  Hazards hazards;
  hazards.enable(4);
  hazards.enter(to(0, 1, 8, 8, OperationKind::atomic));
  EXPECT_FALSE(hazards.blocked(NodeId(1), 8, 8, OperationKind::atomic));
  EXPECT_TRUE(hazards.blocked(NodeId(1), 8, 8, OperationKind::read));
  EXPECT_TRUE(hazards.blocked(NodeId(1), 8, 8, OperationKind::write));
  hazards.enter(to(1, 1, 16, 8, OperationKind::write));
  EXPECT_FALSE(hazards.blocked(NodeId(1), 8, 8, OperationKind::atomic));
  EXPECT_TRUE(hazards.blocked(NodeId(1), 16, 8, OperationKind::atomic));
}

TEST(Hazards, AFullWindowOfWritesBlocksItsOwnBytesAlone) {
  constexpr std::uint32_t window = 4096;
  Hazards hazards;
  hazards.enable(window);
  for (std::uint32_t i = 0; i < window; ++i) hazards.enter(to(i, 3, i * region_bytes, 256, OperationKind::write));
  for (std::uint64_t i = 0; i < window; ++i) {
    EXPECT_TRUE(hazards.blocked(NodeId(3), i * region_bytes, 1, OperationKind::read));
    EXPECT_FALSE(hazards.blocked(NodeId(3), (window + i) * region_bytes, 256, OperationKind::write));
    EXPECT_FALSE(hazards.blocked(NodeId(4), i * region_bytes, 256, OperationKind::write));
  }
}

TEST(Hazards, RememberExactlyWhatIsUnderWayWhileMuchComesAndGoes) {
  Hazards hazards;
  hazards.enable(64);
  RandomStream random(1, "hazards", "test");
  std::vector<Transaction> open;
  std::vector<std::uint32_t> tags;
  for (std::uint32_t i = 0; i < 64; ++i) tags.push_back(i);
  const auto draw = [&](std::uint32_t tag) {
    const auto offset = random.below(24 * 32) * 8;
    const auto most = region_bytes - offset % region_bytes;
    return to(tag, static_cast<int>(random.below(3)), offset, static_cast<std::uint16_t>(1 + random.below(most)),
              static_cast<OperationKind>(random.below(3)));
  };
  for (int i = 0; i < 30'000; ++i) {
    if (!tags.empty() && random.chance(0.55)) {
      open.push_back(draw(tags.back()));
      tags.pop_back();
      hazards.enter(open.back());
    } else if (!open.empty()) {
      std::swap(open[random.below(open.size())], open.back());
      hazards.leave(open.back());
      tags.push_back(open.back().tag);
      open.pop_back();
    }
    const Transaction asked = draw(0);
    const bool expected = std::any_of(open.begin(), open.end(), [&](const Transaction& t) {
      const bool meets =
          t.target == asked.target && t.offset < asked.offset + asked.bytes && asked.offset < t.offset + t.bytes;
      return meets && !(t.kind == asked.kind && t.kind != OperationKind::write);
    });
    ASSERT_EQ(hazards.blocked(asked.target, asked.offset, asked.bytes, asked.kind), expected) << i;
  }
}

}  // namespace
}  // namespace fs
