// SPDX-License-Identifier: Apache-2.0
// What the shell around a Verilated core costs over a bare loop of evaluations, and lockstep over the shell.
//
// One stimulus for all: recorded with the cycle model behind sources that send with probability 0.8 where they have
// credit, single flits to random outputs on random VCs, and sinks that return credits at once. 128-bit flits, 2 VCs,
// pools of 64 slots, islip(1). `bare` copies the recorded input pins and evaluates, `shell` does the same from and to
// lists, `lockstep` runs and compares the model beside it.
//
//   build/release/testbenches/bench/bench_cosim --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>

#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "common/random.hpp"
#include "cosim/library/core_library.hpp"
#include "cosim/lockstep_core.hpp"
#include "cosim/verilated_core.hpp"
#include "switch/core.hpp"

namespace fs {
namespace {

constexpr int vcs = 2;
constexpr int pool = 64;
constexpr double load = 0.8;
constexpr int cycles = 4000;

SwitchConfig config_of(int ports) {
  SwitchConfig c;
  c.ports = ports;
  c.vcs = vcs;
  c.classes = 1;
  c.destinations = ports;
  c.buffer = BufferKind::shared_pool;
  c.depth.assign(vcs, pool / 4);
  c.pool_depth = pool;
  c.longest_packet = {1};
  c.name = "bench";
  return c;
}

struct Edge {
  std::vector<PortFlit> rx;
  std::vector<CreditPulse> tx_credit;
};

void write_routes(SwitchCore& core, int ports) {
  for (int d = 0; d < ports; ++d) {
    RouteRow row;
    row.outputs = {static_cast<PortId>(d)};
    row.vcs_low = (1U << vcs) - 1;
    core.write_route(static_cast<ClassId>(0), static_cast<NodeId>(d), row);
  }
}

/// Inputs of every edge, made once with the model.
std::vector<Edge> record(const SwitchConfig& config) {
  auto core = make_model_core(config);
  write_routes(*core, config.ports);
  RandomStream random(1, "bench", "traffic");
  const auto places = static_cast<std::size_t>(config.ports * vcs);
  std::vector<int> room(places, pool / vcs), due(places, pool / vcs);
  std::vector<PortFlit> tx(static_cast<std::size_t>(config.ports));
  std::vector<CreditPulse> pulses(places);
  std::vector<Edge> edges;
  std::uint32_t name = 0;
  for (int n = 0; n < cycles; ++n) {
    Edge edge;
    for (int p = 0; p < config.ports; ++p) {
      const auto port = static_cast<PortId>(p);
      const auto vc = static_cast<VcId>(random.below(vcs));
      const auto place = static_cast<std::size_t>(p * vcs) + index(vc);
      for (int v = 0; v < vcs; ++v) {
        int& owed = due[static_cast<std::size_t>(p * vcs + v)];
        if (owed == 0) continue;
        --owed;
        edge.tx_credit.push_back({port, static_cast<VcId>(v)});
      }
      if (n < pool || room[place] == 0 || !random.chance(load)) continue;
      --room[place];
      Flit flit;
      flit.flags = Flit::head_flag | Flit::tail_flag;
      flit.dst = static_cast<NodeId>(random.below(static_cast<std::uint64_t>(config.ports)));
      flit.handle = static_cast<PacketHandle>(name);
      flit.hash_key = name++ * 2654435761U;
      flit.wire_bytes = 16;
      edge.rx.push_back({flit, port, vc});
    }
    CoreInputs in{edge.rx.data(), static_cast<int>(edge.rx.size()), edge.tx_credit.data(),
                  static_cast<int>(edge.tx_credit.size()), nullptr};
    CoreOutputs out{tx.data(), 0, pulses.data(), 0};
    core->step(Cycles(n), in, out);
    for (int k = 0; k < out.tx_count; ++k) ++due[index(out.tx[k].port) * vcs + index(out.tx[k].vc)];
    for (int k = 0; k < out.rx_credit_count; ++k)
      ++room[index(out.rx_credit[k].port) * vcs + index(out.rx_credit[k].vc)];
    edges.push_back(std::move(edge));
  }
  return edges;
}

/// A model that also notes what stands on its input pins at each edge.
class Notes final : public cosim::PinModel {
 public:
  Notes(std::unique_ptr<cosim::PinModel> inner, std::vector<unsigned char>& images)
      : inner_(std::move(inner)), images_(&images) {}
  const cosim::Pin* pins() const override { return inner_->pins(); }
  int pin_count() const override { return inner_->pin_count(); }
  void edge() override {
    for (int k = 0; k < pin_count(); ++k) {
      const cosim::Pin& pin = pins()[k];
      if (pin.input) images_->insert(images_->end(), pin.data, pin.data + cosim::pin_storage(pin.bits));
    }
    inner_->edge();
  }
  void trace(VerilatedFstC& file, int levels) override { inner_->trace(file, levels); }

