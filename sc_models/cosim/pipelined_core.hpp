// SPDX-License-Identifier: Apache-2.0
// Pipelines in front of and behind a core that has none of its own: what a scenario's `pipeline` asks for and the RTL
// does not take as parameters. On the pins it is the same as if they were inside.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "switch/core.hpp"
#include "switch/model/delay_line.hpp"

namespace fs::cosim {

class PipelinedCore final : public SwitchCore {
 public:
  /// `before` and `behind`: cycles from rx pins to the inner core's, and from its tx pins to these.
  PipelinedCore(std::unique_ptr<SwitchCore> inner, int ports, int before, int behind);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override { inner_->write_route(cls, dst, row); }
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  CoreCounts counts() const override;
  /// Of the inner core: flits in the pipelines are not counted.
  int occupancy(PortId port, VcId vc) const override { return inner_->occupancy(port, vc); }
  int credits(PortId port, VcId vc) const override { return inner_->credits(port, vc); }
  std::vector<HeadWait> waiting() const override { return inner_->waiting(); }

 private:
  std::unique_ptr<SwitchCore> inner_;
  int before_;
  int behind_;
  DelayLine entering_;
  DelayLine leaving_;
  std::vector<PortFlit> rx_;
  std::vector<PortFlit> tx_;
};

}  // namespace fs::cosim
