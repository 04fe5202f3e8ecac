// SPDX-License-Identifier: Apache-2.0
#include "workload/streams/stream_master.hpp"

#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "ideal_network.hpp"

using namespace fs;

namespace {

constexpr int fabric_size = 8;

StreamSpec stream_of(StreamKind kind, std::vector<NodeId> sources = {NodeId{0}}) {
  StreamSpec spec;
  spec.name = "s";
  spec.kind = kind;
  spec.sources = std::move(sources);
  spec.window = kind == StreamKind::pointer_chase ? 1 : 4;
  spec.footprint = Bytes(64 * 128);
  spec.count = 200;
  return spec;
}

struct Issue {
  NodeId source;
  Access access;
  Femtoseconds time;
};

struct Run {
  std::vector<Issue> issues;
  Femtoseconds end{};
  bool finished = false;
  std::size_t most_outstanding = 0;
};

Run run(const StreamSpec& spec, Femtoseconds until = Femtoseconds::max(), std::uint64_t seed = 1) {
  Run result;
  IdealNetwork network(usual_latency);
  for (const auto source : spec.sources) network.add(source, make_stream_master(spec, source, fabric_size, seed));
  network.issued = [&](NodeId source, const Access& access, Femtoseconds now) {
    result.issues.push_back({source, access, now});
    result.most_outstanding = std::max(result.most_outstanding, network.master(0).outstanding());
  };
  result.end = network.run(until);
  result.finished = network.finished();
  return result;
}

}  // namespace

TEST(Streams, ReadWalksItsFootprintAtEachTargetInTurn) {
  const auto result = run(stream_of(StreamKind::read));
  ASSERT_EQ(result.issues.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    const auto& access = result.issues[i].access;
    EXPECT_EQ(access.op, AccessOp::read);
    EXPECT_EQ(index(access.target), 1 + i % 7) << "all others in turn";
    EXPECT_EQ(access.offset, i / 7 % 64 * 128);
    EXPECT_EQ(access.bytes, 128U);
  }
}

TEST(Streams, WindowBoundsWhatIsOutstandingAndSetsTheRate) {
  const auto result = run(stream_of(StreamKind::read));
  EXPECT_TRUE(result.finished);
  EXPECT_EQ(result.most_outstanding, 4U);
  EXPECT_EQ(result.end, usual_latency * 50) << "200 accesses, four a round trip";
}

TEST(Streams, PointerChaseMeetsEverySlotOnceARound) {
  auto spec = stream_of(StreamKind::pointer_chase);
  spec.target_set = TargetSet::next;
  spec.count = 128;
  const auto result = run(spec);
  EXPECT_EQ(result.most_outstanding, 1U);
  EXPECT_EQ(result.end, usual_latency * 128) << "each load waits for the one before";
  std::set<std::uint64_t> first;
  std::size_t consecutive = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    first.insert(result.issues[i].access.offset);
    EXPECT_EQ(result.issues[i].access.offset, result.issues[i + 64].access.offset) << "the walk is one cycle";
    consecutive += i > 0 && result.issues[i].access.offset == result.issues[i - 1].access.offset + 128;
  }
  EXPECT_EQ(first.size(), 64U);
  EXPECT_LT(consecutive, 8U) << "a walk that a prefetcher could follow is no pointer chase";
}

TEST(Streams, SourcesHaveRegionsOfTheirOwnUnlessShared) {
  auto spec = stream_of(StreamKind::write, {NodeId{2}, NodeId{5}});
  spec.target_set = TargetSet::list;
  spec.targets = {NodeId{7}};
  std::map<NodeId, std::set<std::uint64_t>> seen;
  for (const auto& issue : run(spec).issues) seen[issue.source].insert(issue.access.offset);
  EXPECT_EQ(*seen[NodeId{2}].rbegin(), 63 * 128U);
  EXPECT_EQ(*seen[NodeId{5}].begin(), 64 * 128U);
  EXPECT_EQ(*seen[NodeId{5}].rbegin() + 128, spec.memory_end());
  spec.shared = true;
  seen.clear();
  for (const auto& issue : run(spec).issues) seen[issue.source].insert(issue.access.offset);
  EXPECT_EQ(seen[NodeId{2}], seen[NodeId{5}]);
}

