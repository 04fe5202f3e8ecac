// SPDX-License-Identifier: Apache-2.0
// The ideal yardstick: a switch whose every arrival stands in its output's queue at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ring.hpp"
#include "switch/core.hpp"
#include "switch/model/credit_pulses.hpp"
#include "switch/model/delay_line.hpp"
#include "switch/model/general/input_unit.hpp"
#include "switch/model/general/output_unit.hpp"
#include "switch/route_table.hpp"

namespace fs {

/// Infinite internal bandwidth: an input may send to every output in one cycle. An output sends one flit a cycle, round
/// robin over its VCs; inside a VC, packet after packet in the order in which their heads arrived (ties: lowest input,
/// then VC). A flit occupies its input's buffer until it leaves, so credits mean what they mean elsewhere.
class OutputQueuedCore final : public SwitchCore {
 public:
  explicit OutputQueuedCore(const SwitchConfig& config);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override { routes_.write(cls, dst, row); }
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  CoreCounts counts() const override;
  int occupancy(PortId port, VcId vc) const override;
  int credits(PortId port, VcId vc) const override;
  std::vector<HeadWait> waiting() const override;

 private:
  using Inputs = InputUnits<128>;
  using Outputs = OutputUnits<1, 128>;

  /// A packet that waits for, or is leaving by, an output VC.
  struct Owner {
    std::uint16_t input = 0;
    std::uint8_t vc = 0;
  };
  struct OutputVc {
    Ring<Owner> packets;
    bool started = false;  ///< the front packet's head has left
  };

  OutputVc& queue(int output, int vc) {
    return queues_[static_cast<std::size_t>(output) * static_cast<std::size_t>(config_.vcs) +
                   static_cast<std::size_t>(vc)];
  }
  const OutputVc& queue(int output, int vc) const { return const_cast<OutputQueuedCore*>(this)->queue(output, vc); }
  int choose_output(const Flit& head, int input, const RouteTable::Row& row);
  void require(bool condition, const PortFlit& rx, std::int64_t cycle, const char* what) const;
  void admit(const PortFlit& rx, std::int64_t cycle);
  void enqueue(const PortFlit& rx, std::int64_t cycle);
  bool may_go(int output, int vc) const;
  void send(int output, int vc, std::int64_t cycle, CoreOutputs& out);

  SwitchConfig config_;
  Inputs inputs_;
  Outputs outputs_;
  RouteTable routes_;
  CreditPulses pulses_;
  DelayLine input_pipeline_;
  DelayLine output_pipeline_;
  std::vector<OutputVc> queues_;       ///< per (output, VC)
  std::vector<int> favourite_;         ///< per output: the VC favoured next
  std::vector<std::uint16_t> tails_;   ///< per (input, VC, output): whole packets (store and forward)
  std::vector<std::uint16_t> spray_;   ///< per (input, class)
  std::vector<std::uint32_t> queued_;  ///< per (output, class): flits queued for it
  std::vector<PortFlit> entering_;     ///< in order of their input
  std::uint64_t flits_ = 0;            ///< in queues
  std::uint64_t requests_ = 0;
  std::uint64_t grants_ = 0;
};

}  // namespace fs
