// SPDX-License-Identifier: Apache-2.0
// The shipped catalogue and the reference tables.
#pragma once

#include <string>

#include "config/document.hpp"
#include "optics/catalogue.hpp"
#include "support/csv.hpp"
#include "support/project.hpp"

namespace fs::testing {

inline Micrometres km(double kilometres) { return Micrometres(static_cast<std::int64_t>(kilometres * 1e9)); }
constexpr Femtoseconds ms = microseconds(1000);
constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

inline const OpticsCatalogue& shipped() {
  static const OpticsCatalogue catalogue = [] {
    auto document = Document::from_file(project_file("scenarios/optics/catalogue.yaml"));
    auto result = read_optics_catalogue(document.root());
    document.root().finish();
    return result;
  }();
  return catalogue;
}

inline std::vector<CsvRow> reference(const std::string& name) {
  return read_csv(project_file("testbenches/reference/optics/" + name));
}

}  // namespace fs::testing
