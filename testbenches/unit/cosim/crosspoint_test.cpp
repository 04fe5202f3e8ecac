// SPDX-License-Identifier: Apache-2.0
// The worked example of a user's core under random traffic: what must hold of any switch holds of it.
#include <gtest/gtest.h>

#include "cores.hpp"
#include "cosim/verilated_core.hpp"
#include "traffic.hpp"

namespace fs::testing {
namespace {

SwitchConfig crosspoint_config(bool shared_peers) {
  SwitchConfig c = small_config(4, 3);
  c.classes = 2;
  c.buffer = BufferKind::shared_pool;
  c.depth.assign(3, 5);
  c.pool_depth = 24;
  c.longest_packet = {5, 5};
  if (shared_peers) {
    c.peer_shared_pool = true;
    c.peer_reserve.assign(3, 3);
  }
  return c;
}

Traffic::Shape crosspoint_shape(std::uint64_t seed) {
  Traffic::Shape s;
  s.longest = 5;
  s.peer_depth = 6;
  s.load = seed % 2 == 0 ? 0.9 : 0.4;
  s.class_vcs = {1, 6};
  s.source_vcs = {1, 7};  // class 1 sometimes comes on a VC that it may not leave on
  return s;
}

/// Credits as the neighbours of Traffic have room.
void lend(Rig& rig, const SwitchConfig& c, const Traffic::Shape& shape) {
  if (!c.peer_shared_pool) return rig.fill_credits(shape.peer_depth);
  rig.fill_credits(c.peer_reserve[0]);
  for (int k = 0; k < shape.peer_depth; ++k) {
    for (int o = 0; o < c.ports; ++o) rig.credit(o, 0);
    rig.edge();
  }
}

class Crosspoint : public ::testing::TestWithParam<std::tuple<bool, std::uint64_t>> {};

TEST_P(Crosspoint, LosesAndMixesNothing) {
  const auto [shared_peers, seed] = GetParam();
  const SwitchConfig config = crosspoint_config(shared_peers);
  const Traffic::Shape shape = crosspoint_shape(seed);
  auto library = crosspoint_library();
  Rig rig(config, library.make("crosspoint", config).core);
  for (int cls = 0; cls < 2; ++cls) {
    rig.route(cls, 0, {0}, shape.class_vcs[static_cast<std::size_t>(cls)]);
    rig.route(cls, 1, {1, 3}, shape.class_vcs[static_cast<std::size_t>(cls)], RouteMode::hashed);
    rig.route(cls, 2, {0, 2, 3}, shape.class_vcs[static_cast<std::size_t>(cls)], RouteMode::sprayed);
    rig.route(cls, 3, {1, 2, 3}, shape.class_vcs[static_cast<std::size_t>(cls)], RouteMode::adaptive);
  }
  lend(rig, config, shape);
  Traffic traffic(config, shape, seed);
  const int busy = 4000;
  for (int edge = 0; edge < 2 * busy; ++edge) {
    traffic.offer({&rig}, edge < busy);
    traffic.observe(rig.edge());
    if (HasFatalFailure()) FAIL() << "edge " << edge << ", seed " << seed;
  }
  EXPECT_TRUE(traffic.sources_empty());
  EXPECT_EQ(traffic.left(), traffic.injected());
  EXPECT_TRUE(traffic.all_room_back());
  EXPECT_GT(traffic.left(), 4000U);
  EXPECT_EQ(rig.wake(), Cycles::max()) << "it sleeps when all is done";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Crosspoint, ::testing::Combine(::testing::Bool(), ::testing::Values(1, 2, 3, 4)));

}  // namespace
}  // namespace fs::testing
