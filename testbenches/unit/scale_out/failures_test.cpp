// SPDX-License-Identifier: Apache-2.0
// Cables that are cut: what is lost, until when, and that transports make it good.
#include <gtest/gtest.h>

#include "common/random.hpp"
#include "networks.hpp"

namespace fs::test {
namespace {

using Pattern = NetTrafficSpec::Pattern;

std::size_t link_named(const ScaleOutSpec& spec, const std::string& name) {
  const auto names = make_topology(spec.topology).port_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i / 2;
  }
  ADD_FAILURE() << "no link " << name;
  return 0;
}

void cut(ScaleOutSpec& spec, const std::string& name, Femtoseconds at, Femtoseconds to = Femtoseconds::max()) {
  spec.failures.push_back({link_named(spec, name), {at, to}});
}

void reroute(ScaleOutSpec& spec, Femtoseconds detection, Femtoseconds switching) {
  spec.rerouting = default_line_recovery(LineRecovery::Kind::rerouting);
  spec.rerouting.detection = detection;
  spec.rerouting.switching = switching;
}

constexpr auto down = static_cast<std::size_t>(NetDrop::link_down);
constexpr auto no_way = static_cast<std::size_t>(NetDrop::no_way);
constexpr auto switch_down = static_cast<std::size_t>(NetDrop::switch_down);

NetNodeId node_named(const ScaleOutSpec& spec, const std::string& name) {
  const NetGraph graph = make_topology(spec.topology);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name) return static_cast<NetNodeId>(i);
  }
  ADD_FAILURE() << "no node " << name;
  return NetNodeId{};
}

void kill(ScaleOutSpec& spec, const std::string& name, Femtoseconds at, Femtoseconds to = Femtoseconds::max()) {
  spec.switch_failures.push_back({node_named(spec, name), {at, to}});
}

/// Eight NICs a leaf send to those of the other over four spines.
NetRunSpec ring(Femtoseconds duration, Femtoseconds warmup = Femtoseconds(0)) {
  NetTrafficSpec flows = traffic(Pattern::permutation, nodes(0, 16));
  flows.shift = 8;
  flows.bytes = 65'536;
  flows.outstanding = 4;
  return run_of(flows, duration, warmup);
}

ScaleOutSpec two_leaves(EthernetSpec::PathChoice path) {
  ScaleOutSpec spec = leaf_spine(16, 2, 8);
  spread(spec, path);
  // Sprayed, a loss at the end of what is under way shows to nobody but the timer.
  spec.nic.transport.timeout = microseconds(100);
  return spec;
}

}  // namespace

