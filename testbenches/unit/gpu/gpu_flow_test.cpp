// SPDX-License-Identifier: Apache-2.0
// What holds a GPU's traffic back and spreads it: window, queues, memory, links; and sleeping.
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "two_gpus.hpp"

namespace fs {
namespace {

using test::make_operation;
using test::TwoGpus;

TEST(GpuFlow, KeepsWithinItsWindowAndBooksTheWaitAsSourceQueue) {
  GpuConfig config = test::small_gpu();
  config.window = 4;
  TwoGpus fabric(test::small_profile(), config);
  std::uint8_t byte = 0;
  for (int i = 0; i < 12; ++i) {
    fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 256U * static_cast<unsigned>(i)), &byte, 1));
  }
  std::size_t most = 0;
  for (int i = 0; i < 2000; ++i) {
    fabric.cycle();
    most = std::max(most, fabric.gpu(0).tracker().outstanding());
  }
  EXPECT_EQ(most, 4U);
  EXPECT_EQ(fabric.log.done.size(), 12U);
  EXPECT_GT(fabric.log.transactions.back().ledger[Cause::source_queue], nanoseconds(200));
}

TEST(GpuFlow, AFullSocketSaysSoAndSaysWhenItHasRoomAgain) {
  GpuConfig config = test::small_gpu();
  config.submit_depth = 2;
  TwoGpus fabric(test::small_profile(), config);
  std::uint8_t byte = 0;
  const auto read = make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1);
  fabric.submit(0, read);
  EXPECT_TRUE(fabric.gpu(0).has_room(0));
  fabric.submit(0, read);
  EXPECT_FALSE(fabric.gpu(0).has_room(0));
  int more = 3;
  fabric.log.on_room = [&] {
    EXPECT_TRUE(fabric.gpu(0).has_room(0));
    if (more-- > 0) fabric.submit(0, read);
  };
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.done.size(), 5U);
}

TEST(GpuFlow, SourceQueuesAndResponseQueuesKeepToTheirBounds) {
  GpuConfig config = test::small_gpu();
  config.source_queue = 3;
  config.response_queue = 4;
  TwoGpus fabric(test::small_profile(), config, 2);
  std::vector<std::uint8_t> data(1 << 15);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 1 << 15));
  fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 0), data.data(), 1 << 15));
  std::size_t most_requests = 0, most_responses = 0;
  for (int i = 0; i < 5000; ++i) {
    fabric.cycle();
    most_requests = std::max(most_requests, fabric.gpu(0).ports()[0].waiting(ClassId(0)));
    most_responses = std::max(most_responses, fabric.gpu(1).target_side().in_memory());
  }
  EXPECT_EQ(most_requests, 3U);
  EXPECT_EQ(most_responses, 2U * 4U);
  EXPECT_EQ(fabric.log.done.size(), 2U);
}

TEST(GpuFlow, MakesNoMoreRequestsACycleThanItMay) {
  GpuConfig config = test::small_gpu();
  config.requests_per_cycle = 1;
  TwoGpus fabric(test::small_profile(), config, 4);
  std::vector<std::uint8_t> data(4096);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 4096));
  ASSERT_TRUE(fabric.run());
  std::vector<std::int64_t> created;
  for (const Packet& p : fabric.log.packets) {
    if (p.kind == PacketKind::read_request) created.push_back(p.created.value());
  }
  std::sort(created.begin(), created.end());
  EXPECT_EQ(std::adjacent_find(created.begin(), created.end()), created.end());
}

TEST(GpuFlow, ARefusedRequestWaitsForMemoryReadyAndIsOfferedStrictlyAfterIt) {
  TwoGpus fabric;
  std::uint8_t byte = 0;
  fabric.valve(1).closed = true;
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  for (int i = 0; i < 100; ++i) fabric.cycle();
  EXPECT_EQ(fabric.gpu(1).target_side().waiting(0) + fabric.gpu(1).target_side().waiting(1), 1U);
  fabric.valve(1).closed = false;
  for (int i = 0; i < 10; ++i) fabric.cycle();
  EXPECT_TRUE(fabric.valve(1).taken.empty());
  fabric.gpu(1).memory_ready(fabric.time() + nanoseconds(1));  // in the instant of the next edge
  fabric.cycle();
  EXPECT_TRUE(fabric.valve(1).taken.empty());
  fabric.cycle();
  EXPECT_EQ(fabric.valve(1).taken.size(), 1U);
  ASSERT_TRUE(fabric.run());
  EXPECT_GT(fabric.log.transactions.at(0).ledger[Cause::memory], nanoseconds(170));
}

