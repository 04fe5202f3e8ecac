// SPDX-License-Identifier: Apache-2.0
// A scenario document as plain specifications, each part read and checked by its own room.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "config/document.hpp"
#include "fabric/deadlock.hpp"
#include "gpu/gpu_config.hpp"
#include "system/energy/energy_plan.hpp"
#include "system/fabric/fabric_plan.hpp"
#include "system/scenario/read_cores.hpp"
#include "system/scenario/read_link_layers.hpp"
#include "system/simulation.hpp"
#include "workload/workload.hpp"

namespace fs {

struct ScenarioSpec {
  std::string name;
  std::string description;
  FabricPlan fabric;
  MeasureSpec measure;
  bool open_loop = false;                       ///< else the GPUs have memories, and masters where the workload has any
  DeadlockReport deadlock;                      ///< of the fabric's dependency graph
  std::vector<CoreRule> core_rules;             ///< by chip: which line of the scenario chose its core
  std::vector<LinkLayerRule> link_layer_rules;  ///< by link: which line chose who does its retry
  std::optional<EnergyPlan> energy;             ///< where the scenario asks what its parts draw and cost
};

/// Reads the whole document and finishes it. `core_folders`: where cores of one's own are looked for, beside those
/// built with farspan. Throws ConfigError; a cycle in the dependency graph is no error here.
ScenarioSpec read_scenario(Document& document, const std::vector<std::filesystem::path>& core_folders = {});

}  // namespace fs
