// SPDX-License-Identifier: Apache-2.0
#include "switch/model/general/make_model_core.hpp"
#include "switch/model/general/model_core.hpp"

namespace fs {

std::unique_ptr<SwitchCore> make_plain_core_64(const SwitchConfig& config) {
  if (config.ports <= 64) return std::make_unique<ModelCore<1, 64, true>>(config);
  if (config.ports <= 128) return std::make_unique<ModelCore<2, 64, true>>(config);
  return std::make_unique<ModelCore<4, 64, true>>(config);
}

}  // namespace fs
