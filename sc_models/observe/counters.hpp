// SPDX-License-Identifier: Apache-2.0
// Counters by name: each a plain integer inside its unit, published once and read when somebody asks.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace fs {

class Counters {
 public:
  /// `name`: `component.what`, unique (InvariantError otherwise). `value` is read by snapshot() and must outlive this.
  void publish(std::string name, const std::uint64_t* value);
  std::size_t size() const { return entries_.size(); }
  /// Every counter's name and value of now, sorted by name.
  std::vector<std::pair<std::string, std::uint64_t>> snapshot() const;

 private:
  std::vector<std::pair<std::string, const std::uint64_t*>> entries_;
};

}  // namespace fs
