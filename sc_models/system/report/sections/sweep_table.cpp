// SPDX-License-Identifier: Apache-2.0
// The table and the plot of a sweep.
#include "system/report/sections/sweep_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include "system/report/json_access.hpp"
#include "system/report/sections/network_report.hpp"
#include "system/report/sections/sweep_classes.hpp"
#include "system/report/text/plot.hpp"
#include "system/report/text/table.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

/// "transaction_latency_ns" if any point has measured transactions, else "packet_latency_ns".
std::string latency_key(const ordered_json& points) {
  for (const auto& point : points) {
    if (number_at(member(member(point, "transaction_latency_ns"), "all"), "count") > 0) return "transaction_latency_ns";
  }
  return "packet_latency_ns";
}

bool any_has(const ordered_json& points, const char* key) {
  return std::any_of(points.begin(), points.end(), [key](const ordered_json& p) { return member(p, key).is_object(); });
}

std::string last_part(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

std::vector<std::string> swept_keys(const ordered_json& points) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : member(points.front(), "sweep").items()) keys.push_back(key);
  return keys;
}

/// What follows the number that `text` begins with: "%" of "10%"; nothing when it begins with none.
std::optional<std::string> unit_of(const std::string& text, double& number) {
  char* end = nullptr;
  number = std::strtod(text.c_str(), &end);
  if (end == text.c_str()) return std::nullopt;
  return std::string(end);
}

/// The numbers of one axis, for plotting: values that are numbers, or all have the same unit; else empty.
std::vector<double> axis_numbers(const ordered_json& points, const std::string& key) {
  std::vector<double> numbers;
  std::string first_unit;
  for (const auto& point : points) {
    double number = 0;
    const auto unit = unit_of(as_text(member(member(point, "sweep"), key)), number);
    if (!unit) return {};
    if (numbers.empty()) first_unit = *unit;
    if (*unit != first_unit) return {};
    numbers.push_back(number);
  }
  return numbers;
}

std::string load_curve(const ordered_json& points, const std::string& latency, const TextStyle& style) {
  for (const auto& key : swept_keys(points)) {
    const auto x = axis_numbers(points, key);
    if (x.empty()) continue;
    std::vector<PlotPoint> curve;
    for (std::size_t i = 0; i < points.size(); ++i) {
      curve.push_back({x[i], number_at(member(member(points[i], latency), "all"), "mean")});
    }
    const auto text = plot(style, curve, last_part(key), "mean latency, ns");
    if (!text.empty()) return '\n' + text;
  }
  return "";
}

}  // namespace

std::string render_sweep(const ordered_json& points, const TextStyle& style) {
  if (points.empty()) return "";
  if (member(points.front(), "traffic").is_array()) return render_network_sweep(points, style);
  const auto latency = latency_key(points);
  const auto keys = swept_keys(points);
  Table table;
  std::vector<std::string> heading{"point"};
  for (const auto& key : keys) heading.push_back(last_part(key));
  for (const char* name : {"mean ns", "p50", "p99", "p99.9", "offered GB/s", "accepted"}) {
    heading.push_back(name);
  }
  const bool collectives = any_has(points, "schedule");
  if (collectives) heading.push_back("schedule");
  heading.push_back("warnings");
  table.add(heading);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& point = points[i];
    std::vector<std::string> row{std::to_string(i)};
    for (const auto& key : keys) row.push_back(as_text(member(member(point, "sweep"), key)));
    const auto& group = member(member(point, latency), "all");
    for (const char* key : {"mean", "p50", "p99", "p999"}) row.push_back(short_number(number_at(group, key)));
    const auto& volume = member(point, latency == "packet_latency_ns" ? "throughput" : "transaction_throughput");
    for (const char* key : {"offered", "accepted"}) row.push_back(short_number(number_at(volume, key)));
    if (collectives) row.push_back(time_text(number_at(member(point, "schedule"), "time_ns")));
    const bool stuck = member(point, "deadlock").is_string();
    row.push_back(stuck ? "deadlock" : std::to_string(member(point, "warnings").size()));
    table.add(std::move(row));
  }
  return '\n' + table.render(style) + load_curve(points, latency, style) + render_sweep_classes(points, latency, style);
}

}  // namespace fs
