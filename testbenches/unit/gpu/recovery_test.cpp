// SPDX-License-Identifier: Apache-2.0
// Every transaction ends, and is performed once: whatever becomes of its packets.
#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <cstring>
#include <tuple>
#include <vector>

#include "common/random.hpp"
#include "gpu/memory/storage.hpp"
#include "two_gpus.hpp"

namespace fs {
namespace {

using test::make_operation;
using test::TwoGpus;
using Fate = TwoGpus::Fate;

Profile lossy_profile(std::int64_t retries, Femtoseconds timeout = nanoseconds(500)) {
  Profile profile = test::small_profile();
  profile.name = "lossy";
  profile.order = Order::none;
  profile.recovery.request_timeout = timeout;
  profile.recovery.retries = retries;
  profile.recovery.drain = nanoseconds(600);
  return profile;
}

bool is_request(const Packet& p) {
  return p.kind == PacketKind::read_request || p.kind == PacketKind::write_request ||
         p.kind == PacketKind::atomic_request;
}

Operation add_one(TwoGpus& fabric, std::uint64_t offset, std::uint8_t* data) {
  Operation o = make_operation(OperationKind::atomic, fabric.address(1, offset), data, 8);
  o.atomic = AtomicKind::add;
  return o;
}

std::uint64_t value_at(TwoGpus& fabric, std::uint64_t offset) {
  std::uint64_t value = 0;
  std::uint8_t bytes[8];
  Operation o = make_operation(OperationKind::read, fabric.address(1, offset), bytes, 8);
  fabric.submit(0, o);
  EXPECT_TRUE(fabric.run());
  std::memcpy(&value, bytes, 8);
  return value;
}

TEST(Recovery, ARequestThatNeverArrivesEndsAtItsTimerWithItsCause) {
  TwoGpus fabric(lossy_profile(0));
  std::uint8_t byte = 0;
  fabric.fate = [](int, const Packet& p) { return is_request(p) ? Fate::lost : Fate::arrives; };
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  ASSERT_TRUE(fabric.run());
  ASSERT_EQ(fabric.log.done.size(), 1U);
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::link_lost);
  // 10 ns of pipeline and the edge that takes it, then the timer.
  EXPECT_EQ(fabric.log.done[0].time, nanoseconds(511));
  EXPECT_EQ(fabric.log.transactions[0].ledger[Cause::retry], fabric.log.transactions[0].ledger.sum());
  EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
}

TEST(Recovery, ASilentResponseIsATimeout) {
  TwoGpus fabric(lossy_profile(0, nanoseconds(500)));
  std::uint8_t byte = 0;
  fabric.fate = [](int, const Packet& p) { return is_request(p) ? Fate::late : Fate::arrives; };
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  for (int i = 0; i < 700; ++i) fabric.cycle();
  ASSERT_EQ(fabric.log.done.size(), 1U);
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::timeout);
  EXPECT_EQ(fabric.pools().transactions.in_use(), 1U);  // its ghost's
  fabric.let_go();
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.ghosts, 1);
  EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
}

TEST(Recovery, AResendBringsTheDataAndBooksWhatTheFirstAttemptCost) {
  TwoGpus fabric(lossy_profile(2));
  std::uint8_t byte = 0;
  const std::uint8_t there = 42;
  fabric.hbm(1).storage().write(64, &there, 1, nullptr);
  int requests = 0;
  fabric.fate = [&](int, const Packet& p) { return is_request(p) && requests++ == 0 ? Fate::lost : Fate::arrives; };
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 64), &byte, 1));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(byte, 42);
  EXPECT_EQ(fabric.log.resent, 1);
  const Transaction& t = fabric.log.transactions[0];
  EXPECT_EQ(t.status, OperationStatus::ok);
  EXPECT_EQ(t.ledger[Cause::retry], nanoseconds(511));
  EXPECT_EQ(t.attempt, 1);
}

