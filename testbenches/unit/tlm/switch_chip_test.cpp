// SPDX-License-Identifier: Apache-2.0
// The ledger of single packets through one switch, computed by hand. No kernel: the shell is stepped by its wheel.
#include "tlm/chips/switch_chip.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace fs {
namespace {

/// 1 GHz, one flit a cycle, 5 ns of cable: a channel takes 6 cycles. The switch takes 1 + 2 + 1.
constexpr std::int64_t channel_cycles = 6, pipeline_cycles = 4;

Profile profile() {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.flit = p.wire_unit = Bytes(64);
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.classes = {{"data", 1, 8}};
  return p;
}

SwitchConfig core_config() {
  SwitchConfig c;
  c.ports = 3;
  c.destinations = 3;
  c.depth = {8};
  c.longest_packet = {4};
  c.input_pipeline = 2;
  c.output_pipeline = 1;
  c.name = "sw";
  return c;
}

/// A switch of three ports with a neighbour at each; packets for d leave by port d.
class OneSwitch {
 public:
  explicit OneSwitch(int credits_at_2 = 8) {
    for (auto& inbox : neighbours_) inbox = std::make_unique<Inbox>(wheel_, 1, 64);
    const auto config = make_channel_config(profile(), nanoseconds(5), 1);
    for (std::uint16_t port = 0; port < 3; ++port) {
      in_[port] = std::make_unique<Channel>(config, packets, switch_inbox_, PortId(port));
      out_[port] = std::make_unique<Channel>(config, packets, *neighbours_[port], PortId(0));
      chip_.connect(PortId(port), *out_[port]);
      RouteRow row;
      row.outputs = {PortId(port)};
      row.vcs_low = 1;
      chip_.core().write_route(ClassId(0), NodeId(port), row);
      in_[port]->advertise(VcId(0), port == 2 ? credits_at_2 : 8, Cycles(0));
    }
  }

  PacketHandle send(std::uint16_t port, std::uint16_t to, int flits, Cycles at) {
    const PacketHandle handle = packets.acquire();
    Packet& packet = packets[handle];
    packet.length = static_cast<std::uint16_t>(flits);
    packet.created = nanoseconds(at.value());
    packet.ledger.add(Cause::serialization, nanoseconds(flits - 1));  // the sender's share: behind its own flits
    Flit flit;
    flit.handle = handle;
    flit.dst = NodeId(to);
    flit.length = packet.length;
    flit.wire_bytes = 64;
    for (int i = 0; i < flits; ++i) {
      flit.flags = static_cast<std::uint8_t>((i == 0 ? Flit::head_flag : 0) | (i + 1 == flits ? Flit::tail_flag : 0));
      in_[port]->send(flit, VcId(0), at + Cycles(i));
    }
    return handle;
  }
  /// A slot of the neighbour at `port` is free: its credit is sent at `at`.
  void free_slot(std::uint16_t port, Cycles at) { in_[port]->return_credit(VcId(0), at); }

  void run() {
    for (Cycles now = wheel_.next(); now != Cycles::max(); now = wheel_.next()) {
      std::array<std::uint64_t, 1> awake{};
      wheel_.take(now, awake.data());
      if ((awake[0] & 1) == 0) continue;
      const Cycles next = chip_.step(now);
      if (next != Cycles::max()) wheel_.wake(0, next);
    }
  }
  std::int64_t ns(PacketHandle handle, Cause cause) { return packets[handle].ledger[cause].value() / 1'000'000; }
  void expect_sum_is_latency(PacketHandle handle) {
    EXPECT_EQ(packets[handle].ledger.sum(), packets[handle].mark - packets[handle].created);
  }
  tlm::SwitchChip& chip() { return chip_; }
  PacketPool packets;

