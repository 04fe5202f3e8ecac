// SPDX-License-Identifier: Apache-2.0
// Transports from NIC to NIC over gateways and waves, against closed forms; and that nothing is lost end to end.
#include "transport/through/through_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "bad_weather.hpp"
#include "site_rig.hpp"
#include "transport/end_to_end/theory.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

constexpr double packet_ns = 4160 * 8 / 400.0;
constexpr double site_ns = 2000;

TransportSpec transport_kind(TransportSpec::Kind kind) {
  TransportSpec spec;
  spec.kind = kind;
  return spec;
}

/// Sites whose NICs have the transport.
SiteNetworkSpec nic_to_nic(SiteNetworkSpec spec, const TransportSpec& transport) {
  spec.transport = transport;
  spec.chunk = transport.packet_bytes();
  for (auto& wave : spec.waves) wave.link.transport = transport;
  share_receive_buffers(spec);
  return spec;
}

SiteNetworkSpec pair_of_nics(Femtoseconds one_way, double loss, const TransportSpec& transport) {
  auto spec = two_sites(1, 1, one_way);
  spec.waves[0].link.there.drop = loss;
  return nic_to_nic(spec, transport);
}

/// Milliseconds from posting to arrival, messages one after the other.
/// `loss`: the share of packets that the wave has lost.
double mean_arrival_ms(const SiteNetworkSpec& spec, std::int64_t bytes, int messages, double& loss) {
  ThroughNetwork network(spec);
  Listener listener(network);
  Femtoseconds at(0);
  for (int m = 0; m < messages; ++m) {
    const auto id = listener.post(0, 1, bytes, at);
    // Until it is there, and known to be.
    while (listener.times.count(id) == 0) listener.run(network.next_event());
    at = listener.times.at(id) + 3 * network.path(NodeId{0}, NodeId{1}).round_trip;
    listener.run(at);
  }
  network.check_end();
  const auto& counts = network.channel(0, 0).counts();
  loss = static_cast<double>(counts.dropped) / static_cast<double>(counts.sent);
  return network.traffic(0, 1).latency.mean() * 1e-12;
}

}  // namespace

TEST(Through, TakesAPacketByNicGatewayWaveGatewayAndNic) {
  ThroughNetwork network(pair_of_nics(microseconds(400), 0, transport_kind(TransportSpec::Kind::selective_repeat)));
  Listener listener(network);
  const auto id = listener.post(0, 1, 4096, Femtoseconds(0));
  listener.run(ms * 10);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), 3 * packet_ns + 2 * site_ns + 400'000, 0.01);
  network.check_end();
}

/// Windows sized by the bandwidth-delay product of the whole way: 32 MiB are ten of them, and never wait for one.
TEST(Through, CompletesWithoutLossWhenItsLastPacketHasCome) {
  for (const auto kind :
       {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat, TransportSpec::Kind::erasure}) {
    ThroughNetwork network(pair_of_nics(microseconds(40), 0, transport_kind(kind)));
    Listener listener(network);
    const auto id = listener.post(0, 1, 32 * mib, Femtoseconds(0));
    listener.run(one_second());
    const std::int64_t packets = 32 * mib / 4096;
    // The last group's parity need not come.
    const std::int64_t parity = kind == TransportSpec::Kind::erasure ? packets / 4 - 8 : 0;
    const double expected = static_cast<double>(packets + parity + 2) * packet_ns + 2 * site_ns + 40'000;
    EXPECT_NEAR(to_nanoseconds(listener.times.at(id)) / expected, 1.0, 0.0005) << static_cast<int>(kind);
    EXPECT_EQ(network.sender_counts().repeated, 0U);
  }
}

