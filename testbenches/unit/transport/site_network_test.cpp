// SPDX-License-Identifier: Apache-2.0
// Messages between sites: how long they take, what limits them, and that none is lost.
#include "transport/sites/site_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "bad_weather.hpp"
#include "site_rig.hpp"
#include "transport/carrier/group_carrier.hpp"
#include "transport/carrier/plain_carrier.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

double bulk(const SiteNetworkSpec& spec, int messages, std::vector<std::uint64_t>* order = nullptr) {
  SiteNetwork network(spec);
  return flood(network, messages, order);
}

}  // namespace

TEST(SiteNetwork, TakesAMessageByNicGatewayWaveGatewayAndNic) {
  const auto spec = two_sites(1, 1, microseconds(400));
  SiteNetwork network(spec);
  Listener listener(network);
  const auto id = listener.post(0, 1, 4096, Femtoseconds(0));
  listener.run(ms * 10);
  // One chunk: on the NIC's wire, 2 us; a packet on the wave, its flight; out of the port, 2 us, taken at the NIC's
  // rate.
  const double expected =
      nanoseconds_of(4096, 400) + 2000 + nanoseconds_of(4160, 400) + 400'000 + 2000 + nanoseconds_of(4096, 400);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), expected, 1);
  network.check_end();
}

TEST(SiteNetwork, KeepsMessagesOfOneSiteInside) {
  const auto spec = two_sites(2, 1, microseconds(400));
  SiteNetwork network(spec);
  Listener listener(network);
  const auto id = listener.post(0, 1, mib, Femtoseconds(0));
  listener.run(ms);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), nanoseconds_of(mib, 400) + 2000, 1);
  EXPECT_EQ(network.traffic(0, 0).delivered, 1U);
}

TEST(SiteNetwork, FillsItsWaves) {
  // Eight NICs of 50 GB/s before two waves of 50 GB/s, of which headers take 64 of 4160 bytes.
  EXPECT_NEAR(bulk(two_sites(8, 2, microseconds(400)), 40), 100.0 * 4096 / 4160, 2.0);
}

TEST(SiteNetwork, IsBoundByTheBufferThatKeepsWhatIsNotKnownToHaveArrived) {
  auto spec = two_sites(4, 1, ms);
  spec.sites[0].gateway.buffer = 20 * mib;  // a round trip of 400 Gb/s is 100 MB
  const double round_trip_ns = 2'000'000 + 2 * 2000 / 2.0;
  EXPECT_NEAR(bulk(spec, 160), 20.0 * mib / round_trip_ns, 0.05 * 20.0 * mib / round_trip_ns);
}

TEST(SiteNetwork, IsBoundByCreditsForTheReceiveBuffer) {
  auto spec = two_sites(4, 1, ms);
  spec.sites[1].gateway.receive = 20 * mib;
  share_receive_buffers(spec);
  const double bound = 20.0 * mib / 2'000'000;
  EXPECT_NEAR(bulk(spec, 160), bound, 0.05 * bound);
}

