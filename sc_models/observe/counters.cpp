// SPDX-License-Identifier: Apache-2.0
// The registry of counters.
#include "observe/counters.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

void Counters::publish(std::string name, const std::uint64_t* value) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), name,
                                   [](const auto& entry, const std::string& key) { return entry.first < key; });
  FS_CHECK(at == entries_.end() || at->first != name, "two counters are called " + name);
  entries_.insert(at, {std::move(name), value});
}

std::vector<std::pair<std::string, std::uint64_t>> Counters::snapshot() const {
  std::vector<std::pair<std::string, std::uint64_t>> values;
  values.reserve(entries_.size());
  for (const auto& [name, value] : entries_) values.emplace_back(name, *value);
  return values;
}

}  // namespace fs
