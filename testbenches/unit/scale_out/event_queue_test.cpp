// SPDX-License-Identifier: Apache-2.0
#include "scale_out/engine/event_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "common/random.hpp"

namespace fs {
namespace {

TEST(EventQueue, GivesEventsOfOneInstantInTheOrderOfScheduling) {
  EventQueue queue;
  for (std::uint32_t i = 0; i < 100; ++i) queue.push(nanoseconds(5), NetEventKind::wire_free, i);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(queue.pop().a, i);
  EXPECT_EQ(queue.next_time(), Femtoseconds::max());
}

/// Delays from nothing to a millisecond, so that the slot at hand, the wheel and the heap all take part.
TEST(EventQueue, AgreesWithASortedList) {
  RandomStream draws(3, "queue", "delays");
  EventQueue queue;
  std::vector<std::pair<std::int64_t, std::uint32_t>> expected;  // later first
  Femtoseconds now{0};
  std::uint32_t next = 0;
  for (int step = 0; step < 200'000; ++step) {
    const bool push = expected.empty() || draws.below(100) < (step < 100'000 ? 55 : 45);
    if (push) {
      const std::int64_t most = 1LL << draws.below(41);
      const std::int64_t time = now.value() + static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(most)));
      queue.push(Femtoseconds(time), NetEventKind::port_wakes, next);
      const std::pair<std::int64_t, std::uint32_t> entry{time, next++};
      expected.insert(std::upper_bound(expected.begin(), expected.end(), entry, std::greater<>()), entry);
    } else {
      ASSERT_EQ(queue.next_time().value(), expected.back().first);
      const NetEvent event = queue.pop();
      now = event.time;
      ASSERT_EQ(event.a, expected.back().second);
      ASSERT_EQ(event.kind(), NetEventKind::port_wakes);
      expected.pop_back();
    }
    ASSERT_EQ(queue.size(), expected.size());
  }
}

}  // namespace
}  // namespace fs
