// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/read_cores.hpp"

#include <algorithm>

#include "common/name_pattern.hpp"

namespace fs {
namespace {

/// What the profile of docs/switch.md, section 12, does not hold: the key and what it has to be.
struct Outside {
  const char* key;
  std::string needs;
};

std::optional<Outside> outside_profile(const SwitchConfig& c) {
  if (c.queueing != Queueing::voq) return Outside{"queueing", "queueing: voq"};
  if (c.buffer != BufferKind::shared_pool) return Outside{"buffer", "buffer: shared"};
  if (c.allocator != AllocatorKind::islip) return Outside{"allocator", "allocator: islip(n)"};
  if (c.vc_allocation != VcAllocation::none) return Outside{"vc_allocation", "vc_allocation: none"};
  if (c.switching != Switching::cut_through) return Outside{"switching", "switching: cut_through"};
  if (c.input_speedup != 1) return Outside{"input_speedup", "input_speedup: 1"};
  if (c.output_speedup != 1) return Outside{"output_speedup", "output_speedup: 1"};
  return std::nullopt;
}

[[noreturn]] void refuse(const Outside& outside, const std::string& core, const std::string& name, const Reader& reader,
                         const Reader& protocol) {
  const std::string message =
      "core '" + core + "' of " + name + " needs " + outside.needs + " (rtl_profile in docs/switch.md)";
  // A buffer that the switch does not speak of is the protocol's.
  if (std::string(outside.key) == "buffer" && !reader.has("buffer") && protocol.has("buffers")) {
    throw protocol.section("buffers").error("kind", message + ", here or in the section switch");
  }
  throw reader.error(outside.key, message);
}

}  // namespace

std::vector<CoreRule> read_cores(const Reader& reader) {
  std::vector<CoreRule> rules;
  rules.push_back({"*", reader.text_or("core", "model"), reader.optional_node("core")});
  if (const auto cores = reader.optional_section("cores")) {
    for (const auto& pattern : cores->keys()) {
      const Node node = cores->node(pattern);
      rules.push_back({pattern, node.text(), node});
    }
  }
  return rules;
}

std::vector<CoreRule> choose_cores(const std::vector<CoreRule>& rules,
                                   const std::vector<std::filesystem::path>& folders, const Reader& reader,
                                   const Reader& protocol, FabricPlan& plan) {
  const Graph& graph = plan.topology.graph;
  auto library = std::make_shared<cosim::CoreLibrary>(folders);
  std::vector<CoreRule> chosen(graph.chip_count(), rules.front());
  for (const auto& rule : rules) {
    if (const auto problem = library->problem(rule.core); !problem.empty()) throw rule.at->error(problem);
    bool used = !rule.at || rule.pattern == "*";
    for (const ChipId id : graph.switches()) {
      if (!matches(rule.pattern, graph.chip(id).name)) continue;
      chosen[index(id)] = rule;
      used = true;
    }
    if (!used) {
      const auto switches = graph.switches();
      throw rule.at->error(
          "no switch is called '" + rule.pattern + "'; there are " +
          (switches.empty() ? "none" : graph.chip(switches.front()).name + " to " + graph.chip(switches.back()).name));
    }
  }
  bool all_models = true;
  const auto outside = outside_profile(plan.switch_core);
  for (const ChipId id : graph.switches()) {
    const std::string& core = chosen[index(id)].core;
    all_models = all_models && cosim::CoreLibrary::is_model(core);
    if (outside && library->needs_rtl_profile(core)) refuse(*outside, core, graph.chip(id).name, reader, protocol);
  }
  if (all_models) return chosen;
  plan.core_library = std::move(library);
  for (const auto& rule : chosen) plan.cores.push_back(rule.core);
  return chosen;
}

}  // namespace fs
