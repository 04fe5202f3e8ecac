// SPDX-License-Identifier: Apache-2.0
// Recipes of cores, and the shapes that scenarios ask of them.
#include "cosim/library/recipe.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/error.hpp"
#include "cores.hpp"
#include "cosim/library/shape.hpp"
#include "rig.hpp"

namespace fs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& name, const std::string& text) {
  try {
    cosim::read_recipe(recipe_file(name, text) / (name + ".yaml"));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(Recipe, SaysWhereItIsWrong) {
  EXPECT_THAT(refusal("wrong_key", "top: a\nsources: [" RTL_FOLDER "/relay.sv]\nsauce: b\n"),
              AllOf(HasSubstr("wrong_key.yaml:4:"), HasSubstr("sauce")));
  EXPECT_THAT(refusal("wrong_file", "top: a\nsources: [nowhere.sv]\n"),
              AllOf(HasSubstr("wrong_file.yaml:3:11"), HasSubstr("nowhere.sv")));
  EXPECT_THAT(refusal("wrong_parameter", "top: a\nsources: [" RTL_FOLDER "/relay.sv]\nparameters: [NumPort]\n"),
              AllOf(HasSubstr("wrong_parameter.yaml:4:"), HasSubstr("NumPorts")));
}

TEST(Recipe, HasDefaults) {
  const auto folder = recipe_file("plain", "top: relay\nsources: [" RTL_FOLDER "/relay.sv]\n");
  const auto recipe = cosim::read_recipe(folder / "plain.yaml");
  EXPECT_EQ(recipe.latency, 1);
  EXPECT_FALSE(recipe.rtl_profile);
  EXPECT_TRUE(recipe.parameters.empty());
}

TEST(Shape, FollowsTheConfiguration) {
  SwitchConfig c = small_config(72, 3);
  c.buffer = BufferKind::shared_pool;
  c.depth = {32, 0, 255};
  c.pool_depth = 768;
  c.peer_shared_pool = true;
  c.peer_reserve = {1, 2, 3};
  EXPECT_EQ(cosim::parameter_value("NumPorts", c), "72");
  EXPECT_EQ(cosim::parameter_value("Reserve", c), "48'h00ff00000020");
  EXPECT_EQ(cosim::parameter_value("PeerReserve", c), "48'h000300020001");
  EXPECT_EQ(cosim::parameter_value("PoolDepth", c), "768");
  EXPECT_EQ(cosim::parameter_value("LongestPacket", c), "4");
  c.buffer = BufferKind::private_queues;
  EXPECT_EQ(cosim::parameter_value("PoolDepth", c), "287");
}

TEST(Shape, NamesDifferWhereParametersDo) {
  const SwitchConfig c = small_config(4, 2);
  SwitchConfig d = c;
  d.output_pipeline = 1;
  const std::vector<std::string> all = cosim::known_parameters();
  EXPECT_NE(cosim::shape_name(c, cosim::shape_of(c, all)), cosim::shape_name(d, cosim::shape_of(d, all)));
  EXPECT_EQ(cosim::shape_name(c, cosim::shape_of(c, {"NumPorts"})),
            cosim::shape_name(d, cosim::shape_of(d, {"NumPorts"})));
}

TEST(CoreLibrary, SaysWhichCoresThereAre) {
  auto library = library_with("plain", "top: relay\nsources: [" RTL_FOLDER "/relay.sv]\n");
  EXPECT_EQ(library.problem("model"), "");
  EXPECT_EQ(library.problem("plain"), "");
  EXPECT_EQ(library.problem("lockstep(plain)"), "");
  EXPECT_THAT(library.problem("plane"), AllOf(HasSubstr("no core 'plane'"), HasSubstr("model"), HasSubstr("plain")));
  EXPECT_THAT(library.problem("lockstep(plane)"), HasSubstr("plane"));
  EXPECT_THAT(library.problem("../plain"), HasSubstr("no core"));
}

TEST(CoreLibrary, AsksForTheProfileWhereTheModelStandsBeside) {
  auto library = library_with("plain", "top: relay\nsources: [" RTL_FOLDER "/relay.sv]\n");
  EXPECT_FALSE(library.needs_rtl_profile("model"));
  EXPECT_FALSE(library.needs_rtl_profile("plain"));
  EXPECT_TRUE(library.needs_rtl_profile("lockstep(plain)"));
}

TEST(CoreLibrary, TellsWhyACoreCannotBeBuilt) {
  auto library = library_with("broken", "top: broken\nsources: [" RTL_FOLDER "/broken.sv]\n");
  try {
    library.build("broken", small_config(2, 1));
    FAIL() << "it was built";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("core 'broken'"), HasSubstr("broken.sv:"), HasSubstr("build.log")));
  }
}

}  // namespace
}  // namespace fs::testing
