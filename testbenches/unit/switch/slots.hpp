// SPDX-License-Identifier: Apache-2.0
// The slotted switch of queueing theory: single-flit packets, Bernoulli arrivals, uniform destinations, sinks that
// never fill. A wait is 0 when a flit is served in the slot in which it arrives.
#pragma once

#include <memory>
#include <vector>

#include "common/random.hpp"
#include "rig.hpp"

namespace fs::testing {

/// One VC. `slots`: buffer of each input; arrivals beyond it are refused and not counted as arrivals.
inline SwitchConfig slotted(int ports, Queueing queueing, AllocatorKind allocator, int iterations, int slots) {
  SwitchConfig c = small_config(ports, 1);
  c.queueing = queueing;
  c.allocator = allocator;
  c.iterations = iterations;
  c.depth = {slots};
  c.longest_packet = {1};
  return c;
}

class Slots {
 public:
  explicit Slots(const SwitchConfig& config)
      : ports_(config.ports),
        core_(make_model_core(config)),
        random_(3, "slots", "theory"),
        used_(static_cast<std::size_t>(ports_)),
        tx_(static_cast<std::size_t>(ports_)),
        rx_(static_cast<std::size_t>(ports_)),
        pulses_(static_cast<std::size_t>(ports_)),
        backlog_(static_cast<std::size_t>(ports_ * ports_)),
        depth_(config.depth[0]) {
    out_.tx = tx_.data();
    out_.rx_credit = pulses_.data();
    RouteRow row;
    row.vcs_low = 1;
    for (int d = 0; d < config.destinations; ++d) {
      row.outputs = {static_cast<PortId>(d)};
      core_->write_route(ClassId{0}, static_cast<NodeId>(d), row);
    }
    for (int k = 0; k < 4; ++k) {  // more credits than the one that is ever out
      returned_.clear();
      for (int o = 0; o < ports_; ++o) returned_.push_back({static_cast<PortId>(o), VcId{0}});
      step();
    }
    returned_.clear();
  }

  /// A flit arrives at each input with probability `load`, for a destination below `outputs`.
  void bernoulli(double load, int slots, int outputs) {
    for (int n = 0; n < slots; ++n) {
      for (int i = 0; i < ports_; ++i) {
        if (random_.chance(load)) arrive(i, static_cast<int>(random_.below(static_cast<std::uint64_t>(outputs))));
      }
      step();
    }
  }
  void bernoulli(double load, int slots) { bernoulli(load, slots, ports_); }
  /// Every input always has room filled with fresh uniform arrivals: the FIFO's heads never run dry.
  void saturate_fifos(int slots) { bernoulli(1.0, slots); }
  /// Every virtual output queue is kept backlogged: an arrival joins its input's shortest.
  void saturate_voqs(int slots) {
    for (int n = 0; n < slots; ++n) {
      for (int i = 0; i < ports_; ++i) {
        int shortest = 0;
        for (int o = 1; o < ports_; ++o) {
          if (backlog(i, o) < backlog(i, shortest)) shortest = o;
        }
        if (backlog(i, shortest) < 8) arrive(i, shortest);
      }
      step();
    }
  }

  void forget() {
    departures_ = arrivals_ = 0;
    waited_ = 0;
    since_ = now_;
  }
  /// Departures a port and slot.
  double throughput() const { return static_cast<double>(departures_) / static_cast<double>(now_ - since_) / ports_; }
  double mean_wait() const { return static_cast<double>(waited_) / static_cast<double>(departures_); }
  std::uint64_t departures() const { return departures_; }

 private:
  int& backlog(int input, int output) { return backlog_[static_cast<std::size_t>(input * ports_ + output)]; }

  void arrive(int input, int output) {
    if (used_[static_cast<std::size_t>(input)] == depth_) return;
    ++used_[static_cast<std::size_t>(input)];
    ++backlog(input, output);
    ++arrivals_;
    PortFlit& f = rx_[static_cast<std::size_t>(rx_count_++)];
    f.port = static_cast<PortId>(input);
    f.vc = VcId{0};
    f.flit = flit_of(static_cast<std::uint32_t>(now_), output, 0, 1);
    f.flit.wire_bytes = static_cast<std::uint16_t>(input);
  }

  void step() {
    CoreInputs in;
    in.rx = rx_.data();
    in.rx_count = rx_count_;
    in.tx_credit = returned_.data();
    in.tx_credit_count = static_cast<int>(returned_.size());
    core_->step(Cycles(now_), in, out_);
    returned_.clear();
    rx_count_ = 0;
    for (int k = 0; k < out_.tx_count; ++k) {
      const PortFlit& f = tx_[static_cast<std::size_t>(k)];
      // Sampled at edge n, a flit that never waits is on the pins after edge n + 1.
      waited_ += static_cast<std::uint32_t>(now_) - static_cast<std::uint32_t>(f.flit.handle) - 1;
      --backlog(f.flit.wire_bytes, static_cast<int>(index(f.port)));
      returned_.push_back({f.port, f.vc});
    }
    departures_ += static_cast<std::uint64_t>(out_.tx_count);
    for (int k = 0; k < out_.rx_credit_count; ++k) --used_[index(pulses_[static_cast<std::size_t>(k)].port)];
    ++now_;
  }

  int ports_;
  std::unique_ptr<SwitchCore> core_;
  RandomStream random_;
  std::vector<int> used_;
  std::vector<PortFlit> tx_, rx_;
  std::vector<CreditPulse> pulses_, returned_;
  std::vector<int> backlog_;  ///< per (input, output): flits inside
  CoreOutputs out_;
  int depth_;
  int rx_count_ = 0;
  std::int64_t now_ = 0;
  std::int64_t since_ = 0;
  std::uint64_t departures_ = 0;
  std::uint64_t arrivals_ = 0;
  std::uint64_t waited_ = 0;
};

}  // namespace fs::testing
