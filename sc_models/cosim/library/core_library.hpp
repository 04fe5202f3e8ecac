// SPDX-License-Identifier: Apache-2.0
// The cores that a scenario may name, and the making of one for a switch.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cosim/library/recipe.hpp"
#include "cosim/pin_model.hpp"
#include "switch/core.hpp"

namespace fs::cosim {

class VerilatedCore;

/// A core for one switch. `verilated` is the RTL inside it, for waveforms: null for the model.
struct MadeCore {
  std::unique_ptr<SwitchCore> core;
  VerilatedCore* verilated = nullptr;
  /// Cycles that this core takes for a flit that never waits beyond SwitchConfig::pipeline_cycles().
  int extra_latency = 0;
};

/// Names are: model; rtl; lockstep, which is lockstep(rtl); the name of a recipe; and lockstep(NAME) for any recipe.
class CoreLibrary {
 public:
  /// Recipes are looked for in `folders`, first found first, then among the cores built with farspan.
  explicit CoreLibrary(std::vector<std::filesystem::path> folders);

  /// Why `name` cannot be had, what can, or nothing. Throws ConfigError for a recipe that is malformed.
  std::string problem(const std::string& name);
  /// Whether `name` is RTL that only rtl_profile applies to: rtl, lockstep and recipes that say so.
  bool needs_rtl_profile(const std::string& name);
  static bool is_model(const std::string& name) { return name == "model"; }

  /// Builds what `name` needs for this configuration, if that has not been done. Throws std::runtime_error with the
  /// tools' complaints.
  void build(const std::string& name, const SwitchConfig& config);
  /// The RTL of recipe `name` alone, built first if need be: pins and edges, nothing around them.
  std::unique_ptr<PinModel> make_pins(const std::string& name, const SwitchConfig& config);
  /// A core, built first if need be. Throws as build, and std::invalid_argument when configuration and core do not fit.
  MadeCore make(const std::string& name, const SwitchConfig& config);

  /// All names that can be had, for messages.
  std::vector<std::string> names() const;

 private:
  using Create = PinModel* (*)(VerilatedContext&, const char*);
  const Recipe& recipe(const std::string& name);
  std::filesystem::path find(const std::string& name) const;
  Create open(const std::string& name, const SwitchConfig& config);

  std::vector<std::filesystem::path> folders_;
  std::map<std::string, Recipe> recipes_;
  std::map<std::string, Create> open_;  ///< by recipe and shape
};

/// The recipe that a core's name stands for: `lockstep(x)` and `x` for x, `lockstep` for rtl.
std::string recipe_name(const std::string& core);
/// Whether a core's name asks for the model beside it.
bool is_lockstep(const std::string& core);

}  // namespace fs::cosim
