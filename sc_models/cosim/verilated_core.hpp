// SPDX-License-Identifier: Apache-2.0
// A Verilated switch core behind the core's contract: lists to pins, an edge, pins to lists.
//
// Any core with this pin-out will do (docs/bring_your_own_rtl.md); a core that offers idle_o sleeps when it says so,
// another when it holds nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cosim/pin_model.hpp"
#include "switch/core.hpp"

namespace fs::cosim {

class VerilatedCore final : public SwitchCore {
 public:
  /// `config` as given to the cycle model, but for pipelines: those are the core's own affair. `core` is the name it
  /// has in scenarios, for messages. Throws std::invalid_argument naming the pin when the model lacks one, has one that
  /// is not part of the pin-out, or one of another width than `config` needs.
  VerilatedCore(const SwitchConfig& config, std::string core, std::unique_ptr<PinModel> model);
  ~VerilatedCore() override;

  void reset() override;
  /// Before the first step, and while the core sleeps, a row is written at once, with an edge of its own. Else it
  /// stands on the route pins at the next step, and further ones at the edges after it: one row an edge.
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override;
  /// As the contract says. Throws InvariantError with switch, core, cycle and the message of a failed assertion.
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  /// From the pins: `requests` stays 0, for they never show.
  CoreCounts counts() const override;
  int occupancy(PortId port, VcId vc) const override;
  /// Pulses taken less flits seen on the tx pins; the first VC stands for a shared part as well.
  int credits(PortId port, VcId vc) const override;
  /// One line an input VC with flits inside: where they wish to go is not to be seen.
  std::vector<HeadWait> waiting() const override;

  /// Registers the core's signals with a waveform file, below hierarchy(). Before the file is opened.
  void trace(VerilatedFstC& file, int levels);
  /// The scope of this core's signals in waveforms: the switch's name.
  const std::string& hierarchy() const { return config_.name; }
  /// The name this core has in scenarios.
  const std::string& core() const { return core_; }

 private:
  struct Input {
    unsigned char* data = nullptr;
    std::size_t bytes = 0;
    int bits = 0;
  };
  struct Output {
    const unsigned char* data = nullptr;
    std::size_t bytes = 0;
  };
  struct Place {
    std::uint16_t port = 0;
    std::uint16_t vc = 0;
  };
  struct PendingRoute {
    ClassId cls{};
    NodeId dst{};
    RouteRow row;
  };

  void find_pins();
  Pin find(const char* name, bool input, int bits);
  void check_all_known() const;
  std::size_t place(PortId port, VcId vc) const {
    return index(port) * static_cast<std::size_t>(config_.vcs) + index(vc);
  }
  void drive(const CoreInputs& in);
  void drive_ready(const std::uint64_t* ready);
  void drive_route(const PendingRoute& route);
  void read(CoreOutputs& out);
  void edge(Cycles cycle);
  void power_up();
  void idle_edge(int count);
  [[noreturn, gnu::cold, gnu::noinline]] void stopped(Cycles cycle) const;
  [[gnu::cold, gnu::noinline]] void pass_on_messages() const;
  Cycles next_step(Cycles cycle, bool quiet);

  SwitchConfig config_;
  std::string core_;
  std::unique_ptr<PinModel> model_;
  std::vector<const char*> known_;  ///< pins asked for so far
  int vc_bits_ = 1;
  Input rst_n_, rx_valid_, rx_vc_, rx_flit_, tx_credit_, tx_ready_;
  Input route_we_, route_row_, route_mask_, route_vcs_, route_mode_;
  Output rx_credit_, tx_valid_, tx_vc_, tx_flit_;
  const unsigned char* idle_ = nullptr;
  bool all_ready_ = true;
  bool routing_ = false;  ///< route_we_i stands at 1
  bool asleep_ = true;    ///< nothing but an input can change anything
  Cycles last_cycle_{-1};
  std::vector<PendingRoute> routes_;  ///< waiting for an edge, first first
  std::vector<Place> pulse_place_;    ///< by bit of rx_credit_o
  std::vector<int> buffered_;         ///< by input (port, VC): flits sampled less credits returned
  std::vector<int> credits_;          ///< by output (port, VC)
  std::int64_t owed_ = 0;             ///< sum of buffered_
  std::uint64_t sampled_ = 0;
  std::uint64_t sent_ = 0;
  int quiet_edges_ = 0;
};

}  // namespace fs::cosim