/// Without data an operation of one part has no record of its own any more.
TEST(Recovery, AnAccessThatOnlyItsTransactionRemembersIsResentAndEndsAsItself) {
  TwoGpus fabric(lossy_profile(2));
  int requests = 0;
  fabric.fate = [&](int, const Packet& p) { return is_request(p) && requests++ < 4 ? Fate::lost : Fate::arrives; };
  Operation o = make_operation(OperationKind::read, fabric.address(1, 64), nullptr, 32, 77);
  o.timing_only = true;
  fabric.submit(0, o);
  ASSERT_TRUE(fabric.run());  // sent three times in vain
  fabric.submit(0, o);
  ASSERT_TRUE(fabric.run());  // and once again before it arrives
  ASSERT_EQ(fabric.log.done.size(), 2U);
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::link_lost);
  EXPECT_EQ(fabric.log.done[1].status, OperationStatus::ok);
  EXPECT_EQ(fabric.log.done[1].cookie, 77U);
  EXPECT_EQ(fabric.log.transactions[1].attempt, 1);
  EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
  EXPECT_EQ(fabric.pools().operations.in_use(), 0U);
  EXPECT_EQ(fabric.pools().rests.in_use(), 0U);
}

TEST(Recovery, AnAtomicWhoseResponseIsLostIsPerformedOnce) {
  TwoGpus fabric(lossy_profile(3));
  std::uint8_t data[8] = {5};
  int responses = 0;
  fabric.fate = [&](int, const Packet& p) { return !is_request(p) && responses++ < 2 ? Fate::lost : Fate::arrives; };
  fabric.submit(0, add_one(fabric, 128, data));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::ok);
  EXPECT_EQ(data[0], 0);  // the old value, of the one time it was performed
  EXPECT_EQ(fabric.log.resent, 2);
  EXPECT_EQ(value_at(fabric, 128), 5U);
}

TEST(Recovery, AnAtomicThatWasOnlyLateIsPerformedOnce) {
  TwoGpus fabric(lossy_profile(3));
  std::uint8_t data[8] = {5};
  int requests = 0;
  fabric.fate = [&](int, const Packet& p) { return is_request(p) && requests++ == 0 ? Fate::late : Fate::arrives; };
  fabric.submit(0, add_one(fabric, 128, data));
  for (int i = 0; i < 1500; ++i) fabric.cycle();
  ASSERT_EQ(fabric.log.done.size(), 1U);
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::ok);
  fabric.let_go();
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(value_at(fabric, 128), 5U);
  EXPECT_GE(fabric.log.ghosts, 1);
}

TEST(Recovery, AGhostOfAnEarlierTransactionOfTheTagIsNotPerformed) {
  GpuConfig config = test::small_gpu();
  config.window = 1;
  Profile profile = lossy_profile(1);
  profile.recovery.tag_reuse = TagReuse::generation;
  TwoGpus fabric(profile, config);
  std::uint8_t first[8] = {5};
  std::uint8_t second[8] = {7};
  int requests = 0;
  fabric.fate = [&](int, const Packet& p) { return is_request(p) && requests++ == 0 ? Fate::late : Fate::arrives; };
  fabric.submit(0, add_one(fabric, 128, first));
  fabric.submit(0, add_one(fabric, 128, second));
  for (int i = 0; i < 2000; ++i) fabric.cycle();
  ASSERT_EQ(fabric.log.done.size(), 2U);
  fabric.let_go();
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(value_at(fabric, 128), 12U);
}

