// SPDX-License-Identifier: Apache-2.0
#include "system/waves/wave_options.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/waves/packet_label.hpp"

using namespace fs;
using testing::HasSubstr;

namespace {

std::string refusal(const char* text) {
  try {
    parse_waves(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(WaveOptions, AloneMeansTheWholeRun) {
  const WaveOptions o = parse_waves("");
  EXPECT_EQ(o.kind, WaveOptions::Kind::whole);
  EXPECT_EQ(format(o), "");
}

TEST(WaveOptions, TakeAWindow) {
  const WaveOptions o = parse_waves("10us..12us");
  EXPECT_EQ(o.kind, WaveOptions::Kind::window);
  EXPECT_EQ(o.from, microseconds(10));
  EXPECT_EQ(o.to, microseconds(12));
  EXPECT_EQ(format(o), "10us..12us");
}

TEST(WaveOptions, TakeAMarginAroundAnEventInThreeSpellings) {
  for (const char* text : {"around:link_down±200ns", "around:link_down+-200ns", "around:link_down+/-200ns"}) {
    const WaveOptions o = parse_waves(text);
    EXPECT_EQ(o.kind, WaveOptions::Kind::around) << text;
    EXPECT_EQ(o.event, "link_down");
    EXPECT_EQ(o.margin, nanoseconds(200));
    EXPECT_EQ(format(o), "around:link_down+-200ns");
  }
}

TEST(WaveOptions, RefuseWhatTheyDoNotUnderstandAndSayWhatIsAllowed) {
  EXPECT_THAT(refusal("soon"), HasSubstr("allowed are nothing"));
  EXPECT_THAT(refusal("2us..1us"), HasSubstr("a window ends after it begins"));
  EXPECT_THAT(refusal("1us..2"), HasSubstr("'1us..2'"));
  EXPECT_THAT(refusal("around:error"), HasSubstr("how much time"));
  EXPECT_THAT(refusal("around:±200ns"), HasSubstr("which event"));
  EXPECT_THAT(refusal("around:error±0ns"), HasSubstr("above 0"));
}

TEST(WaveOptions, FailureStandsForEveryFailure) {
  const WaveOptions failure = parse_waves("around:failure±1ns");
  for (const char* event : {"error", "deadlock", "livelock", "invariant", "expectation"}) {
    EXPECT_TRUE(asks_for(failure, event)) << event;
  }
  EXPECT_FALSE(asks_for(failure, "link_down"));
  const WaveOptions one = parse_waves("around:link_down±1ns");
  EXPECT_TRUE(asks_for(one, "link_down"));
  EXPECT_FALSE(asks_for(one, "deadlock"));
  EXPECT_FALSE(asks_for(parse_waves(""), "deadlock"));
}

TEST(PacketLabel, NamesARawPacketByItsSourceAndNumber) {
  Packet packet;
  packet.number = 12;
  packet.src = NodeId(3);
  packet.dst = NodeId(5);
  EXPECT_EQ(packet_label(packet, nullptr), "pkt #12 g3->g5");
}

TEST(PacketLabel, NamesRequestAndResponseByTheTransaction) {
  TransactionPools pools;
  Packet request;
  request.kind = PacketKind::read_request;
  request.number = 100;
  request.src = NodeId(0);
  request.dst = NodeId(6);
  request.transaction = pools.transactions.acquire();
  pools.transactions[request.transaction].number = 7;
  Packet response = request;
  response.kind = PacketKind::read_response;
  response.number = 55;
  std::swap(response.src, response.dst);
  EXPECT_EQ(packet_label(request, &pools), "rd #7 g0->g6");
  EXPECT_EQ(packet_label(response, &pools), "rd.data #7 g6->g0");
  EXPECT_EQ(journey_key(request, &pools), journey_key(response, &pools));
}
