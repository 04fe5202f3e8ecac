// SPDX-License-Identifier: Apache-2.0
// A switch core's pins as values: what one edge samples, and what stands on the outputs after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "switch/core.hpp"
#include "switch/flit_bits.hpp"

namespace fs::lockstep {

struct RoutePins {
  int cls = 0;
  int dst = 0;
  RouteRow row;
};

/// Vectors are indexed by port, or by port * vcs + VC.
struct InputPins {
  InputPins(int ports, int vcs)
      : rx_valid(static_cast<std::size_t>(ports)),
        rx_vc(static_cast<std::size_t>(ports)),
        rx_flit(static_cast<std::size_t>(ports)),
        tx_credit(static_cast<std::size_t>(ports) * static_cast<std::size_t>(vcs)),
        tx_ready(static_cast<std::size_t>(ports)) {}

  bool quiet() const {
    const auto none = [](const std::vector<std::uint8_t>& bits) {
      for (const auto bit : bits) {
        if (bit != 0) return false;
      }
      return true;
    };
    return rst_n && !route && none(rx_valid) && none(tx_credit);
  }

  bool rst_n = true;
  std::vector<std::uint8_t> rx_valid;
  std::vector<std::uint8_t> rx_vc;
  std::vector<FlitBits> rx_flit;
  std::vector<std::uint8_t> tx_credit;
  std::vector<std::uint8_t> tx_ready;
  std::optional<RoutePins> route;
};

struct OutputPins {
  OutputPins(int ports, int vcs)
      : tx_valid(static_cast<std::size_t>(ports)),
        tx_vc(static_cast<std::size_t>(ports)),
        tx_flit(static_cast<std::size_t>(ports)),
        rx_credit(static_cast<std::size_t>(ports) * static_cast<std::size_t>(vcs)) {}

  std::vector<std::uint8_t> tx_valid;
  std::vector<std::uint8_t> tx_vc;
  std::vector<FlitBits> tx_flit;
  std::vector<std::uint8_t> rx_credit;
};

struct Difference {
  std::string pin;  ///< for example tx_flit_o[3]
  std::string model;
  std::string rtl;
  int port = 0;
};

/// Every pin that differs.
std::vector<Difference> differences(const OutputPins& model, const OutputPins& rtl, int vcs);

}  // namespace fs::lockstep
