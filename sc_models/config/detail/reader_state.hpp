// SPDX-License-Identifier: Apache-2.0
// What the copies of one reader share.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/detail/effective.hpp"
#include "config/detail/value.hpp"

namespace fs::detail {

struct ReaderState {
  ReaderState(std::shared_ptr<const Value> mapping, std::string where, std::shared_ptr<Effective> out);

  /// The member of this name, or null. Asking makes the name a known one.
  const Value::Member* ask(const std::string& key);
  void mark_read(const Value::Member& member);
  bool is_read(const Value::Member& member) const;
  /// The effective value of `key`; created by `make` the first time.
  std::shared_ptr<Effective>& slot(const std::string& key);
  std::string path_of(const std::string& key) const { return path.empty() ? key : path + "." + key; }
  /// The closest of `names` to a misspelt one, if any is close; points into `names`.
  static const std::string* nearest(const std::string& name, const std::vector<std::string>& names);
  static const std::string* nearest(const std::string& name, std::vector<std::string>&& names) = delete;

  std::shared_ptr<const Value> value;
  std::string path;
  std::shared_ptr<Effective> effective;
  std::vector<std::string> known;  // names asked for, in order
  std::vector<std::shared_ptr<ReaderState>> children;

 private:
  std::unordered_map<std::string, std::size_t> members_;
  std::unordered_map<std::string, std::size_t> slots_;
  std::unordered_map<std::string, bool> asked_;
  std::vector<bool> read_;
};

}  // namespace fs::detail
