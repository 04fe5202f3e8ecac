// SPDX-License-Identifier: Apache-2.0
// Pipelines around a core are on its pins what pipelines inside it are.
#include "cosim/pipelined_core.hpp"

#include <gtest/gtest.h>

#include "traffic.hpp"

namespace fs::testing {
namespace {

SwitchConfig config_with(int before, int behind) {
  SwitchConfig c = small_config(4, 2);
  c.input_pipeline = before;
  c.output_pipeline = behind;
  return c;
}

Traffic::Shape shape() {
  Traffic::Shape s;
  s.class_vcs = {3};
  s.source_vcs = {3};
  return s;
}

class Pipelines : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Pipelines, OutsideAreAsInside) {
  const auto [before, behind] = GetParam();
  const SwitchConfig inside = config_with(before, behind);
  Rig one(inside);
  Rig other(inside, std::make_unique<cosim::PipelinedCore>(make_model_core(config_with(0, 0)), 4, before, behind));
  one.route_straight();
  other.route_straight();
  one.fill_credits(6);
  other.fill_credits(6);
  Traffic traffic(inside, shape(), 5);
  for (int edge = 0; edge < 3000; ++edge) {
    traffic.offer({&one, &other}, edge < 2500);
    const Pins pins = one.edge();
    ASSERT_EQ(pins, other.edge()) << "edge " << edge;
    ASSERT_EQ(one.core().counts().flits_inside, other.core().counts().flits_inside);
    traffic.observe(pins);
  }
  EXPECT_GT(traffic.left(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(Depths, Pipelines,
                         ::testing::Values(std::tuple(1, 0), std::tuple(0, 1), std::tuple(3, 2), std::tuple(133, 10)));

TEST(PipelinedCore, SleepsUntilWhatIsUnderWayIsDue) {
  Rig rig(config_with(0, 0), std::make_unique<cosim::PipelinedCore>(make_model_core(config_with(0, 0)), 4, 5, 7));
  rig.route_straight();
  rig.fill_credits(4);
  rig.edge();
  rig.rx(0, 0, flit_of(1, 2, 0, 1));
  const std::int64_t sampled = rig.cycle();
  rig.edge();
  EXPECT_EQ(rig.wake().value(), sampled + 5);
  while (rig.cycle() < sampled + 5) rig.skip();
  rig.edge();
  EXPECT_EQ(rig.wake().value(), sampled + 6) << "now the core has work";
  rig.edge();
  EXPECT_EQ(rig.wake().value(), sampled + 13);
  while (rig.cycle() < sampled + 13) rig.skip();
  EXPECT_EQ(rig.edge().tx.size(), 1U);
  EXPECT_EQ(rig.wake(), Cycles::max());
}

}  // namespace
}  // namespace fs::testing
