// SPDX-License-Identifier: Apache-2.0
// A switch core on a bench: lists in, lists out, one edge at a time.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "switch/core.hpp"

namespace fs::testing {

/// A configuration that most tests start from: few ports, one class, deep private queues.
inline SwitchConfig small_config(int ports, int vcs) {
  SwitchConfig c;
  c.ports = ports;
  c.vcs = vcs;
  c.classes = 1;
  c.destinations = ports;
  c.depth.assign(static_cast<std::size_t>(vcs), 16);
  c.longest_packet = {4};
  c.name = "sw";
  return c;
}

inline std::uint64_t first_vcs(int vcs) { return vcs >= 64 ? ~0ULL : (1ULL << vcs) - 1; }

/// What stood on the output pins after an edge, in an order of its own.
struct Pins {
  std::vector<PortFlit> tx;
  std::vector<CreditPulse> rx_credit;

  void sort() {
    std::sort(tx.begin(), tx.end(), [](const PortFlit& a, const PortFlit& b) { return a.port < b.port; });
    std::sort(rx_credit.begin(), rx_credit.end(), [](const CreditPulse& a, const CreditPulse& b) {
      return std::tie(a.port, a.vc) < std::tie(b.port, b.vc);
    });
  }
  friend bool operator==(const Pins& a, const Pins& b) {
    return std::equal(a.tx.begin(), a.tx.end(), b.tx.begin(), b.tx.end(),
                      [](const PortFlit& x, const PortFlit& y) {
                        return x.port == y.port && x.vc == y.vc && x.flit == y.flit;
                      }) &&
           std::equal(a.rx_credit.begin(), a.rx_credit.end(), b.rx_credit.begin(), b.rx_credit.end(),
                      [](const CreditPulse& x, const CreditPulse& y) { return x.port == y.port && x.vc == y.vc; });
  }
};

/// One core with its lists. Inputs are gathered with rx(), credit() and ready(), then edge() steps once.
class Rig {
 public:
  explicit Rig(const SwitchConfig& config) : Rig(config, make_model_core(config)) {}
  Rig(const SwitchConfig& config, std::unique_ptr<SwitchCore> core)
      : config_(config),
        core_(std::move(core)),
        tx_(static_cast<std::size_t>(config.ports)),
        pulses_(static_cast<std::size_t>(config.ports * config.vcs)),
        ready_((static_cast<std::size_t>(config.ports) + 63) / 64, ~0ULL) {}

  SwitchCore& core() { return *core_; }
  std::int64_t cycle() const { return cycle_; }
  Cycles wake() const { return wake_; }

  /// Destination d is at port d, for every class, on all VCs.
  void route_straight() {
    for (int c = 0; c < config_.classes; ++c) {
      for (int d = 0; d < std::min(config_.destinations, config_.ports); ++d) route(c, d, {d}, first_vcs(config_.vcs));
    }
  }
  void route(int cls, int dst, const std::vector<int>& outputs, std::uint64_t vcs, RouteMode mode = RouteMode::hashed) {
    RouteRow row;
    for (const int o : outputs) row.outputs.push_back(static_cast<PortId>(o));
    row.vcs_low = vcs;
    row.mode = mode;
    core_->write_route(static_cast<ClassId>(cls), static_cast<NodeId>(dst), row);
  }
  /// `count` credits for every VC of every output, a pulse an edge each.
  void fill_credits(int count) {
    for (int k = 0; k < count; ++k) {
      for (int o = 0; o < config_.ports; ++o) {
        for (int v = 0; v < config_.vcs; ++v) credit(o, v);
      }
      edge();
    }
  }

  void rx(int port, int vc, const Flit& flit) {
    rx_.push_back({flit, static_cast<PortId>(port), static_cast<VcId>(vc)});
  }
  void credit(int port, int vc) { credits_.push_back({static_cast<PortId>(port), static_cast<VcId>(vc)}); }
  void ready(int port, bool is) {
    auto& word = ready_[static_cast<std::size_t>(port) / 64];
    const std::uint64_t bit = 1ULL << (port % 64);
    word = is ? word | bit : word & ~bit;
  }
  bool has_input() const { return !rx_.empty() || !credits_.empty(); }
  void reverse_lists() {
    std::reverse(rx_.begin(), rx_.end());
    std::reverse(credits_.begin(), credits_.end());
  }
  /// An edge at which the core is left asleep.
  void skip() { ++cycle_; }

  Pins edge() {
    CoreInputs in;
    in.rx = rx_.data();
    in.rx_count = static_cast<int>(rx_.size());
    in.tx_credit = credits_.data();
    in.tx_credit_count = static_cast<int>(credits_.size());
    in.tx_ready = ready_.data();
    CoreOutputs out;
    out.tx = tx_.data();
    out.rx_credit = pulses_.data();
    wake_ = core_->step(Cycles(cycle_++), in, out);
    rx_.clear();
    credits_.clear();
    Pins pins;
    pins.tx.assign(out.tx, out.tx + out.tx_count);
    pins.rx_credit.assign(out.rx_credit, out.rx_credit + out.rx_credit_count);
    pins.sort();
    return pins;
  }
  /// Edges without input until a flit appears; its cycle, or -1 after `limit` edges.
  std::int64_t edges_until_tx(int limit, Pins* seen = nullptr) {
    for (int k = 0; k < limit; ++k) {
      const Pins pins = edge();
      if (pins.tx.empty()) continue;
      if (seen != nullptr) *seen = pins;
      return cycle_ - 1;
    }
    return -1;
  }

 private:
  SwitchConfig config_;
  std::unique_ptr<SwitchCore> core_;
  std::vector<PortFlit> tx_, rx_;
  std::vector<CreditPulse> pulses_, credits_;
  std::vector<std::uint64_t> ready_;
  std::int64_t cycle_ = 0;
  Cycles wake_{};
};

/// Flit `k` of a packet of `length` flits; the handle names the packet.
inline Flit flit_of(std::uint32_t packet, int dst, int k, int length, int cls = 0) {
  Flit f;
  f.handle = static_cast<PacketHandle>(packet);
  f.hash_key = packet * 2654435761U;
  f.dst = static_cast<NodeId>(dst);
  f.cls = static_cast<ClassId>(cls);
  f.length = static_cast<std::uint16_t>(length);
  f.wire_bytes = 16;
  f.flags = static_cast<std::uint8_t>((k == 0 ? Flit::head_flag : 0) | (k + 1 == length ? Flit::tail_flag : 0));
  return f;
}

}  // namespace fs::testing
