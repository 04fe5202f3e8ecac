// SPDX-License-Identifier: Apache-2.0
// Where a configuration value stands, and the error that says what is wrong there.
#pragma once

#include <stdexcept>
#include <string>

namespace fs {

/// A place in a configuration text. Lines and columns count from 1, columns in bytes.
struct SourcePosition {
  std::string file;
  int line = 1;
  int column = 1;
};

/// "file:line:column"
std::string to_string(const SourcePosition& position);

/// Bad input. what() is "file:line:column: what is wrong, what is allowed".
class ConfigError : public std::runtime_error {
 public:
  ConfigError(SourcePosition position, const std::string& message);

  const SourcePosition& position() const { return position_; }
  /// The message without its position.
  const std::string& message() const { return message_; }

 private:
  SourcePosition position_;
  std::string message_;
};

}  // namespace fs
