// SPDX-License-Identifier: Apache-2.0
// Text to a tree of values: the only place that knows the YAML library.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "config/detail/value.hpp"

namespace fs::detail {

/// Parses one YAML document; throws ConfigError for everything that Document refuses, but accepts any kind of
/// root. Null if there is nothing but comments.
std::shared_ptr<Value> parse_yaml(std::string_view text, const std::string& name);

}  // namespace fs::detail
