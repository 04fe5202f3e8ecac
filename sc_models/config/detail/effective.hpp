// SPDX-License-Identifier: Apache-2.0
// The configuration as it took effect: a tree that readers fill, printed as YAML.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/detail/value.hpp"

namespace fs::detail {

struct ReaderState;

struct Effective {
  enum class Kind { raw, scalar, map, list };

  Kind kind = Kind::scalar;
  std::shared_ptr<const Value> raw;  // raw: as it was given
  std::string text;                  // scalar
  std::vector<std::pair<std::string, std::shared_ptr<Effective>>> members;
  std::vector<std::shared_ptr<Effective>> items;
  std::weak_ptr<ReaderState> reader;  // map: whoever reads it

  static std::shared_ptr<Effective> given(std::shared_ptr<const Value> value);
  static std::shared_ptr<Effective> scalar(std::string text);
};

/// Block-style YAML of a root mapping.
std::string to_yaml(const Effective& root);

}  // namespace fs::detail
