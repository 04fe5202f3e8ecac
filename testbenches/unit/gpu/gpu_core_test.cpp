// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_core.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "two_gpus.hpp"

namespace fs {
namespace {

using test::make_operation;
using test::TwoGpus;

std::vector<std::uint8_t> pattern(std::size_t bytes, unsigned seed = 1) {
  std::vector<std::uint8_t> data(bytes);
  for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::uint8_t>((i + seed) * 37 >> 2);
  return data;
}

TEST(GpuCore, ARemoteWriteIsReadBack) {
  TwoGpus fabric;
  auto data = pattern(1000);
  std::vector<std::uint8_t> back(1000);
  fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 100), data.data(), 1000, 1));
  ASSERT_TRUE(fabric.run());
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 100), back.data(), 1000, 2));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(back, data);
  ASSERT_EQ(fabric.log.done.size(), 2U);
  EXPECT_EQ(fabric.log.done[1].cookie, 2U);
  EXPECT_EQ(fabric.log.done[1].status, OperationStatus::ok);
}

TEST(GpuCore, SplitsAtMaximumPayloadBoundaries) {
  TwoGpus fabric;
  auto data = pattern(600);
  fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 200), data.data(), 600));
  ASSERT_TRUE(fabric.run());
  std::vector<std::pair<std::uint64_t, int>> parts;
  for (const auto& t : fabric.log.transactions) parts.emplace_back(t.offset, t.bytes);
  std::sort(parts.begin(), parts.end());
  EXPECT_EQ(parts, (std::vector<std::pair<std::uint64_t, int>>{{200, 56}, {256, 256}, {512, 256}, {768, 32}}));
}

TEST(GpuCore, AnUnloadedReadTakesTheSumOfItsParts) {
  TwoGpus fabric;
  while (fabric.now() < Cycles(40)) fabric.cycle();
  std::uint8_t byte = 0;
  const Femtoseconds start = fabric.time();
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  ASSERT_TRUE(fabric.run());
  const Transaction& t = fabric.log.transactions.at(0);
  EXPECT_EQ(t.ledger.sum(), fabric.log.done.at(0).time - start);
  EXPECT_EQ(t.ledger[Cause::endpoint], nanoseconds(10 + 5 + 7));
  EXPECT_EQ(t.ledger[Cause::memory], nanoseconds(100) + Femtoseconds(128 * 16'000));  // a line at 62.5 GB/s
  EXPECT_EQ(t.ledger[Cause::propagation], nanoseconds(10));
  EXPECT_EQ(t.ledger[Cause::source_queue], nanoseconds(0));
  EXPECT_EQ(t.created, start);
}

TEST(GpuCore, LocalAccessesUseTheMemoryAlone) {
  TwoGpus fabric;
  auto data = pattern(300);
  std::vector<std::uint8_t> back(300);
  fabric.submit(0, make_operation(OperationKind::write, fabric.address(0, 10), data.data(), 300));
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(0, 10), back.data(), 300));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(back, data);
  EXPECT_EQ(fabric.gpu(0).packets_created(), 0U);
  EXPECT_EQ(fabric.log.transactions.at(0).ledger[Cause::propagation], nanoseconds(0));
}

