// SPDX-License-Identifier: Apache-2.0
// The `energy:` block: its terms, its catalogue, and which part a key of it names.
#pragma once

#include <optional>
#include <string>

#include "config/document.hpp"
#include "config/reader.hpp"
#include "energy/catalogue.hpp"

namespace fs {

/// What every scenario's block begins with.
struct EnergyBlock {
  Reader reader;
  CostTerms terms;
  PartCatalogue catalogue;
};
/// Nothing where the scenario has no `energy:`. resolve_parts comes first.
std::optional<EnergyBlock> read_energy_block(const Reader& root);
/// Puts the file that `energy.catalogue` names (default: the shipped one) in the name's place, where a document has an
/// `energy:` block.
void resolve_parts(Document& document);

/// A part chosen for something, and where the scenario said so; nothing: by default.
struct ChosenPart {
  PartPtr part;
  std::optional<Node> at;
};

/// The part that `key` names; nothing where it is not there.
std::optional<ChosenPart> named_part(const Reader& reader, const PartCatalogue& catalogue, const std::string& key,
                                     PartKind kind);
/// The part called `name`, for a scenario that names none under `key`. Throws ConfigError where there is none.
ChosenPart default_part(const Reader& reader, const PartCatalogue& catalogue, const std::string& key, PartKind kind,
                        const std::string& name);
/// named_part, else default_part.
PartPtr choose_part(const EnergyBlock& block, const std::string& key, PartKind kind, const std::string& otherwise);

}  // namespace fs
