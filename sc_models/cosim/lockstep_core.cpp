// SPDX-License-Identifier: Apache-2.0
#include "cosim/lockstep_core.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <utility>

#include "common/check.hpp"
#include "switch/flit_bits.hpp"

namespace fs::cosim {
namespace {

std::string text_of(const PortFlit* flit) {
  if (flit == nullptr) return "no flit";
  const FlitBits bits = pack_flit(flit->flit);
  char text[80];
  std::snprintf(text, sizeof text, "VC %u, 128'h%016llx%016llx", static_cast<unsigned>(index(flit->vc)),
                static_cast<unsigned long long>(bits.high), static_cast<unsigned long long>(bits.low));
  return text;
}

bool same(const PortFlit& a, const PortFlit& b) { return a.port == b.port && a.vc == b.vc && a.flit == b.flit; }

}  // namespace

LockstepCore::LockstepCore(const SwitchConfig& config, std::unique_ptr<SwitchCore> model,
                           std::unique_ptr<SwitchCore> other)
    : config_(config),
      model_(std::move(model)),
      other_(std::move(other)),
      tx_(static_cast<std::size_t>(config.ports)),
      rx_credit_(static_cast<std::size_t>(config.ports) * static_cast<std::size_t>(config.vcs)),
      place_(static_cast<std::size_t>(config.ports)),
      pulses_(rx_credit_.size() / 64 + 1) {}

void LockstepCore::reset() {
  model_->reset();
  other_->reset();
}

void LockstepCore::write_route(ClassId cls, NodeId dst, const RouteRow& row) {
  model_->write_route(cls, dst, row);
  other_->write_route(cls, dst, row);
}

Cycles LockstepCore::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  model_out_ = {tx_.data(), 0, rx_credit_.data(), 0};
  const Cycles model_next = model_->step(cycle, in, model_out_);
  const Cycles other_next = other_->step(cycle, in, out);
  if (!same_flits(out) || !same_credits(out)) differ(cycle, out);
  return std::min(model_next, other_next);
}

bool LockstepCore::same_flits(const CoreOutputs& out) {
  if (out.tx_count != model_out_.tx_count) return false;
  // Each list holds a port at most once, in an order of its own.
  for (int k = 0; k < model_out_.tx_count; ++k) {
    place_[index(tx_[static_cast<std::size_t>(k)].port)] = static_cast<std::uint16_t>(k);
  }
  for (int k = 0; k < out.tx_count; ++k) {
    const std::uint16_t at = place_[index(out.tx[k].port)];
    if (at >= model_out_.tx_count || !same(out.tx[k], tx_[at])) return false;
  }
  return true;
}

bool LockstepCore::same_credits(const CoreOutputs& out) {
  if (out.rx_credit_count != model_out_.rx_credit_count) return false;
  const auto flip = [this](const CreditPulse& pulse) {
    const std::size_t bit = index(pulse.port) * static_cast<std::size_t>(config_.vcs) + index(pulse.vc);
    pulses_[bit >> 6] ^= 1ULL << (bit & 63);
  };
  for (int k = 0; k < model_out_.rx_credit_count; ++k) flip(rx_credit_[static_cast<std::size_t>(k)]);
  for (int k = 0; k < out.rx_credit_count; ++k) flip(out.rx_credit[k]);
  std::uint64_t left = 0;
  for (auto& word : pulses_) left |= std::exchange(word, 0);
  return left == 0;
}

std::string LockstepCore::state_of(const SwitchCore& core) const {
  const CoreCounts counts = core.counts();
  std::string text = "    " + std::to_string(counts.flits_inside) + " flits inside\n";
  std::string held, credits;
  for (int p = 0; p < config_.ports; ++p) {
    for (int v = 0; v < config_.vcs; ++v) {
      const auto port = static_cast<PortId>(p);
      const auto vc = static_cast<VcId>(v);
      const std::string at = " " + std::to_string(p) + "." + std::to_string(v) + ":";
      if (core.occupancy(port, vc) != 0) held += at + std::to_string(core.occupancy(port, vc));
      credits += at + std::to_string(core.credits(port, vc));
    }
  }
  text +=
      "    slots held, by port.VC:" + (held.empty() ? " none" : held) + "\n    credits, by port.VC:" + credits + "\n";
  constexpr std::size_t most_lines = 32;
  const auto lines = core.waiting();
  for (std::size_t k = 0; k < std::min(lines.size(), most_lines); ++k) text += "    " + text_of(lines[k]) + "\n";
  if (lines.size() > most_lines) text += "    and " + std::to_string(lines.size() - most_lines) + " more\n";
  return text;
}

void LockstepCore::differ(Cycles cycle, const CoreOutputs& out) const {
  std::map<std::size_t, std::pair<const PortFlit*, const PortFlit*>> flits;
  for (int k = 0; k < model_out_.tx_count; ++k)
    flits[index(tx_[static_cast<std::size_t>(k)].port)].first = &tx_[static_cast<std::size_t>(k)];
  for (int k = 0; k < out.tx_count; ++k) flits[index(out.tx[k].port)].second = &out.tx[k];
  std::string text = "switch " + config_.name + ", cycle " + std::to_string(cycle.value()) + ": model and RTL differ\n";
  for (const auto& [port, pair] : flits) {
    if (pair.first != nullptr && pair.second != nullptr && same(*pair.first, *pair.second)) continue;
    text += "  tx_valid_o, tx_vc_o, tx_flit_o of port " + std::to_string(port) + ": model " + text_of(pair.first) +
            "; RTL " + text_of(pair.second) + "\n";
  }
  using At = std::pair<std::size_t, std::size_t>;
  std::map<At, std::pair<int, int>> pulses;
  for (int k = 0; k < model_out_.rx_credit_count; ++k) {
    const CreditPulse& pulse = rx_credit_[static_cast<std::size_t>(k)];
    ++pulses[{index(pulse.port), index(pulse.vc)}].first;
  }
  for (int k = 0; k < out.rx_credit_count; ++k)
    ++pulses[{index(out.rx_credit[k].port), index(out.rx_credit[k].vc)}].second;
  for (const auto& [at, pair] : pulses) {
    if (pair.first == pair.second) continue;
    text += "  rx_credit_o of port " + std::to_string(at.first) + " VC " + std::to_string(at.second) + ": model " +
            std::to_string(pair.first) + "; RTL " + std::to_string(pair.second) + "\n";
  }
  text += "  after this edge the model holds:\n" + state_of(*model_) + "  and the RTL, from its pins:\n" +
          state_of(*other_);
  throw InvariantError(text);
}

}  // namespace fs::cosim
