// SPDX-License-Identifier: Apache-2.0
#include "cosim/pipelined_core.hpp"

#include <algorithm>
#include <utility>

namespace fs::cosim {
namespace {

/// DelayLine copies a few flits at once into an empty list.
constexpr std::size_t spare = 8;

}  // namespace

PipelinedCore::PipelinedCore(std::unique_ptr<SwitchCore> inner, int ports, int before, int behind)
    : inner_(std::move(inner)),
      before_(before),
      behind_(behind),
      entering_(ports, before),
      leaving_(ports, behind),
      rx_(static_cast<std::size_t>(ports) + spare),
      tx_(static_cast<std::size_t>(ports) + spare) {}

void PipelinedCore::reset() {
  inner_->reset();
  entering_.reset();
  leaving_.reset();
}

Cycles PipelinedCore::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  CoreInputs inner_in = in;
  if (before_ > 0) {
    for (int k = 0; k < in.rx_count; ++k) entering_.push(cycle.value() + before_) = in.rx[k];
    inner_in.rx = rx_.data();
    inner_in.rx_count = 0;
    entering_.move_due(cycle.value(), rx_.data(), inner_in.rx_count);
  }
  if (behind_ == 0) {
    const Cycles next = inner_->step(cycle, inner_in, out);
    return std::min(next, Cycles(entering_.next_due()));
  }
  CoreOutputs inner_out = out;
  inner_out.tx = tx_.data();
  const Cycles next = inner_->step(cycle, inner_in, inner_out);
  out.rx_credit_count = inner_out.rx_credit_count;
  for (int k = 0; k < inner_out.tx_count; ++k)
    leaving_.push(cycle.value() + behind_) = tx_[static_cast<std::size_t>(k)];
  out.tx_count = 0;
  leaving_.take_due(cycle.value(), [&out](const PortFlit& flit) { out.tx[out.tx_count++] = flit; });
  return std::min({next, Cycles(entering_.next_due()), Cycles(leaving_.next_due())});
}

CoreCounts PipelinedCore::counts() const {
  CoreCounts counts = inner_->counts();
  counts.flits_inside += entering_.size() + leaving_.size();
  return counts;
}

}  // namespace fs::cosim
