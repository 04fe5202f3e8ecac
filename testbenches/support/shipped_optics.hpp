// SPDX-License-Identifier: Apache-2.0
// The shipped catalogue and the reference tables.
#pragma once

#include <string>

#include "config/document.hpp"
#include "optics/catalogue.hpp"
#include "support/csv.hpp"

namespace fs::testing {

inline const OpticsCatalogue& shipped() {
  static const OpticsCatalogue catalogue = [] {
    auto document = Document::from_file(FARSPAN_CATALOGUE);
    auto result = read_optics_catalogue(document.root());
    document.root().finish();
    return result;
  }();
  return catalogue;
}

inline std::vector<CsvRow> reference(const std::string& name) { return read_csv(FARSPAN_REFERENCE + name); }

}  // namespace fs::testing