 private:
  static tlm::SwitchChip::Config chip_config() {
    tlm::SwitchChip::Config c;
    c.name = "sw";
    c.clock = Clock(nanoseconds(1));
    c.core = core_config();
    c.stall_below = {4};
    return c;
  }
  WakeWheel wheel_{2};
  Inbox switch_inbox_{wheel_, 0, 64};
  std::array<std::unique_ptr<Inbox>, 3> neighbours_;
  std::array<std::unique_ptr<Channel>, 3> in_, out_;
  tlm::SwitchChip chip_{chip_config(), make_model_core(core_config()), packets, switch_inbox_};
};

TEST(SwitchChipLedger, OfAPacketThatNeverWaitsIsItsPath) {
  OneSwitch fabric;
  const auto packet = fabric.send(0, 2, 1, Cycles(20));
  fabric.run();
  EXPECT_EQ(fabric.ns(packet, Cause::serialization), 2);
  EXPECT_EQ(fabric.ns(packet, Cause::propagation), 10);
  EXPECT_EQ(fabric.ns(packet, Cause::switch_pipeline), pipeline_cycles);
  EXPECT_EQ(fabric.packets[packet].mark, nanoseconds(20 + 2 * channel_cycles + pipeline_cycles));
  EXPECT_EQ(fabric.packets[packet].hops, 1);
  fabric.expect_sum_is_latency(packet);
}

TEST(SwitchChipLedger, CutsThroughSoThatLengthCountsOnce) {
  OneSwitch fabric;
  const auto packet = fabric.send(0, 2, 4, Cycles(20));
  fabric.run();
  EXPECT_EQ(fabric.ns(packet, Cause::serialization), 3 + 2);
  EXPECT_EQ(fabric.packets[packet].mark, nanoseconds(20 + 3 + 2 * channel_cycles + pipeline_cycles));
  fabric.expect_sum_is_latency(packet);
}

TEST(SwitchChipLedger, CallsTheWaitForAnotherInputAllocation) {
  OneSwitch fabric;
  const auto first = fabric.send(0, 2, 4, Cycles(20));
  const auto second = fabric.send(1, 2, 1, Cycles(20));
  fabric.run();
  const auto waited = fabric.ns(first, Cause::allocation) + fabric.ns(second, Cause::allocation);
  EXPECT_TRUE(waited == 1 || waited == 4) << "one of them, behind the other's flits: " << waited;
  EXPECT_EQ(fabric.ns(first, Cause::credit_stall) + fabric.ns(second, Cause::credit_stall), 0);
  fabric.expect_sum_is_latency(first);
  fabric.expect_sum_is_latency(second);
}

TEST(SwitchChipLedger, CallsTheWaitForCreditACreditStall) {
  OneSwitch fabric(4);  // a packet of the longest kind, and no more
  const auto first = fabric.send(0, 2, 4, Cycles(20));
  const auto second = fabric.send(0, 2, 4, Cycles(24));
  // The neighbour frees its four slots from cycle 100 on: the last credit is sampled at 100 + 5 + 3 and counts a cycle
  // later.
  for (int i = 0; i < 4; ++i) fabric.free_slot(2, Cycles(100 + i));
  fabric.run();
  EXPECT_EQ(fabric.ns(first, Cause::credit_stall) + fabric.ns(first, Cause::allocation), 0);
  const std::int64_t grant = 100 + 5 + 3 + 1;
  const std::int64_t tail_leaves = grant + 1 + 3;  // output pipeline, and its own three flits before it
  EXPECT_EQ(fabric.packets[second].mark, nanoseconds(tail_leaves + channel_cycles));
  const std::int64_t waited = tail_leaves - (24 + 3 + channel_cycles) - pipeline_cycles;
  EXPECT_EQ(fabric.ns(second, Cause::credit_stall) + fabric.ns(second, Cause::allocation), waited);
  EXPECT_GE(fabric.ns(second, Cause::credit_stall), waited - 5) << "all but its own flits and the turn of the credit";
  fabric.expect_sum_is_latency(second);
}

TEST(SwitchChip, CountsWhatIsBufferedAndReturnsACreditForIt) {
  OneSwitch fabric;
  fabric.send(0, 2, 4, Cycles(20));
  fabric.run();
  EXPECT_EQ(fabric.chip().buffered(PortId(0), VcId(0)), 0);
  EXPECT_GE(fabric.chip().high_water(PortId(0), VcId(0)), 1);
  EXPECT_EQ(fabric.chip().credits(PortId(2), VcId(0)), 8 - 4);
  EXPECT_EQ(fabric.chip().flit_hops(), 4U);
}

TEST(SwitchChip, StopsTheRunWhenAFlitArrivesWithoutCredit) {
  OneSwitch fabric(0);  // nothing can leave, and the sender ignores its eight slots
  for (int i = 0; i < 9; ++i) fabric.send(0, 2, 1, Cycles(20 + i));
  EXPECT_THROW(fabric.run(), InvariantError);
}

}  // namespace
}  // namespace fs
