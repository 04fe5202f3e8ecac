// SPDX-License-Identifier: Apache-2.0
// Parts by name, read from a file, and what money and electricity cost.
#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"
#include "energy/part.hpp"

namespace fs {

/// What scenarios/energy/parts.yaml holds. docs/energy.md explains each key.
class PartCatalogue {
 public:
  /// Throws ConfigError with the position of what is wrong: an unknown key, a number out of range, a name given twice.
  static PartCatalogue read(const Reader& reader);

  /// The part of `kind` that `name` names; throws ConfigError at the node, listing what there is.
  PartPtr part(const Node& name, PartKind kind) const;
  /// The same by plain name, for defaults; throws std::invalid_argument.
  PartPtr part(const std::string& name, PartKind kind) const;
  const std::vector<PartPtr>& parts() const { return parts_; }
  /// Names of the links that reach `length`.
  std::string links_that_reach(Micrometres length) const;

 private:
  std::vector<PartPtr> parts_;
};

/// What turns prices into a price per byte.
struct CostTerms {
  std::string currency = "USD";
  double lifetime_years = 5;       ///< over which capital is written off, running as it ran here
  double electricity_per_kwh = 0;  ///< in `currency`
  double overhead = 1;             ///< watts drawn by the site for each watt of these parts: cooling, conversion
};
CostTerms read_cost_terms(const Reader& reader);

}  // namespace fs
