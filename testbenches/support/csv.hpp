// SPDX-License-Identifier: Apache-2.0
// Reference tables: comma-separated values with a header, '#' before comments.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace fs::testing {

/// One row by column name.
class CsvRow {
 public:
  void set(const std::string& column, const std::string& value) { values_[column] = value; }
  const std::string& text(const std::string& column) const { return values_.at(column); }
  bool has(const std::string& column) const { return !values_.at(column).empty(); }
  double number(const std::string& column) const { return std::stod(text(column)); }

 private:
  std::map<std::string, std::string> values_;
};

inline std::vector<CsvRow> read_csv(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  const auto cells = [](const std::string& line) {
    std::vector<std::string> out;
    std::stringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) out.push_back(cell);
    return out;
  };
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto values = cells(line);
    if (header.empty()) {
      header = values;
      continue;
    }
    CsvRow row;
    for (std::size_t i = 0; i < header.size(); ++i) row.set(header[i], i < values.size() ? values[i] : "");
    rows.push_back(row);
  }
  return rows;
}

/// Agreement to `digits` significant digits of the reference: within half a unit of its last digit.
inline double half_unit(double reference, int digits) {
  double unit = 1;
  while (reference >= unit * 10) unit *= 10;
  while (reference < unit) unit /= 10;
  for (int i = 1; i < digits; ++i) unit /= 10;
  return 0.5 * unit;
}

}  // namespace fs::testing
