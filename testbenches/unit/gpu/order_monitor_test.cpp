// SPDX-License-Identifier: Apache-2.0
#include "gpu/order_monitor.hpp"

#include <gtest/gtest.h>

#include "common/check.hpp"

namespace fs {
namespace {

class OrderMonitorTest : public ::testing::Test {
 protected:
  Packet packet(std::uint64_t number, std::uint64_t offset, int src = 0) {
    Packet p;
    p.number = number;
    p.src = static_cast<NodeId>(src);
    p.dst = NodeId(1);
    p.transaction = pools.transactions.acquire();
    pools.transactions[p.transaction].offset = offset;
    return p;
  }
  TransactionPools pools;
};

TEST_F(OrderMonitorTest, CatchesAPacketThatOvertookAnotherOfItsRegion) {
  OrderMonitor monitor(Order::region, pools);
  monitor.delivered(packet(1, 300));
  monitor.delivered(packet(3, 256));
  try {
    monitor.delivered(packet(2, 511));
    FAIL() << "the monitor let it pass";
  } catch (const InvariantError& e) {
    EXPECT_NE(std::string(e.what()).find("gpu0#2 to gpu1 was delivered after #3 of the same region"), std::string::npos)
        << e.what();
  }
}

TEST_F(OrderMonitorTest, LeavesOtherRegionsAndSourcesAlone) {
  OrderMonitor monitor(Order::region, pools);
  monitor.delivered(packet(3, 256));
  monitor.delivered(packet(2, 512));
  monitor.delivered(packet(1, 256, 5));
}

TEST_F(OrderMonitorTest, PerDestinationItLooksAtLinkAndVc) {
  OrderMonitor monitor(Order::destination, pools);
  Packet p = packet(5, 0);
  monitor.delivered(p);
  p.number = 4;
  p.link = 1;
  monitor.delivered(p);
  p.link = 0;
  p.vc = VcId(1);
  monitor.delivered(p);
  p.vc = VcId(0);
  EXPECT_THROW(monitor.delivered(p), InvariantError);
}

TEST_F(OrderMonitorTest, WithoutAPromiseThereIsNothingToCatch) {
  OrderMonitor monitor(Order::none, pools);
  monitor.delivered(packet(2, 0));
  monitor.delivered(packet(1, 0));
}

}  // namespace
}  // namespace fs
