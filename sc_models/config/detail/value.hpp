// SPDX-License-Identifier: Apache-2.0
// The parsed input: a tree of values with positions, and nothing of the YAML library.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/error.hpp"

namespace fs::detail {

struct Value {
  enum class Kind { null, scalar, map, list };
  struct Member {
    std::string key;
    int line;
    int column;
    std::shared_ptr<Value> value;
    std::shared_ptr<const std::string> file = nullptr;  ///< where the key stands, if not in the mapping's own file
  };

  Kind kind = Kind::null;
  bool quoted = false;
  int line = 1;
  int column = 1;
  std::shared_ptr<const std::string> file;
  std::string text;
  std::vector<Member> members;
  std::vector<std::shared_ptr<Value>> items;

  SourcePosition position() const { return {*file, line, column}; }
  SourcePosition position(const Member& member) const {
    return {member.file ? *member.file : *file, member.line, member.column};
  }
  std::vector<Member>::iterator find(std::string_view key) {
    return std::find_if(members.begin(), members.end(), [key](const Member& m) { return m.key == key; });
  }
};

inline std::shared_ptr<Value> deep_copy(const Value& value) {
  auto copy = std::make_shared<Value>(value);
  for (auto& member : copy->members) member.value = deep_copy(*member.value);
  for (auto& item : copy->items) item = deep_copy(*item);
  return copy;
}

/// "a mapping", "a list", ... for messages.
inline const char* name_of(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::null:
      return "empty";
    case Value::Kind::scalar:
      return "a single value";
    case Value::Kind::map:
      return "a mapping";
    case Value::Kind::list:
      return "a list";
  }
  return "";
}

}  // namespace fs::detail
