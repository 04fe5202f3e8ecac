// SPDX-License-Identifier: Apache-2.0
// Between crossbar and tx pins: the output FIFOs that an output speedup needs, and the output pipeline.
#pragma once

#include <cstdint>
#include <vector>

#include "common/bits.hpp"
#include "common/ring.hpp"
#include "switch/core.hpp"
#include "switch/model/delay_line.hpp"

namespace fs {

/// A flit enters when granted. Without speedup it goes straight into the pipeline. With it, it first joins its output's
/// FIFO, which passes one flit a cycle on while tx_ready is 1, in the cycle of the grant when it was empty. The FIFO is
/// bounded by downstream credit, which each of its flits holds.
template <int Words>
class OutputStage {
 public:
  OutputStage(int ports, int stages, bool fifos)
      : stages_(stages),
        has_fifos_(fifos),
        pipeline_(ports, stages),
        fifos_(fifos ? static_cast<std::size_t>(ports) : 0) {}

  void reset() {
    pipeline_.reset();
    for (auto& fifo : fifos_) fifo.clear();
    waiting_.reset();
    in_fifos_ = 0;
  }

  void enter(std::int64_t cycle, const Flit& flit, int port, int vc, CoreOutputs& out) {
    if (has_fifos_) {
      fifos_[static_cast<std::size_t>(port)].push({flit, static_cast<PortId>(port), static_cast<VcId>(vc)});
      waiting_.set(port);
      ++in_fifos_;
      return;
    }
    PortFlit& place = next_place(cycle, out);
    place.flit = flit;
    place.port = static_cast<PortId>(port);
    place.vc = static_cast<VcId>(vc);
  }

  /// After the grants of this edge: FIFOs into the pipeline, and what is due onto the pins.
  void advance(std::int64_t cycle, const BitSet<Words>& ready, CoreOutputs& out) {
    if (in_fifos_ > 0) {
      (waiting_ & ready).for_each([&](int port) {
        auto& fifo = fifos_[static_cast<std::size_t>(port)];
        next_place(cycle, out) = fifo.pop();
        if (fifo.empty()) waiting_.clear(port);
        --in_fifos_;
      });
    }
    pipeline_.move_due(cycle, out.tx, out.tx_count);
  }

  bool fifos_empty() const { return in_fifos_ == 0; }
  std::size_t flits() const { return pipeline_.size() + in_fifos_; }
  /// When the next flit of the pipeline reaches the pins.
  std::int64_t next_due() const { return pipeline_.next_due(); }

 private:
  PortFlit& next_place(std::int64_t cycle, CoreOutputs& out) {
    return stages_ == 0 ? out.tx[out.tx_count++] : pipeline_.push(cycle + stages_);
  }

  int stages_;
  bool has_fifos_;
  DelayLine pipeline_;
  std::vector<Ring<PortFlit>> fifos_;
  BitSet<Words> waiting_;  ///< outputs with a flit in their FIFO
  std::size_t in_fifos_ = 0;
};

}  // namespace fs
