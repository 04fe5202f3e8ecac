// SPDX-License-Identifier: Apache-2.0
// The media of links as delay per length.
#pragma once

#include <string>

#include "common/quantity.hpp"
#include "config/units.hpp"

namespace fs {

/// One-way delay of `length` of a medium:
/// - `copper` (twinaxial cable) 4.6 ns/m and `fibre` (single mode) 4.9 ns/m, group index 1.467 at 1550 nm: Broadcom,
///   Scale-Up Ethernet Framework Specification RM104, appendix A, gives 4.6 and 4.96; ITU-T G.652 fibre data
///   sheets 4.897;
/// - `pcb` (stripline) 7.1 ns/m: the same appendix.
/// Throws std::invalid_argument for another medium.
Femtoseconds propagation_delay(const std::string& medium, Micrometres length);

}  // namespace fs
