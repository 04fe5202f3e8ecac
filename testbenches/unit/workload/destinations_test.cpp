// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/destinations.hpp"

#include <set>
#include <vector>

#include <gtest/gtest.h>

using namespace fs;

namespace {

PatternSpec pattern_of(PatternKind kind, bool self = true) {
  PatternSpec pattern;
  pattern.kind = kind;
  pattern.self = self;
  return pattern;
}

/// Where each node's packets go under a pattern that is a table.
std::vector<int> table_of(const PatternSpec& pattern, int count, std::uint64_t seed = 1) {
  const Destinations destinations(pattern, count, seed);
  RandomStream stream(1, "gpu0.0", "destination");
  std::vector<int> table;
  for (int s = 0; s < count; ++s) table.push_back(static_cast<int>(destinations.pick(static_cast<NodeId>(s), stream)));
  return table;
}

std::vector<int> histogram(const PatternSpec& pattern, int count, int source, int draws) {
  const Destinations destinations(pattern, count, 1);
  RandomStream stream(9, "gpu0.0", "destination");
  std::vector<int> seen(static_cast<std::size_t>(count));
  for (int i = 0; i < draws; ++i) ++seen[index(destinations.pick(static_cast<NodeId>(source), stream))];
  return seen;
}

}  // namespace

TEST(Destinations, UniformReachesEveryNodeEquallyOften) {
  for (const int seen : histogram(pattern_of(PatternKind::uniform), 8, 3, 800'000)) EXPECT_NEAR(seen, 100'000, 1'200);
}

TEST(Destinations, UniformWithoutSelfSharesAmongTheOthers) {
  const auto seen = histogram(pattern_of(PatternKind::uniform, false), 8, 3, 700'000);
  for (int d = 0; d < 8; ++d) EXPECT_NEAR(seen[static_cast<std::size_t>(d)], d == 3 ? 0 : 100'000, d == 3 ? 0 : 1'200);
}

TEST(Destinations, HotspotAddsItsFractionToTheUniformShare) {
  auto pattern = pattern_of(PatternKind::hotspot);
  pattern.hot = {NodeId{2}, NodeId{5}};
  pattern.hot_fraction = 0.4;
  const auto seen = histogram(pattern, 8, 0, 800'000);
  for (int d = 0; d < 8; ++d) {
    const double expected = 800'000 * (0.6 / 8 + (d == 2 || d == 5 ? 0.2 : 0.0));
    EXPECT_NEAR(seen[static_cast<std::size_t>(d)], expected, 1'800);
  }
}

TEST(Destinations, HotNodeWithoutSelfTrafficSendsToTheOthers) {
  auto pattern = pattern_of(PatternKind::hotspot, false);
  pattern.hot = {NodeId{0}};
  pattern.hot_fraction = 1.0;
  EXPECT_EQ(histogram(pattern, 4, 0, 1'000)[0], 0);
  EXPECT_EQ(histogram(pattern, 4, 1, 1'000)[0], 1'000);
}

TEST(Destinations, TransposeSwapsTheCoordinates) {
  EXPECT_EQ(table_of(pattern_of(PatternKind::transpose), 9), (std::vector<int>{0, 3, 6, 1, 4, 7, 2, 5, 8}));
}

TEST(Destinations, BitComplementInvertsEveryAddressBit) {
  EXPECT_EQ(table_of(pattern_of(PatternKind::bit_complement), 8), (std::vector<int>{7, 6, 5, 4, 3, 2, 1, 0}));
}

TEST(Destinations, TornadoGoesJustUnderHalfwayInEachDimension) {
  EXPECT_EQ(table_of(pattern_of(PatternKind::tornado), 8), (std::vector<int>{3, 4, 5, 6, 7, 0, 1, 2}));
  EXPECT_EQ(table_of(pattern_of(PatternKind::tornado), 5), (std::vector<int>{2, 3, 4, 0, 1}));
  auto mesh = pattern_of(PatternKind::tornado);
  mesh.dims = {4, 3};
  // x moves by 1 of 4, y by 1 of 3.
  EXPECT_EQ(table_of(mesh, 12), (std::vector<int>{5, 6, 7, 4, 9, 10, 11, 8, 1, 2, 3, 0}));
}

TEST(Destinations, NeighbourMovesByOneInEachDimension) {
  EXPECT_EQ(table_of(pattern_of(PatternKind::neighbour), 4), (std::vector<int>{1, 2, 3, 0}));
  auto mesh = pattern_of(PatternKind::neighbour);
  mesh.dims = {2, 2};
  EXPECT_EQ(table_of(mesh, 4), (std::vector<int>{3, 2, 1, 0}));
}

TEST(Destinations, PermutationIsOneToOneAndFollowsTheSeed) {
  const auto first = table_of(pattern_of(PatternKind::permutation), 72, 1);
  EXPECT_EQ(std::set<int>(first.begin(), first.end()).size(), 72U);
  EXPECT_EQ(first, table_of(pattern_of(PatternKind::permutation), 72, 1));
  EXPECT_NE(first, table_of(pattern_of(PatternKind::permutation), 72, 2));
}

TEST(Destinations, PermutationWithoutSelfHasNoFixedPoint) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto table = table_of(pattern_of(PatternKind::permutation, false), 5, seed);
    for (int s = 0; s < 5; ++s) EXPECT_NE(table[static_cast<std::size_t>(s)], s);
  }
}

TEST(Destinations, FixedPointsStaySilentWithoutSelf) {
  const Destinations destinations(pattern_of(PatternKind::transpose, false), 4, 1);
  EXPECT_FALSE(destinations.sends(NodeId{0}));
  EXPECT_TRUE(destinations.sends(NodeId{1}));
}

TEST(PatternProblem, RefusesNodeCountsThatDoNotFit) {
  EXPECT_NE(pattern_problem(pattern_of(PatternKind::transpose), 72), "");
  EXPECT_EQ(pattern_problem(pattern_of(PatternKind::transpose), 64), "");
  EXPECT_NE(pattern_problem(pattern_of(PatternKind::bit_complement), 72), "");
  EXPECT_EQ(pattern_problem(pattern_of(PatternKind::bit_complement), 64), "");
  auto mesh = pattern_of(PatternKind::tornado);
  mesh.dims = {8, 8};
  EXPECT_NE(pattern_problem(mesh, 72), "");
  mesh.dims = {8, 9};
  EXPECT_EQ(pattern_problem(mesh, 72), "");
}

TEST(PatternProblem, RefusesPatternsInWhichNobodySends) {
  EXPECT_NE(pattern_problem(pattern_of(PatternKind::uniform, false), 1), "");
  EXPECT_NE(pattern_problem(pattern_of(PatternKind::tornado, false), 2), "");
  EXPECT_EQ(pattern_problem(pattern_of(PatternKind::tornado, true), 2), "");
}