TEST(GpuCore, TakesCallsAtTheNextEdgeStrictlyAfterThem) {
  TwoGpus fabric;
  std::uint8_t byte = 0;
  for (int i = 0; i < 40; ++i) fabric.cycle();
  const auto read = make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1);
  fabric.gpu(0).submit(0, read, fabric.time());  // on an edge: a whole cycle passes
  ASSERT_TRUE(fabric.run());
  fabric.gpu(0).submit(0, read, fabric.time() + picoseconds(2300));  // between edges: 0.7 ns and the same way
  ASSERT_TRUE(fabric.run());
  const auto before_packet = [&](std::size_t i) {
    return fabric.log.packets.at(2 * i).created - fabric.log.transactions.at(i).created;
  };
  EXPECT_EQ(before_packet(0), nanoseconds(11));
  EXPECT_EQ(before_packet(1), picoseconds(10'700));
}

TEST(GpuCore, ACallOnTheEdgeIsNotTakenWithAnEarlierOneAtThatEdge) {
  TwoGpus fabric;
  for (int i = 0; i < 40; ++i) fabric.cycle();
  const auto send = make_operation(OperationKind::send, fabric.address(1, 0), nullptr, 1);
  fabric.gpu(0).submit(0, send, fabric.time() + picoseconds(500));
  fabric.gpu(0).submit(0, send, fabric.time() + picoseconds(1000));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.packets.at(1).created - fabric.log.packets.at(0).created, nanoseconds(1));
}

TEST(GpuCore, TakesSocketsInAscendingOrderWhateverTheOrderOfCalls) {
  TwoGpus fabric;
  const int second = fabric.gpu(0).add_socket(fabric.log);
  std::uint8_t byte = 0;
  const auto send = [&](std::uint64_t name) {
    return make_operation(OperationKind::send, fabric.address(1, 0), &byte, 1, name);
  };
  fabric.gpu(0).submit(second, send(2), fabric.time());
  fabric.gpu(0).submit(0, send(1), fabric.time());
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.done.at(0).cookie, 1U);
}

TEST(GpuCore, ALoadAfterAStoreToTheSameRegionReturnsTheStore) {
  TwoGpus fabric(test::small_profile(), test::small_gpu(), 4);
  std::vector<std::vector<std::uint8_t>> data, back(64, std::vector<std::uint8_t>(48));
  for (unsigned i = 0; i < 64; ++i) data.push_back(pattern(48, i));
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint64_t place = fabric.address(1, i % 8 * 256 + 64);
    fabric.submit(0, make_operation(OperationKind::write, place, data[i].data(), 48));
    fabric.submit(0, make_operation(OperationKind::read, place, back[i].data(), 48));
    if (i % 16 == 15) {
      ASSERT_TRUE(fabric.run());
    }
  }
  EXPECT_EQ(back, data);
}

TEST(GpuCore, WithoutOrderInTheFabricHazardsKeepALoadBehindTheStore) {
  Profile profile = test::small_profile();
  profile.order = Order::none;
  GpuConfig config = test::small_gpu();
  config.striping = Striping::random;
  TwoGpus fabric(profile, config, 4);
  std::vector<std::vector<std::uint8_t>> data, back(32, std::vector<std::uint8_t>(256));
  for (unsigned i = 0; i < 32; ++i) data.push_back(pattern(256, i));
  for (std::size_t i = 0; i < 32; ++i) {
    fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 0), data[i].data(), 256));
    fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), back[i].data(), 256));
    if (i % 16 == 15) {
      ASSERT_TRUE(fabric.run());
    }
  }
  EXPECT_EQ(back, data);
}

TEST(GpuCore, WithoutOrderInTheFabricSmallStoresBesideEachOtherDoNotWait) {
  Profile profile = test::small_profile();
  profile.order = Order::none;
  TwoGpus fabric(profile, test::small_gpu(), 4);
  std::vector<std::uint8_t> data(8);
  for (unsigned i = 0; i < 32; ++i) {
    fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 8U * i), data.data(), 8));
  }
  ASSERT_TRUE(fabric.run());
  for (const Transaction& t : fabric.log.transactions) EXPECT_LT(t.ledger[Cause::source_queue], nanoseconds(40));
}

