// SPDX-License-Identifier: Apache-2.0
// Fibres, amplifiers, codes and transponders by name, read from a file.
#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"
#include "optics/line/line.hpp"
#include "optics/transponder/mode.hpp"

namespace fs {

/// What scenarios/optics/catalogue.yaml holds. docs/optics.md explains each key.
struct OpticsCatalogue {
  std::vector<FibreType> fibres;
  std::vector<AmplifierType> amplifiers;
  std::vector<OpticalCode> codes;
  std::vector<TransponderMode> modes;

  /// The entry that `name` names; throws ConfigError at the node, listing what there is.
  const FibreType& fibre(const Node& name) const;
  const AmplifierType& amplifier(const Node& name) const;
  const TransponderMode& mode(const Node& name) const;
  /// By plain name; throws std::invalid_argument.
  const FibreType& fibre(const std::string& name) const;
  const AmplifierType& amplifier(const std::string& name) const;
  const TransponderMode& mode(const std::string& name) const;
  const OpticalCode& code(const std::string& name) const;
};

/// Throws ConfigError with the position of what is wrong: a missing or unknown key, a number out of range, a name given
/// twice, a code that no entry defines.
OpticsCatalogue read_optics_catalogue(const Reader& reader);

}  // namespace fs
