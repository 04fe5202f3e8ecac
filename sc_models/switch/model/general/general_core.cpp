// SPDX-License-Identifier: Apache-2.0
#include "switch/config_check.hpp"
#include "switch/model/general/make_model_core.hpp"
#include "switch/model/general/model_core.hpp"

namespace fs {

std::unique_ptr<SwitchCore> make_general_core(const SwitchConfig& config) {
  if (crossbar_ports(config) <= 64) return std::make_unique<ModelCore<1, 128, false>>(config);
  return std::make_unique<ModelCore<4, 128, false>>(config);
}

}  // namespace fs
