// SPDX-License-Identifier: Apache-2.0
// The cycle model, driven and read as pins.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "pins.hpp"

namespace fs::lockstep {

class ModelSide {
 public:
  explicit ModelSide(const SwitchConfig& config)
      : config_(config),
        core_(make_model_core(config)),
        tx_(static_cast<std::size_t>(config.ports)),
        pulses_(static_cast<std::size_t>(config.ports) * static_cast<std::size_t>(config.vcs)),
        ready_((static_cast<std::size_t>(config.ports) + 63) / 64) {}

  /// One clock edge with these inputs, and the outputs after it.
  void edge(std::int64_t cycle, const InputPins& in, OutputPins& out) {
    out = OutputPins(config_.ports, config_.vcs);
    if (in.route) {
      core_->write_route(static_cast<ClassId>(in.route->cls), static_cast<NodeId>(in.route->dst), in.route->row);
    }
    if (!in.rst_n) {
      core_->reset();
      return;
    }
    CoreOutputs lists;
    lists.tx = tx_.data();
    lists.rx_credit = pulses_.data();
    core_->step(Cycles(cycle), list(in), lists);
    for (int k = 0; k < lists.tx_count; ++k) {
      const PortFlit& tx = tx_[static_cast<std::size_t>(k)];
      out.tx_valid[index(tx.port)] = 1;
      out.tx_vc[index(tx.port)] = static_cast<std::uint8_t>(index(tx.vc));
      out.tx_flit[index(tx.port)] = pack_flit(tx.flit);
    }
    for (int k = 0; k < lists.rx_credit_count; ++k) {
      const CreditPulse& pulse = pulses_[static_cast<std::size_t>(k)];
      out.rx_credit[index(pulse.port) * static_cast<std::size_t>(config_.vcs) + index(pulse.vc)] = 1;
    }
  }

  /// Counts, the use of each buffer and counter that is not at rest, and who waits for whom.
  std::string state() const {
    const CoreCounts counts = core_->counts();
    std::string text = "  flits inside " + std::to_string(counts.flits_inside) + ", grants so far " +
                       std::to_string(counts.grants) + "\n";
    for (int p = 0; p < config_.ports; ++p) {
      for (int v = 0; v < config_.vcs; ++v) {
        const auto port = static_cast<PortId>(p);
        const auto vc = static_cast<VcId>(v);
        text += "  port " + std::to_string(p) + " VC " + std::to_string(v) + ": buffered " +
                std::to_string(core_->occupancy(port, vc)) + ", credits " + std::to_string(core_->credits(port, vc)) +
                "\n";
      }
    }
    for (const auto& line : core_->waiting()) text += "  " + text_of(line) + "\n";
    return text;
  }
  CoreCounts counts() const { return core_->counts(); }

 private:
  CoreInputs list(const InputPins& in) {
    rx_.clear();
    credits_.clear();
    ready_.assign(ready_.size(), 0);
    for (std::size_t p = 0; p < in.rx_valid.size(); ++p) {
      if (in.tx_ready[p] != 0) ready_[p / 64] |= 1ULL << (p % 64);
      if (in.rx_valid[p] == 0) continue;
      rx_.push_back({unpack_flit(in.rx_flit[p]), static_cast<PortId>(p), static_cast<VcId>(in.rx_vc[p])});
    }
    const auto vcs = static_cast<std::size_t>(config_.vcs);
    for (std::size_t k = 0; k < in.tx_credit.size(); ++k) {
      if (in.tx_credit[k] != 0) credits_.push_back({static_cast<PortId>(k / vcs), static_cast<VcId>(k % vcs)});
    }
    CoreInputs lists;
    lists.rx = rx_.data();
    lists.rx_count = static_cast<int>(rx_.size());
    lists.tx_credit = credits_.data();
    lists.tx_credit_count = static_cast<int>(credits_.size());
    lists.tx_ready = ready_.data();
    return lists;
  }

  SwitchConfig config_;
  std::unique_ptr<SwitchCore> core_;
  std::vector<PortFlit> tx_, rx_;
  std::vector<CreditPulse> pulses_, credits_;
  std::vector<std::uint64_t> ready_;
};

}  // namespace fs::lockstep