TEST(Recovery, AGhostThatOutlivesTheDrainTimeCouldBeMistaken) {
  GpuConfig config = test::small_gpu();
  config.window = 1;
  for (const bool request : {true, false}) {
    for (const auto& [drain, generations, mistaken] :
         {std::tuple{20, false, true}, std::tuple{20, true, false}, std::tuple{3000, false, false}}) {
      Profile profile = lossy_profile(1);
      profile.recovery.tag_reuse = generations ? TagReuse::generation : TagReuse::drain;
      profile.recovery.drain = nanoseconds(drain);
      TwoGpus fabric(profile, config);
      std::uint8_t data[2][8] = {{5}, {7}};
      int seen = 0;
      fabric.fate = [&](int, const Packet& p) {
        return is_request(p) == request && seen++ == 0 ? Fate::late : Fate::arrives;
      };
      fabric.submit(0, add_one(fabric, 128, data[0]));
      fabric.submit(0, add_one(fabric, 128, data[1]));
      if (request) {
        for (int i = 0; i < 1500; ++i) fabric.cycle();  // the second has been performed when the first comes
      } else {
        while (fabric.log.done.empty()) fabric.cycle();
        for (int i = 0; i < 50; ++i) fabric.cycle();  // the second is under way
      }
      fabric.let_go();
      ASSERT_TRUE(fabric.run());
      EXPECT_EQ(fabric.log.ghosts, 1);
      EXPECT_EQ(fabric.log.mistakable, mistaken ? 1 : 0) << request << " drain " << drain << ' ' << generations;
    }
  }
}

TEST(Recovery, APoisonedRequestIsAnsweredAtOnceAndAPoisonedResponseCounted) {
  for (const bool request : {true, false}) {
    TwoGpus fabric(lossy_profile(0, microseconds(5)));
    std::uint8_t byte = 0;
    fabric.fate = [&](int, const Packet& p) { return is_request(p) == request ? Fate::poisoned : Fate::arrives; };
    fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
    ASSERT_TRUE(fabric.run());
    ASSERT_EQ(fabric.log.done.size(), 1U);
    EXPECT_EQ(fabric.log.done[0].status, OperationStatus::poisoned);
    EXPECT_LT(fabric.log.done[0].time, nanoseconds(400));  // nobody waits for the timer
    EXPECT_EQ(fabric.log.lost.size(), 1U);
  }
}

/// Errors that no check has found: the data comes with one bit wrong, and nobody is told.
TEST(Recovery, WhatNobodyNoticesArrivesWithOneBitWrong) {
  const auto wrong_bits = [](const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b) {
    std::size_t bits = 0;
    for (std::size_t i = 0; i < a.size(); ++i) bits += std::bitset<8>(a[i] ^ b[i]).count();
    return bits;
  };
  for (const PacketKind hit : {PacketKind::write_request, PacketKind::read_response, PacketKind::read_request}) {
    TwoGpus fabric(lossy_profile(0, microseconds(5)));
    std::vector<std::uint8_t> written(64, 0x5a);
    std::vector<std::uint8_t> read(64);
    fabric.fate = [&](int, const Packet& p) { return p.kind == hit ? Fate::wrong : Fate::arrives; };
    fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 0), written.data(), 64));
    ASSERT_TRUE(fabric.run());
    fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), read.data(), 64));
    ASSERT_TRUE(fabric.run());
    ASSERT_EQ(fabric.log.done.size(), 2U);
    for (const auto& done : fabric.log.done) EXPECT_EQ(done.status, OperationStatus::ok);
    EXPECT_EQ(wrong_bits(read, written), hit == PacketKind::read_request ? 0U : 1U);
    EXPECT_EQ(written, std::vector<std::uint8_t>(64, 0x5a)) << "the caller's own data stay as they are";
  }
}

TEST(Recovery, APostedWriteThatIsLostIsLearnedAtTheNextFlushOfItsLink) {
  Profile profile = lossy_profile(0);
  profile.order = Order::region;
  profile.packets.posted_writes = true;
  for (const auto policy : {PostedLoss::flush, PostedLoss::silent}) {
    profile.recovery.posted_loss = policy;
    TwoGpus fabric(profile, test::small_gpu(), 1);
    std::uint8_t byte = 9;
    int writes = 0;
    fabric.fate = [&](int, const Packet& p) {
      return p.kind == PacketKind::write_request && ++writes == 2 ? Fate::lost : Fate::arrives;
    };
    for (unsigned i = 0; i < 4; ++i) {
      fabric.submit(0, make_operation(OperationKind::write, fabric.address(1, 256U * i), &byte, 1, i));
    }
    for (unsigned i = 0; i < 2; ++i) {
      fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1, 10 + i));
    }
    ASSERT_TRUE(fabric.run());
    ASSERT_EQ(fabric.log.done.size(), 6U);
    for (const auto& done : fabric.log.done) {
      const bool learns = policy == PostedLoss::flush && done.cookie == 10;
      EXPECT_EQ(done.status, learns ? OperationStatus::posted_lost : OperationStatus::ok) << done.cookie;
    }
    EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
  }
}

