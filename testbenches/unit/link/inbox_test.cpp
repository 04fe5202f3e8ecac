// SPDX-License-Identifier: Apache-2.0
#include "link/inbox.hpp"

#include <array>
#include <map>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "common/random.hpp"

using namespace fs;

namespace {

std::vector<std::int64_t> cycles_woken(WakeWheel& wheel) {
  std::vector<std::int64_t> cycles;
  for (Cycles next = wheel.next(); next != Cycles::max(); next = wheel.next()) {
    std::array<std::uint64_t, 1> awake{};
    wheel.take(next, awake.data());
    EXPECT_NE(awake[0], 0U);
    cycles.push_back(next.value());
  }
  return cycles;
}

}  // namespace

TEST(WakeWheel, FindsTheNextWakeNearAndFar) {
  WakeWheel wheel(3);
  for (const std::int64_t at : {5, 0, 1023, 1024, 5'000'000, 4000}) wheel.wake(2, Cycles(at));
  EXPECT_EQ(cycles_woken(wheel), (std::vector<std::int64_t>{0, 5, 1023, 1024, 4000, 5'000'000}));
}

/// Against a plain map: many chips, wakes near, later and far, each found at its cycle and at no other.
TEST(WakeWheel, WakesEachChipAtItsCyclesAndAtNoOthers) {
  constexpr int chips = 150;
  WakeWheel wheel(chips);
  RandomStream random(1, "wheel", "test");
  std::map<std::int64_t, std::set<int>> expected;
  std::int64_t now = -1;
  for (int step = 0; step < 3000; ++step) {
    for (std::uint64_t wakes = random.below(4); wakes > 0; --wakes) {
      const std::int64_t reach[] = {4, WakeWheel::near_count, WakeWheel::near_count + 2, WakeWheel::slot_count + 3,
                                    5000};
      const auto bound = static_cast<std::uint64_t>(reach[random.below(5)]);
      const std::int64_t at = now + 1 + static_cast<std::int64_t>(random.below(bound));
      const auto chip = static_cast<int>(random.below(chips));
      wheel.wake(chip, Cycles(at));
      expected[at].insert(chip);
    }
    if (expected.empty()) continue;
    now = expected.begin()->first;
    ASSERT_EQ(wheel.next(), Cycles(now));
    std::vector<std::uint64_t> awake(wheel.words());
    wheel.take(Cycles(now), awake.data());
    std::set<int> found;
    for (int chip = 0; chip < 64 * static_cast<int>(awake.size()); ++chip) {
      if (((awake[static_cast<std::size_t>(chip) >> 6] >> (chip & 63)) & 1U) != 0) found.insert(chip);
    }
    ASSERT_EQ(found, expected.begin()->second) << "cycle " << now;
    expected.erase(expected.begin());
  }
}

TEST(WakeWheel, InterruptsASleepOnlyForAnEarlierWake) {
  WakeWheel wheel(1);
  std::vector<std::int64_t> interrupts;
  const auto note = [](void* list, Cycles at) { static_cast<std::vector<std::int64_t>*>(list)->push_back(at.value()); };
  wheel.sleep(Cycles(100), note, &interrupts);
  wheel.wake(0, Cycles(200));
  wheel.wake(0, Cycles(50));
  wheel.wake(0, Cycles(60));
  wheel.wake(0, Cycles(40));
  EXPECT_EQ(interrupts, (std::vector<std::int64_t>{50, 40}));
}

TEST(Inbox, HandsOverEachArrivalAtItsCycleHoweverFar) {
  WakeWheel wheel(1);
  Inbox inbox(wheel, 0, 16);
  for (const std::int64_t at : {3, 20, 1'000'000}) {
    PortFlit flit;
    flit.flit.hash_key = static_cast<std::uint32_t>(at);
    inbox.put_flit(Cycles(at), flit);
  }
  for (Cycles next = wheel.next(); next != Cycles::max(); next = wheel.next()) {
    std::array<std::uint64_t, 1> awake{};
    wheel.take(next, awake.data());
    auto& slot = inbox.take(next);
    ASSERT_EQ(slot.flits.size(), 1U);
    EXPECT_EQ(slot.flits[0].flit.hash_key, static_cast<std::uint32_t>(next.value()));
    inbox.done(slot);
  }
}

