// SPDX-License-Identifier: Apache-2.0
// A design under test behind plain SystemC signals, in the place of a switch core. The whole adapter: it puts what the
// links bring onto signals, makes the clock, and takes from signals what goes to the links.
//
// Signals change a delta after they are written, so what stands on the outputs is read at the next edge: a cycle later
// than from a core that is called.
#pragma once

#include <deque>
#include <string>
#include <systemc>
#include <vector>

#include "switch/core.hpp"
#include "switch/flit_bits.hpp"

namespace fs::test {

/// Two ports, two VCs: signals of up to 32 bits are uint32_t, wider ones sc_bv, as `verilator --sc` wants them.
class PinCore : public sc_core::sc_module, public SwitchCore {
 public:
  static constexpr int ports = 2, vcs = 2, vc_bits = 1;
  /// Edges from rx to tx: two in the design, one for reading a cycle later.
  static constexpr int latency = 3;

  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> clk{"clk"};  // step() raises it, fall() lowers it
  sc_core::sc_signal<bool> rst_n{"rst_n"}, route_we{"route_we"}, idle{"idle"};
  sc_core::sc_signal<std::uint32_t> rx_valid{"rx_valid"}, rx_vc{"rx_vc"}, rx_credit{"rx_credit"};
  sc_core::sc_signal<std::uint32_t> tx_valid{"tx_valid"}, tx_vc{"tx_vc"}, tx_credit{"tx_credit"}, tx_ready{"tx_ready"};
  sc_core::sc_signal<std::uint32_t> route_row{"route_row"}, route_mask{"route_mask"}, route_vcs{"route_vcs"};
  sc_core::sc_signal<std::uint32_t> route_mode{"route_mode"};
  sc_core::sc_signal<sc_dt::sc_bv<ports * FlitLayout::bits>> rx_flit{"rx_flit"}, tx_flit{"tx_flit"};

  PinCore(sc_core::sc_module_name name, sc_core::sc_time half_period) : sc_module(name), half_period_(half_period) {
    SC_METHOD(fall);
    sensitive << rise_;
    dont_initialize();
  }

  /// Connects a design that has these pins as ports.
  template <class Design>
  void bind(Design& design) {
    design.clk_i(clk);
    design.rst_ni(rst_n);
    design.rx_valid_i(rx_valid);
    design.rx_vc_i(rx_vc);
    design.rx_flit_i(rx_flit);
    design.rx_credit_o(rx_credit);
    design.tx_valid_o(tx_valid);
    design.tx_vc_o(tx_vc);
    design.tx_flit_o(tx_flit);
    design.tx_credit_i(tx_credit);
    design.tx_ready_i(tx_ready);
    design.route_we_i(route_we);
    design.route_row_i(route_row);
    design.route_mask_i(route_mask);
    design.route_vcs_i(route_vcs);
    design.route_mode_i(route_mode);
    design.idle_o(idle);
  }

  void reset() override { reset_edges_ = 2; }
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override { routes_.push_back({cls, dst, row}); }

  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override {
    read(out);
    drive(in);
    clk.write(true);
    rise_.notify(half_period_);
    ++edges;
    const bool quiet = in.rx_count + in.tx_credit_count + out.tx_count + out.rx_credit_count == 0;
    const bool done = reset_edges_ == 0 && routes_.empty() && !route_we.read() && quiet && idle.read();
    // The edge of this step shows at the next one: asleep only when the last one did nothing either.
    const bool sleeps = done && was_done_;
    was_done_ = done;
    return sleeps ? Cycles::max() : cycle + Cycles(1);
  }

  CoreCounts counts() const override { return {sampled_ - sent_, 0, sent_}; }
  int occupancy(PortId, VcId) const override { return 0; }
  int credits(PortId, VcId) const override { return 0; }
  std::vector<HeadWait> waiting() const override { return {}; }

  std::uint64_t edges = 0;

  SC_HAS_PROCESS(PinCore);

 private:
  struct Row {
    ClassId cls;
    NodeId dst;
    RouteRow row;
  };

  void fall() { clk.write(false); }

  void drive(const CoreInputs& in) {
    std::uint32_t valid = 0, vc = 0, credit = 0, ready = (1U << ports) - 1;
    sc_dt::sc_bv<ports * FlitLayout::bits> flits;
    for (int k = 0; k < in.rx_count; ++k) {
      const auto port = static_cast<int>(index(in.rx[k].port));
      valid |= 1U << port;
      vc |= static_cast<std::uint32_t>(index(in.rx[k].vc)) << (port * vc_bits);
      const FlitBits bits = pack_flit(in.rx[k].flit);
      for (int word = 0; word < 4; ++word) {
        const std::uint64_t half = word < 2 ? bits.low : bits.high;
        flits.set_word(4 * port + word, static_cast<std::uint32_t>(half >> (32 * (word & 1))));
      }
    }
    for (int k = 0; k < in.tx_credit_count; ++k) {
      credit |=
          1U << (static_cast<int>(index(in.tx_credit[k].port)) * vcs + static_cast<int>(index(in.tx_credit[k].vc)));
    }
    if (in.tx_ready != nullptr) ready &= static_cast<std::uint32_t>(in.tx_ready[0]);
    sampled_ += static_cast<std::uint64_t>(in.rx_count);
    rx_valid.write(valid);
    rx_vc.write(vc);
    rx_flit.write(flits);
    tx_credit.write(credit);
    tx_ready.write(ready);
    rst_n.write(reset_edges_ == 0);
    route_we.write(false);
    if (reset_edges_ > 0) {
      --reset_edges_;
    } else if (!routes_.empty()) {
      drive_route(routes_.front());
      routes_.pop_front();
    }
  }

  void drive_route(const Row& row) {
    std::uint32_t mask = 0;
    for (const PortId port : row.row.outputs) mask |= 1U << index(port);
    route_row.write(static_cast<std::uint32_t>(index(row.cls) << 16 | index(row.dst)));
    route_mask.write(mask);
    route_vcs.write(static_cast<std::uint32_t>(row.row.vcs_low));
    route_mode.write(static_cast<std::uint32_t>(row.row.mode));
    route_we.write(true);
  }

  void read(CoreOutputs& out) {
    out.tx_count = out.rx_credit_count = 0;
    for (int port = 0; port < ports; ++port) {
      for (int vc = 0; vc < vcs; ++vc) {
        if (((rx_credit.read() >> (port * vcs + vc)) & 1U) == 0) continue;
        out.rx_credit[out.rx_credit_count++] = {static_cast<PortId>(port), static_cast<VcId>(vc)};
      }
      if (((tx_valid.read() >> port) & 1U) == 0) continue;
      const auto& flits = tx_flit.read();
      const auto word = [&](int k) { return static_cast<std::uint64_t>(flits.get_word(4 * port + k)); };
      const FlitBits bits{word(0) | word(1) << 32, word(2) | word(3) << 32};
      out.tx[out.tx_count++] = {unpack_flit(bits), static_cast<PortId>(port),
                                static_cast<VcId>((tx_vc.read() >> (port * vc_bits)) & 1U)};
      ++sent_;
    }
  }

  sc_core::sc_time half_period_;
  sc_core::sc_event rise_;
  int reset_edges_ = 2;
  std::deque<Row> routes_;
  bool was_done_ = false;
  std::uint64_t sampled_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace fs::test
