// SPDX-License-Identifier: Apache-2.0
// The text of a configuration error.
#include "config/error.hpp"

#include <utility>

namespace fs {

std::string to_string(const SourcePosition& position) {
  return position.file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

ConfigError::ConfigError(SourcePosition position, const std::string& message)
    : std::runtime_error(to_string(position) + ": " + message), position_(std::move(position)), message_(message) {}

}  // namespace fs
