// SPDX-License-Identifier: Apache-2.0
// Cost of the switch core alone: Bernoulli sources that respect credits, sinks that return them at once, no links.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "common/random.hpp"
#include "switch/core.hpp"

namespace fs {
namespace {

/// Hands every flit on at once: what is left is the cost of the benchmark's own sources and sinks.
class NoCore final : public SwitchCore {
 public:
  void reset() override {}
  void write_route(ClassId, NodeId, const RouteRow&) override {}
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override {
    for (int k = 0; k < in.rx_count; ++k) {
      out.tx[k] = in.rx[k];
      out.rx_credit[k] = {in.rx[k].port, in.rx[k].vc};
    }
    out.tx_count = out.rx_credit_count = in.rx_count;
    return cycle;
  }
  CoreCounts counts() const override { return {}; }
  int occupancy(PortId, VcId) const override { return 0; }
  int credits(PortId, VcId) const override { return 0; }
  std::vector<HeadWait> waiting() const override { return {}; }
};

/// One switch with a source and a sink at every port. Kept lean: what it costs is reported by the idle benchmark.
class Loop {
 public:
  Loop(const SwitchConfig& config, double load, int packet, int depth, bool empty = false, std::uint64_t seed = 7)
      : ports_(config.ports),
        vcs_(config.vcs),
        packet_(packet),
        core_(empty ? std::make_unique<NoCore>() : make_model_core(config)),
        random_(seed, "bench", "traffic"),
        threshold_(static_cast<std::uint32_t>(load / packet * 4294967295.0)),
        backlog_(ports_),
        left_(ports_),
        vc_(ports_),
        dst_(ports_),
        room_(static_cast<std::size_t>(ports_) * vcs_, depth),
        tx_(ports_),
        pulses_(static_cast<std::size_t>(ports_) * vcs_),
        back_(static_cast<std::size_t>(ports_) * vcs_),
        rx_(ports_) {
    RouteRow row;
    row.vcs_low = vcs_ == 64 ? ~0ULL : (1ULL << vcs_) - 1;
    for (int d = 0; d < ports_; ++d) {
      row.outputs = {static_cast<PortId>(d)};
      core_->write_route(ClassId{0}, static_cast<NodeId>(d), row);
    }
    out_.tx = tx_.data();
    out_.rx_credit = pulses_.data();
    for (int k = 0; k < depth; ++k) fill_credits();
  }

  void cycle() {
    offer();
    CoreInputs in;
    in.rx = rx_.data();
    in.rx_count = rx_count_;
    in.tx_credit = back_.data();
    in.tx_credit_count = back_count_;
    core_->step(Cycles(now_++), in, out_);
    for (int k = 0; k < out_.rx_credit_count; ++k) {
      ++room_[index(pulses_[k].port) * vcs_ + index(pulses_[k].vc)];
    }
    for (int k = 0; k < out_.tx_count; ++k) back_[k] = {tx_[k].port, tx_[k].vc};
    back_count_ = out_.tx_count;
    moved_ += out_.tx_count;
  }
  std::int64_t moved() const { return moved_; }

 private:
  void fill_credits() {
    std::vector<CreditPulse> all;
    for (int p = 0; p < ports_; ++p) {
      for (int v = 0; v < vcs_; ++v) all.push_back({static_cast<PortId>(p), static_cast<VcId>(v)});
    }
    CoreInputs in;
    in.tx_credit = all.data();
    in.tx_credit_count = static_cast<int>(all.size());
    core_->step(Cycles(now_++), in, out_);
  }

  void offer() {
    rx_count_ = 0;
    for (int p = 0; p < ports_; ++p) {
      const std::uint64_t bits = random_.next();
      if (static_cast<std::uint32_t>(bits) < threshold_ && backlog_[p] < 1000) ++backlog_[p];
      if (left_[p] == 0) {
        if (backlog_[p] == 0) continue;
        int v = vc_[p] + 1 == vcs_ ? 0 : vc_[p] + 1;
        if (room_[p * vcs_ + v] == 0) {
          int tries = 0;
          while (room_[p * vcs_ + v] == 0 && ++tries < vcs_) v = v + 1 == vcs_ ? 0 : v + 1;
          if (room_[p * vcs_ + v] == 0) continue;
        }
        vc_[p] = v;
        left_[p] = packet_;
        --backlog_[p];
        dst_[p] = static_cast<int>(((bits >> 32) * static_cast<std::uint64_t>(ports_)) >> 32);
      }
      const int v = vc_[p];
      if (room_[p * vcs_ + v] == 0) continue;
      --room_[p * vcs_ + v];
      PortFlit& f = rx_[rx_count_++];
      f.port = static_cast<PortId>(p);
      f.vc = static_cast<VcId>(v);
      f.flit.dst = static_cast<NodeId>(dst_[p]);
      f.flit.length = static_cast<std::uint16_t>(packet_);
      f.flit.flags = static_cast<std::uint8_t>((left_[p] == packet_ ? Flit::head_flag : 0) |
                                               (left_[p] == 1 ? Flit::tail_flag : 0));
      --left_[p];
    }
  }

