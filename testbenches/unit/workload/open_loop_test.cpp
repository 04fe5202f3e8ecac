// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/open_loop.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

using namespace fs;

namespace {

OpenLoopSpec bernoulli(double load) {
  OpenLoopSpec spec;
  spec.load = load;
  return spec;
}

OpenLoopSpec bursty(double load, double on_rate, double mean_on) {
  auto spec = bernoulli(load);
  spec.process = {ProcessKind::bursty, on_rate, mean_on};
  return spec;
}

bool same(const NewPacket& a, const NewPacket& b) {
  return a.created == b.created && a.dst == b.dst && a.length_flits == b.length_flits && a.kind_index == b.kind_index;
}

/// Flits per cycle over `cycles`, averaged over `sources` sources.
double measured_load(const OpenLoopSpec& spec, std::int64_t cycles, int sources) {
  const OpenLoopPlan plan(spec, 16, 3);
  double flits = 0;
  for (int link = 0; link < sources; ++link) {
    OpenLoopSource source(plan, NodeId{1}, link);
    while (source.next_created() < Cycles(cycles)) flits += source.take().length_flits;
  }
  return flits / static_cast<double>(cycles) / sources;
}

}  // namespace

TEST(OpenLoop, BernoulliOffersTheLoadAskedFor) {
  for (const double load : {0.001, 0.1, 0.5, 0.9, 1.0}) {
    constexpr double cycles = 4e6;
    const double sigma = std::sqrt(load * (1 - load) / cycles);
    EXPECT_NEAR(measured_load(bernoulli(load), 1'000'000, 4), load, 3.5 * sigma + 1e-9);
  }
}

TEST(OpenLoop, PacketMixKeepsTheLoadInFlits) {
  auto spec = bernoulli(0.6);
  spec.packets = {{1, 3, "request"}, {5, 1, "response"}};
  // Per cycle: p packets of mean 2, mean square 7; variance of flits p (7 - 4 p).
  const double p = 0.3, sigma = std::sqrt(p * (7 - 4 * p) / 4e6);
  EXPECT_NEAR(measured_load(spec, 1'000'000, 4), 0.6, 3.5 * sigma);
}

TEST(OpenLoop, PacketLengthsComeInTheirShares) {
  auto spec = bernoulli(0.5);
  spec.packets = {{1, 0.5, ""}, {2, 0.3, ""}, {9, 0.2, ""}};
  const OpenLoopPlan plan(spec, 16, 3);
  OpenLoopSource source(plan, NodeId{0}, 0);
  int seen[3] = {};
  for (int i = 0; i < 200'000; ++i) {
    const auto packet = source.take();
    ASSERT_EQ(packet.length_flits, spec.packets[packet.kind_index].flits);
    ++seen[packet.kind_index];
  }
  for (int k = 0; k < 3; ++k) {
    const double w = spec.packets[static_cast<std::size_t>(k)].weight;
    EXPECT_NEAR(seen[k], 200'000 * w, 3.5 * std::sqrt(200'000 * w * (1 - w)));
  }
}

TEST(OpenLoop, BurstyKeepsTheMeanLoad) {
  // Variance of the number created in T cycles of an on/off Markov source, alpha = P(off to on), beta = P(on to off):
  // T (q r - q^2 r^2 + 2 q (1 - q) r^2 c / (1 - c)), q = alpha / (alpha + beta), c = 1 - alpha - beta, r the on rate.
  for (const auto& [load, r, on] : {std::tuple{0.3, 1.0, 20.0}, {0.5, 0.8, 50.0}, {0.05, 1.0, 4.0}}) {
    const double q = load / r, beta = 1 / on, alpha = beta * q / (1 - q), c = 1 - alpha - beta;
    const double variance = q * r - q * q * r * r + 2 * q * (1 - q) * r * r * c / (1 - c);
    EXPECT_NEAR(measured_load(bursty(load, r, on), 2'000'000, 4), load, 3.5 * std::sqrt(variance / 8e6));
  }
}

TEST(OpenLoop, BurstsHaveTheMeanLengthAskedFor) {
  // On rate 1, single flits: an on period is a run of consecutive cycles, unless two on periods touch; an off period
  // lasts at least one cycle, so they never do.
  const OpenLoopPlan plan(bursty(0.25, 1.0, 12.0), 16, 8);
  OpenLoopSource source(plan, NodeId{0}, 0);
  double runs = 0, packets = 0;
  std::int64_t previous = -5;
  for (; runs < 100'000; ++packets) {
    const auto created = source.take().created.value();
    if (created != previous + 1) ++runs;
    previous = created;
  }
  EXPECT_NEAR(packets / runs, 12.0, 3.5 * std::sqrt(12.0 * 11.0 / runs));
}

