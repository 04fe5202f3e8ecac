// SPDX-License-Identifier: Apache-2.0
#include "switch/model/router/vc_router_core.hpp"

#include "switch/model/general/make_model_core.hpp"

namespace fs {

std::unique_ptr<SwitchCore> make_vc_router_core(const SwitchConfig& config) {
  if (VcRouterCore<1>::takes(config)) return std::make_unique<VcRouterCore<1>>(config);
  if (VcRouterCore<2>::takes(config)) return std::make_unique<VcRouterCore<2>>(config);
  return nullptr;
}

}  // namespace fs