TEST(Streams, CopyStoresWhatItLoadedAfterItCame) {
  for (const auto direction : {CopyDirection::pull, CopyDirection::push}) {
    auto spec = stream_of(StreamKind::copy);
    spec.direction = direction;
    const auto result = run(spec);
    EXPECT_TRUE(result.finished);
    ASSERT_EQ(result.issues.size(), 400U);
    std::size_t loads = 0, stores = 0;
    for (const auto& issue : result.issues) {
      const bool load = issue.access.op == AccessOp::read;
      ++(load ? loads : stores);
      ASSERT_LE(stores, loads);
      EXPECT_EQ(issue.access.target == NodeId{0}, load == (direction == CopyDirection::push)) << "the near end";
      EXPECT_TRUE(load || issue.time >= usual_latency);
    }
    EXPECT_EQ(result.end, usual_latency * 100) << "four pairs per two round trips";
  }
}

TEST(Streams, RandomAccessHasItsShareOfLoadsAndSpreadsOverTheSlots) {
  auto spec = stream_of(StreamKind::random);
  spec.read_share = 0.75;
  spec.count = 64'000;
  spec.target_order = TargetOrder::random;
  double loads = 0;
  std::map<std::uint64_t, int> slots;
  std::map<NodeId, int> targets;
  for (const auto& issue : run(spec).issues) {
    loads += issue.access.op == AccessOp::read;
    ++slots[issue.access.offset];
    ++targets[issue.access.target];
  }
  EXPECT_NEAR(loads, 48'000, 3.5 * std::sqrt(12'000.0));
  ASSERT_EQ(slots.size(), 64U);
  double chi2 = 0;
  for (const auto& slot : slots) chi2 += (slot.second - 1000.0) * (slot.second - 1000.0) / 1000.0;
  EXPECT_LT(chi2, 113.0) << "99.99 % of chi-square with 63 degrees of freedom";
  ASSERT_EQ(targets.size(), 7U);
  for (const auto& target : targets) EXPECT_NEAR(target.second, 64'000 / 7.0, 320);
}

TEST(Streams, AtomicsAreSmallAndAligned) {
  auto spec = stream_of(StreamKind::atomic);
  spec.access = Bytes(8);
  for (const auto& issue : run(spec).issues) {
    ASSERT_EQ(issue.access.op, AccessOp::atomic);
    ASSERT_EQ(issue.access.bytes, 8U);
    ASSERT_EQ(issue.access.offset % 8, 0U);
  }
}

TEST(Streams, RegularPaceOffersItsRateExactly) {
  auto spec = stream_of(StreamKind::read);
  spec.rate = BitsPerSecond(8 * 128 * 3'000'000LL);  // three million accesses a second: 1 s / 3e6 does not divide
  spec.count = 0;
  spec.start = nanoseconds(500);
  const auto result = run(spec, microseconds(1000));
  EXPECT_NEAR(static_cast<double>(result.issues.size()), 3000, 2);
  const auto first = result.issues.front().time;
  EXPECT_GE(first, spec.start);
  EXPECT_LT(first, spec.start + nanoseconds(334));
  EXPECT_EQ(result.issues[2400].time - first, microseconds(800)) << "no drift";
  EXPECT_FALSE(result.finished) << "no count: never done";
}

TEST(Streams, PoissonPaceHasTheMeanAndTheSpreadOfExponentialIntervals) {
  auto spec = stream_of(StreamKind::read);
  spec.rate = BitsPerSecond(8 * 128 * 1'000'000LL);
  spec.pacing = Pacing::poisson;
  spec.window = 1000;
  spec.count = 100'000;
  const auto result = run(spec);
  double sum = 0, squares = 0;
  for (std::size_t i = 1; i < result.issues.size(); ++i) {
    const double gap = to_nanoseconds(result.issues[i].time - result.issues[i - 1].time);
    sum += gap;
    squares += gap * gap;
  }
  EXPECT_NEAR(sum / 1e5, 1000, 3.5 * 1000 / std::sqrt(1e5));
  EXPECT_NEAR(squares / sum, 2000, 50) << "E[x^2] / E[x] of an exponential";
}

