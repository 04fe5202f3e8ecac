// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/hbm.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace fs {
namespace {

HbmConfig plain() {
  HbmConfig c;
  c.size = Bytes(1 << 20);
  c.channels = 4;
  c.bandwidth = BitsPerSecond(4 * 64'000'000'000LL);  // 8 GB/s a channel: 32 bytes in 4 ns
  c.latency = nanoseconds(100);
  c.l2.size = Bytes(0);
  c.queue = 2;
  return c;
}

HbmConfig cached() {
  HbmConfig c = plain();
  c.queue = 64;
  c.l2.size = Bytes(2 * 2 * 128);  // two sets of two ways
  c.l2.ways = 2;
  c.l2.latency = nanoseconds(10);
  return c;
}

Femtoseconds read(Hbm& hbm, std::int64_t now, std::uint64_t offset, std::uint64_t bytes = 32) {
  const auto outcome = hbm.access(nanoseconds(now), offset, bytes, OperationKind::read);
  EXPECT_TRUE(outcome.accepted);
  return outcome.time;
}

TEST(Hbm, AnIdleChannelTakesItsLatencyAndTheTransfer) {
  Hbm hbm(plain());
  EXPECT_EQ(read(hbm, 0, 0), nanoseconds(104));
  EXPECT_EQ(read(hbm, 1000, 0, 4), nanoseconds(1104));  // rounded up to a burst
}

TEST(Hbm, AccessesToOneChannelFollowEachOtherAndThoseToOthersDoNot) {
  Hbm hbm(plain());
  read(hbm, 0, 0);
  EXPECT_EQ(read(hbm, 0, 32), nanoseconds(108));
  EXPECT_EQ(read(hbm, 0, 256), nanoseconds(104));
}

TEST(Hbm, AFullQueueRefusesUntilItsFirstAccessIsDone) {
  Hbm hbm(plain());
  read(hbm, 0, 0);
  read(hbm, 0, 32);
  const auto refused = hbm.access(nanoseconds(50), 64, 32, OperationKind::read);
  EXPECT_FALSE(refused.accepted);
  EXPECT_EQ(refused.time, nanoseconds(104));
  EXPECT_TRUE(hbm.access(nanoseconds(50), 256, 32, OperationKind::read).accepted);
  EXPECT_TRUE(hbm.access(nanoseconds(104), 64, 32, OperationKind::read).accepted);
}

TEST(Hbm, SaturatedChannelsDeliverTheirExactBandwidth) {
  HbmConfig config = plain();
  config.queue = 1 << 20;
  config.bandwidth = BitsPerSecond(4 * 7'000'000'000LL);
  Hbm hbm(config);
  Femtoseconds last{};
  for (std::uint64_t i = 0; i < 1000; ++i) last = std::max(last, read(hbm, 0, i * 256, 256));
  EXPECT_EQ(last, nanoseconds(100) + Femtoseconds(250LL * 256 * 8 * 1'000'000 / 7));
}

TEST(Hbm, NoStrideMeetsOneChannelOnly) {
  HbmConfig config = plain();
  config.queue = 64;
  for (std::uint64_t stride = 256; stride <= 4096; stride *= 2) {
    Hbm hbm(config);
    Femtoseconds last{};
    for (std::uint64_t i = 0; i < 64; ++i) last = std::max(last, read(hbm, 0, i * stride));
    EXPECT_LE(last, nanoseconds(100 + 2 * 16 * 4)) << stride;  // in turn they would take 64 x 4 ns
  }
}

TEST(Hbm, AnAccessAcrossChannelsEndsWithTheSlowerOne) {
  Hbm hbm(plain());
  read(hbm, 0, 256);
  EXPECT_EQ(read(hbm, 0, 224, 64), nanoseconds(108));
}

TEST(Hbm, TheL2HoldsWhatWasReadAndEvictsTheLeastRecentlyUsed) {
  Hbm hbm(cached());
  const Femtoseconds miss = read(hbm, 0, 0) - nanoseconds(0);
  EXPECT_EQ(miss, nanoseconds(116));                  // a line of 128 bytes at 8 GB/s
  EXPECT_EQ(read(hbm, 1000, 64), nanoseconds(1010));  // the same line
  read(hbm, 2000, 2 * 128);                           // the same set
  EXPECT_EQ(read(hbm, 3000, 0), nanoseconds(3010));
  read(hbm, 4000, 4 * 128);  // pushes out line 2
  EXPECT_EQ(read(hbm, 5000, 0), nanoseconds(5010));
  EXPECT_GT(read(hbm, 6000, 2 * 128), nanoseconds(6100));
}

TEST(Hbm, AnAccessToALineOnItsWayWaitsForIt) {
  Hbm hbm(cached());
  const Femtoseconds first = read(hbm, 0, 0);
  EXPECT_EQ(read(hbm, 1, 64), first);
  EXPECT_EQ(hbm.channel_bytes(), 128U);
}

TEST(Hbm, AWriteIsAbsorbedByTheL2AndItsLineWrittenBackLater) {
  Hbm hbm(cached());
  const auto write = hbm.access(nanoseconds(0), 0, 128, OperationKind::write);
  EXPECT_EQ(write.time, nanoseconds(10));
  EXPECT_EQ(hbm.channel_bytes(), 0U);
  read(hbm, 1000, 2 * 128);
  read(hbm, 2000, 4 * 128);  // evicts the dirty line 0
  EXPECT_EQ(hbm.channel_bytes(), 3U * 128U);
}

TEST(Hbm, ADirtyLineStaysDirtyWhenItIsRead) {
  Hbm hbm(cached());
  hbm.access(nanoseconds(0), 0, 128, OperationKind::write);
  read(hbm, 1000, 0);
  read(hbm, 2000, 2 * 128);
  read(hbm, 3000, 4 * 128);
  EXPECT_EQ(hbm.channel_bytes(), 3U * 128U);
}

TEST(Hbm, HitsPassAFullChannel) {
  HbmConfig config = cached();
  config.queue = 1;
  config.channels = 1;
  Hbm hbm(config);
  read(hbm, 0, 0);
  read(hbm, 1000, 128);
  EXPECT_FALSE(hbm.access(nanoseconds(1001), 1024, 32, OperationKind::read).accepted);
  EXPECT_EQ(read(hbm, 1001, 0), nanoseconds(1011));
}

TEST(Hbm, WritesFasterThanTheChannelsAreRefusedInTheEnd) {
  HbmConfig config = cached();
  config.queue = 4;
  Hbm hbm(config);
  bool refused = false;
  for (std::uint64_t i = 0; i < 100 && !refused; ++i) {
    refused = !hbm.access(nanoseconds(1), i * 1024, 128, OperationKind::write).accepted;
  }
  EXPECT_TRUE(refused);
}

TEST(Hbm, RefusesAConfigurationThatCannotWork) {
  HbmConfig config = plain();
  config.interleave = Bytes(48);
  EXPECT_THROW(Hbm{config}, std::invalid_argument);
  config = plain();
  config.channels = 0;
  EXPECT_THROW(Hbm{config}, std::invalid_argument);
}

TEST(Perform, AnswersAnAccessBeyondTheMemoryWithAnAddressError) {
  Hbm hbm(plain());
  MemoryAccess access;
  access.offset = (1 << 20) - 4;
  access.bytes = 8;
  EXPECT_EQ(perform(hbm, access, nanoseconds(3)), MemoryAnswer::done_at);
  EXPECT_EQ(access.status, OperationStatus::address_error);
}

}  // namespace
}  // namespace fs
