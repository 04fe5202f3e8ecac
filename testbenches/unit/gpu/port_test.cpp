// SPDX-License-Identifier: Apache-2.0
// A packet of one flit that has its port for itself leaves by a shorter way: nobody can tell by which.
#include "gpu/port.hpp"

#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

using namespace fs;

namespace {

struct PortRig {
  /// `choice`: of the class's VCs; `shared`: the neighbour's slots are a pool without reserves; `wormhole`: a head asks
  /// for credit for itself alone.
  explicit PortRig(VcChoice choice = VcChoice::any, bool shared = false, bool wormhole = false)
      : wheel(1),
        inbox(wheel, 0, 64),
        out(wire(), packets, inbox, PortId(0)),
        port(port_config(choice, shared, wormhole), packets, out) {
    port.stay();
  }
  static ChannelConfig wire() {
    Profile p;
    p.core_clock = Clock(nanoseconds(1));
    p.lanes.line_rate = BitsPerSecond(512'000'000'000);
    p.lanes.phy_latency = nanoseconds(2);
    p.wire_unit = Bytes(64);
    p.credits.message = Bytes(0);
    p.classes = {{"a", 3, 8}, {"b", 2, 8}};
    return make_channel_config(p, nanoseconds(5), 1);
  }
  static GpuPortConfig port_config(VcChoice choice, bool shared, bool wormhole) {
    GpuPortConfig c;
    c.whole_packet_credit = !wormhole;
    c.vc_choice = choice;
    c.classes = {{0, 3}, {3, 2}};
    c.drained = {true, true};
    c.vcs = 5;
    c.peer_shared_pool = shared;
    if (shared) c.peer_reserve.assign(5, 0);
    return c;
  }
  PacketHandle packet(int cls, int length, int dst = 1) {
    const PacketHandle handle = packets.acquire();
    Packet& p = packets[handle];
    p.cls = static_cast<ClassId>(cls);
    p.length = static_cast<std::uint16_t>(length);
    p.wire_bytes = static_cast<std::uint16_t>(64 * length);
    p.dst = static_cast<NodeId>(dst);
    return handle;
  }
  bool send(int cycle) { return port.send(Cycles(cycle), nanoseconds(cycle)); }
  GpuPort::AtOnce send_at_once(PacketHandle handle, int cycle) {
    return port.send_at_once(handle, packets[handle], Cycles(cycle), nanoseconds(cycle));
  }
  /// (packet, VC) of each flit on the wire, in order.
  std::vector<std::tuple<PacketHandle, int>> sent() {
    std::vector<std::tuple<PacketHandle, int>> all;
    for (Cycles next = wheel.next(); next != Cycles::max(); next = wheel.next()) {
      std::array<std::uint64_t, 1> awake{};
      wheel.take(next, awake.data());
      auto& slot = inbox.take(next);
      for (const auto& f : slot.flits) all.emplace_back(f.flit.handle, static_cast<int>(index(f.vc)));
      slot.clear();
    }
    return all;
  }

  PacketPool packets;
  WakeWheel wheel;
  Inbox inbox;
  Channel out;
  GpuPort port;
};

using Sent = std::vector<std::tuple<PacketHandle, int>>;

}  // namespace

TEST(GpuPort, APacketThatComesWithoutCreditLeavesWhenOneComes) {
  PortRig rig;
  const PacketHandle packet = rig.packet(0, 1);
  EXPECT_EQ(rig.send_at_once(packet, 10), GpuPort::AtOnce::no_credit);
  EXPECT_EQ(rig.port.waiting(), 1U);
  EXPECT_EQ(rig.port.unstarted(), 1U);
  EXPECT_EQ(rig.port.waiting(ClassId(0)), 1U);
  EXPECT_EQ(rig.port.waiting(ClassId(1)), 0U);
  EXPECT_EQ(rig.port.flits_waiting(), 1U);
  EXPECT_EQ(rig.port.waiting_lines(rig.packets).size(), 1U);
  EXPECT_FALSE(rig.send(10)) << "only a credit can help";
  rig.port.credit(VcId(4));  // of the other class
  EXPECT_FALSE(rig.send(11));
  rig.port.credit(VcId(2));
  EXPECT_FALSE(rig.send(14)) << "nothing else waits";
  EXPECT_EQ(rig.port.waiting(), 0U);
  EXPECT_EQ(rig.port.flits_sent(), 1U);
  EXPECT_EQ(rig.packets[packet].ledger[Cause::source_queue], nanoseconds(14));
  EXPECT_EQ(rig.sent(), (Sent{{packet, 2}}));
}

TEST(GpuPort, ItsVcsTakeTurnsWhicheverWayAPacketLeaves) {
  PortRig rig;
  for (int vc = 0; vc < 3; ++vc) rig.port.credit(static_cast<VcId>(vc)), rig.port.credit(static_cast<VcId>(vc));
  Sent expected;
  for (int i = 0; i < 6; ++i) {
    const PacketHandle packet = rig.packet(0, 1);
    if (i % 2 == 0) {
      EXPECT_EQ(rig.send_at_once(packet, i), GpuPort::AtOnce::sent);
    } else {
      rig.port.enqueue(packet);
      EXPECT_FALSE(rig.send(i));
    }
    expected.emplace_back(packet, i % 3);
  }
  EXPECT_EQ(rig.send_at_once(rig.packet(0, 1), 6), GpuPort::AtOnce::no_credit);
  EXPECT_EQ(rig.sent(), expected);
}

TEST(GpuPort, WhoWaitsAloneStaysBeforeWhoComesLater) {
  PortRig rig;
  const PacketHandle first = rig.packet(0, 1), second = rig.packet(0, 2), third = rig.packet(0, 1);
  EXPECT_EQ(rig.send_at_once(first, 0), GpuPort::AtOnce::no_credit);
  EXPECT_EQ(rig.send_at_once(second, 0), GpuPort::AtOnce::no);
  rig.port.enqueue(second);
  EXPECT_EQ(rig.send_at_once(third, 0), GpuPort::AtOnce::no) << "others wait";
  rig.port.enqueue(third);
  EXPECT_EQ(rig.port.waiting(), 3U);
  EXPECT_EQ(rig.port.flits_waiting(), 4U);
  for (int i = 0; i < 8; ++i) rig.port.credit(VcId(0));
  for (int cycle = 1; rig.port.waiting() > 0 && cycle < 20; ++cycle) rig.send(cycle);
  EXPECT_EQ(rig.sent(), (Sent{{first, 0}, {second, 0}, {second, 0}, {third, 0}}));
}

TEST(GpuPort, AnotherClassPassesWhoHasNoCredit) {
  PortRig rig;
  const PacketHandle blocked = rig.packet(0, 1), other = rig.packet(1, 1);
  EXPECT_EQ(rig.send_at_once(blocked, 0), GpuPort::AtOnce::no_credit);
  rig.port.enqueue(other);
  rig.port.credit(VcId(3));
  rig.send(1);
  EXPECT_EQ(rig.port.waiting(ClassId(0)), 1U);
  EXPECT_EQ(rig.port.waiting(ClassId(1)), 0U);
  rig.port.credit(VcId(0));
  rig.send(2);
  EXPECT_EQ(rig.sent(), (Sent{{other, 3}, {blocked, 0}}));
}

TEST(GpuPort, AVcThatTheDestinationChoosesIsTheOnlyOne) {
  PortRig rig(VcChoice::destination);
  const PacketHandle packet = rig.packet(0, 1, 5);
  rig.port.credit(VcId(0));
  rig.port.credit(VcId(1));
  EXPECT_EQ(rig.send_at_once(packet, 0), GpuPort::AtOnce::no_credit);
  rig.port.credit(VcId(2));
  EXPECT_FALSE(rig.send(1));
  EXPECT_EQ(rig.sent(), (Sent{{packet, 2}}));
}

/// What a head has waited for credit, after its packet had a VC, is no time between the packet's flits.
TEST(GpuPort, AWaitBeforeTheHeadIsACreditStallAndNothingElse) {
  PortRig rig(VcChoice::any, true, true);
  const PacketHandle first = rig.packet(0, 2), second = rig.packet(1, 2);
  rig.port.enqueue(first);
  rig.port.enqueue(second);
  rig.port.credit(VcId(0));
  for (int cycle = 0; cycle < 10; ++cycle) rig.send(cycle);  // both have a VC, and one slot serves one head
  for (int k = 0; k < 3; ++k) rig.port.credit(VcId(0));
  for (int cycle = 10; cycle < 20; ++cycle) rig.send(cycle);
  ASSERT_EQ(rig.port.waiting(), 0U);
  for (const PacketHandle handle : {first, second}) {
    const PacketLedger& ledger = rig.packets[handle].ledger;
    EXPECT_GE(ledger[Cause::credit_stall], nanoseconds(8));
    EXPECT_GE(ledger[Cause::serialization], nanoseconds(1));  // its tail's wire
    EXPECT_LE(ledger[Cause::serialization], nanoseconds(5));
    EXPECT_GE(ledger[Cause::source_queue], nanoseconds(0));
  }
}

TEST(GpuPort, ASlotOfASharedPoolServesAnyVc) {
  PortRig rig(VcChoice::any, true);
  const PacketHandle first = rig.packet(0, 1), second = rig.packet(0, 1);
  EXPECT_EQ(rig.send_at_once(first, 0), GpuPort::AtOnce::no_credit);
  rig.port.credit(VcId(4));
  EXPECT_FALSE(rig.send(1));
  EXPECT_EQ(rig.send_at_once(second, 2), GpuPort::AtOnce::no_credit) << "the pool's one slot is taken";
  EXPECT_EQ(rig.sent(), (Sent{{first, 0}}));
}
