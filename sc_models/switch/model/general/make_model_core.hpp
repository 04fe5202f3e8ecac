// SPDX-License-Identifier: Apache-2.0
// The cycle models: a core for one common configuration, and the instantiations of ModelCore, each family in a file of
// its own. The configuration has been checked.
#pragma once

#include <memory>

#include "switch/core.hpp"

namespace fs {

/// Null where the configuration is not that of VcRouterCore.
std::unique_ptr<SwitchCore> make_vc_router_core(const SwitchConfig& config);
std::unique_ptr<SwitchCore> make_plain_core_4(const SwitchConfig& config);   ///< up to 4 VCs
std::unique_ptr<SwitchCore> make_plain_core_64(const SwitchConfig& config);  ///< up to 64 VCs
std::unique_ptr<SwitchCore> make_general_core(const SwitchConfig& config);   ///< every choice, up to 128 VCs

}  // namespace fs
