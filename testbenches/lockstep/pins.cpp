// SPDX-License-Identifier: Apache-2.0
#include "pins.hpp"

#include <cstdio>

namespace fs::lockstep {

namespace {

std::string hex(const FlitBits& bits) {
  char text[40];
  std::snprintf(text, sizeof text, "%016llx_%016llx", static_cast<unsigned long long>(bits.high),
                static_cast<unsigned long long>(bits.low));
  return text;
}

}  // namespace

std::vector<Difference> differences(const OutputPins& model, const OutputPins& rtl, int vcs) {
  std::vector<Difference> list;
  for (std::size_t p = 0; p < model.tx_valid.size(); ++p) {
    const auto name = [&](const char* pin) { return pin + ("[" + std::to_string(p) + "]"); };
    const auto number = [&](const char* pin, unsigned m, unsigned r) {
      if (m != r) list.push_back({name(pin), std::to_string(m), std::to_string(r), static_cast<int>(p)});
    };
    number("tx_valid_o", model.tx_valid[p], rtl.tx_valid[p]);
    number("tx_vc_o", model.tx_vc[p], rtl.tx_vc[p]);
    if (!(model.tx_flit[p] == rtl.tx_flit[p])) {
      list.push_back({name("tx_flit_o"), hex(model.tx_flit[p]), hex(rtl.tx_flit[p]), static_cast<int>(p)});
    }
    for (int v = 0; v < vcs; ++v) {
      const auto k = p * static_cast<std::size_t>(vcs) + static_cast<std::size_t>(v);
      if (model.rx_credit[k] == rtl.rx_credit[k]) continue;
      list.push_back({name("rx_credit_o") + "[" + std::to_string(v) + "]", std::to_string(model.rx_credit[k]),
                      std::to_string(rtl.rx_credit[k]), static_cast<int>(p)});
    }
  }
  return list;
}

}  // namespace fs::lockstep
