// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/check/check_switches.hpp"

#include <set>
#include <stdexcept>
#include <string>

#include "switch/config_check.hpp"

namespace fs {
namespace {

/// The key of the switch section that decides a field of SwitchConfig; empty where another section does.
std::string key_of(const std::string& field, const Reader& section) {
  if (field == "pool_depth") return "pool";
  if (field == "input_pipeline" || field == "output_pipeline") return "pipeline";
  if (field == "speedup") return section.has("input_speedup") ? "input_speedup" : "output_speedup";
  return field;
}

ConfigError refusal(const Reader& root, const std::string& problem) {
  const std::size_t colon = problem.find(':');
  const std::string field = problem.substr(0, colon);
  if (field == "ports" || field == "destinations") return root.error("topology", problem);
  if (root.has("switch")) {
    const Reader section = root.section("switch");
    const std::string key = key_of(field, section);
    if (section.has(key)) return section.error(key, key == field ? problem.substr(colon + 2) : problem);
  }
  // What the switch section leaves open, buffers above all, the protocol decides.
  return root.error(
      field == "depth" || field == "pool_depth" || field == "vcs" || field == "longest_packet" ? "protocol" : "switch",
      problem);
}

}  // namespace

void check_switches(const FabricPlan& plan, const Reader& root) {
  const Graph& graph = plan.topology.graph;
  std::set<int> seen;
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    const Chip& chip = graph.chip(static_cast<ChipId>(i));
    if (graph.is_gpu(static_cast<ChipId>(i)) || !seen.insert(chip.ports).second) continue;
    SwitchConfig core = plan.switch_core;
    core.ports = chip.ports;
    core.destinations = static_cast<int>(graph.gpu_count());
    try {
      check_switch_config(core);
    } catch (const std::invalid_argument& problem) {
      throw refusal(root, std::string(problem.what()) + " (switch " + chip.name + ")");
    }
  }
}

}  // namespace fs