TEST(Streams, WhatAFullWindowHoldsBackKeepsTheTimeItWasWanted) {
  auto spec = stream_of(StreamKind::read);
  spec.window = 1;
  spec.rate = BitsPerSecond(8 * 128 * 2'000'000LL);  // wanted every 500 ns, served every 1000
  const auto result = run(spec);
  const auto& last = result.issues.back();
  EXPECT_EQ(last.access.due - result.issues.front().access.due, nanoseconds(500) * 199);
  EXPECT_EQ(last.time - result.issues.front().time, usual_latency * 199);
}

TEST(Streams, FailedAccessesFreeTheWindowAndAreCounted) {
  for (const auto kind : {StreamKind::read, StreamKind::copy}) {
    const auto spec = stream_of(kind);
    IdealNetwork network(usual_latency);
    network.add(NodeId{0}, make_stream_master(spec, NodeId{0}, fabric_size, 1));
    network.succeeds = [](const Access& access) { return access.target != NodeId{3}; };
    network.run();
    EXPECT_TRUE(network.finished());
    EXPECT_EQ(network.master(0).failed(), 29U) << "the third of seven targets";
    EXPECT_EQ(network.master(0).outstanding(), 0U);
  }
}

TEST(Streams, FollowTheSeedAlone) {
  auto spec = stream_of(StreamKind::random);
  spec.target_order = TargetOrder::random;
  const auto a = run(spec), b = run(spec), c = run(spec, Femtoseconds::max(), 2);
  std::size_t differs = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    ASSERT_EQ(a.issues[i].access.offset, b.issues[i].access.offset);
    ASSERT_EQ(a.issues[i].access.target, b.issues[i].access.target);
    differs += a.issues[i].access.offset != c.issues[i].access.offset;
  }
  EXPECT_GT(differs, 150U);
}

TEST(Streams, AreTheSameWithEveryCompiler) {
  auto spec = stream_of(StreamKind::random);
  spec.rate = BitsPerSecond(8 * 128 * 1'000'000LL);
  spec.pacing = Pacing::poisson;
  spec.read_share = 0.5;
  std::uint64_t digest = 0;
  for (const auto& issue : run(spec).issues) {
    digest = mix64(digest + static_cast<std::uint64_t>(issue.time.value()) + issue.access.offset * 8 +
                   index(issue.access.target) * 2 + static_cast<std::uint64_t>(issue.access.op));
  }
  EXPECT_EQ(digest, 3592824451445319275U) << "g++ 12 and clang++ 14 gave this";
}

TEST(TargetsOf, BeginsBehindTheSourceSoThatSourcesDoNotMeet) {
  auto spec = stream_of(StreamKind::read);
  EXPECT_EQ(targets_of(spec, NodeId{6}, 4 + 4).front(), NodeId{7});
  EXPECT_EQ(targets_of(spec, NodeId{7}, 8),
            (std::vector<NodeId>{NodeId{0}, NodeId{1}, NodeId{2}, NodeId{3}, NodeId{4}, NodeId{5}, NodeId{6}}));
  spec.target_set = TargetSet::all;
  EXPECT_EQ(targets_of(spec, NodeId{1}, 3), (std::vector<NodeId>{NodeId{1}, NodeId{2}, NodeId{0}}));
  spec.target_set = TargetSet::local;
  EXPECT_EQ(targets_of(spec, NodeId{1}, 3), (std::vector<NodeId>{NodeId{1}}));
  spec.target_set = TargetSet::next;
  EXPECT_EQ(targets_of(spec, NodeId{2}, 3), (std::vector<NodeId>{NodeId{0}}));
}

TEST(PermutationWalk, IsOneToOneForAnyCount) {
  for (const std::uint64_t count : {1, 2, 3, 5, 64, 100, 1023}) {
    const PermutationWalk walk(count, RandomStream(1, "gpu0", "walk"));
    std::set<std::uint64_t> seen;
    for (std::uint64_t i = 0; i < count; ++i) seen.insert(walk.at(i));
    EXPECT_EQ(seen.size(), count);
    EXPECT_LT(*seen.rbegin(), count);
  }
}
