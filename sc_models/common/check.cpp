// SPDX-License-Identifier: Apache-2.0
#include "common/check.hpp"

namespace fs {

void invariant_failed(const char* file, int line, const char* condition, const std::string& message) {
  throw InvariantError(std::string(file) + ":" + std::to_string(line) + ": " + message + " [" + condition + "]");
}

}  // namespace fs
