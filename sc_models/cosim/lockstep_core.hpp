// SPDX-License-Identifier: Apache-2.0
// The cycle model and another core side by side: the same inputs, every output compared in every cycle.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "switch/core.hpp"

namespace fs::cosim {

class LockstepCore final : public SwitchCore {
 public:
  /// `config`: of the switch; its name is for messages.
  LockstepCore(const SwitchConfig& config, std::unique_ptr<SwitchCore> model, std::unique_ptr<SwitchCore> other);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override;
  /// Puts out what both do. Throws InvariantError at the first difference, with the cycle, each pin that differs, both
  /// values, and what both sides hold.
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  /// The model's.
  CoreCounts counts() const override { return model_->counts(); }
  int occupancy(PortId port, VcId vc) const override { return model_->occupancy(port, vc); }
  int credits(PortId port, VcId vc) const override { return model_->credits(port, vc); }
  std::vector<HeadWait> waiting() const override { return model_->waiting(); }

 private:
  bool same_flits(const CoreOutputs& out);
  bool same_credits(const CoreOutputs& out);
  [[noreturn, gnu::cold, gnu::noinline]] void differ(Cycles cycle, const CoreOutputs& out) const;
  std::string state_of(const SwitchCore& core) const;

  SwitchConfig config_;
  std::unique_ptr<SwitchCore> model_;
  std::unique_ptr<SwitchCore> other_;
  std::vector<PortFlit> tx_;            ///< the model's
  std::vector<CreditPulse> rx_credit_;  ///< the model's
  CoreOutputs model_out_;
  std::vector<std::uint16_t> place_;   ///< by port: where the model's flit is in tx_
  std::vector<std::uint64_t> pulses_;  ///< bits of rx_credit_o
};

}  // namespace fs::cosim
