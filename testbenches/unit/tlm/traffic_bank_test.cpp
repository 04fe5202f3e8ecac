// SPDX-License-Identifier: Apache-2.0
// An open-loop GPU by itself: its packets' wait at the source, and what it sends back. No kernel: stepped by its wheel.
#include "tlm/chips/traffic_bank.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace fs {
namespace {

Profile profile(CreditReturn credits) {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.flit = p.wire_unit = Bytes(64);
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.lanes.phy_latency = nanoseconds(2);
  p.classes = {{"data", 1, 8}};
  p.credits = credits;
  return p;
}

OpenLoopSpec every_cycle() {
  OpenLoopSpec spec;
  spec.load = 1;
  spec.sources = {NodeId(0)};
  return spec;
}

/// GPU 0 or 1 of two, with one link, whose neighbour the test plays.
class OneGpu {
 public:
  explicit OneGpu(std::uint16_t node, CreditReturn credits = {})
      : node_(NodeId(node)), config_(make_channel_config(profile(credits), nanoseconds(3), 0)) {
    GpuPortConfig port;
    port.node = NodeId(node);
    port.classes = {{0, 1}};
    port.drained = {true};
    port.depth = {8};
    port.wire_unit = 64;
    chip.add_port(GpuPort(port, packets, out), node_, 0, 1);
    wheel_.wake(0, Cycles(0));
  }
  void run_to(Cycles end) {
    for (Cycles now = wheel_.next(); now < end; now = wheel_.next()) {
      std::array<std::uint64_t, 1> awake{};
      wheel_.take(now, awake.data());
      if ((awake[0] & 1) == 0) continue;
      const Cycles next = chip.step(now);
      if (next != Cycles::max()) wheel_.wake(0, next);
    }
  }
  int credits_sent() const {
    int n = 0;
    neighbour_.for_each([&](const Inbox::Slot& slot) { n += static_cast<int>(slot.credits.size()); });
    return n;
  }

  PacketPool packets;

 private:
  NodeId node_;
  ChannelConfig config_;
  OpenLoopPlan plan_{every_cycle(), 2, 1};
  Recorder recorder_{{"data"}, MeasureWindow{}};
  WakeWheel wheel_{2};
  Inbox inbox_{wheel_, 0, 64};
  Inbox neighbour_{wheel_, 1, 512};

 public:
  Channel in{config_, packets, inbox_, PortId(0)};
  Channel out{config_, packets, neighbour_, PortId(0)};
  tlm::TrafficBank chip{Clock(nanoseconds(1)), packets, inbox_, recorder_, {&plan_, {{ClassId(0), 64}}}, 1};
};

TEST(TrafficBank, CountsTheWaitForCreditSinceAPacketsCreation) {
  OneGpu gpu(0);
  gpu.in.advertise(VcId(0), 3, Cycles(50));
  gpu.run_to(Cycles(60));
  EXPECT_EQ(gpu.out.flits(), 3U) << "three credits";
  // A packet is created in every cycle from 0 on; with the credits of cycles 50, 51, 52 the first three leave.
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Packet& packet = gpu.packets[PacketHandle(i)];
    EXPECT_EQ(packet.created, nanoseconds(i));
    EXPECT_EQ(packet.ledger[Cause::source_queue], nanoseconds(50));
    EXPECT_EQ(packet.ledger.sum(), packet.mark - packet.created);
  }
  EXPECT_FALSE(gpu.chip.created_all_before(0, 1, Cycles(60)));
}

TEST(TrafficBank, ReturnsCreditsInMessagesAlthoughItSendsNothing) {
  CreditReturn credits;
  credits.message = Bytes(64);
  credits.coalesce = 4;
  credits.max_wait = Cycles(30);
  OneGpu gpu(1, credits);  // its sources are silent: GPU 0 alone sends
  const auto packet = gpu.packets.acquire();
  gpu.packets[packet].dst = NodeId(1);
  Flit flit;
  flit.handle = packet;
  flit.wire_bytes = 64;
  flit.flags = Flit::head_flag;
  gpu.in.send(flit, VcId(0), Cycles(20));
  gpu.run_to(Cycles(200));
  EXPECT_EQ(gpu.out.credit_messages(), 1U) << "after the longest wait, for one is not four";
  EXPECT_EQ(gpu.credits_sent(), 1);
}

}  // namespace
}  // namespace fs
