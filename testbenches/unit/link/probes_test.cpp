// SPDX-License-Identifier: Apache-2.0
#include "observe/probes/probes.hpp"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "link/channel.hpp"
#include "observe/probes/event_board.hpp"

using namespace fs;

namespace {

struct Seen final : ChannelProbe, ArrivalProbe {
  void flit_sent(const Flit& flit, VcId vc, Cycles now, Femtoseconds wire_end) override {
    lines.push_back("sent " + std::to_string(flit.hash_key) + " vc " + std::to_string(index(vc)) + " at " +
                    std::to_string(now.value()) + " until " + std::to_string(wire_end.value() / 1000) + " ps");
  }
  void slot_freed(VcId vc, Cycles now) override {
    lines.push_back("freed vc " + std::to_string(index(vc)) + " at " + std::to_string(now.value()));
  }
  void arrived(const PortFlit* flits, std::size_t flit_count, const CreditPulse* credits, std::size_t credit_count,
               Cycles now) override {
    for (std::size_t i = 0; i < flit_count; ++i) {
      lines.push_back("flit " + std::to_string(flits[i].flit.hash_key) + " at " + std::to_string(now.value()));
    }
    for (std::size_t i = 0; i < credit_count; ++i) {
      lines.push_back("credit vc " + std::to_string(index(credits[i].vc)) + " at " + std::to_string(now.value()));
    }
  }
  std::vector<std::string> lines;
};

/// 1 GHz core, 64-byte flits, 50 GB/s: a full flit lasts 1.28 ns.
ChannelConfig slow_wire() {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.lanes.line_rate = BitsPerSecond(400'000'000'000);
  p.lanes.phy_latency = nanoseconds(20);
  p.classes = {{"request", 1, 8}, {"response", 1, 8}};
  return make_channel_config(p, nanoseconds(5), 1);
}

/// The same with a wire as fast as the core, where every flit takes one cycle.
ChannelConfig fast_wire() {
  ChannelConfig config = slow_wire();
  config.one_flit_per_cycle = true;
  config.wire_unit = Bytes(64);
  return config;
}

struct ProbeBench {
  explicit ProbeBench(const ChannelConfig& config)
      : wheel(1), inbox(wheel, 0, 256), channel(config, packets, inbox, PortId(3)) {
    channel.watch(&seen);
    inbox.watch(&seen);
  }
  void send(std::uint32_t name, VcId vc, Cycles at) {
    Flit flit;
    flit.handle = packets.acquire();
    flit.hash_key = name;
    flit.flags = Flit::head_flag | Flit::tail_flag;
    flit.wire_bytes = 64;
    channel.send(flit, vc, at);
  }
  void collect() {
    for (Cycles next = wheel.next(); next != Cycles::max(); next = wheel.next()) {
      std::array<std::uint64_t, 1> awake{};
      wheel.take(next, awake.data());
      inbox.take(next).clear();
    }
  }
  Seen seen;
  PacketPool packets;
  WakeWheel wheel;
  Inbox inbox;
  Channel channel;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST(Probes, AreToldWhenAFlitLeavesAndHowLongItsWireIsBusy) {
  ProbeBench bench(slow_wire());
  bench.send(7, VcId(1), Cycles(100));
  // From the next 16-byte unit, 313 of 0.32 ns each, four units long.
  EXPECT_EQ(bench.seen.lines, Lines{"sent 7 vc 1 at 100 until 101440 ps"});
}

TEST(Probes, SeeOneCycleAFlitWhereTheWireKeepsUpWithTheCore) {
  ProbeBench bench(fast_wire());
  bench.send(7, VcId(0), Cycles(100));
  EXPECT_EQ(bench.seen.lines, Lines{"sent 7 vc 0 at 100 until 101000 ps"});
}

TEST(Probes, AreToldOfFreedSlotsArrivingFlitsAndArrivingCredits) {
  ProbeBench bench(slow_wire());
  bench.send(9, VcId(0), Cycles(10));
  bench.channel.return_credit(VcId(1), Cycles(10));
  bench.collect();
  const Lines expected = {"sent 9 vc 0 at 10 until 11520 ps", "freed vc 1 at 10", "credit vc 1 at 35", "flit 9 at 37"};
  EXPECT_EQ(bench.seen.lines, expected);
}

TEST(Probes, AreNoLongerToldOnceTheyAreTakenAway) {
  ProbeBench bench(slow_wire());
  bench.channel.watch(nullptr);
  bench.inbox.watch(nullptr);
  bench.send(9, VcId(0), Cycles(10));
  bench.channel.return_credit(VcId(1), Cycles(10));
  bench.collect();
  EXPECT_TRUE(bench.seen.lines.empty());
}

TEST(EventBoard, KeepsMarksInOrderAndTellsItsListener) {
  EventBoard board;
  board.mark_event(nanoseconds(1), "early");
  std::vector<std::string> heard;
  board.listen([&](const EventMark& mark) { heard.push_back(mark.name + " of " + mark.where); });
  board.mark_event(nanoseconds(2), "link_down", "gpu0.1-sw1.0");
  board.listen({});
  board.mark_event(nanoseconds(3), "late");
  EXPECT_EQ(heard, std::vector<std::string>{"link_down of gpu0.1-sw1.0"});
  ASSERT_EQ(board.marks().size(), 3U);
  EXPECT_EQ(board.marks()[2].time, nanoseconds(3));
}

TEST(EventBoard, CountsWhatComesAfterItsLimit) {
  EventBoard board;
  for (std::size_t i = 0; i < EventBoard::most_marks + 5; ++i) board.mark_event(nanoseconds(1), "again");
  EXPECT_EQ(board.marks().size(), EventBoard::most_marks);
  EXPECT_EQ(board.untold(), 5U);
}
