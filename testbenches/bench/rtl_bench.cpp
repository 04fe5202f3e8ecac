// SPDX-License-Identifier: Apache-2.0
// Speed of the Verilated switch core alone: random sources that respect credit at load 0.8, single flits to uniform
// destinations, sinks that return each credit in the next cycle. W = 128, 2 VCs, 64 slots a port, islip(1),
// one cycle of input pipeline.
#include <benchmark/benchmark.h>
#include <verilated.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "Vrtl_bench_16.h"
#include "Vrtl_bench_16___024root.h"
#include "Vrtl_bench_72.h"
#include "Vrtl_bench_72___024root.h"
#include "common/random.hpp"
#include "cosim/runtime/clock.hpp"
#include "cosim/runtime/messages.hpp"
#include "switch/flit_bits.hpp"

namespace fs {
namespace {

template <class Pin>
unsigned char* bytes(Pin& pin) {
  return reinterpret_cast<unsigned char*>(&pin);
}
void assign_bit(unsigned char* data, int bit, bool value) {
  const auto mask = static_cast<unsigned char>(1U << (bit & 7));
  data[bit >> 3] = static_cast<unsigned char>(value ? data[bit >> 3] | mask : data[bit >> 3] & ~mask);
}
bool test_bit(const unsigned char* data, int bit) { return (data[bit >> 3] >> (bit & 7)) & 1U; }

template <class Model, int Ports>
class Loop {
 public:
  static constexpr int vcs = 2;
  static constexpr int depth = 32;  ///< half the pool for each VC, here and downstream

  Loop() : model_(std::make_unique<Model>(&cosim::verilated_context())), random_(11, "bench", "rtl") {
    Model& m = *model_;
    m.clk_i = 0;
    m.rst_ni = 0;
    m.eval();
    std::memset(bytes(m.tx_ready_i), 0, sizeof m.tx_ready_i);
    for (int p = 0; p < Ports; ++p) assign_bit(bytes(m.tx_ready_i), p, true);
    for (int d = 0; d < Ports; ++d) {
      m.route_we_i = 1;
      m.route_row_i = static_cast<IData>(d);
      std::memset(bytes(m.route_mask_i), 0, sizeof m.route_mask_i);
      assign_bit(bytes(m.route_mask_i), d, true);
      m.route_vcs_i = 3;
      m.route_mode_i = 0;
      edge();
    }
    m.route_we_i = 0;
    m.rst_ni = 1;
    std::memset(bytes(m.tx_credit_i), 0, sizeof m.tx_credit_i);
    for (int k = 0; k < Ports * vcs; ++k) assign_bit(bytes(m.tx_credit_i), k, true);
    for (int k = 0; k < depth; ++k) edge();
    std::memset(bytes(m.tx_credit_i), 0, sizeof m.tx_credit_i);
    room_.assign(Ports * vcs, depth);
  }

  void cycle() {
    offer();
    edge();
    Model& m = *model_;
    std::memset(bytes(m.tx_credit_i), 0, sizeof m.tx_credit_i);
    for (int p = 0; p < Ports; ++p) {
      if (!test_bit(bytes(m.tx_valid_o), p)) continue;
      assign_bit(bytes(m.tx_credit_i), p * vcs + test_bit(bytes(m.tx_vc_o), p), true);
      ++moved_;
    }
    for (int k = 0; k < Ports * vcs; ++k) room_[static_cast<std::size_t>(k)] += test_bit(bytes(m.rx_credit_o), k);
  }
  std::int64_t moved() const { return moved_; }

 private:
  void edge() { cosim::rising_edge(*model_); }
  void offer() {
    Model& m = *model_;
    for (int p = 0; p < Ports; ++p) {
      const std::uint64_t draw = random_.next();
      int v = static_cast<int>(draw & 1);
      bool sends = (draw >> 1 & 0xffff) < 52429;  // 0.8
      if (room_[static_cast<std::size_t>(p * vcs + v)] == 0) v ^= 1;
      sends = sends && room_[static_cast<std::size_t>(p * vcs + v)] > 0;
      assign_bit(bytes(m.rx_valid_i), p, sends);
      if (!sends) continue;
      --room_[static_cast<std::size_t>(p * vcs + v)];
      assign_bit(bytes(m.rx_vc_i), p, v != 0);
      Flit f;
      f.flags = Flit::head_flag | Flit::tail_flag;
      f.dst = static_cast<NodeId>(((draw >> 32) * Ports) >> 32);
      f.handle = static_cast<PacketHandle>(draw >> 20);
      const FlitBits bits = pack_flit(f);
      std::memcpy(bytes(m.rx_flit_i) + 16 * p, &bits, 16);
    }
  }

  std::unique_ptr<Model> model_;
  RandomStream random_;
  std::vector<int> room_;
  std::int64_t moved_ = 0;
};

template <class Model, int Ports>
void rtl_alone(benchmark::State& state) {
  Loop<Model, Ports> loop;
  for (int k = 0; k < 500; ++k) loop.cycle();
  const std::int64_t before = loop.moved();
  std::int64_t cycles = 0;
  for (auto _ : state) {
    for (int k = 0; k < 100; ++k) loop.cycle();
    cycles += 100;
  }
  if (!cosim::take_messages().empty()) state.SkipWithError("an assertion failed");
  const auto moved = static_cast<double>(loop.moved() - before);
  state.counters["kcycles/s"] = benchmark::Counter(static_cast<double>(cycles) / 1000, benchmark::Counter::kIsRate);
  state.counters["flits/port/cycle"] = moved / static_cast<double>(cycles) / Ports;
}
BENCHMARK(rtl_alone<Vrtl_bench_16, 16>)->Name("rtl/16_ports");
BENCHMARK(rtl_alone<Vrtl_bench_72, 72>)->Name("rtl/72_ports");

}  // namespace
}  // namespace fs
