// SPDX-License-Identifier: Apache-2.0
#include "fault/fabric_manager.hpp"

#include <gtest/gtest.h>

#include <map>

#include "fault/places.hpp"
#include "planes.hpp"

namespace fs {
namespace {

constexpr Clock gigahertz(nanoseconds(1));

ManagerSpec quick() {
  ManagerSpec spec;
  spec.notice_latency = nanoseconds(100);
  spec.reaction_time = nanoseconds(500);
  spec.write_latency = nanoseconds(200);
  spec.drain_time = nanoseconds(300);
  return spec;
}

class Manager : public testing::Test {
 protected:
  Manager() : topology(test::planes(4, 3)), manager(quick(), test::route_plan(topology), topology.graph, gigahertz) {}

  ManagerNotice notice(const std::string& link, Reaction reaction = Reaction::respread) {
    ManagerNotice n;
    n.fault = 0;
    n.links = {*find_link(topology.graph, link)};
    n.reaction = reaction;
    return n;
  }
  /// Steps it whenever it asks to be, and collects.
  void run() {
    while (manager.next() < Cycles::max()) {
      const Cycles now = manager.next();
      manager.step(now);
      for (auto& order : manager.take_orders()) orders.push_back(order);
      for (auto& decision : manager.take_decisions()) decisions.push_back(decision);
    }
  }

  Topology topology;
  FabricManager manager;
  std::vector<ManagerOrder> orders;
  std::vector<ManagerDecision> decisions;
};

TEST_F(Manager, ANoticeAnOrderAndTheTimeBetweenAddUp) {
  manager.notify(notice("sw1.2"), Cycles(1000));
  EXPECT_EQ(manager.next(), Cycles(1100));
  run();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].at, Cycles(1600));
  ASSERT_EQ(orders.size(), 6U);
  EXPECT_EQ(orders.front().at, Cycles(1800));
  // gpu2 has three targets to learn, one a cycle.
  EXPECT_EQ(decisions[0].done, Cycles(1802));
}

TEST_F(Manager, NoticesThatComeInTimeAreDealtWithTogether) {
  for (int port = 0; port < 4; ++port) manager.notify(notice("sw1." + std::to_string(port)), Cycles(1000 + 100 * port));
  run();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].masks, 12U);
}

TEST_F(Manager, AtMostOneEntryAChipAndCycle) {
  for (int port = 0; port < 4; ++port) manager.notify(notice("sw1." + std::to_string(port)), Cycles(10));
  run();
  std::map<std::pair<std::size_t, std::int64_t>, int> writes;
  for (const auto& order : orders) {
    EXPECT_EQ(++writes[std::make_pair(index(order.mask.gpu), order.at.value())], 1);
  }
}

TEST_F(Manager, ALinkThatComesBackIsUsedAgain) {
  manager.notify(notice("sw1.2"), Cycles(0));
  run();
  ManagerNotice up = notice("sw1.2");
  up.what = ManagerNotice::What::link_up;
  manager.notify(up, Cycles(5000));
  run();
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(orders.back().mask.links, 0b111U);
}

TEST_F(Manager, DrainingSwitchesOffAfterItsTime) {
  manager.notify(notice("sw1.2", Reaction::drain), Cycles(0));
  run();
  EXPECT_EQ(orders.back().what, ManagerOrder::What::power_off);
  EXPECT_EQ(orders.back().at, Cycles(100 + 500 + 300 + 200));
  EXPECT_EQ(orders.front().what, ManagerOrder::What::set_links);
}

TEST_F(Manager, WatchingDoesNothingAndTheEndEndsAll) {
  manager.notify(notice("sw1.2", Reaction::none), Cycles(0));
  run();
  EXPECT_TRUE(orders.empty());
  manager.notify(notice("sw1.2", Reaction::end_domain), Cycles(5000));
  run();
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].what, ManagerOrder::What::end_domain);
  EXPECT_TRUE(decisions.back().ended);
}

}  // namespace
}  // namespace fs
