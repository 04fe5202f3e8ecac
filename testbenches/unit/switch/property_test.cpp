// SPDX-License-Identifier: Apache-2.0
// Whatever a core's choices are: nothing is lost, reordered or mixed, and sleep and list order change nothing.
#include <gtest/gtest.h>

#include "traffic.hpp"

namespace fs::testing {
namespace {

struct PropertyCase {
  SwitchConfig config;
  Traffic::Shape shape;
};

std::string describe(const SwitchConfig& c) {
  return "queueing " + std::to_string(static_cast<int>(c.queueing)) + " buffer " +
         std::to_string(static_cast<int>(c.buffer)) + " allocator " + std::to_string(static_cast<int>(c.allocator)) +
         "(" + std::to_string(c.iterations) + ") vc_allocation " + std::to_string(static_cast<int>(c.vc_allocation)) +
         " switching " + std::to_string(static_cast<int>(c.switching)) + " speedup " + std::to_string(c.input_speedup) +
         "/" + std::to_string(c.output_speedup) + " pipeline " + std::to_string(c.input_pipeline) + "/" +
         std::to_string(c.output_pipeline) + " peer pool " + std::to_string(c.peer_shared_pool) + " vcs " +
         std::to_string(c.vcs);
}

/// The rest of a case is drawn: buffers, speedups, pipelines, VC maps, load.
PropertyCase draw(Queueing queueing, AllocatorKind allocator, VcAllocation vc_allocation, Switching switching,
                  RandomStream& random) {
  PropertyCase x;
  SwitchConfig& c = x.config;
  const auto coin = [&] { return random.chance(0.5); };
  c = small_config(2 + static_cast<int>(random.below(4)), 2 + static_cast<int>(random.below(4)));
  c.classes = 2;
  c.queueing = queueing;
  c.allocator = allocator;
  c.iterations = 1 + static_cast<int>(random.below(3));
  c.vc_allocation = vc_allocation;
  c.switching = switching;
  x.shape.longest = 1 + static_cast<int>(random.below(4));
  if (switching == Switching::wormhole && queueing != Queueing::vc_fifo) x.shape.longest = 1;
  c.longest_packet = {x.shape.longest, x.shape.longest};
  const int deep = x.shape.longest + static_cast<int>(random.below(4));
  c.depth.assign(static_cast<std::size_t>(c.vcs), coin() ? deep : deep + 3);
  if (coin()) {
    c.buffer = BufferKind::shared_pool;
    c.depth.assign(static_cast<std::size_t>(c.vcs), x.shape.longest);
    c.pool_depth = c.vcs * x.shape.longest + static_cast<int>(random.below(10));
  }
  if (queueing != Queueing::output) {
    if (random.chance(0.3)) c.input_speedup = 2;
    if (random.chance(0.3)) c.output_speedup = 2;
  }
  if (random.chance(0.4)) c.input_pipeline = static_cast<int>(random.below(4));
  if (random.chance(0.4)) c.output_pipeline = static_cast<int>(random.below(4));
  x.shape.peer_depth = x.shape.longest + static_cast<int>(random.below(6));
  if (coin()) {
    c.peer_shared_pool = true;
    c.peer_reserve.assign(static_cast<std::size_t>(c.vcs), 1 + static_cast<int>(random.below(2)));
  }
  // Classes on disjoint VCs; arrivals on VCs that a packet keeps or, sometimes, must leave.
  const std::uint64_t low = 1;
  const std::uint64_t high = first_vcs(c.vcs) & ~low;
  x.shape.class_vcs = {low, high};
  x.shape.source_vcs = coin() ? x.shape.class_vcs : std::vector<std::uint64_t>{high, low};
  x.shape.load = coin() ? 0.9 : 0.2;
  return x;
}

void set_routes(Rig& rig, const PropertyCase& x, std::uint64_t seed) {
  RandomStream random(seed, "routes", "test");
  for (int cls = 0; cls < 2; ++cls) {
    for (int d = 0; d < x.config.destinations; ++d) {
      std::vector<int> outputs;
      for (int o = 0; o < x.config.ports; ++o) {
        if (o == d || random.chance(0.3)) outputs.push_back(o);
      }
      const auto mode = static_cast<RouteMode>(random.below(3));
      rig.route(cls, d, outputs, x.shape.class_vcs[static_cast<std::size_t>(cls)], mode);
    }
  }
}

/// Credits as the neighbours' buffers have them.
void fill(const std::vector<Rig*>& rigs, const PropertyCase& x) {
  const SwitchConfig& c = x.config;
  for (Rig* rig : rigs) {
    if (!c.peer_shared_pool) {
      rig->fill_credits(x.shape.peer_depth);
      continue;
    }
    rig->fill_credits(c.peer_reserve[0]);
    for (int k = 0; k < x.shape.peer_depth; ++k) {
      for (int o = 0; o < c.ports; ++o) rig->credit(o, 0);
      rig->edge();
    }
  }
}

/// One core steps at every edge, one only when asked, one gets its lists in reverse. All show the same pins.
void run(const PropertyCase& x, std::uint64_t seed) {
  Rig always(x.config);
  Rig sleeper(x.config);
  Rig reversed(x.config);
  const std::vector<Rig*> rigs = {&always, &sleeper, &reversed};
  for (Rig* rig : rigs) set_routes(*rig, x, seed);
  fill(rigs, x);
  Traffic traffic(x.config, x.shape, seed);
  int slept = 0;
  int quiet = 0;
  for (int n = 0; n < 4000; ++n) {
    const bool more = n < 250;
    traffic.offer(rigs, more);
    const bool asleep = !sleeper.has_input() && sleeper.wake() > Cycles(sleeper.cycle());
    reversed.reverse_lists();
    const Pins pins = always.edge();
    ASSERT_TRUE(pins == reversed.edge()) << "list order shows at edge " << n;
    if (asleep) {
      ASSERT_TRUE(pins.tx.empty() && pins.rx_credit.empty()) << "slept through edge " << n;
      sleeper.skip();
      ++slept;
    } else {
      ASSERT_TRUE(pins == sleeper.edge()) << "sleep shows at edge " << n;
    }
    traffic.observe(pins);
    if (::testing::Test::HasFatalFailure()) return;
    ASSERT_EQ(traffic.injected(), traffic.left() + always.core().counts().flits_inside);
    const bool drained = !more && traffic.sources_empty() && traffic.injected() == traffic.left();
    quiet = drained ? quiet + 1 : 0;
    if (quiet == 30) break;
  }
  ASSERT_TRUE(traffic.sources_empty());
  ASSERT_EQ(traffic.injected(), traffic.left()) << "flits are stuck";
  ASSERT_EQ(always.core().counts().flits_inside, 0U);
  ASSERT_TRUE(always.core().waiting().empty());
  ASSERT_TRUE(traffic.all_room_back()) << "a buffer slot was never given back";
  ASSERT_GT(traffic.injected(), 20U);
  ASSERT_GT(slept, 0) << "a core with nothing to do stayed awake";
}

void run_all(Queueing queueing, VcAllocation vc_allocation) {
  RandomStream random(11, "cases",
                      std::to_string(static_cast<int>(queueing)) + std::to_string(static_cast<int>(vc_allocation)));
  for (const auto switching : {Switching::cut_through, Switching::wormhole, Switching::store_and_forward}) {
    for (const auto allocator : {AllocatorKind::islip, AllocatorKind::pim, AllocatorKind::wavefront,
                                 AllocatorKind::oldest_first, AllocatorKind::round_robin}) {
      for (std::uint64_t k = 0; k < 12; ++k) {
        const PropertyCase x = draw(queueing, allocator, vc_allocation, switching, random);
        run(x, 100 + k);
        if (::testing::Test::HasFatalFailure()) FAIL() << describe(x.config) << " case " << k;
      }
    }
  }
}

TEST(AnySwitch, KeepsItsPromisesWithVirtualOutputQueues) { run_all(Queueing::voq, VcAllocation::none); }
TEST(AnySwitch, KeepsItsPromisesWithFifos) { run_all(Queueing::vc_fifo, VcAllocation::none); }
TEST(AnySwitch, KeepsItsPromisesWithVcAllocationBefore) {
  run_all(Queueing::vc_fifo, VcAllocation::before);
  run_all(Queueing::voq, VcAllocation::before);
}
TEST(AnySwitch, KeepsItsPromisesWithSpeculation) {
  run_all(Queueing::vc_fifo, VcAllocation::same_cycle);
  run_all(Queueing::voq, VcAllocation::same_cycle);
}
TEST(AnySwitch, KeepsItsPromisesWithOutputQueues) { run_all(Queueing::output, VcAllocation::none); }

}  // namespace
}  // namespace fs::testing