TEST(Recovery, AReroutedTargetIsReachedByItsNewLinksOrNotAtAll) {
  TwoGpus fabric(lossy_profile(1), test::small_gpu(), 2);
  std::vector<std::uint8_t> data(4096);
  fabric.gpu(0).reroute(static_cast<NodeId>(1), 2, fabric.time());
  fabric.fate = [](int, const Packet& p) { return is_request(p) && p.link == 0 ? Fate::lost : Fate::arrives; };
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 4096));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.resent, 0);
  fabric.gpu(0).reroute(static_cast<NodeId>(1), 0, fabric.time());
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 4096));
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.log.done.back().status, OperationStatus::unreachable);
}

TEST(Recovery, WhereOrderIsKeptNewRequestsWaitForTheOldLinksToDrain) {
  Profile profile = lossy_profile(0);
  profile.order = Order::region;
  TwoGpus fabric(profile, test::small_gpu(), 2, true);
  std::uint8_t byte = 0;
  for (int i = 0; i < 5; ++i) fabric.cycle();
  fabric.gpu(0).reroute(static_cast<NodeId>(1), 2, fabric.time());
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), &byte, 1));
  ASSERT_TRUE(fabric.run());
  EXPECT_GT(fabric.log.done[0].time, nanoseconds(600));  // the profile's drain
  EXPECT_EQ(fabric.log.transactions[0].status, OperationStatus::ok);
}

TEST(Recovery, AGpuThatGoesEndsAllItAskedForAtOnce) {
  TwoGpus fabric(lossy_profile(3));
  std::vector<std::uint8_t> data(1 << 14);
  fabric.submit(0, make_operation(OperationKind::read, fabric.address(1, 0), data.data(), 1 << 14));
  for (int i = 0; i < 40; ++i) fabric.cycle();
  fabric.gpu(0).end_all(OperationStatus::gpu_gone, fabric.time());
  EXPECT_EQ(fabric.log.done.size(), 1U);
  EXPECT_EQ(fabric.log.done[0].status, OperationStatus::gpu_gone);
  ASSERT_TRUE(fabric.run());
  EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
}

/// Everything ends once, atomics are performed as often as they were said to be done, whatever is lost.
TEST(Recovery, NothingIsPerformedTwiceOrLostUnderRandomLosses) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed, "recovery", "fates");
    Profile profile = lossy_profile(15, nanoseconds(300));
    profile.recovery.tag_reuse = seed % 2 == 0 ? TagReuse::drain : TagReuse::generation;
    GpuConfig config = test::small_gpu();
    config.window = 8;
    TwoGpus fabric(profile, config, 2, seed % 3 == 0);
    fabric.fate = [&](int, const Packet&) {
      const auto draw = random.below(10);
      return draw < 2 ? Fate::lost : draw == 2 ? Fate::poisoned : Fate::arrives;
    };
    std::vector<std::array<std::uint8_t, 8>> data(60, {1});
    for (std::size_t i = 0; i < data.size(); ++i) fabric.submit(0, add_one(fabric, 8 * (i % 3), data[i].data()));
    ASSERT_TRUE(fabric.run(200000));
    ASSERT_EQ(fabric.log.done.size(), data.size());
    std::uint64_t ok = 0;
    for (const auto& done : fabric.log.done) ok += done.status == OperationStatus::ok ? 1U : 0U;
    fabric.fate = nullptr;
    const std::uint64_t performed = value_at(fabric, 0) + value_at(fabric, 8) + value_at(fabric, 16);
    EXPECT_EQ(ok, data.size());
    EXPECT_EQ(performed, ok);
    EXPECT_EQ(fabric.pools().transactions.in_use(), 0U);
    EXPECT_EQ(fabric.packets().in_use(), 0U);
  }
}

}  // namespace
}  // namespace fs