TEST(SiteNetwork, IsBoundByTheMemoryOfItsGateway) {
  auto spec = two_sites(4, 4, microseconds(400));
  spec.sites[0].gateway.on_chip = 0;
  spec.sites[0].gateway.memory = BitsPerSecond(480'000'000'000);  // 60 GB/s, written and read: 30 through it
  EXPECT_NEAR(bulk(spec, 60), 30.0, 0.5);
}

namespace {

/// Four GPUs of site 0 send to one GPU of site 1, over four waves: 200 GB/s towards a NIC of 50.
std::unique_ptr<SiteNetwork> incast(const SiteNetworkSpec& spec) {
  auto network = std::make_unique<SiteNetwork>(spec);
  send_to_one(*network, 20);
  return network;
}

std::uint64_t pauses(const SiteNetwork& network) {
  std::uint64_t count = 0;
  for (std::size_t w = 0; w < network.spec().waves.size(); ++w) count += network.wave(w).counts(0).pauses;
  return count;
}

SiteNetworkSpec tight(FlowControl flow) {
  auto spec = two_sites(4, 4, microseconds(100), flow);
  spec.sites[1].gateway.receive = 4 * 12'000'000;  // headroom of a wave: 200 us at 50 GB/s, 10 MB
  share_receive_buffers(spec);
  return spec;
}

}  // namespace

TEST(SiteNetwork, LosesNothingWithCredits) {
  const auto network = incast(tight(FlowControl::credits));
  EXPECT_EQ(overflowed(*network), 0U);
  EXPECT_GT(network->wave(0).counts(0).starved, Femtoseconds(0));
}

TEST(SiteNetwork, LosesNothingWithPausesAndTheirHeadroom) {
  const auto network = incast(tight(FlowControl::pfc));
  EXPECT_EQ(overflowed(*network), 0U);
  EXPECT_GT(pauses(*network), 0U);
}

TEST(SiteNetwork, OverflowsWithHalfTheHeadroomAndItsTransportMakesThatGood) {
  auto spec = tight(FlowControl::pfc);
  for (auto& wave : spec.waves) wave.link.xoff[1] = wave.link.room[1] - 5'000'000;
  const auto network = incast(spec);
  EXPECT_GT(overflowed(*network), 0U);
}

TEST(SiteNetwork, OverflowsWithoutFlowControlAndItsTransportMakesThatGood) {
  EXPECT_GT(overflowed(*incast(tight(FlowControl::lossy))), 0U);
}

TEST(SiteNetwork, PausesTheNicsOfItsSite) {
  auto spec = two_sites(16, 1, microseconds(100), FlowControl::pfc);
  spec.sites[0].gateway.buffer = nic_headroom(spec, 0) + 4 * mib;
  SiteNetwork network(spec);
  Listener listener(network);
  for (int m = 0; m < 20; ++m) {
    for (std::size_t g = 0; g < 16; ++g) listener.post(g, 16 + g, mib, Femtoseconds(0));
  }
  listener.run(one_second());
  EXPECT_EQ(network.under_way(), 0U);
  EXPECT_GT(network.gateway(0).pauses, 0U);
  EXPECT_EQ(network.gateway(0).dropped_chunks, 0U);
  EXPECT_GT(network.gateway(0).buffer_high_water, 4 * mib);
}

TEST(SiteNetwork, SendsAgainWhatALossyGatewayHadNoRoomFor) {
  auto spec = two_sites(16, 1, microseconds(100), FlowControl::lossy);
  spec.sites[0].gateway.buffer = 4 * mib;
  SiteNetwork network(spec);
  Listener listener(network);
  for (std::size_t g = 0; g < 16; ++g) listener.post(g, 16 + g, 4 * mib, Femtoseconds(0));
  listener.run(one_second());
  EXPECT_EQ(network.under_way(), 0U);
  EXPECT_GT(network.gateway(0).dropped_chunks, 0U);
  network.check_end();
}

TEST(SiteNetwork, DeliversInOrderWhereAsked) {
  auto spec = two_sites(1, 4, microseconds(100));
  for (auto& wave : spec.waves) wave.link.there.drop = wave.link.back.drop = 0.01;
  std::vector<std::uint64_t> order;
  bulk(spec, 50, &order);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  spec.in_order = true;
  bulk(spec, 50, &order);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(SiteNetwork, FindsTheShortestWayAndRelays) {
  const auto spec = sites_with_a_middle();
  EXPECT_EQ(site_routes(spec)[0][1], 2U);
  EXPECT_EQ(one_way_delay(spec, 0, 1), microseconds(404));
  SiteNetwork network(spec);
  Listener listener(network);
  const auto id = listener.post(0, 1, 4096, Femtoseconds(0));
  listener.run(ms * 10);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), 404'000 + 4 * nanoseconds_of(4160, 400), 5);
  EXPECT_EQ(network.gateway(2).relayed_chunks, 1);
  network.check_end();
}

TEST(SiteNetwork, LosesToACutOnlyWhatWasOnTheFibre) {
  auto spec = two_sites(4, 1, Femtoseconds(0));
  LightEvent cut = cut_at(ms * 5, 60);
  cut.repair = ms * 20;
  auto& link = spec.waves[0].link;
  link.there.line = line("cut", 80, {cut});
  link.back.line = line("cut back", 80, {});
  share_receive_buffers(spec);
  SiteNetwork network(spec);
  Listener listener(network);
  for (int m = 0; m < 100; ++m) {
    for (std::size_t g = 0; g < 4; ++g) listener.post(g, 4 + g, mib, Femtoseconds(0));
  }
  listener.run(ms * 5);
  const auto sent = network.wave(0).channel(0).counts().sent;
  listener.run(one_second() * 2);
  EXPECT_EQ(network.under_way(), 0U);
  network.check_end();
  // Lost: what had not passed the place of the cut, 60 of 80 km away, and what was sent until senders noticed, which is
  // no more than the window; then probes of the dark.
  const auto& counts = network.wave(0).channel(0).counts();
  EXPECT_GT(sent, 0U);
  EXPECT_GT(counts.dark, 3000U);
  EXPECT_EQ(counts.lost(), counts.dark);
}

TEST(SiteNetwork, DoesTheSameHoweverItIsAdvanced) {
  auto spec = two_sites(4, 3, microseconds(100));
  for (auto& wave : spec.waves) wave.link.there.drop = wave.link.back.drop = 0.01;
  Digest digests[2];
  for (int fine = 0; fine < 2; ++fine) {
    SiteNetwork network(spec);
    Listener listener(network);
    for (std::size_t g = 0; g < 8; ++g) listener.post(g, 7 - g, 3 * mib, microseconds(10));
    if (fine == 1) {
      for (Femtoseconds t = microseconds(10); t < ms * 3; t += nanoseconds(777)) listener.run(t);
    }
    listener.run(one_second());
    EXPECT_EQ(network.under_way(), 0U);
    digests[fine] = network.digest();
  }
  EXPECT_EQ(digests[0].hex(), digests[1].hex());
}

TEST(SiteNetwork, TakesACarrierForEachSite) {
  const auto spec = two_sites(2, 1, microseconds(100));
  const auto digest_of = [&](std::unique_ptr<MessageCarrier> inside) {
    SiteNetwork network(spec, std::move(inside));
    Listener listener(network);
    for (std::size_t g = 0; g < 4; ++g) listener.post(g, (g + 1) % 4, mib, microseconds(1));
    listener.run(one_second());
    EXPECT_EQ(network.under_way(), 0U);
    return network.digest().hex();
  };
  std::vector<std::unique_ptr<MessageCarrier>> carriers;
  for (const auto& site : spec.sites) {
    PlainCarrier::Spec plain;
    plain.rates = {site.nic.rate, site.nic.rate, site.gateway.port};
    plain.group_of = {0, 0, 0};
    plain.latencies = {site.nic.latency};
    carriers.push_back(std::make_unique<PlainCarrier>(plain));
  }
  const std::vector<std::size_t> groups{0, 0, 1, 1, 0, 1};
  EXPECT_EQ(digest_of(std::make_unique<GroupCarrier>(groups, std::move(carriers))), digest_of(nullptr));
}

class SitesInAnyWeather : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SitesInAnyWeather, DeliverEachMessageOnce) {
  const std::uint64_t seed = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomStream draws(seed, "sites", "case");
  const FlowControl flows[] = {FlowControl::credits, FlowControl::pfc, FlowControl::lossy};
  auto spec = two_sites(3, 1 + draws.below(3), Femtoseconds(0), flows[draws.below(3)]);
  const double kilometres = 20 + draws.unit() * 200;
  for (auto& site : spec.waves) {
    auto& link = site.link;
    link.there = wave(link.name + "t", seed, draws, kilometres);
    link.back = wave(link.name + "b", seed, draws, kilometres);
    constexpr TransportSpec::Kind kinds[] = {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat,
                                             TransportSpec::Kind::erasure};
    link.transport.kind = kinds[draws.below(3)];
    link.transport.negative_acknowledgement = draws.chance(0.7);
  }
  spec.in_order = draws.chance(0.5);
  if (draws.chance(0.7)) {
    spec.rerouting = rerouting(microseconds(static_cast<std::int64_t>(100 + draws.below(5'000))),
                               microseconds(static_cast<std::int64_t>(draws.below(1'000))));
    spec.rerouting.wait_to_restore = microseconds(static_cast<std::int64_t>(draws.below(3'000)));
  }
  for (auto& site : spec.sites) {
    site.gateway.buffer = nic_headroom(spec, 0) + static_cast<std::int64_t>(draws.below(8'000'000));
    site.gateway.receive = 30'000'000 + static_cast<std::int64_t>(draws.below(20'000'000));
  }
  share_receive_buffers(spec);
  std::size_t where = 0;
  ASSERT_EQ(buffer_problem(spec, where), "");
  SiteNetwork network(spec);
  Listener listener(network);
  Femtoseconds at(0);
  const int messages = 40;
  for (int m = 0; m < messages; ++m) {
    at += microseconds(static_cast<std::int64_t>(draws.below(500)));
    const auto from = draws.below(6);
    listener.post(from, (from + 1 + draws.below(5)) % 6, 1 + static_cast<std::int64_t>(draws.below(1'000'000)), at);
  }
  listener.run(one_second() * 60);
  EXPECT_EQ(listener.times.size(), static_cast<std::size_t>(messages));
  EXPECT_EQ(network.under_way(), 0U);
  network.check_end();
}

INSTANTIATE_TEST_SUITE_P(Seeds, SitesInAnyWeather, ::testing::Range<std::uint64_t>(1, 25));