 private:
  std::unique_ptr<cosim::PinModel> inner_;
  std::vector<unsigned char>* images_;
};

/// Steps `core` through all edges; flits that left.
std::uint64_t replay(SwitchCore& core, const std::vector<Edge>& edges, const SwitchConfig& config,
                     std::int64_t& cycle) {
  std::vector<PortFlit> tx(static_cast<std::size_t>(config.ports));
  std::vector<CreditPulse> pulses(static_cast<std::size_t>(config.ports * vcs));
  std::uint64_t left = 0;
  for (const Edge& edge : edges) {
    CoreInputs in{edge.rx.data(), static_cast<int>(edge.rx.size()), edge.tx_credit.data(),
                  static_cast<int>(edge.tx_credit.size()), nullptr};
    CoreOutputs out{tx.data(), 0, pulses.data(), 0};
    core.step(Cycles(cycle++), in, out);
    left += static_cast<std::uint64_t>(out.tx_count);
  }
  return left;
}

cosim::CoreLibrary& library() {
  static cosim::CoreLibrary known({});
  return known;
}

void report(benchmark::State& state, std::uint64_t flits) {
  const double edges = static_cast<double>(state.iterations()) * cycles;
  state.counters["kcycles/s"] = benchmark::Counter(edges / 1000, benchmark::Counter::kIsRate);
  if (flits > 0)
    state.counters["flits/port"] = static_cast<double>(flits) / edges / static_cast<double>(state.range(0));
}

void bare(benchmark::State& state) {
  const SwitchConfig config = config_of(static_cast<int>(state.range(0)));
  const auto edges = record(config);
  std::vector<unsigned char> images;
  std::unique_ptr<cosim::PinModel> model;
  {
    cosim::VerilatedCore core(config, "rtl", std::make_unique<Notes>(library().make_pins("rtl", config), images));
    write_routes(core, config.ports);
    std::int64_t cycle = 0;
    images.clear();
    replay(core, edges, config, cycle);
  }
  const std::size_t image = images.size() / edges.size();
  model = library().make_pins("rtl", config);
  // Reset and routes as the shell does them, then pins alone.
  {
    struct Borrowed final : cosim::PinModel {
      explicit Borrowed(cosim::PinModel& m) : inner(m) {}
      const cosim::Pin* pins() const override { return inner.pins(); }
      int pin_count() const override { return inner.pin_count(); }
      void edge() override { inner.edge(); }
      void trace(VerilatedFstC& file, int levels) override { inner.trace(file, levels); }
      cosim::PinModel& inner;
    };
    cosim::VerilatedCore core(config, "rtl", std::make_unique<Borrowed>(*model));
    write_routes(core, config.ports);
  }
  std::vector<cosim::Pin> inputs;
  for (int k = 0; k < model->pin_count(); ++k) {
    if (model->pins()[k].input) inputs.push_back(model->pins()[k]);
  }
  for (auto _ : state) {
    const unsigned char* from = images.data();
    for (std::size_t n = 0; n < edges.size(); ++n) {
      for (const cosim::Pin& pin : inputs) {
        std::memcpy(pin.data, from, cosim::pin_storage(pin.bits));
        from += cosim::pin_storage(pin.bits);
      }
      model->edge();
    }
    // The end of the recording is not its beginning: start each round from reset, as the others do.
    state.PauseTiming();
    for (const cosim::Pin& pin : inputs) std::memset(pin.data, 0, cosim::pin_storage(pin.bits));
    model->edge();
    state.ResumeTiming();
  }
  state.counters["image"] = static_cast<double>(image);
  report(state, 0);
}

void through(benchmark::State& state, const char* name) {
  const SwitchConfig config = config_of(static_cast<int>(state.range(0)));
  const auto edges = record(config);
  auto made = library().make(name, config);
  write_routes(*made.core, config.ports);
  std::int64_t cycle = 0;
  std::uint64_t flits = 0;
  for (auto _ : state) {
    flits += replay(*made.core, edges, config, cycle);
    state.PauseTiming();
    made.core->reset();
    state.ResumeTiming();
  }
  report(state, flits);
}

void shell(benchmark::State& state) { through(state, "rtl"); }
void lockstep(benchmark::State& state) { through(state, "lockstep"); }
void model(benchmark::State& state) { through(state, "model"); }

BENCHMARK(bare)->Arg(16)->Arg(72)->Unit(benchmark::kMillisecond);
BENCHMARK(shell)->Arg(16)->Arg(72)->Unit(benchmark::kMillisecond);
BENCHMARK(lockstep)->Arg(16)->Arg(72)->Unit(benchmark::kMillisecond);
BENCHMARK(model)->Arg(16)->Arg(72)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace fs
