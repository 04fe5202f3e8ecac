// SPDX-License-Identifier: Apache-2.0
// The instantiations of ModelCore, each family in a file of its own. The configuration has been checked.
#pragma once

#include <memory>

#include "switch/core.hpp"

namespace fs {

std::unique_ptr<SwitchCore> make_plain_core_4(const SwitchConfig& config);   ///< up to 4 VCs
std::unique_ptr<SwitchCore> make_plain_core_64(const SwitchConfig& config);  ///< up to 64 VCs
std::unique_ptr<SwitchCore> make_general_core(const SwitchConfig& config);   ///< every choice, up to 128 VCs

}  // namespace fs