TEST(OpenLoop, IsOnInTheFirstCycleAsOftenAsLater) {
  const OpenLoopPlan plan(bursty(0.25, 1.0, 12.0), 16, 1);
  int first = 0;
  for (int link = 0; link < 40'000; ++link) first += OpenLoopSource(plan, NodeId{0}, link).next_created() == Cycles(0);
  EXPECT_NEAR(first, 10'000, 3.5 * std::sqrt(40'000 * 0.25 * 0.75));
}

TEST(OpenLoop, LazyTakingGivesThePacketsOfEagerGeneration) {
  auto spec = bursty(0.4, 0.9, 10.0);
  spec.packets = {{1, 1, ""}, {4, 1, ""}};
  const OpenLoopPlan plan(spec, 16, 3);
  OpenLoopSource lazy(plan, NodeId{2}, 1), eager(plan, NodeId{2}, 1);
  std::vector<NewPacket> queue;
  while (eager.next_created() < Cycles(20'000)) queue.push_back(eager.take());
  // The link takes a packet only every seventh cycle: far behind creation at the end.
  std::size_t next = 0;
  for (std::int64_t now = 0; now < 20'000; ++now) {
    if (now % 7 == 0 && lazy.next_created() <= Cycles(now)) {
      ASSERT_TRUE(same(lazy.take(), queue[next++]));
    }
    if (now % 1000 != 0) continue;
    std::uint64_t created = 0, waiting = 0;
    for (std::size_t i = 0; i < queue.size() && queue[i].created <= Cycles(now); ++i) {
      ++created;
      if (i >= next) waiting += queue[i].length_flits;
    }
    EXPECT_EQ(lazy.created_until(Cycles(now)), created);
    EXPECT_EQ(lazy.flits_waiting_until(Cycles(now)), waiting);
  }
  EXPECT_GT(queue.size(), next + 100);
}

TEST(OpenLoop, DependsOnSeedNodeAndLinkAlone) {
  const OpenLoopPlan plan(bernoulli(0.5), 16, 3), again(bernoulli(0.5), 16, 3), other(bernoulli(0.5), 16, 4);
  OpenLoopSource a(plan, NodeId{0}, 0), b(again, NodeId{0}, 0);
  OpenLoopSource c(other, NodeId{0}, 0), d(plan, NodeId{1}, 0), e(plan, NodeId{0}, 1);
  int differs[3] = {};
  for (int i = 0; i < 100; ++i) {
    const auto packet = a.take();
    ASSERT_TRUE(same(packet, b.take()));
    differs[0] += !same(packet, c.take());
    differs[1] += !same(packet, d.take());
    differs[2] += !same(packet, e.take());
  }
  for (const int n : differs) EXPECT_GT(n, 50);
}

TEST(OpenLoop, IsTheSameWithEveryCompiler) {
  auto spec = bursty(0.3, 0.7, 20.0);
  spec.packets = {{1, 1, ""}, {4, 2.5, ""}};
  spec.pattern.kind = PatternKind::hotspot;
  spec.pattern.hot = {NodeId{4}};
  spec.pattern.hot_fraction = 0.1;
  const OpenLoopPlan plan(spec, 72, 1);
  OpenLoopSource source(plan, NodeId{7}, 3);
  std::uint64_t digest = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto packet = source.take();
    digest = mix64(digest + static_cast<std::uint64_t>(packet.created.value()) * 1'000'000 + index(packet.dst) * 100 +
                   packet.length_flits);
  }
  EXPECT_EQ(digest, 6946757787697461552U) << "g++ 12 and clang++ 14 gave this";
}

TEST(OpenLoop, NodesThatAreNoSourceNeverSend) {
  auto spec = bernoulli(0.5);
  spec.sources = {NodeId{3}};
  const OpenLoopPlan plan(spec, 16, 3);
  EXPECT_EQ(OpenLoopSource(plan, NodeId{0}, 0).next_created(), Cycles::max());
  EXPECT_EQ(OpenLoopSource(plan, NodeId{0}, 0).created_until(Cycles::max()), 0U);
  EXPECT_LT(OpenLoopSource(plan, NodeId{3}, 0).next_created(), Cycles(100));
}

TEST(ProcessProblem, RefusesLoadsAndBurstsThatCannotBe) {
  EXPECT_NE(process_problem({}, 0.0, 1), "");
  EXPECT_NE(process_problem({}, 1.1, 1), "");
  EXPECT_EQ(process_problem({}, 1.0, 1), "");
  EXPECT_NE(process_problem({ProcessKind::bursty, 0.3, 10}, 0.5, 1), "") << "on rate below the load";
  EXPECT_NE(process_problem({ProcessKind::bursty, 1.0, 2}, 0.9, 1), "") << "off periods below one cycle";
  EXPECT_EQ(process_problem({ProcessKind::bursty, 1.0, 20}, 0.9, 1), "");
}
