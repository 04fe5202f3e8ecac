// SPDX-License-Identifier: Apache-2.0
// Table layout and short numbers.
#include "system/report/text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace fs {

namespace {

constexpr int gap = 2;

std::string with_prefix(double value, const std::array<const char*, 5>& units) {
  std::size_t unit = 0;
  while (std::abs(value) >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, std::abs(value) >= 99.95 ? 0 : std::abs(value) >= 9.995 ? 1 : 2, units[unit]);
}

std::string pad(const std::string& cell, int width, bool left) {
  const std::string space(static_cast<std::size_t>(std::max(0, width - display_width(cell))), ' ');
  return left ? cell + space : space + cell;
}

}  // namespace

std::string Table::render(const TextStyle& style, int indent) const {
  std::vector<int> widths;
  for (const auto& row : rows_) {
    if (row.size() > widths.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::size_t columns = 0;
  for (int used = indent; columns < widths.size(); ++columns) {
    used += widths[columns] + (columns > 0 ? gap : 0);
    if (used > style.width && columns > 1) break;
  }
  std::string text;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t i = 0; i < std::min(columns, rows_[r].size()); ++i) {
      if (i > 0) line.append(gap, ' ');
      line += pad(rows_[r][i], widths[i], i == 0);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    text += (r == 0 ? paint(style, Colour::faint, line) : line) + '\n';
  }
  return text;
}

std::string short_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 999'950) return fmt::format("{:.3g}", value);
  if (size < 0.0005) return value < 0 ? ">-0.001" : "<0.001";
  if (size >= 1000) return fmt::format("{:.0f}", value);
  if (size >= 1) return fmt::format("{:.1f}", value);
  return fmt::format("{:.3f}", value);
}

std::string si_number(double value) {
  if (!std::isfinite(value)) return "-";
  auto text = with_prefix(value, {"", "k", "M", "G", "T"});
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string time_text(double nanoseconds) {
  if (!std::isfinite(nanoseconds)) return "-";
  if (nanoseconds != 0 && std::abs(nanoseconds) < 1)
    return with_prefix(nanoseconds * 1000, {"ps", "ns", "us", "ms", "s"});
  constexpr double nanoseconds_per_second = 1e9;
  if (std::abs(nanoseconds) >= nanoseconds_per_second)
    return fmt::format("{:.3g} s", nanoseconds / nanoseconds_per_second);
  return with_prefix(nanoseconds, {"ns", "us", "ms", "s", "s"});
}

}  // namespace fs
