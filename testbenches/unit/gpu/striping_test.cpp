// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/striping.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace fs {
namespace {

Striper make(Striping striping, std::uint64_t seed = 1) {
  return Striper(striping, 18, 4, RandomStream(seed, "gpu0", "striping"));
}

TEST(Striper, ARegionKeepsItsLinkAndRegionsUseAllLinksAlike) {
  Striper striper = make(Striping::region);
  std::vector<int> uses(18);
  for (std::uint64_t region = 0; region < 18000; ++region) {
    const int link = striper.choose(NodeId(1), region * 256);
    ++uses[static_cast<std::size_t>(link)];
    ASSERT_EQ(striper.choose(NodeId(1), region * 256 + 255), link);
  }
  for (const int n : uses) EXPECT_NEAR(n, 1000, 150);
}

TEST(Striper, ADestinationKeepsItsLink) {
  Striper striper = make(Striping::destination);
  const int link = striper.choose(NodeId(2), 0);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(striper.choose(NodeId(2), i * 4096), link);
}

TEST(Striper, RoundRobinTakesTheAllowedLinksInTurn) {
  Striper striper = make(Striping::round_robin);
  striper.restrict_links(NodeId(3), 0b100110);
  std::vector<int> links;
  for (int i = 0; i < 4; ++i) links.push_back(striper.choose(NodeId(3), 0));
  EXPECT_EQ(links, (std::vector<int>{1, 2, 5, 1}));
}

TEST(Striper, RandomDependsOnItsSeedAlone) {
  Striper a = make(Striping::random), b = make(Striping::random), c = make(Striping::random, 2);
  int differ = 0;
  for (int i = 0; i < 100; ++i) {
    const int link = a.choose(NodeId(1), 0);
    EXPECT_EQ(b.choose(NodeId(1), 0), link);
    differ += c.choose(NodeId(1), 0) != link ? 1 : 0;
  }
  EXPECT_GT(differ, 50);
}

TEST(Striper, WithoutALinkThereIsNoChoice) {
  Striper striper = make(Striping::region);
  striper.restrict_links(NodeId(1), 0);
  EXPECT_EQ(striper.choose(NodeId(1), 0), -1);
}

TEST(Striper, SaysWhichStripingAProtocolsOrderAllows) {
  Profile profile;
  const auto allowed = [&](Striping s) { return striping_problem(s, profile).empty(); };
  EXPECT_TRUE(allowed(Striping::random));
  profile.order = Order::region;
  EXPECT_TRUE(allowed(Striping::region));
  EXPECT_TRUE(allowed(Striping::destination));
  EXPECT_FALSE(allowed(Striping::random));
  EXPECT_FALSE(allowed(Striping::round_robin));
  profile.order = Order::destination;
  EXPECT_FALSE(allowed(Striping::region));
  EXPECT_TRUE(allowed(Striping::destination));
  profile.order = Order::none;
  profile.packets.posted_writes = true;
  EXPECT_FALSE(allowed(Striping::region)) << "nothing would make a load wait for a posted store";
}

}  // namespace
}  // namespace fs
