// SPDX-License-Identifier: Apache-2.0
#include "system/energy/choose_part.hpp"

#include <stdexcept>

#include "system/scenario/files/catalogue_file.hpp"

namespace fs {

void resolve_parts(Document& document) {
  if (document.find("energy")) resolve_catalogue(document, "energy.catalogue", "energy", "parts");
}

std::optional<EnergyBlock> read_energy_block(const Reader& root) {
  const auto reader = root.optional_section("energy");
  if (!reader) return std::nullopt;
  return EnergyBlock{*reader, read_cost_terms(*reader), PartCatalogue::read(reader->section("catalogue"))};
}

std::optional<ChosenPart> named_part(const Reader& reader, const PartCatalogue& catalogue, const std::string& key,
                                     PartKind kind) {
  if (!reader.has(key)) return std::nullopt;
  const Node node = reader.node(key);
  return ChosenPart{catalogue.part(node, kind), node};
}

ChosenPart default_part(const Reader& reader, const PartCatalogue& catalogue, const std::string& key, PartKind kind,
                        const std::string& name) {
  try {
    return {catalogue.part(name, kind), std::nullopt};
  } catch (const std::invalid_argument& problem) {
    throw reader.error("give `" + key + "`: " + problem.what());
  }
}

PartPtr choose_part(const EnergyBlock& block, const std::string& key, PartKind kind, const std::string& otherwise) {
  const auto named = named_part(block.reader, block.catalogue, key, kind);
  return named ? named->part : default_part(block.reader, block.catalogue, key, kind, otherwise).part;
}

}  // namespace fs
