// SPDX-License-Identifier: Apache-2.0
// VcRouterCore is ModelCore, faster: in lockstep under random traffic they agree on every pin at every edge, on when
// they want to be stepped again, and on everything a report asks for.
#include <gtest/gtest.h>

#include "switch/model/general/make_model_core.hpp"
#include "switch/model/router/vc_router_core.hpp"
#include "traffic.hpp"

namespace fs::testing {
namespace {

struct RouterCase {
  SwitchConfig config;
  Traffic::Shape shape;
};

RouterCase draw(RandomStream& random, int ports) {
  RouterCase x;
  SwitchConfig& c = x.config;
  c = small_config(ports, 2 + static_cast<int>(random.below(3)));
  c.classes = 2;
  c.queueing = Queueing::vc_fifo;
  c.vc_allocation = VcAllocation::before;
  c.switching = Switching::wormhole;
  c.output_pipeline = static_cast<int>(random.below(4));
  x.shape.longest = 1 + static_cast<int>(random.below(4));
  c.longest_packet = {x.shape.longest, x.shape.longest};
  for (int& depth : c.depth) depth = 1 + static_cast<int>(random.below(9));
  x.shape.peer_depth = 1 + static_cast<int>(random.below(6));
  const bool apart = random.chance(0.5);  // two VC masks, or one for all
  const std::uint64_t all = first_vcs(c.vcs);
  x.shape.class_vcs = {apart ? 1 : all, apart ? all & ~1ULL : all};
  x.shape.source_vcs = {all, all};
  x.shape.load = random.chance(0.5) ? 0.9 : 0.2;
  return x;
}

void set_routes(const std::vector<Rig*>& rigs, const RouterCase& x, std::uint64_t seed) {
  for (Rig* rig : rigs) {
    RandomStream random(seed, "routes", "test");
    const bool adaptive = random.chance(0.3);
    for (int cls = 0; cls < 2; ++cls) {
      for (int d = 0; d < x.config.destinations; ++d) {
        std::vector<int> outputs;
        for (int o = 0; o < x.config.ports; ++o) {
          if (o == d || random.chance(0.2)) outputs.push_back(o);
        }
        const auto mode = static_cast<RouteMode>(random.below(adaptive ? 3 : 2));
        rig->route(cls, d, outputs, x.shape.class_vcs[static_cast<std::size_t>(cls)], mode);
      }
    }
  }
}

void expect_same_state(Rig& one, Rig& other, const SwitchConfig& c) {
  const CoreCounts a = one.core().counts();
  const CoreCounts b = other.core().counts();
  ASSERT_EQ(a.flits_inside, b.flits_inside);
  ASSERT_EQ(a.requests, b.requests);
  ASSERT_EQ(a.grants, b.grants);
  ASSERT_EQ(one.core().waiting(), other.core().waiting());
  for (int p = 0; p < c.ports; ++p) {
    for (int v = 0; v < c.vcs; ++v) {
      const auto port = static_cast<PortId>(p);
      const auto vc = static_cast<VcId>(v);
      ASSERT_EQ(one.core().occupancy(port, vc), other.core().occupancy(port, vc));
      ASSERT_EQ(one.core().credits(port, vc), other.core().credits(port, vc));
    }
  }
}

/// Returns the flits that went through.
std::uint64_t run(const RouterCase& x, std::uint64_t seed, int edges) {
  Rig fast(x.config, make_vc_router_core(x.config));
  Rig plain(x.config, make_plain_core_4(x.config));
  const std::vector<Rig*> rigs = {&fast, &plain};
  set_routes(rigs, x, seed);
  for (Rig* rig : rigs) rig->fill_credits(x.shape.peer_depth);
  Traffic traffic(x.config, x.shape, seed);
  for (int n = 0; n < edges; ++n) {
    traffic.offer(rigs, n < edges / 2);
    const Pins pins = plain.edge();
    EXPECT_TRUE(pins == fast.edge()) << "pins differ at edge " << n;
    EXPECT_EQ(plain.wake(), fast.wake()) << "at edge " << n;
    traffic.observe(pins);
    if (n % 16 == 0) expect_same_state(fast, plain, x.config);
    if (::testing::Test::HasFailure()) return 0;
    if (n == edges / 4 && seed % 4 == 0) {
      // Both lose everything, as the neighbours would not know; what comes after is a new beginning.
      for (Rig* rig : rigs) rig->core().reset();
      expect_same_state(fast, plain, x.config);
      return traffic.left() + run(x, seed + 1, edges);
    }
  }
  return traffic.left();
}

TEST(VcRouter, IsTheModelInEveryCycle) {
  RandomStream random(5, "cases", "vc router");
  std::uint64_t flits = 0;
  for (std::uint64_t k = 0; k < 120; ++k) {
    const RouterCase x = draw(random, 2 + static_cast<int>(random.below(6)));
    ASSERT_TRUE(VcRouterCore<1>::takes(x.config));
    flits += run(x, k, 600);
    if (HasFailure()) FAIL() << "case " << k << ", " << x.config.ports << " ports, " << x.config.vcs << " VCs";
  }
  EXPECT_GT(flits, 50000U);
}

TEST(VcRouter, IsTheModelBeyondSixtyFourPorts) {
  RandomStream random(6, "cases", "vc router");
  std::uint64_t flits = 0;
  for (std::uint64_t k = 0; k < 4; ++k) {
    const RouterCase x = draw(random, 65 + static_cast<int>(random.below(64)));
    ASSERT_FALSE(VcRouterCore<1>::takes(x.config));
    flits += run(x, 1 + 2 * k, 300);
    if (HasFailure()) FAIL() << "case " << k << ", " << x.config.ports << " ports";
  }
  EXPECT_GT(flits, 5000U);
}

TEST(VcRouter, LeavesOtherConfigurationsToTheModel) {
  const auto refused = [](auto&& change) {
    RandomStream random(7, "cases", "vc router");
    SwitchConfig c = draw(random, 4).config;
    change(c);
    return make_vc_router_core(c) == nullptr;
  };
  EXPECT_FALSE(refused([](SwitchConfig&) {}));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.vcs = 5; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.ports = 129; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.queueing = Queueing::voq; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.buffer = BufferKind::shared_pool; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.allocator = AllocatorKind::wavefront; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.iterations = 2; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.vc_allocation = VcAllocation::none; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.switching = Switching::cut_through; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.input_speedup = 2; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.output_speedup = 2; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.input_pipeline = 1; }));
  EXPECT_TRUE(refused([](SwitchConfig& c) { c.peer_shared_pool = true; }));
}