TEST(GpuFlow, AnswersThatComeLaterAreTakenStrictlyAfterThem) {
  TwoGpus fabric;
  std::uint8_t byte = 0;
  fabric.valve(1).slow = true;
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  while (fabric.valve(1).taken.empty()) fabric.cycle();
  fabric.gpu(1).memory_done(fabric.valve(1).taken[0].transaction, OperationStatus::address_error,
                            fabric.time() + nanoseconds(50));
  const Femtoseconds taken = fabric.time();
  ASSERT_TRUE(fabric.run());
  const Packet& response = fabric.log.packets.at(1);
  EXPECT_EQ(response.created, taken + nanoseconds(51));
  EXPECT_EQ(fabric.log.done.at(0).status, OperationStatus::address_error);
}

TEST(GpuFlow, RequestsKeepToTheLinksAllowed) {
  TwoGpus fabric(test::small_profile(), test::small_gpu(), 4);
  fabric.gpu(0).restrict_links(NodeId(1), 0b0100);
  std::vector<std::uint8_t> data(4096);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 4096));
  ASSERT_TRUE(fabric.run());
  for (const Packet& p : fabric.log.packets) EXPECT_EQ(p.link, 2);
}

TEST(GpuFlow, ALongReadSpreadsOverAllLinks) {
  TwoGpus fabric(test::small_profile(), test::small_gpu(), 4);
  std::vector<std::uint8_t> data(256 * 64);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 256 * 64));
  ASSERT_TRUE(fabric.run());
  std::vector<int> uses(4);
  for (const Packet& p : fabric.log.packets) ++uses[p.link];
  for (const int n : uses) EXPECT_GT(n, 16);
}

TEST(GpuFlow, RefusesStripingThatBreaksTheProtocolsOrder) {
  GpuConfig config = test::small_gpu();
  config.striping = Striping::round_robin;
  EXPECT_THROW(TwoGpus(test::small_profile(), config), std::invalid_argument);
  Profile profile = test::small_profile();
  profile.order = Order::destination;
  EXPECT_THROW(TwoGpus(profile, test::small_gpu()), std::invalid_argument);
  config.striping = Striping::destination;
  EXPECT_NO_THROW(TwoGpus(profile, config));
}

struct Outcome {
  std::vector<std::pair<std::uint64_t, std::int64_t>> done;
  std::uint64_t steps = 0;
};

Outcome mixed_traffic(bool sleep) {
  GpuConfig config = test::small_gpu();
  config.window = 8;
  config.response_queue = 2;
  config.source_queue = 2;
  config.hbm.queue = 2;
  config.hbm.channels = 2;
  config.hbm.bandwidth = BitsPerSecond(100'000'000'000);
  config.hbm.l2.size = Bytes(16 * 128);
  config.submit_depth = 1000;
  TwoGpus fabric(test::small_profile(), config, 2, sleep);
  RandomStream random(1, "test", "traffic");
  std::vector<std::uint8_t> data(1024);
  for (std::uint64_t i = 0; i < 400; ++i) {
    const auto kind = static_cast<OperationKind>(random.below(2));
    const auto address = fabric.address(static_cast<int>(random.below(2)), random.below(1 << 14));
    fabric.gpu(static_cast<int>(random.below(2)))
        .submit(0, make_operation(kind, address, data.data(), static_cast<std::uint32_t>(1 + random.below(1000)), i),
                nanoseconds(static_cast<std::int64_t>(i * 8)) +
                    Femtoseconds(static_cast<std::int64_t>(random.below(1000))));
  }
  EXPECT_TRUE(fabric.run(200000));
  Outcome outcome;
  for (const auto& d : fabric.log.done) outcome.done.emplace_back(d.cookie, d.time.value());
  outcome.steps = fabric.steps();
  EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
  EXPECT_EQ(fabric.pools().operations.in_use(), 0U);
  EXPECT_EQ(fabric.pools().data.in_use(), 0U);
  EXPECT_EQ(fabric.packets().in_use(), 0U);
  return outcome;
}

TEST(GpuFlow, SleepingChangesNothingAndNothingIsLeftBehind) {
  const Outcome awake = mixed_traffic(false), asleep = mixed_traffic(true);
  EXPECT_EQ(awake.done.size(), 400U);
  EXPECT_EQ(awake.done, asleep.done);
  EXPECT_LT(asleep.steps, awake.steps);
}

}  // namespace
}  // namespace fs
