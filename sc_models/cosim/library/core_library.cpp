// SPDX-License-Identifier: Apache-2.0
#include "cosim/library/core_library.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "cosim/library/builder.hpp"
#include "cosim/library/installed.hpp"
#include "cosim/library/shape.hpp"
#include "cosim/lockstep_core.hpp"
#include "cosim/pipelined_core.hpp"
#include "cosim/runtime/messages.hpp"
#include "cosim/verilated_core.hpp"

namespace fs::cosim {
namespace {

const std::string lockstep_prefix = "lockstep(";

}  // namespace

bool is_lockstep(const std::string& core) {
  return core == "lockstep" || (core.rfind(lockstep_prefix, 0) == 0 && core.back() == ')');
}

std::string recipe_name(const std::string& core) {
  if (core == "lockstep") return "rtl";
  if (!is_lockstep(core)) return core;
  return core.substr(lockstep_prefix.size(), core.size() - lockstep_prefix.size() - 1);
}

CoreLibrary::CoreLibrary(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {
  folders_.emplace_back(where_installed().cores);
}

std::filesystem::path CoreLibrary::find(const std::string& name) const {
  if (name.empty() || name.find('/') != std::string::npos) return {};
  for (const auto& folder : folders_) {
    std::error_code error;
    auto file = folder / (name + ".yaml");
    if (std::filesystem::is_regular_file(file, error)) return file;
  }
  return {};
}

const Recipe& CoreLibrary::recipe(const std::string& name) {
  const auto known = recipes_.find(name);
  if (known != recipes_.end()) return known->second;
  const auto file = find(name);
  if (file.empty()) throw std::invalid_argument("no core '" + name + "'");
  return recipes_.emplace(name, read_recipe(file)).first->second;
}

std::vector<std::string> CoreLibrary::names() const {
  std::set<std::string> found;
  for (const auto& folder : folders_) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.path().extension() == ".yaml") found.insert(entry.path().stem().string());
    }
  }
  std::vector<std::string> names = {"model"};
  names.insert(names.end(), found.begin(), found.end());
  if (found.count("rtl") != 0) names.emplace_back("lockstep");
  if (!found.empty()) names.emplace_back("lockstep(NAME)");
  return names;
}

std::string CoreLibrary::problem(const std::string& name) {
  if (is_model(name)) return {};
  const std::string base = recipe_name(name);
  if (!find(base).empty()) {
    recipe(base);
    return {};
  }
  std::string all;
  for (const auto& known : names()) all += (all.empty() ? "" : ", ") + known;
  std::string where;
  for (const auto& folder : folders_) where += (where.empty() ? "" : ", ") + folder.string();
  return "no core '" + name + "'; allowed are " + all + "; a core of your own is a file " + base + ".yaml in " + where;
}

bool CoreLibrary::needs_rtl_profile(const std::string& name) {
  return !is_model(name) && (is_lockstep(name) || recipe(recipe_name(name)).rtl_profile);
}

void CoreLibrary::build(const std::string& name, const SwitchConfig& config) {
  if (!is_model(name)) open(recipe_name(name), config);
}

CoreLibrary::Create CoreLibrary::open(const std::string& name, const SwitchConfig& config) {
  const Recipe& r = recipe(name);
  const Shape shape = shape_of(config, r.parameters);
  const std::string key = name + '/' + shape_name(config, shape);
  const auto known = open_.find(key);
  if (known != open_.end()) return known->second;
  return open_[key] = open_core(build_core(r, shape_name(config, shape), shape));
}

std::unique_ptr<PinModel> CoreLibrary::make_pins(const std::string& name, const SwitchConfig& config) {
  return std::unique_ptr<PinModel>(open(name, config)(verilated_context(), config.name.c_str()));
}

MadeCore CoreLibrary::make(const std::string& name, const SwitchConfig& config) {
  MadeCore made;
  if (is_model(name)) {
    made.core = make_model_core(config);
    return made;
  }
  const Recipe& r = recipe(recipe_name(name));
  auto rtl = std::make_unique<VerilatedCore>(config, r.name, make_pins(r.name, config));
  made.verilated = rtl.get();
  made.extra_latency = r.latency - 1;
  const int before = r.takes("InputPipeline") ? 0 : config.input_pipeline;
  const int behind = r.takes("OutputPipeline") ? 0 : config.output_pipeline;
  made.core = std::move(rtl);
  if (before + behind > 0) {
    made.core = std::make_unique<PipelinedCore>(std::move(made.core), config.ports, before, behind);
  }
  if (is_lockstep(name)) {
    made.core = std::make_unique<LockstepCore>(config, make_model_core(config), std::move(made.core));
  }
  return made;
}

}  // namespace fs::cosim
