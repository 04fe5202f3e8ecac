// SPDX-License-Identifier: Apache-2.0
#include "support/project.hpp"

std::string fs::project_file(const std::string& file) { return FARSPAN_PROJECT "/" + file; }