TEST(Failures, TakeWhatIsOnTheCableAndNothingElse) {
  ScaleOutSpec spec = one_switch(2);
  spec.topology.nic_link.flight = microseconds(100);
  spec.nic.transport.acknowledge_every = 1;
  // 64 packets of 83.56 ns leave from 0.4 us on. At 50 us all are on the first cable, at 150 us on the second.
  for (const bool second : {false, true}) {
    ScaleOutSpec broken = spec;
    cut(broken, second ? "nic1->switch0" : "nic0->switch0", microseconds(second ? 150 : 50), microseconds(300));
    ScaleOutNetwork network(broken);
    Deliveries deliveries;
    network.report_to(deliveries);
    network.post(CarriedMessage{1, NodeId{0}, NodeId{1}, Bytes(262'144)}, Femtoseconds(0));
    network.advance(microseconds(299));
    EXPECT_EQ(network.packet_counts().dropped[down], 65U);  // and the probe behind them
    network.advance(Femtoseconds::max());
    EXPECT_EQ(deliveries.at.size(), 1U);
    network.check_conservation();
  }
}

TEST(Failures, EndWithReroutingToAsManyWaysAsAreLeft) {
  ScaleOutSpec spec = two_leaves(EthernetSpec::PathChoice::spray);
  cut(spec, "leaf0->spine3", microseconds(100));
  reroute(spec, microseconds(50), microseconds(150));
  ScaleOutRun run(spec, ring(microseconds(2'000), microseconds(1'000)));
  run.run(microseconds(100));
  EXPECT_EQ(run.network().packet_counts().lost(), 0U);
  run.run(microseconds(300));
  const auto lost = run.network().packet_counts().dropped[down];
  // An eighth of eight NICs' packets, each way, for 200 us of 83.56 ns: 4787, if losses slowed nobody.
  EXPECT_GT(lost, 500U);
  EXPECT_LT(lost, 4900U);
  run.run(microseconds(2'000));
  // What was queued for the dead cable when routes changed goes after it; nothing later.
  EXPECT_LE(run.network().packet_counts().dropped[down], lost + 50);
  EXPECT_EQ(run.network().packet_counts().lost(), run.network().packet_counts().dropped[down]);
  // Seven of eight ways are left to both leaves.
  EXPECT_NEAR(goodput(run) / (16 * 50e9 * 4096 / 4178), 7.0 / 8, 0.02);
}

TEST(Failures, HoldHashedFlowsUpUntilReroutedAndNoOthers) {
  ScaleOutSpec spec = two_leaves(EthernetSpec::PathChoice::ecmp);
  cut(spec, "spine2->leaf1", microseconds(100));
  std::uint64_t slowest[2] = {};
  for (const bool reroutes : {false, true}) {
    if (reroutes) reroute(spec, microseconds(50), microseconds(150));
    ScaleOutRun run(spec, ring(microseconds(20'000), microseconds(10'000)));
    run.run(microseconds(20'000));
    std::uint64_t least = ~0ULL;
    for (const auto bytes : run.classes()[0].bytes()) least = std::min(least, bytes);
    slowest[reroutes ? 1 : 0] = least;
    EXPECT_GT(goodput(run), 0.3 * 16 * 50e9);
  }
  EXPECT_EQ(slowest[0], 0U) << "who is hashed onto a dead cable gets nothing through";
  EXPECT_GT(slowest[1], 50'000'000U);
}

TEST(Failures, LeaveNoWayWhereNoneIs) {
  ScaleOutSpec spec = leaf_spine(4, 2, 1);
  cut(spec, "leaf0->spine0", microseconds(10), microseconds(500));
  reroute(spec, microseconds(1), microseconds(1));
  ScaleOutNetwork network(spec);
  Deliveries deliveries;
  network.report_to(deliveries);
  network.advance(microseconds(20));
  network.post(CarriedMessage{1, NodeId{0}, NodeId{2}, Bytes(4096)}, microseconds(20));
  network.advance(microseconds(400));
  EXPECT_EQ(network.packet_counts().dropped[no_way], 2U);  // the packet and its probe
  EXPECT_EQ(network.packet_counts().dropped[down], 0U);
  network.advance(Femtoseconds::max());
  EXPECT_EQ(deliveries.at.size(), 1U) << "sent again by its timer, when the cable is back";
}

/// Two NICs fill the wire of a third: what the switch has queued dies with it, to the packet, and so does what is on
/// its cables and in its pipeline.
TEST(Failures, OfASwitchTakeWhatItHolds) {
  for (const bool credits : {false, true}) {
    ScaleOutSpec spec = one_switch(3);
    if (credits) spec.ethernet.flow_control = EthernetSpec::FlowControl::credits;
    spec.nic.transport.window = 1024;
    ScaleOutSpec broken = spec;
    kill(broken, "switch0", microseconds(20), microseconds(60));
    ScaleOutNetwork whole(spec);
    ScaleOutNetwork network(broken);
    Deliveries deliveries;
    Deliveries as_if;
    whole.report_to(as_if);
    network.report_to(deliveries);
    for (ScaleOutNetwork* one : {&whole, &network}) {
      one->post(CarriedMessage{1, NodeId{0}, NodeId{2}, Bytes(2'097'152)}, Femtoseconds(0));
      one->post(CarriedMessage{2, NodeId{1}, NodeId{2}, Bytes(2'097'152)}, Femtoseconds(0));
      one->advance(microseconds(20) - Femtoseconds(1));
    }
    // All that was inside at that instant, but for what a NIC had queued itself: its last acknowledgements.
    const std::uint64_t inside = whole.packet_counts().inside;
    const std::int64_t held = whole.switches().buffer(node_named(spec, "switch0")).inside();
    EXPECT_GT(held, 100 * 4178);
    network.advance(microseconds(20));
    const std::uint64_t queued = network.packet_counts().dropped[switch_down];
    EXPECT_NEAR(static_cast<double>(queued), static_cast<double>(held) / 4178, 2.0);
    EXPECT_LE(network.switches().buffer(node_named(spec, "switch0")).inside(), 4178) << "but for what is half out";
    // By 25 us all that was under way then has come, to nobody: the pipeline's packets are the switch's, too.
    network.advance(microseconds(25));
    EXPECT_GT(network.packet_counts().dropped[switch_down], queued);
    EXPECT_LE(network.packet_counts().dropped[switch_down], inside);
    EXPECT_EQ(deliveries.at.size(), 0U);
    network.advance(Femtoseconds::max());
    EXPECT_EQ(deliveries.at.size(), 2U) << "sent again when the switch was back";
    network.check_conservation();
  }
}

TEST(Failures, OfASpineLeaveSevenOfEightWays) {
  for (const auto flow : {EthernetSpec::FlowControl::pfc, EthernetSpec::FlowControl::credits}) {
    ScaleOutSpec spec = two_leaves(EthernetSpec::PathChoice::spray);
    spec.ethernet.flow_control = flow;
    kill(spec, "spine3", microseconds(100));
    reroute(spec, microseconds(50), microseconds(150));
    ScaleOutRun run(spec, ring(microseconds(2'000), microseconds(1'000)));
    run.run(microseconds(100) - Femtoseconds(1));
    EXPECT_EQ(run.network().packet_counts().lost(), 0U);
    run.run(microseconds(310));
    const std::uint64_t lost = run.network().packet_counts().lost();
    EXPECT_GT(lost, 500U);
    run.run(microseconds(2'000));
    EXPECT_LE(run.network().packet_counts().lost(), lost + 50) << "what was queued for it when routes changed";
    EXPECT_NEAR(goodput(run) / (16 * 50e9 * 4096 / 4178), 7.0 / 8, 0.02);
  }
}

/// A leaf takes its NICs with it, and nobody else.
TEST(Failures, OfALeafCutOffItsOwnNicsOnly) {
  ScaleOutSpec spec = leaf_spine(16, 4, 4);
  kill(spec, "leaf3", microseconds(100), microseconds(5'000));
  reroute(spec, microseconds(50), microseconds(50));
  NetTrafficSpec flows = traffic(Pattern::permutation, nodes(0, 12));  // leaves 0 to 2
  flows.shift = 4;
  flows.bytes = 65'536;
  flows.outstanding = 4;
  NetRunSpec both = run_of(flows, microseconds(2'000), microseconds(200));
  NetTrafficSpec dead = traffic(Pattern::pairs, nodes(0, 1));
  dead.name = "dead";
  dead.targets = {NodeId{12}};
  dead.bytes = 65'536;
  dead.messages = 3;
  dead.start = microseconds(300);
  both.traffic.push_back(dead);
  ScaleOutSpec whole = spec;
  whole.switch_failures.clear();
  ScaleOutRun run(spec, both);
  ScaleOutRun as_if(whole, both);
  run.run(microseconds(2'000));
  as_if.run(microseconds(2'000));
  EXPECT_EQ(run.classes()[1].done(), 0U);
  EXPECT_GT(run.network().packet_counts().dropped[no_way], 0U);
  EXPECT_EQ(as_if.classes()[1].done(), 3U);
  EXPECT_NEAR(goodput(run) / goodput(as_if), 1.0, 0.02);
}

/// Credits that cuts took are told anew: afterwards everything is as fast as ever.
TEST(Failures, UnderCreditsLeaveNoneMissing) {
  ScaleOutSpec spec = leaf_spine(16, 2, 8);
  spec.ethernet.flow_control = EthernetSpec::FlowControl::credits;
  spec.ethernet.buffer = 2'000'000;
  spec.nic.transport.timeout = microseconds(100);
  ScaleOutSpec whole = spec;
  for (int i = 0; i < 20; ++i) {
    const auto at = microseconds(50 + 40 * i);
    cut(spec, "leaf0->spine" + std::to_string(i % 8), at, at + microseconds(15));
    cut(spec, "nic" + std::to_string(i % 16) + "->leaf" + std::to_string(i % 16 / 8), at + microseconds(5),
        at + microseconds(11));
  }
  const NetRunSpec flows = ring(microseconds(6'000), microseconds(4'000));
  ScaleOutRun run(spec, flows);
  ScaleOutRun as_if(whole, flows);
  run.run(microseconds(6'000));
  as_if.run(microseconds(6'000));
  EXPECT_GT(run.network().packet_counts().dropped[down], 100U);
  EXPECT_NEAR(goodput(run) / goodput(as_if), 1.0, 0.02);
}

class NetworkWithFailures : public testing::TestWithParam<int> {};

TEST_P(NetworkWithFailures, DeliversEveryMessageOnceAndAgain) {
  RandomStream draws(static_cast<std::uint64_t>(GetParam()), "failing", "network");
  ScaleOutSpec spec = leaf_spine(16, 4, 3);
  spread(spec, static_cast<EthernetSpec::PathChoice>(draws.below(3)));
  spec.ethernet.flow_control = static_cast<EthernetSpec::FlowControl>(draws.below(3));
  spec.ethernet.buffer = spec.ethernet.flow_control == EthernetSpec::FlowControl::none ? 300'000 : 4'000'000;
  const auto links = make_topology(spec.topology).links.size();
  for (std::uint64_t i = 0; i < 1 + draws.below(5); ++i) {
    const Femtoseconds at = microseconds(static_cast<std::int64_t>(draws.below(300)));
    spec.failures.push_back(
        {draws.below(links), {at, at + microseconds(1 + static_cast<std::int64_t>(draws.below(300)))}});
  }
  const NetGraph graph = make_topology(spec.topology);
  for (std::uint64_t i = draws.below(3); i > 0; --i) {
    const Femtoseconds at = microseconds(static_cast<std::int64_t>(draws.below(300)));
    const auto node = static_cast<NetNodeId>(graph.endpoints + draws.below(graph.nodes.size() - graph.endpoints));
    spec.switch_failures.push_back({node, {at, at + microseconds(1 + static_cast<std::int64_t>(draws.below(300)))}});
  }
  if (draws.chance(0.7)) {
    reroute(spec, microseconds(static_cast<std::int64_t>(1 + draws.below(100))),
            microseconds(static_cast<std::int64_t>(draws.below(50))));
  }
  NetTrafficSpec flows = traffic(draws.chance(0.5) ? Pattern::uniform : Pattern::permutation, nodes(0, 16));
  flows.shift = 5;
  flows.bytes = static_cast<std::int64_t>(1 + draws.below(200'000));
  flows.messages = 40;
  flows.outstanding = static_cast<int>(1 + draws.below(4));
  Digest digests[2];
  for (auto& digest : digests) {
    ScaleOutRun run(spec, run_of(flows, microseconds(1'000'000)));
    run.run(microseconds(1'000'000));
    EXPECT_EQ(run.classes()[0].done(), run.classes()[0].total());
    run.network().check_conservation();
    digest = run.digest();
  }
  EXPECT_EQ(digests[0], digests[1]);
}

INSTANTIATE_TEST_SUITE_P(Seeds, NetworkWithFailures, testing::Range(1, 31));

}  // namespace fs::test
