// SPDX-License-Identifier: Apache-2.0
#include "system/fabric/fabric_plan.hpp"

#include <algorithm>

#include "gpu/site.hpp"

namespace fs {

int BufferPlan::advertised(int vc) const {
  if (!shared) return depth[static_cast<std::size_t>(vc)];
  int reserved = 0;
  for (const int r : depth) reserved += r;
  return depth[static_cast<std::size_t>(vc)] + (vc == 0 ? pool - reserved : 0);
}

std::vector<std::string> FabricPlan::class_names() const {
  std::vector<std::string> names;
  for (const auto& c : profile.classes) names.push_back(c.name);
  return names;
}

SwitchConfig FabricPlan::core_of(ChipId id) const {
  SwitchConfig core = switch_core;
  core.name = topology.graph.chip(id).name;
  core.ports = topology.graph.chip(id).ports;
  core.destinations = static_cast<int>(topology.graph.gpu_count());
  core.seed = seed;
  for (int vc = 0; vc < core.vcs; ++vc) {
    core.peer_depth = std::max({core.peer_depth, gpu_buffers.capacity(vc), switch_buffers.capacity(vc)});
  }
  return core;
}

std::vector<MemoryPath> FabricPlan::memory_paths() const {
  if (!memory) return {};
  ClassId request{}, response{};
  find_classes(profile, request, response);
  return {{request, response}};
}

}  // namespace fs
