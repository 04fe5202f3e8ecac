// SPDX-License-Identifier: Apache-2.0
// A table of text: first column to the left, the others to the right, as wide as their longest cell.
#pragma once

#include <string>
#include <vector>

#include "system/report/text/style.hpp"

namespace fs {

class Table {
 public:
  /// One row of cells; rows may differ in length. The first row added is the heading.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.size() < 2; }
  /// Every row on a line of its own, `indent` spaces in. A table wider than the style's width loses its last columns.
  std::string render(const TextStyle& style, int indent = 2) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A number for a column: at most six significant characters, thousands not grouped; "<0.001" below that; "-" when not
/// finite.
std::string short_number(double value);
/// A number with an SI prefix: 13.2 M, 950 k.
std::string si_number(double value);
/// A time given in ns, with the unit that keeps it short: 640 ns, 1.21 us.
std::string time_text(double nanoseconds);

}  // namespace fs