TEST(Through, IsBoundByAWindowBelowTheBandwidthDelayProduct) {
  auto transport = transport_kind(TransportSpec::Kind::selective_repeat);
  transport.window = 500;
  transport.acknowledge_every = 1;
  ThroughNetwork network(pair_of_nics(microseconds(400), 0, transport));
  // A packet's way: three wires, the glass and the sites; its acknowledgement's the same, of 64 bytes.
  const double round_trip = 3 * packet_ns + 3 * 64 * 8 / 400.0 + 2 * (400'000 + 2 * site_ns);
  EXPECT_NEAR(flood(network, 100) / (500 * 4096 / round_trip), 1.0, 0.01);
}

/// SDR-RDMA's closed form (theory.hpp) for the whole way, in milliseconds from NIC to NIC.
TEST(Through, CompletesWithLossWithinTwoPercentOfTheory) {
  struct Case {
    std::int64_t bytes;
    double loss;
    int messages;
  };
  for (const Case& c : {Case{mib, 1e-2, 1500}, Case{8 * mib, 1e-3, 300}, Case{128 * kib, 1e-2, 4000}}) {
    const auto spec = pair_of_nics(ms * 5, c.loss, transport_kind(TransportSpec::Kind::selective_repeat));
    RepeatCase repeat;
    repeat.packets = (c.bytes + 4095) / 4096;
    repeat.packet_time = packet_ns * 1e-9;
    repeat.round_trip = (2 * (5e6 + 2 * site_ns) + 3 * packet_ns) * 1e-9;
    repeat.again = repeat.round_trip + repeat.packet_time;
    // Until it has arrived, not until its sender knows: the way back less.
    double loss = 0;
    const double mean = mean_arrival_ms(spec, c.bytes, c.messages, loss);
    EXPECT_NEAR(loss / c.loss, 1.0, 4 / std::sqrt(c.loss * static_cast<double>(c.messages * repeat.packets)));
    repeat.loss = loss;
    const double theory = 1e3 * (selective_repeat_time(repeat) - (5e6 + 2 * site_ns) * 1e-9);
    EXPECT_NEAR(mean / theory, 1.0, 0.02) << c.bytes << " at " << c.loss << ": " << mean << " ms";
  }
}

TEST(Through, GoesBackOverTheWholeWay) {
  auto spec = pair_of_nics(microseconds(100), 1e-3, transport_kind(TransportSpec::Kind::go_back_n));
  ThroughNetwork network(spec);
  const double rate = flood(network, 2000);
  const double window = go_back_n_window((2 * (100'000 + 2 * site_ns) + 2 * packet_ns) * 1e-9, packet_ns * 1e-9,
                                         3 * 64 * 8 / 400e9, false);
  const double loss = static_cast<double>(network.channel(0, 0).counts().dropped) /
                      static_cast<double>(network.channel(0, 0).counts().sent);
  EXPECT_NEAR(rate / (50.0 * 4096 / 4160 * go_back_n_efficiency(loss, window)), 1.0, 0.02);
}

TEST(Through, FillsItsWavesHashedOrSprayed) {
  auto transport = transport_kind(TransportSpec::Kind::selective_repeat);
  for (const bool spray : {false, true}) {
    transport.reorder = spray ? 32 : 0;
    auto spec = nic_to_nic(two_sites(8, 2, microseconds(400)), transport);
    spec.spray_waves = spray;
    ThroughNetwork network(spec);
    // Hashed, pairs fall on waves by chance: here 3 and 5, so the fuller one is busy when the other has finished.
    const double rate = flood(network, 60);
    if (spray) {
      EXPECT_NEAR(rate, 100.0 * 4096 / 4160, 2.5);
    } else {
      EXPECT_GT(rate, 50.0);
      EXPECT_EQ(network.duplicates(), 0U) << "a pair keeps to its wave";
    }
    EXPECT_EQ(network.sender_counts().repeated, 0U);
  }
}

namespace {

/// 16 NICs before one wave, and a gateway that holds a few packets of each.
SiteNetworkSpec narrow(FlowControl flow) {
  auto transport = transport_kind(TransportSpec::Kind::selective_repeat);
  auto spec = nic_to_nic(two_sites(16, 1, microseconds(100), flow), transport);
  spec.sites[0].gateway.buffer = nic_headroom(spec, 0) + mib;
  return spec;
}

}  // namespace

TEST(Through, LosesNothingAtAGatewayByCreditsOrPauses) {
  for (const auto flow : {FlowControl::credits, FlowControl::pfc}) {
    ThroughNetwork network(narrow(flow));
    EXPECT_NEAR(flood(network, 40) / (50.0 * 4096 / 4160), 1.0, 0.02);
    EXPECT_EQ(network.gateway(0).dropped_chunks, 0U);
    EXPECT_EQ(network.sender_counts().repeated, 0U);
    EXPECT_EQ(network.gateway(0).pauses > 0, flow == FlowControl::pfc);
  }
}

TEST(Through, RepairsFromNicToNicWhatALossyGatewayDrops) {
  ThroughNetwork network(narrow(FlowControl::lossy));
  flood(network, 5);
  EXPECT_GT(network.gateway(0).dropped_chunks, 0U);
  EXPECT_GE(network.sender_counts().repeated, network.gateway(0).dropped_chunks);
}

namespace {

/// Four GPUs send to one, over four waves: 200 GB/s towards a NIC of 50, and little room before it.
SiteNetworkSpec funnel(FlowControl flow) {
  auto transport = transport_kind(TransportSpec::Kind::selective_repeat);
  transport.reorder = 32;
  transport.timeout = ms * 20;
  auto spec = two_sites(4, 4, microseconds(100), flow);
  spec.spray_waves = true;
  spec.sites[1].gateway.receive = 4 * 12'000'000;  // headroom of a wave: 200 us at 50 GB/s, 10 MB
  return nic_to_nic(spec, transport);
}

}  // namespace

TEST(Through, LosesNothingBehindAWaveByCreditsOrPauses) {
  for (const auto flow : {FlowControl::credits, FlowControl::pfc, FlowControl::lossy}) {
    auto spec = funnel(flow);
    // The four windows hold 4 x 10 MB and more; lossy, less than that has room.
    if (flow == FlowControl::lossy) {
      for (auto& wave : spec.waves) wave.link.room[1] = 4'000'000;
    }
    ThroughNetwork network(spec);
    send_to_one(network, 100);
    EXPECT_EQ(overflowed(network) > 0, flow == FlowControl::lossy);
    if (flow == FlowControl::lossy) {
      EXPECT_GT(network.sender_counts().repeated, 0U);
    }
  }
}

/// What the fibre loses has used up credit, which nobody would ever give back: told, it comes back.
TEST(Through, KeepsItsCreditsOverAFibreThatLosesPackets) {
  auto transport = transport_kind(TransportSpec::Kind::selective_repeat);
  auto spec = two_sites(2, 1, microseconds(100), FlowControl::credits);
  spec.waves[0].link.there.drop = 0.01;
  spec.sites[1].gateway.receive = 16'000'000;
  spec = nic_to_nic(spec, transport);
  ThroughNetwork network(spec);
  const double rate = flood(network, 1500);  // 3 GB, of which 31 MB are lost: twice the room
  EXPECT_GT(network.channel(0, 0).counts().dropped * 4160, 25'000'000U);
  EXPECT_GT(rate, 0.9 * 50.0 * 4096 / 4160);
}

TEST(Through, GoesAroundACutAndRepairsWhatItTook) {
  for (const bool reroutes : {false, true}) {
    LightEvent cut = cut_at(ms * 5, 60);
    cut.repair = ms * 40;
    auto spec = two_cables(4, {cut});
    if (reroutes) spec.rerouting = rerouting(ms * 3, ms);
    spec = nic_to_nic(spec, transport_kind(TransportSpec::Kind::selective_repeat));
    ThroughNetwork network(spec);
    Listener listener(network);
    for (int m = 0; m < 300; ++m) {
      for (std::size_t g = 0; g < 4; ++g) listener.post(g, 4 + g, mib, Femtoseconds(0));
    }
    listener.run(ms * 20);
    const auto dark = network.channel(0, 0).counts().dark;
    EXPECT_GT(dark, 0U);
    listener.run(ms * 39);
    // Rerouted, nobody sends into the dark any more.
    EXPECT_EQ(network.channel(0, 0).counts().dark == dark, reroutes);
    listener.run(one_second() * 10);
    EXPECT_EQ(listener.times.size(), 1200U);
    EXPECT_GE(network.sender_counts().repeated, dark);
    network.check_end();
  }
}

TEST(Through, RelaysOverAThirdSite) {
  ThroughNetwork network(nic_to_nic(sites_with_a_middle(), transport_kind(TransportSpec::Kind::selective_repeat)));
  Listener listener(network);
  const auto id = listener.post(0, 1, 4096, Femtoseconds(0));
  listener.run(ms * 10);
  EXPECT_NEAR(to_nanoseconds(listener.times.at(id)), 404'000 + 4 * packet_ns, 0.01);
  EXPECT_GE(network.gateway(2).relayed_chunks, 1);
  network.check_end();
}

class ThroughAnyWeather : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ThroughAnyWeather, DeliversEachMessageOnce) {
  const std::uint64_t seed = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  RandomStream draws(seed, "through", "case");
  const FlowControl flows[] = {FlowControl::credits, FlowControl::pfc, FlowControl::lossy};
  auto spec = two_sites(3, 1 + draws.below(3), Femtoseconds(0), flows[draws.below(3)]);
  const double kilometres = 20 + draws.unit() * 200;
  for (auto& site : spec.waves) {
    auto& link = site.link;
    link.there = wave(link.name + "t", seed, draws, kilometres);
    link.back = wave(link.name + "b", seed, draws, kilometres);
  }
  TransportSpec transport = transport_of(draws);
  spec.spray_waves = transport.kind == TransportSpec::Kind::selective_repeat && draws.chance(0.5);
  if (spec.spray_waves) transport.reorder = 32;
  spec.in_order = draws.chance(0.5);
  if (draws.chance(0.7)) {
    spec.rerouting = rerouting(microseconds(static_cast<std::int64_t>(100 + draws.below(5'000))),
                               microseconds(static_cast<std::int64_t>(draws.below(1'000))));
  }
  spec = nic_to_nic(spec, transport);
  for (auto& site : spec.sites) {
    site.gateway.buffer = nic_headroom(spec, 0) + static_cast<std::int64_t>(10'000 + draws.below(8'000'000));
    site.gateway.receive = 30'000'000 + static_cast<std::int64_t>(draws.below(20'000'000));
  }
  share_receive_buffers(spec);
  std::size_t where = 0;
  ASSERT_EQ(buffer_problem(spec, where), "");
  std::string digests[2];
  for (int fine = 0; fine < 2; ++fine) {  // however it is advanced
    RandomStream posts(seed, "through", "posts");
    ThroughNetwork network(spec);
    Listener listener(network);
    Femtoseconds at(0);
    for (int m = 0; m < 40; ++m) {
      at += microseconds(static_cast<std::int64_t>(posts.below(500)));
      const auto from = posts.below(6);
      listener.post(from, (from + 1 + posts.below(5)) % 6, 1 + static_cast<std::int64_t>(posts.below(1'000'000)), at);
    }
    for (Femtoseconds t = at; fine == 1 && t < at + ms * 3; t += nanoseconds(7'770)) listener.run(t);
    listener.run(one_second() * 60);
    EXPECT_EQ(listener.times.size(), 40U);
    network.check_end();
    digests[fine] = network.digest().hex();
  }
  EXPECT_EQ(digests[0], digests[1]);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ThroughAnyWeather, ::testing::Range<std::uint64_t>(1, 31));
