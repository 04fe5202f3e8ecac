// SPDX-License-Identifier: Apache-2.0
// Files of the project that tests read.
#pragma once

#include <string>

namespace fs {

/// The full path of `file`, given as it stands in the project: "docs/protocols.md".
std::string project_file(const std::string& file);

}  // namespace fs
