// SPDX-License-Identifier: Apache-2.0
#include "switch/config_check.hpp"
#include "switch/core.hpp"
#include "switch/model/general/make_model_core.hpp"
#include "switch/model/output_queued_core.hpp"

namespace fs {

namespace {

bool is_plain(const SwitchConfig& c) {
  return c.input_speedup == 1 && c.output_speedup == 1 && c.vc_allocation != VcAllocation::same_cycle &&
         c.switching != Switching::store_and_forward && c.allocator != AllocatorKind::oldest_first;
}

}  // namespace

std::unique_ptr<SwitchCore> make_model_core(const SwitchConfig& config) {
  check_switch_config(config);
  if (config.queueing == Queueing::output) return std::make_unique<OutputQueuedCore>(config);
  if (auto core = make_vc_router_core(config)) return core;
  if (!is_plain(config) || config.vcs > 64) return make_general_core(config);
  return config.vcs <= 4 ? make_plain_core_4(config) : make_plain_core_64(config);
}

}  // namespace fs
