// SPDX-License-Identifier: Apache-2.0
#include "fault/fabric_manager.hpp"

#include <gtest/gtest.h>

#include <map>

#include "fault/places.hpp"
#include "planes.hpp"

namespace fs {
namespace {

using test::gigahertz;

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

TEST(ManagerOfARing, StagesAreADrainTimeApart) {
  // A triangle of switches: with one link out it is a line, which turns when that comes back and another goes.
  Topology topology;
  for (int i = 0; i < 3; ++i) topology.graph.add_gpu("gpu" + std::to_string(i), 1);
  for (int i = 0; i < 3; ++i) topology.graph.add_switch("sw" + std::to_string(i), 3);
  const auto sw = [](int i) { return static_cast<ChipId>(3 + i % 3); };
  for (int i = 0; i < 3; ++i) topology.graph.add_link({static_cast<ChipId>(i), PortId{0}}, {sw(i), PortId{0}}, {});
  for (int i = 0; i < 3; ++i) topology.graph.add_link({sw(i), PortId{1}}, {sw(i + 1), PortId{2}}, {});
  FabricManager manager(quick(), test::route_plan(topology), topology.graph, gigahertz);
  const auto tell = [&](const char* link, ManagerNotice::What what, Cycles now) {
    ManagerNotice notice;
    notice.what = what;
    notice.links = {*find_link(topology.graph, link)};
    manager.notify(notice, now);
  };
  std::vector<ManagerOrder> orders;
  std::vector<ManagerDecision> decisions;
  const auto run = [&] {
    while (manager.next() < Cycles::max()) {
      manager.step(manager.next());
      for (auto& order : manager.take_orders()) orders.push_back(order);
      for (auto& decision : manager.take_decisions()) decisions.push_back(decision);
    }
  };
  tell("sw0.1", ManagerNotice::What::link_down, Cycles(0));
  run();
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].stages, 1);
  orders.clear();
  tell("sw0.1", ManagerNotice::What::link_up, Cycles(10'000));
  tell("sw2.1", ManagerNotice::What::link_down, Cycles(10'100));
  run();
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_FALSE(decisions[1].refused);
  ASSERT_GT(decisions[1].stages, 1);
  std::map<int, std::pair<Cycles, Cycles>> spans;
  for (const auto& order : orders) {
    auto [span, first] = spans.try_emplace(order.row.stage, order.at, order.at);
    if (!first) span->second.second = std::max(span->second.second, order.at);
  }
  ASSERT_EQ(static_cast<int>(spans.size()), decisions[1].stages);
  EXPECT_EQ(spans.at(0).first, Cycles(10'000 + 100 + 500 + 200));
  for (int stage = 1; stage < decisions[1].stages; ++stage) {
    EXPECT_EQ(spans.at(stage).first, spans.at(stage - 1).second + Cycles(300)) << "stage " << stage;
  }
  EXPECT_EQ(decisions[1].done, spans.at(decisions[1].stages - 1).second);
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
