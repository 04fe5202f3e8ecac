// SPDX-License-Identifier: Apache-2.0
// Catalogues that a scenario names: files in folders beside it, or those shipped.
#pragma once

#include <string>

#include "config/document.hpp"

namespace fs {

/// Puts the file `folder`/NAME.yaml that `key` names (default: `otherwise`) in the name's place, so that the effective
/// configuration holds all of it. It is looked for beside the scenario, one folder up, and among the shipped ones.
/// A catalogue written out in place stays. Throws ConfigError where there is no such file.
void resolve_catalogue(Document& document, const std::string& key, const std::string& folder,
                       const std::string& otherwise);

}  // namespace fs
