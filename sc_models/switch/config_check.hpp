// SPDX-License-Identifier: Apache-2.0
// What a switch configuration must satisfy before a core is built from it.
#pragma once

#include <algorithm>

#include "switch/core.hpp"

namespace fs {

/// Throws std::invalid_argument that names the field, its value and what is allowed.
void check_switch_config(const SwitchConfig& config);

/// Ports of the crossbar on its wider side.
inline int crossbar_ports(const SwitchConfig& config) {
  return config.ports * std::max(config.input_speedup, config.output_speedup);
}

}  // namespace fs
