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

TEST(GpuCore, AnAccessWithoutDataLivesOnInItsTransaction) {
  TwoGpus fabric;
  std::vector<Operation> ended;
  fabric.log.on_done = [&](const Operation& operation) { ended.push_back(operation); };
  std::vector<Operation> asked;
  for (const std::uint64_t place : {fabric.address(1, 512), fabric.address(0, 512)}) {
    for (const auto kind : {OperationKind::read, OperationKind::write, OperationKind::atomic}) {
      Operation o = make_operation(kind, place + 8 * asked.size(), nullptr, 8, 100 + asked.size());
      o.timing_only = true;
      o.message = kind == OperationKind::write ? 5 : 0;
      if (kind == OperationKind::atomic) o.atomic = AtomicKind::add;
      asked.push_back(o);
      fabric.submit(0, o);
    }
  }
  for (int i = 0; i < 15; ++i) fabric.cycle();
  EXPECT_EQ(fabric.pools().transactions.in_use(), asked.size());
  EXPECT_EQ(fabric.pools().operations.in_use(), 0U);
  EXPECT_EQ(fabric.pools().rests.in_use(), 0U);
  EXPECT_EQ(fabric.gpu(0).tracker().operations(), asked.size());
  ASSERT_TRUE(fabric.run());
  ASSERT_EQ(ended.size(), asked.size());
  for (const Operation& o : ended) {
    const Operation& a = asked.at(o.cookie - 100);
    EXPECT_TRUE(o.kind == a.kind && o.atomic == a.atomic && o.timing_only) << o.cookie;
    EXPECT_TRUE(o.address == a.address && o.bytes == a.bytes && o.message == a.message) << o.cookie;
  }
  EXPECT_EQ(fabric.log.visible, (std::vector<std::uint64_t>{5, 5}));
}

}  // namespace
}  // namespace fs