TEST(GpuCore, KeepsWithinItsWindowAndBooksTheWaitAsSourceQueue) {
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

TEST(GpuCore, AFullSocketSaysSoAndSaysWhenItHasRoomAgain) {
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

TEST(GpuCore, SourceQueuesAndResponseQueuesKeepToTheirBounds) {
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

TEST(GpuCore, MakesNoMoreRequestsACycleThanItMay) {
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

TEST(GpuCore, ARefusedRequestWaitsForMemoryReadyAndIsOfferedStrictlyAfterIt) {
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

TEST(GpuCore, AnswersThatComeLaterAreTakenStrictlyAfterThem) {
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

TEST(GpuCore, ByteEnablesCostTheirBytesOnTheWire) {
  TwoGpus fabric;
  std::vector<std::uint8_t> data(64);
  const std::uint8_t enables[] = {0xff, 0};
  Operation write = make_operation(OperationKind::write, fabric.address(1, 0), data.data(), 64);
  fabric.submit(0, write);
  write.enables = enables;
  write.enable_length = 2;
  fabric.submit(0, write);
  ASSERT_TRUE(fabric.run());
  std::vector<int> bytes;
  for (const Packet& p : fabric.log.packets) {
    if (p.kind == PacketKind::write_request) bytes.push_back(p.wire_bytes);
  }
  EXPECT_EQ(bytes, (std::vector<int>{16 + 64, 16 + 16 + 64}));
}

TEST(GpuCore, PostedWritesEndAtTheirSourceBeforeTheyAreVisible) {
  Profile profile = test::small_profile();
  profile.packets.posted_writes = true;
  TwoGpus fabric(profile);
  auto data = pattern(256);
  Operation write = make_operation(OperationKind::write, fabric.address(1, 0), data.data(), 256);
  write.message = 42;
  std::size_t visible_when_done = 99;
  fabric.log.on_done = [&](const Operation&) { visible_when_done = fabric.log.visible.size(); };
  fabric.submit(0, write);
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(visible_when_done, 0U);
  EXPECT_EQ(fabric.log.visible, std::vector<std::uint64_t>{42});
  EXPECT_EQ(fabric.gpu(1).packets_created(), 0U);
  EXPECT_EQ(fabric.log.transactions.size(), 1U);
}

TEST(GpuCore, SendsAreConsumedOnArrivalWithoutMemory) {
  TwoGpus fabric;
  Operation send = make_operation(OperationKind::send, fabric.address(1, 0), nullptr, 1000);
  send.message = 7;
  fabric.submit(0, send);
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.visible, std::vector<std::uint64_t>(4, 7));
  EXPECT_EQ(fabric.log.done.size(), 1U);
  EXPECT_EQ(fabric.hbm(1).misses(), 0U);
}

TEST(GpuCore, AtomicsOfBothGpusOnOneWordAllCount) {
  TwoGpus fabric;
  std::vector<std::array<std::uint8_t, 8>> operands(40, {1, 0, 0, 0, 0, 0, 0, 0});
  for (int i = 0; i < 40; ++i) {
    Operation add = make_operation(OperationKind::atomic, fabric.address(1, 512), operands[i].data(), 8);
    add.atomic = AtomicKind::add;
    fabric.submit(i % 2, add);
  }
  ASSERT_TRUE(fabric.run());
  std::uint8_t sum = 0;
  fabric.hbm(1).storage().read(512, &sum, 1);
  EXPECT_EQ(sum, 40);
  std::vector<bool> seen(40);
  for (const auto& old : operands) seen.at(old[0]) = true;
  EXPECT_EQ(seen, std::vector<bool>(40, true));
}

TEST(GpuCore, ByteEnablesSelectWhatIsWrittenAndWhatIsBroughtBack) {
  TwoGpus fabric;
  std::vector<std::uint8_t> data(300, 9), back(300, 5);
  const std::uint8_t enables[] = {0xff, 0, 0xff};
  Operation write = make_operation(OperationKind::write, fabric.address(1, 0), data.data(), 300);
  write.enables = enables;
  write.enable_length = 3;
  fabric.submit(0, write);
  ASSERT_TRUE(fabric.run());
  Operation read = make_operation(OperationKind::read, fabric.address(1, 100), back.data(), 200);
  read.enables = enables;
  read.enable_length = 3;
  fabric.submit(0, read);
  ASSERT_TRUE(fabric.run());
  std::vector<std::uint8_t> stored(300);
  fabric.hbm(1).storage().read(0, stored.data(), 300);
  for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(stored[i], i % 3 != 1 ? 9 : 0) << i;
  for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(back[i], i < 200 && i % 3 != 1 ? stored[100 + i] : 5) << i;
}

OperationStatus status_of(TwoGpus& fabric, const Operation& operation) {
  fabric.log.done.clear();
  fabric.submit(0, operation);
  EXPECT_TRUE(fabric.run());
  return fabric.log.done.at(0).status;
}

TEST(GpuCore, RefusesWhatItCannotDoWithTheReason) {
  TwoGpus fabric;
  std::uint8_t data[64] = {};
  const auto read = [&](std::uint64_t address, std::uint32_t bytes) {
    return make_operation(OperationKind::read, address, data, bytes);
  };
  EXPECT_EQ(status_of(fabric, read(2 << 20, 4)), OperationStatus::address_error);
  EXPECT_EQ(status_of(fabric, read((2 << 20) - 2, 4)), OperationStatus::address_error);
  EXPECT_EQ(status_of(fabric, read(~0ULL, 4)), OperationStatus::address_error);
  EXPECT_EQ(status_of(fabric, read((1 << 20) - 2, 4)), OperationStatus::burst_error);
  EXPECT_EQ(status_of(fabric, read(0, 0)), OperationStatus::burst_error);
  Operation atomic = make_operation(OperationKind::atomic, 0, data, 8);
  EXPECT_EQ(status_of(fabric, atomic), OperationStatus::command_error);
  atomic.atomic = AtomicKind::add;
  atomic.bytes = 6;
  EXPECT_EQ(status_of(fabric, atomic), OperationStatus::burst_error);
  atomic.bytes = 8;
  atomic.enables = data;
  atomic.enable_length = 1;
  EXPECT_EQ(status_of(fabric, atomic), OperationStatus::byte_enable_error);
  fabric.gpu(0).restrict_links(NodeId(1), 0);
  EXPECT_EQ(status_of(fabric, read(1 << 20, 4)), OperationStatus::generic_error);
}

TEST(GpuCore, RequestsKeepToTheLinksAllowed) {
  TwoGpus fabric(test::small_profile(), test::small_gpu(), 4);
  fabric.gpu(0).restrict_links(NodeId(1), 0b0100);
  std::vector<std::uint8_t> data(4096);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 4096));
  ASSERT_TRUE(fabric.run());
  for (const Packet& p : fabric.log.packets) EXPECT_EQ(p.link, 2);
}

TEST(GpuCore, StripingByRegionSpreadsOverAllLinksAndRepeats) {
  TwoGpus fabric(test::small_profile(), test::small_gpu(), 4);
  std::vector<std::uint8_t> data(256 * 64);
  for (int i = 0; i < 2; ++i) {
    fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 256 * 64));
    ASSERT_TRUE(fabric.run());
  }
  std::vector<int> uses(4);
  std::vector<int> link_of(64, -1);
  for (const Packet& p : fabric.log.packets) {
    if (p.kind != PacketKind::read_request) continue;
    ++uses[p.link];
  }
  for (const int n : uses) EXPECT_GT(n, 16);
}

TEST(GpuCore, RefusesStripingThatBreaksTheProtocolsOrder) {
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

TEST(GpuCore, SleepingChangesNothingAndNothingIsLeftBehind) {
  const Outcome awake = mixed_traffic(false), asleep = mixed_traffic(true);
  EXPECT_EQ(awake.done.size(), 400U);
  EXPECT_EQ(awake.done, asleep.done);
  EXPECT_LT(asleep.steps, awake.steps);
}

}  // namespace
}  // namespace fs
