// SPDX-License-Identifier: Apache-2.0
// A switch's configuration as parameters of an RTL top module: Verilator fixes them when it builds.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "switch/core.hpp"

namespace fs::cosim {

/// Names that a core may take as parameters, in the order of docs/bring_your_own_rtl.md.
const std::vector<std::string>& known_parameters();

/// The value of one of them as SystemVerilog text. Reserve and PeerReserve are vectors of 16 bits a VC, VC 0 low; where
/// a buffer is not shared, its reserves are the slots of each VC, and PoolDepth is their sum.
std::string parameter_value(const std::string& name, const SwitchConfig& config);

/// Name and value of each of `parameters`.
using Shape = std::vector<std::pair<std::string, std::string>>;
Shape shape_of(const SwitchConfig& config, const std::vector<std::string>& parameters);

/// Twelve hexadecimal digits that no other shape has.
std::string shape_hash(const Shape& shape);

/// A short folder name that no other shape has: `72x4-1f00ab34c0de`.
std::string shape_name(const SwitchConfig& config, const Shape& shape);

}  // namespace fs::cosim
