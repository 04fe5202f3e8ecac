// SPDX-License-Identifier: Apache-2.0
// A scenario document as plain specifications, each part read and checked by its own room.
#pragma once

#include <optional>
#include <string>

#include "config/document.hpp"
#include "fabric/deadlock.hpp"
#include "gpu/gpu_config.hpp"
#include "system/fabric/fabric_plan.hpp"
#include "system/simulation.hpp"
#include "workload/workload.hpp"

namespace fs {

struct ScenarioSpec {
  std::string name;
  std::string description;
  FabricPlan fabric;
  MeasureSpec measure;
  bool open_loop = false;   ///< else the GPUs have memories, and masters where the workload has any
  DeadlockReport deadlock;  ///< of the fabric's dependency graph
};

/// Reads the whole document and finishes it. Throws ConfigError; a cycle in the dependency graph is no error here.
ScenarioSpec read_scenario(Document& document);

}  // namespace fs
