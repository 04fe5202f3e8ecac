// SPDX-License-Identifier: Apache-2.0
// Short forms for tests of configuration errors.
#pragma once

#include <string>

#include "config/document.hpp"

namespace fs {

/// The error that `action` raises, or "nothing wrong".
template <class Action>
std::string error_of(Action&& action) {
  try {
    action();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing wrong";
}

/// The error of loading `text` under the name "t".
inline std::string load_error(const std::string& text) {
  return error_of([&] { Document::from_text(text, "t"); });
}

/// The error of reading `text`, loaded under the name "t", with `read(root)`.
template <class Read>
std::string read_error(const std::string& text, Read&& read) {
  return error_of([&] {
    auto document = Document::from_text(text, "t");
    read(document.root());
  });
}

}  // namespace fs
