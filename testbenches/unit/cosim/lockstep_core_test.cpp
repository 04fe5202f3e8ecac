// SPDX-License-Identifier: Apache-2.0
// Lockstep passes on what two cores agree on, and says where they do not.
#include "cosim/lockstep_core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/check.hpp"
#include "traffic.hpp"

namespace fs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A model that does one thing wrong, once.
class Faulty final : public SwitchCore {
 public:
  enum class Fault { none, flit_bit, vc, lost_flit, lost_credit, reversed };
  Faulty(const SwitchConfig& config, Fault fault, std::int64_t from)
      : core_(make_model_core(config)), fault_(fault), from_(from) {}

  void reset() override { core_->reset(); }
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override { core_->write_route(cls, dst, row); }
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override {
    const Cycles next = core_->step(cycle, in, out);
    if (cycle.value() >= from_) disturb(out);
    return next;
  }
  CoreCounts counts() const override { return core_->counts(); }
  int occupancy(PortId port, VcId vc) const override { return core_->occupancy(port, vc); }
  int credits(PortId port, VcId vc) const override { return core_->credits(port, vc); }
  std::vector<HeadWait> waiting() const override { return core_->waiting(); }

 private:
  void disturb(CoreOutputs& out) {
    switch (fault_) {
      case Fault::none:
        return;
      case Fault::flit_bit:
        if (out.tx_count > 0) out.tx[0].flit.hash_key ^= 0x80;
        return;
      case Fault::vc:
        if (out.tx_count > 0) out.tx[0].vc = static_cast<VcId>(1 - index(out.tx[0].vc));
        return;
      case Fault::lost_flit:
        out.tx_count = std::max(0, out.tx_count - 1);
        return;
      case Fault::lost_credit:
        out.rx_credit_count = std::max(0, out.rx_credit_count - 1);
        return;
      case Fault::reversed:
        std::reverse(out.tx, out.tx + out.tx_count);
        std::reverse(out.rx_credit, out.rx_credit + out.rx_credit_count);
        return;
    }
  }
  std::unique_ptr<SwitchCore> core_;
  Fault fault_;
  std::int64_t from_;
};

constexpr int fill = 6;
constexpr int edges = 400;

/// What lockstep says of a core with this fault from cycle 100 on; empty when it says nothing.
std::string verdict(Faulty::Fault fault) {
  SwitchConfig config = small_config(4, 2);
  config.name = "sw7";
  Rig rig(config, std::make_unique<cosim::LockstepCore>(config, make_model_core(config),
                                                        std::make_unique<Faulty>(config, fault, 100)));
  rig.route_straight();
  rig.fill_credits(fill);
  Traffic::Shape shape;
  shape.class_vcs = {3};
  shape.source_vcs = {3};
  Traffic traffic(config, shape, 11);
  try {
    for (int edge = 0; edge < edges; ++edge) {
      traffic.offer({&rig}, true);
      traffic.observe(rig.edge());
    }
  } catch (const InvariantError& error) {
    return error.what();
  }
  EXPECT_GT(traffic.left(), 200U);
  return {};
}

TEST(LockstepCore, LetsEqualCoresRun) { EXPECT_EQ(verdict(Faulty::Fault::none), ""); }

TEST(LockstepCore, DoesNotMindTheOrderOfLists) { EXPECT_EQ(verdict(Faulty::Fault::reversed), ""); }

TEST(LockstepCore, SeesABitOfAFlit) {
  EXPECT_THAT(
      verdict(Faulty::Fault::flit_bit),
      AllOf(HasSubstr("switch sw7, cycle 10"), HasSubstr("model and RTL differ"), HasSubstr("tx_flit_o of port"),
            HasSubstr("128'h"), HasSubstr("slots held"), HasSubstr("the RTL, from its pins")));
}

TEST(LockstepCore, SeesAWrongVc) { EXPECT_THAT(verdict(Faulty::Fault::vc), HasSubstr("tx_vc_o")); }

TEST(LockstepCore, SeesAMissingFlit) { EXPECT_THAT(verdict(Faulty::Fault::lost_flit), HasSubstr("RTL no flit")); }

TEST(LockstepCore, SeesAMissingCredit) {
  EXPECT_THAT(verdict(Faulty::Fault::lost_credit),
              AllOf(HasSubstr("rx_credit_o of port"), HasSubstr("model 1; RTL 0")));
}

}  // namespace
}  // namespace fs::testing
