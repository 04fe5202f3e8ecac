// SPDX-License-Identifier: Apache-2.0
#include "system/energy/energy_plan.hpp"

#include <functional>
#include <string>

#include "common/name_pattern.hpp"
#include "system/energy/choose_part.hpp"

namespace fs {
namespace {

/// Parts by pattern of names; the last that fits wins. Throws where a pattern fits nothing.
void choose(const Reader& reader, const PartCatalogue& catalogue, const std::string& key, PartKind kind,
            std::size_t count, const std::function<std::string(std::size_t)>& name_of,
            std::vector<ChosenPart>& chosen) {
  const auto rules = reader.optional_section(key);
  if (!rules) return;
  for (const auto& pattern : rules->keys()) {
    const ChosenPart choice{catalogue.part(rules->node(pattern), kind), rules->node(pattern)};
    bool used = false;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = name_of(i);
      if (name.empty() || !matches(pattern, name)) continue;
      chosen[i] = choice;
      used = true;
    }
    if (!used) throw rules->node(pattern).error("no name in this fabric fits '" + pattern + "'");
  }
}

const char* default_link(const std::string& medium) {
  if (medium == "copper") return "copper";
  return medium == "pcb" ? "backplane" : "dsp_optics";
}

std::vector<PartPtr> choose_links(const Reader& reader, const PartCatalogue& catalogue, const Graph& graph) {
  const auto gpu_link = named_part(reader, catalogue, "gpu_link", PartKind::link);
  const auto trunk = named_part(reader, catalogue, "trunk", PartKind::link);
  std::vector<ChosenPart> chosen(graph.link_count());
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const Link& link = graph.link(static_cast<LinkId>(i));
    const auto& given = link.trunk ? trunk : gpu_link;
    chosen[i] = given ? *given
                      : default_part(reader, catalogue, link.trunk ? "trunk" : "gpu_link", PartKind::link,
                                     default_link(link.cable.medium));
  }
  choose(
      reader, catalogue, "links", PartKind::link, graph.link_count(),
      [&](std::size_t i) { return graph.link(static_cast<LinkId>(i)).name; }, chosen);
  std::vector<PartPtr> parts;
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const Link& link = graph.link(static_cast<LinkId>(i));
    const PartPtr& part = chosen[i].part;
    if (link.cable.length > part->reach) {
      const std::string problem = link.name + " is " + format(link.cable.length) + " long, and " + part->name +
                                  " reaches " + format(part->reach) +
                                  "; would reach: " + catalogue.links_that_reach(link.cable.length);
      throw chosen[i].at ? chosen[i].at->error(problem) : reader.error(problem);
    }
    parts.push_back(part);
  }
  return parts;
}

std::vector<PartPtr> choose_switches(const Reader& reader, const PartCatalogue& catalogue, const Graph& graph) {
  const auto given = named_part(reader, catalogue, "switch", PartKind::switch_chip);
  const ChosenPart all =
      given ? *given : default_part(reader, catalogue, "switch", PartKind::switch_chip, "scale_up_switch");
  std::vector<ChosenPart> chosen(graph.chip_count(), all);
  choose(
      reader, catalogue, "switches", PartKind::switch_chip, graph.chip_count(),
      [&](std::size_t i) {
        const auto id = static_cast<ChipId>(i);
        return graph.is_gpu(id) ? std::string() : graph.chip(id).name;
      },
      chosen);
  std::vector<PartPtr> parts;
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    parts.push_back(graph.is_gpu(static_cast<ChipId>(i)) ? nullptr : chosen[i].part);
  }
  return parts;
}

}  // namespace

std::optional<EnergyPlan> read_energy(const Reader& root, const Graph& graph, const SitesPlan* sites) {
  const auto block = read_energy_block(root);
  if (!block) return std::nullopt;
  EnergyPlan plan;
  plan.terms = block->terms;
  plan.links = choose_links(block->reader, block->catalogue, graph);
  plan.switches = choose_switches(block->reader, block->catalogue, graph);
  plan.memory = choose_part(*block, "memory", PartKind::memory, "hbm3e");
  if (sites != nullptr) plan.sites = read_site_parts(*block, *sites);
  return plan;
}

}  // namespace fs
