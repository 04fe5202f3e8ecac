// SPDX-License-Identifier: Apache-2.0
// Files that a scenario names without their folder: beside it, or where the program was built from.
#pragma once

#include <string>

#include "config/document.hpp"

namespace fs {

/// `folder`/NAME.yaml for the NAME that stands at `name`: beside the scenario, one folder up, or among the shipped
/// ones. Throws ConfigError, which calls it a `kind`, where there is none.
std::string find_shipped_file(const Document& document, const Node& name, const std::string& kind,
                              const std::string& folder);

}  // namespace fs
