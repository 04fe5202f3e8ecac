// SPDX-License-Identifier: Apache-2.0
// Reading a result document that may lack anything.
#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace fs {

/// The member `key`, or null where there is none.
inline const nlohmann::ordered_json& member(const nlohmann::ordered_json& json, const std::string& key) {
  static const nlohmann::ordered_json nothing;
  if (!json.is_object()) return nothing;
  const auto at = json.find(key);
  return at == json.end() ? nothing : *at;
}

/// A number, or NaN.
inline double as_number(const nlohmann::ordered_json& json) {
  return json.is_number() ? json.get<double>() : std::numeric_limits<double>::quiet_NaN();
}
inline double number_at(const nlohmann::ordered_json& json, const std::string& key) {
  return as_number(member(json, key));
}

/// Text without quotes, anything else as JSON.
inline std::string as_text(const nlohmann::ordered_json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

}  // namespace fs
