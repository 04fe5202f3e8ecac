// SPDX-License-Identifier: Apache-2.0
// Which chips a clock domain steps, and when: edges, sleeping, far wakes, kicks from outside.
#include "tlm/clock_domain.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "../../support/sim_test.hpp"

namespace fs {
namespace {

using Steps = std::vector<std::int64_t>;

/// Notes its steps and asks for the next one as it is told.
class NotingChip : public tlm::Chip {
 public:
  explicit NotingChip(std::function<Cycles(Cycles)> next) : next_(std::move(next)) {}
  Cycles step(Cycles now) override {
    steps.push_back(now.value());
    return next_(now);
  }
  Steps steps;

 private:
  std::function<Cycles(Cycles)> next_;
};

Cycles never(Cycles) { return Cycles::max(); }

class ClockDomainTest : public test::SimTest {
 protected:
  static void run_ns(int n) { run_for(sc_core::sc_time(n, sc_core::SC_NS)); }
  const Clock clock{nanoseconds(1)};
};

TEST_F(ClockDomainTest, StepsAChipAtEdgeZeroAndThenForAsLongAsItHasWork) {
  tlm::ClockDomain domain("domain", clock, 1);
  NotingChip chip([](Cycles now) { return now < Cycles(3) ? now + Cycles(1) : Cycles::max(); });
  domain.add(chip);
  run_ns(50);
  EXPECT_EQ(chip.steps, (Steps{0, 1, 2, 3}));
  EXPECT_EQ(domain.edges(), 4U) << "an idle domain costs no edge";
  EXPECT_TRUE(domain.quiescent());
}

TEST_F(ClockDomainTest, ComesBackAtTheCycleAskedForNearOrBeyondTheWheel) {
  tlm::ClockDomain domain("domain", clock, 2);
  NotingChip near([](Cycles now) { return now == Cycles(0) ? Cycles(700) : Cycles::max(); });
  NotingChip far([](Cycles now) { return now == Cycles(0) ? Cycles(5000) : Cycles::max(); });
  domain.add(near);
  domain.add(far);
  run_ns(6000);
  EXPECT_EQ(near.steps, (Steps{0, 700}));
  EXPECT_EQ(far.steps, (Steps{0, 5000}));
  EXPECT_EQ(domain.chip_steps(), 4U);
}

TEST_F(ClockDomainTest, TakesACallFromOutsideAtTheEdgeStrictlyAfterIt) {
  tlm::ClockDomain domain("domain", clock, 1);
  NotingChip chip(never);
  const int number = domain.add(chip);
  run_for(sc_core::sc_time(2500, sc_core::SC_PS));
  domain.wake_at_next_edge(number);
  run_for(sc_core::sc_time(4500, sc_core::SC_PS));  // to 7 ns, which is an edge
  EXPECT_EQ(domain.next_edge(), Cycles(8));
  domain.wake_at_next_edge(number);
  run_ns(10);
  EXPECT_EQ(chip.steps, (Steps{0, 3, 8}));
}

TEST_F(ClockDomainTest, WakesEarlierThanItMeantToWhenACallComes) {
  tlm::ClockDomain domain("domain", clock, 1);
  NotingChip chip([](Cycles now) { return now == Cycles(0) ? Cycles(3000) : Cycles::max(); });
  const int number = domain.add(chip);
  run_ns(10);
  domain.wheel().wake(number, Cycles(2000));
  domain.wheel().wake(number, Cycles(50));
  domain.wheel().wake(number, Cycles(50));
  run_ns(4000);
  EXPECT_EQ(chip.steps, (Steps{0, 50, 2000, 3000}));
}

TEST_F(ClockDomainTest, StepsChipsOfOneEdgeInTheOrderOfAdding) {
  tlm::ClockDomain domain("domain", clock, 70);
  std::vector<int> order;
  std::vector<NotingChip> chips;
  for (int i = 0; i < 70; ++i) {
    chips.emplace_back([&order, i](Cycles) {
      order.push_back(i);
      return Cycles::max();
    });
  }
  for (auto& chip : chips) domain.add(chip);
  run_ns(5);
  order.clear();
  for (int i = 69; i >= 0; --i) domain.wheel().wake(i, Cycles(9));
  run_ns(10);
  ASSERT_EQ(order.size(), 70U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(ClockDomainTest, StepsEveryChipAtEveryEdgeWhenItMayNotSleep) {
  tlm::ClockDomain domain("domain", clock, 1, false);
  NotingChip chip(never);
  domain.add(chip);
  run_for(sc_core::sc_time(4500, sc_core::SC_PS));
  EXPECT_EQ(chip.steps, (Steps{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace fs