TEST(VcRouter, RefusesNeighboursThatBreakTheProtocol) {
  RandomStream random(8, "cases", "vc router");
  SwitchConfig c = draw(random, 4).config;
  c.depth.assign(c.depth.size(), 2);
  const auto rig = [&] {
    auto r = std::make_unique<Rig>(c, make_vc_router_core(c));
    r->route_straight();
    return r;
  };
  auto body = rig();
  body->rx(1, 0, flit_of(1, 2, 1, 3));
  EXPECT_THROW(body->edge(), InvariantError);
  auto head = rig();
  head->rx(1, 0, flit_of(1, 2, 0, 3));
  head->edge();
  head->rx(1, 0, flit_of(2, 2, 0, 3));
  EXPECT_THROW(head->edge(), InvariantError);
  auto vc = rig();
  vc->rx(1, c.vcs, flit_of(1, 2, 0, 1));
  EXPECT_THROW(vc->edge(), InvariantError);
  auto overrun = rig();
  for (std::uint32_t k = 0; k < 2; ++k) {
    overrun->rx(1, 0, flit_of(k, 2, 0, 1));
    overrun->edge();
  }
  overrun->rx(1, 0, flit_of(3, 2, 0, 1));
  EXPECT_THROW(overrun->edge(), InvariantError);
}

}  // namespace
}  // namespace fs::testing