  int ports_;
  int vcs_;
  int packet_;
  std::unique_ptr<SwitchCore> core_;
  RandomStream random_;
  std::uint32_t threshold_;
  std::vector<int> backlog_, left_, vc_, dst_, room_;
  std::vector<PortFlit> tx_;
  std::vector<CreditPulse> pulses_, back_;
  std::vector<PortFlit> rx_;
  int rx_count_ = 0;
  int back_count_ = 0;
  std::int64_t now_ = 0;
  std::int64_t moved_ = 0;
  CoreOutputs out_;
};

SwitchConfig fifo(int ports) {
  SwitchConfig c;
  c.ports = ports;
  c.vcs = 4;
  c.destinations = ports;
  c.queueing = Queueing::vc_fifo;
  c.depth = {8, 8, 8, 8};
  c.vc_allocation = VcAllocation::before;
  c.switching = Switching::wormhole;
  c.longest_packet = {1};
  c.output_pipeline = 1;
  c.name = "bench";
  return c;
}

SwitchConfig voq(int ports, int packet) {
  SwitchConfig c = fifo(ports);
  c.queueing = Queueing::voq;
  c.buffer = BufferKind::shared_pool;
  c.pool_depth = 64;
  c.vc_allocation = VcAllocation::none;
  c.switching = Switching::cut_through;
  c.longest_packet = {packet};
  return c;
}

void run(benchmark::State& state, const SwitchConfig& config, int packet, int depth, bool empty = false) {
  std::vector<std::unique_ptr<Loop>> loops;
  const int switches = static_cast<int>(state.range(1));
  for (int k = 0; k < switches; ++k) {
    loops.push_back(std::make_unique<Loop>(config, static_cast<double>(state.range(0)) / 100.0, packet, depth, empty,
                                           static_cast<std::uint64_t>(k)));
  }
  for (auto& loop : loops) {
    for (int k = 0; k < 2000; ++k) loop->cycle();
  }
  std::int64_t before = 0;
  for (auto& loop : loops) before -= loop->moved();
  std::int64_t cycles = 0;
  for (auto _ : state) {
    for (auto& loop : loops) loop->cycle();
    cycles += switches;
  }
  std::int64_t moved = before;
  for (auto& loop : loops) moved += loop->moved();
  state.counters["flits_per_s"] = benchmark::Counter(static_cast<double>(moved), benchmark::Counter::kIsRate);
  state.counters["s_per_flit"] =
      benchmark::Counter(static_cast<double>(moved), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["s_per_step"] =
      benchmark::Counter(static_cast<double>(cycles), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["accepted"] =
      static_cast<double>(moved) / static_cast<double>(cycles) / static_cast<double>(config.ports);
}

void no_core72(benchmark::State& state) { run(state, fifo(72), 1, 8, true); }
void no_core5(benchmark::State& state) { run(state, fifo(5), 1, 8, true); }
void fifo72(benchmark::State& state) { run(state, fifo(72), 1, 8); }
void voq72(benchmark::State& state) { run(state, voq(72, 1), 1, 16); }
void voq72_packets4(benchmark::State& state) { run(state, voq(72, 4), 4, 16); }
void mesh5(benchmark::State& state) { run(state, fifo(5), 1, 8); }
void mesh5_packets4(benchmark::State& state) { run(state, fifo(5), 4, 8); }

BENCHMARK(no_core72)->Args({50, 1})->Args({90, 1})->Args({50, 18});
BENCHMARK(no_core5)->Args({30, 1})->Args({60, 1})->Args({30, 64});
BENCHMARK(fifo72)->Args({50, 1})->Args({90, 1})->Args({50, 18});
BENCHMARK(voq72)->Args({50, 1})->Args({90, 1})->Args({50, 18})->Args({90, 18});
BENCHMARK(voq72_packets4)->Args({50, 1})->Args({90, 1});
BENCHMARK(mesh5)->Args({30, 1})->Args({60, 1})->Args({30, 64});
BENCHMARK(mesh5_packets4)->Args({30, 1});

}  // namespace
}  // namespace fs