/// What a slot held when much had arrived goes to the next one that is filled: nothing may come twice, nor late.
TEST(Inbox, HandsOverManyArrivalsInTheOrderOfTheirComing) {
  constexpr std::uint32_t rounds = 300;
  WakeWheel wheel(1);
  Inbox inbox(wheel, 0, 64);
  std::map<std::int64_t, std::vector<std::uint32_t>> sent;
  std::uint32_t name = 0;
  for (std::int64_t now = 0; now < rounds; ++now) {
    std::array<std::uint64_t, 1> awake{};
    wheel.take(Cycles(now), awake.data());
    auto& slot = inbox.take(Cycles(now));
    std::vector<std::uint32_t> flits, credits;
    for (const PortFlit& flit : slot.flits) flits.push_back(flit.flit.hash_key);
    for (const CreditPulse& pulse : slot.credits) credits.push_back(static_cast<std::uint32_t>(index(pulse.port)));
    EXPECT_EQ(flits, sent[now]) << "cycle " << now;
    EXPECT_EQ(credits.size(), sent[now].size()) << "cycle " << now;
    inbox.done(slot);
    // Now hardly any, now more than the slot before had room for, to cycles near and far.
    for (std::int64_t k = 0; k < 1 + now * 7 % 400; ++k) {
      const std::int64_t at = now + 1 + (now + k) % 3 * 30;
      PortFlit flit;
      flit.flit.hash_key = name;
      inbox.put_flit(Cycles(at), flit);
      inbox.put_credit(Cycles(at), {static_cast<PortId>(k), VcId{}});
      sent[at].push_back(name++);
    }
  }
}

/// Memory follows what is on its way at once, not what the wheel can hold, nor the burst of credits with which it
/// begins.
TEST(Inbox, LendsTheArraysOfEmptySlotsToThoseThatFill) {
  constexpr std::int64_t way = 20;
  WakeWheel wheel(1);
  Inbox inbox(wheel, 0, 256);
  for (std::int64_t at = 0; at < 200; ++at) {
    for (std::uint16_t port = 0; port < 50; ++port) inbox.put_credit(Cycles(at), {static_cast<PortId>(port), VcId(0)});
  }
  std::set<const void*> flits, credits;
  for (std::int64_t now = 0; now < 2000; ++now) {
    std::array<std::uint64_t, 1> awake{};
    wheel.take(Cycles(now), awake.data());
    auto& slot = inbox.take(Cycles(now));
    for (std::size_t i = 0; i < slot.flits.size(); ++i) {
      ASSERT_EQ(slot.flits[i].flit.hash_key, static_cast<std::uint32_t>(100 * now) + i);
    }
    ASSERT_EQ(slot.flits.size(), now < way ? 0U : 1U + static_cast<std::size_t>(now % 7));
    ASSERT_EQ(slot.credits.size(), now < 200 ? 50U : 1U);
    if (!slot.flits.empty()) flits.insert(slot.flits.data());
    if (now > 300) credits.insert(slot.credits.data());
    for (std::int64_t i = 0; i <= (now + way) % 7; ++i) {
      PortFlit flit;
      flit.flit.hash_key = static_cast<std::uint32_t>(100 * (now + way) + i);
      inbox.put_flit(Cycles(now + way), flit);
    }
    if (now + way >= 200) inbox.put_credit(Cycles(now + way), {PortId(0), VcId(0)});
    inbox.done(slot);
  }
  EXPECT_LE(flits.size(), 2U * (way + 8));  // each was once an array of four
  EXPECT_LE(credits.size(), static_cast<std::size_t>(way + 8));
}
