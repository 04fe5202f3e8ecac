// SPDX-License-Identifier: Apache-2.0
// A carrier in the kernel: when messages are handed over and told, and that the kernel's order of processes is no
// matter.
#include "tlm/carrier_module.hpp"

#include <tuple>
#include <vector>

#include "../../support/sim_test.hpp"
#include "tlm/clock_domain.hpp"
#include "transport/carrier/plain_carrier.hpp"

namespace fs {
namespace {

using Told = std::tuple<std::int64_t, std::size_t, std::uint64_t>;  // time in ps, target, id

PlainCarrier::Spec three_endpoints() {
  PlainCarrier::Spec spec;
  spec.rates.assign(3, BitsPerSecond(8'000'000'000));  // a byte a nanosecond
  spec.group_of.assign(3, 0);
  spec.latencies = {nanoseconds(100)};
  return spec;
}

struct Rig {
  explicit Rig(const char* name)
      : carrier(three_endpoints()),
        module(name, carrier, Clock(nanoseconds(2)),
               {[](NodeId, NodeId) { return true; },
                [this](NodeId target, std::uint64_t id) {
                  const auto now = tlm::to_femtoseconds(sc_core::sc_time_stamp());
                  told.emplace_back(now.value() / 1000, index(target), id);
                }}) {}
  void post(std::uint64_t id, int source, int target) {
    module.post({id, static_cast<NodeId>(source), static_cast<NodeId>(target), Bytes(10)},
                tlm::to_femtoseconds(sc_core::sc_time_stamp()));
  }
  PlainCarrier carrier;
  tlm::CarrierModule module;
  std::vector<Told> told;
};

class CarrierModuleTest : public test::SimTest {
 protected:
  static void run_ns(int n) { run_for(sc_core::sc_time(n, sc_core::SC_NS)); }
};

TEST_F(CarrierModuleTest, HandsOverAndTellsBetweenEdges) {
  Rig rig("carrier");
  run_ns(4);
  rig.post(1, 0, 2);
  EXPECT_EQ(rig.module.under_way(), 1U);
  run_ns(400);
  // Handed over at 5 ns; 10 bytes and 100 ns later it is 115 ns.
  EXPECT_EQ(rig.told, (std::vector<Told>{{115'000, 2, 1}}));
  EXPECT_EQ(rig.module.under_way(), 0U);
}

TEST_F(CarrierModuleTest, SendsWhatIsPostedAtOneInstantInTheOrderOfIds) {
  Rig forwards("forwards"), backwards("backwards");
  run_ns(4);
  for (std::uint64_t id = 1; id <= 4; ++id) {
    forwards.post(id, static_cast<int>(id % 2), 2);
    backwards.post(5 - id, static_cast<int>((5 - id) % 2), 2);
  }
  run_ns(400);
  EXPECT_EQ(forwards.told.size(), 4U);
  EXPECT_EQ(forwards.told, backwards.told);
}

TEST_F(CarrierModuleTest, ForgetsWhatHasBeenDelivered) {
  Rig rig("carrier");
  run_ns(1);
  for (std::uint64_t round = 0; round < 50; ++round) {
    for (std::uint64_t i = 1; i <= 4; ++i)
      rig.post(1'000'000'000 * (round + 1) + i, 0, 1);  // far apart: ids are sparse
    EXPECT_EQ(rig.module.remembered(), 4U);
    run_ns(1000);
    EXPECT_EQ(rig.module.remembered(), 0U);
  }
  EXPECT_EQ(rig.told.size(), 200U);
  EXPECT_EQ(rig.module.delivered_bytes(), 2000U);
}

TEST_F(CarrierModuleTest, SleepsUntilTheCarriersNextEvent) {
  Rig rig("carrier");
  run_ns(1);
  rig.post(1, 0, 1);
  run_ns(1'000'000);
  EXPECT_EQ(rig.told.size(), 1U);
  EXPECT_FALSE(sc_core::sc_pending_activity());
}

}  // namespace
}  // namespace fs
