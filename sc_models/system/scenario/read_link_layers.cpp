// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/read_link_layers.hpp"

#include <algorithm>

#include "common/name_pattern.hpp"

namespace fs {
namespace {

using Engine = cosim::RetryEngine;

const std::initializer_list<Choice<Engine>> engines = {
    {"model", Engine::model}, {"rtl", Engine::rtl}, {"lockstep", Engine::lockstep}};

std::vector<LinkLayerRule> read_rules(const Reader& root) {
  std::vector<LinkLayerRule> rules;
  const auto all = root.choice_or<Engine>("link_layer", Engine::model, engines);
  rules.push_back({"*", all, root.optional_node("link_layer")});
  if (const auto some = root.optional_section("link_layers")) {
    for (const auto& pattern : some->keys()) {
      rules.push_back({pattern, some->choice<Engine>(pattern, engines), some->node(pattern)});
    }
  }
  return rules;
}

[[noreturn]] void refuse(const cosim::OutsideRetryRtl& outside, const std::string& link, const Reader& protocol) {
  const Reader retry = protocol.section_or_empty("link_layer").section_or_empty("retry");
  throw retry.error(outside.key, "the link layer of " + link + " as RTL needs " + outside.needs +
                                     " (docs/link_layer.md); allowed without is link_layer: model");
}

}  // namespace

std::vector<LinkLayerRule> choose_link_layers(const Reader& root, const Reader& protocol, FabricPlan& plan) {
  const auto rules = read_rules(root);
  const Graph& graph = plan.topology.graph;
  std::vector<LinkLayerRule> chosen(graph.link_count(), rules.front());
  for (const auto& rule : rules) {
    bool used = !rule.at || rule.pattern == "*";
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      if (!matches(rule.pattern, graph.link(static_cast<LinkId>(i)).name)) continue;
      chosen[i] = rule;
      used = true;
    }
    if (!used) {
      throw rule.at->error("no link is called '" + rule.pattern + "'; there are " + graph.link(LinkId(0)).name +
                           " to " + graph.link(static_cast<LinkId>(graph.link_count() - 1)).name);
    }
  }
  const auto outside = cosim::outside_retry_rtl(plan.profile.retry);
  bool all_models = true;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i].engine == Engine::model) continue;
    all_models = false;
    if (outside) refuse(*outside, graph.link(static_cast<LinkId>(i)).name, protocol);
  }
  if (all_models) return chosen;
  plan.retry_rtl = std::make_shared<cosim::RetryRtl>();
  for (const auto& rule : chosen) plan.retry_engines.push_back(rule.engine);
  return chosen;
}

}  // namespace fs
