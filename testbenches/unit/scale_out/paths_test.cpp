// SPDX-License-Identifier: Apache-2.0
// Which way packets take, and how much of a network that leaves.
#include <gtest/gtest.h>

#include "networks.hpp"

namespace fs::test {
namespace {

using Path = EthernetSpec::PathChoice;
using Pattern = NetTrafficSpec::Pattern;

/// Share of the NICs' rate that a permutation across leaves gets.
double permutation_share(ScaleOutSpec spec, Path path) {
  spread(spec, path);
  const int nics = spec.topology.nics;
  NetTrafficSpec flows = traffic(Pattern::permutation, nodes(0, nics));
  flows.shift = nics / spec.topology.leaves;  // nobody stays on its leaf
  flows.bytes = 32 * 1024;
  flows.outstanding = 16;
  ScaleOutRun run(spec, run_of(flows, microseconds(600), microseconds(200)));
  run.run(microseconds(600));
  EXPECT_EQ(run.network().packet_counts().lost(), 0U);
  return goodput(run) * 8 * 4178 / 4096 / (400e9 * nics);
}

/// As many spines as NICs a leaf: all could go at full rate, each on a path of its own. Hashed, flows meet: of n into n
/// one in e paths stays empty; sprayed, none does.
TEST(Paths, HashedFlowsCollideWhereSprayedOnesDoNot) {
  const double hashed = permutation_share(leaf_spine(64, 4, 16), Path::ecmp);
  const double sprayed = permutation_share(leaf_spine(64, 4, 16), Path::spray);
  const double adaptive = permutation_share(leaf_spine(64, 4, 16), Path::adaptive);
  EXPECT_LT(hashed, 0.75);
  EXPECT_GT(hashed, 0.3);
  EXPECT_GT(sprayed, 0.97);
  EXPECT_GT(adaptive, 0.97);
}

TEST(Paths, OversubscriptionBoundsWhatLeavesALeaf) {
  for (const int spines : {2, 4, 8}) {
    EXPECT_NEAR(permutation_share(leaf_spine(64, 4, spines), Path::spray), spines / 16.0, 0.02 * spines / 16.0);
  }
}

TEST(Paths, ThreeLevelsCarryAPermutationToo) {
  ScaleOutSpec spec = leaf_spine(64, 8, 8);
  spec.topology.kind = NetTopologySpec::Kind::clos3;
  spec.topology.pods = 4;
  spec.topology.cores = 2;  // for each of 8 planes: 16 links from a pod's two leaves' worth of NICs
  EXPECT_GT(permutation_share(spec, Path::spray), 0.95);
}

/// A flow keeps its path, so its packets stay in order: go-back-N never goes back.
TEST(Paths, HashingKeepsTheOrderOfAFlow) {
  ScaleOutSpec spec = leaf_spine(32, 4, 8);
  spec.nic.transport.kind = TransportSpec::Kind::go_back_n;
  NetTrafficSpec flows = traffic(Pattern::uniform, nodes(0, 32));
  flows.load = 0.4;
  ScaleOutRun run(spec, run_of(flows, microseconds(300)));
  run.run(microseconds(300));
  EXPECT_GT(run.classes()[0].done(), 1000U);
  EXPECT_EQ(run.network().nics().queue_pairs().sender_counts().rounds, 0U);
  EXPECT_EQ(run.network().nics().queue_pairs().duplicates(), 0U);
}

/// What is merely late is not repeated where the transport knows that packets overtake each other.
TEST(Paths, SprayedPacketsAreNotTakenForLost) {
  ScaleOutSpec spec = leaf_spine(32, 4, 8);
  spread(spec, Path::spray);
  NetTrafficSpec flows = traffic(Pattern::uniform, nodes(0, 32));
  flows.load = 0.6;
  flows.bytes = 1 << 20;
  ScaleOutRun bears(spec, run_of(flows, microseconds(500)));
  bears.run(microseconds(500));
  EXPECT_LT(bears.network().nics().queue_pairs().sender_counts().repeated,
            1 + bears.network().nics().queue_pairs().sender_counts().sent / 1000);
  spec.nic.transport.reorder = 0;
  ScaleOutRun does_not(spec, run_of(flows, microseconds(500)));
  does_not.run(microseconds(500));
  EXPECT_GT(does_not.network().nics().queue_pairs().sender_counts().repeated,
            does_not.network().nics().queue_pairs().sender_counts().sent / 100);
}

/// Switches on rails: the same GPU of another domain is one switch away.
TEST(Paths, RailsKeepEqualGpusNear) {
  ScaleOutSpec spec = leaf_spine(64, 8, 8);
  spec.topology.placement = NetTopologySpec::Placement::rails;
  spec.topology.domain = 8;
  const Femtoseconds same_rail = time_of(spec, NodeId{3}, static_cast<NodeId>(8 + 3), 4096);
  const Femtoseconds other_rail = time_of(spec, NodeId{3}, static_cast<NodeId>(8 + 4), 4096);
  EXPECT_EQ(other_rail - same_rail, 2 * (spec.ethernet.latency + nanoseconds(115)));
}

}  // namespace
}  // namespace fs::test
