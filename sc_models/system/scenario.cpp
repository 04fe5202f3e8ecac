// SPDX-License-Identifier: Apache-2.0
#include "system/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "system/fabric/memory_system.hpp"
#include "system/long_haul/long_haul.hpp"
#include "system/report/output.hpp"
#include "system/report/progress.hpp"
#include "system/scale_out/scale_out.hpp"
#include "system/scenario/collect_results.hpp"
#include "system/scenario/read_scenario.hpp"
#include "system/sites/sites_text.hpp"
#include "system/waves/wave_recorder.hpp"
#include "system/waves/wave_results.hpp"

namespace fs {
namespace {

void refuse_cycle(const ScenarioSpec& spec, Document& document, bool allow_deadlock) {
  if (spec.deadlock.free || allow_deadlock) return;
  throw document.root().error("topology", "this fabric can deadlock: " + spec.deadlock.text() +
                                              "\nallowed is a fabric without a cycle; --allow-deadlock runs it");
}

/// Builds what a run would.
void build_cores(const ScenarioSpec& spec) {
  const FabricPlan& plan = spec.fabric;
  for (const auto& rule : spec.link_layer_rules) {
    if (rule.engine == cosim::RetryEngine::model) continue;
    try {
      plan.retry_rtl->build(plan.profile.retry);
    } catch (const std::exception& problem) {
      throw rule.at->error(problem.what());
    }
  }
  if (plan.cores.empty()) return;
  for (const ChipId id : plan.topology.graph.switches()) {
    try {
      plan.core_library->build(plan.cores[index(id)], plan.core_of(id));
    } catch (const std::exception& problem) {
      throw spec.core_rules[index(id)].at->error(problem.what());
    }
  }
}

/// How many switches have which core; nothing where all are models.
std::string cores_text(const ScenarioSpec& spec) {
  if (spec.fabric.cores.empty()) return {};
  std::map<std::string, int> count;
  for (const ChipId id : spec.fabric.topology.graph.switches()) ++count[spec.fabric.cores[index(id)]];
  std::string text;
  for (const auto& [core, switches] : count) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", switches, core);
  return "  cores: " + text + "\n";
}

/// How many links have RTL in their retry; nothing where all are models.
std::string link_layers_text(const ScenarioSpec& spec) {
  const auto count = [&](cosim::RetryEngine engine) {
    const auto& engines = spec.fabric.retry_engines;
    return std::count(engines.begin(), engines.end(), engine);
  };
  if (spec.fabric.retry_engines.empty()) return {};
  return fmt::format("  link layers: {} lockstep, {} model, {} rtl\n", count(cosim::RetryEngine::lockstep),
                     count(cosim::RetryEngine::model), count(cosim::RetryEngine::rtl));
}

}  // namespace

nlohmann::ordered_json run_scenario(Document& document, const RunOptions& options) {
  if (is_long_haul(document)) {
    if (options.waves) throw document.root().error("--waves shows the flits of a fabric: between sites there are none");
    return run_long_haul(document, options);
  }
  if (is_scale_out(document)) {
    if (options.waves) throw document.root().error("--waves shows the flits of a fabric: between NICs there are none");
    return run_scale_out(document, options);
  }
  ScenarioSpec spec = read_scenario(document, options.cores);
  refuse_cycle(spec, document, options.allow_deadlock);
  spec.fabric.sleep = options.sleep;
  std::unique_ptr<RunningFabric> fabric;
  std::unique_ptr<WaveRecorder> waves;
  try {
    fabric = std::make_unique<RunningFabric>(spec.fabric);
    if (options.waves) {
      prepare_folder(options.out);
      waves = std::make_unique<WaveRecorder>(*fabric, *options.waves, options.out);
    }
  } catch (const CoreProblem& problem) {
    throw spec.core_rules[index(problem.chip)].at->error(problem.what());
  } catch (const LinkLayerProblem& problem) {
    throw spec.link_layer_rules[index(problem.link)].at->error(problem.what());
  } catch (const std::invalid_argument& problem) {
    throw document.root().error(problem.what());
  }
  const MemorySystem* memory = fabric->memory();
  std::function<bool()> finished;
  if (memory != nullptr && memory->has_end()) finished = [memory] { return memory->finished(); };
  Simulation simulation(*fabric, spec.measure, finished, options.until);
  Progress* progress = options.progress;
  bool begun = false;
  const RunEnd end = simulation.run([&](Femtoseconds now, Femtoseconds until, std::uint64_t flit_hops) {
    if (progress == nullptr) return;
    if (!begun) progress->begin(until);
    begun = true;
    progress->update(now, flit_hops);
  });
  auto result = collect_results(spec, *fabric, end);
  if (waves) put_waves(result, waves->finish());
  return result;
}

std::string check_scenario(Document& document, const RunOptions& options) {
  if (is_long_haul(document)) return check_long_haul(document);
  if (is_scale_out(document)) return check_scale_out(document);
  const ScenarioSpec spec = read_scenario(document, options.cores);
  refuse_cycle(spec, document, options.allow_deadlock);
  if (options.build_cores) build_cores(spec);
  const Graph& graph = spec.fabric.topology.graph;
  const Profile& profile = spec.fabric.profile;
  const double rate = static_cast<double>(profile.payload_rate_numerator()) /
                      static_cast<double>(profile.payload_rate_denominator()) / 8e9;
  return fmt::format(
      "{}\n  {} GPUs, {} switches, {} links of {:.4g} GB/s payload a direction ({})\n"
      "  core clock period {} fs, flit {} B, {} classes on {} VCs, switch pipeline {} cycles\n{}{}{}  {}\n",
      spec.name, graph.gpu_count(), graph.switch_count(), graph.link_count(), rate, profile.name,
      profile.core_clock.period().value(), profile.flit.value(), profile.classes.size(), profile.vc_count(),
      spec.fabric.switch_core.pipeline_cycles(), cores_text(spec), link_layers_text(spec),
      spec.fabric.sites ? sites_text(*spec.fabric.sites) : std::string(), spec.deadlock.text());
}

}  // namespace fs
