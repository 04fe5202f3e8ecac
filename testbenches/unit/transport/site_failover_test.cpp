// SPDX-License-Identifier: Apache-2.0
// Waves that are left out when they have been without light: who takes over, when, and that nothing comes twice.
#include <gtest/gtest.h>

#include "site_rig.hpp"
#include "transport/sites/site_network.hpp"

using namespace fs;
using namespace fs::testing;

TEST(SiteNetwork, LeavesOutAWaveWithoutLightAndGivesWhatItHadToOthers) {
  for (const bool reroutes : {false, true}) {
    auto spec = two_cables(2, {cut_at(ms * 5, 60)});
    if (reroutes) spec.rerouting = rerouting(ms * 3, ms);
    SiteNetwork network(spec);
    Listener listener(network);
    for (int m = 0; m < 400; ++m) {
      for (std::size_t g = 0; g < 2; ++g) listener.post(g, 2 + g, mib, Femtoseconds(0));
    }
    listener.run(one_second());
    network.check_end();
    EXPECT_EQ(network.left_out(0), reroutes);
    EXPECT_FALSE(network.left_out(1));
    EXPECT_EQ(network.under_way() == 0, reroutes) << "a cut that nobody repairs";
    EXPECT_EQ(network.gateway(0).rerouted_chunks > 0, reroutes);
    EXPECT_EQ(network.gateway(0).duplicate_chunks, 0) << "what the cut took has come once";
  }
}

/// The interruption: from the last light at the receiver detection, switching, and the word of it back over the glass;
/// then the chunk goes by the other wave.
TEST(SiteNetwork, InterruptsForDetectionSwitchingAndTheWordOfIt) {
  auto spec = two_cables(1, {cut_at(ms * 5, 60)});
  spec.rerouting = rerouting(ms * 3, ms);
  SiteNetwork network(spec);
  Listener listener(network);
  // At 4.8 ms both waves are idle, and the first takes it: it is 39 km on its way when the fibre is cut before it.
  const auto id = listener.post(0, 1, 4096, microseconds(4'800));
  listener.run(ms * 50);
  const double flight = to_nanoseconds(network.wave(0).channel(0).flight());
  const double light_ends = 5e6 + to_nanoseconds(delay_to(spec.waves[0].link.there.line->line(), km(80))) -
                            to_nanoseconds(delay_to(spec.waves[0].link.there.line->line(), km(60)));
  const double again = light_ends + 3e6 + 1e6 + flight;
  const double expected = again + nanoseconds_of(4160, 400) + flight + 2000 + nanoseconds_of(4096, 400);
  ASSERT_EQ(listener.times.size(), 1U);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), expected, nanoseconds_of(4160, 400));
  EXPECT_EQ(network.gateway(0).rerouted_chunks, 1);
}

TEST(SiteNetwork, DropsWhatAWaveBringsThatComesBackTooLate) {
  LightEvent cut = cut_at(ms * 5, 60);
  cut.repair = ms * 20;
  auto spec = two_cables(1, {cut});
  spec.rerouting = rerouting(ms * 3, ms);
  SiteNetwork network(spec);
  Listener listener(network);
  for (int m = 0; m < 2000; ++m) listener.post(0, 1, mib, Femtoseconds(0));
  listener.run(ms * 20);
  EXPECT_TRUE(network.left_out(0));
  const auto given = network.wave(0).counts(0).chunks;
  listener.run(ms * 24);
  EXPECT_EQ(network.wave(0).counts(0).chunks, given) << "left out until a word of the light is back";
  listener.run(one_second());
  EXPECT_FALSE(network.left_out(0));
  EXPECT_GT(network.wave(0).counts(0).chunks, given);
  EXPECT_EQ(network.under_way(), 0U);
  EXPECT_GT(network.gateway(1).duplicate_chunks, 0);
  network.check_end();
}

TEST(SiteNetwork, RoutesAroundACutBetweenTwoSites) {
  auto spec = two_cables(1, {cut_at(ms * 5, 60)});
  spec.waves[1].a = 0;
  spec.waves[1].b = 2;
  spec.sites.resize(3);
  spec.sites[2].name = "middle";
  spec.site_of.push_back(2);
  spec.waves.push_back(spec.waves[1]);
  spec.waves[2].link.name = "third";
  spec.waves[2].a = 2;
  spec.waves[2].b = 1;
  spec.rerouting = rerouting(ms * 3, ms);
  share_receive_buffers(spec);
  EXPECT_EQ(site_routes(spec)[0][1], 1U);
  SiteNetwork network(spec);
  Listener listener(network);
  for (int m = 0; m < 100; ++m) listener.post(0, 1, mib, ms * 4);
  listener.run(one_second());
  EXPECT_EQ(network.under_way(), 0U);
  EXPECT_GT(network.gateway(2).relayed_chunks, 100);
  network.check_end();
}
