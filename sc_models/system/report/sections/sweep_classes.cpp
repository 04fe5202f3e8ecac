// SPDX-License-Identifier: Apache-2.0
#include "system/report/sections/sweep_classes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "system/report/json_access.hpp"
#include "system/report/text/table.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

double mean_of(const ordered_json& point, const std::string& latency, const std::string& name) {
  return number_at(member(member(point, latency), name), "mean");
}

bool measured(const ordered_json& point, const std::string& latency, const std::string& name) {
  return number_at(member(member(point, latency), name), "count") > 0;
}

/// Classes that any point has measured, in the order of their first appearance; all alone when there is but one.
std::vector<std::string> classes_of(const ordered_json& points, const std::string& latency) {
  std::vector<std::string> names;
  for (const auto& point : points) {
    for (const auto& [name, group] : member(point, latency).items()) {
      const bool seen = std::find(names.begin(), names.end(), name) != names.end();
      if (name != "all" && !seen && number_at(group, "count") > 0) names.push_back(name);
    }
  }
  return names.size() == 1 ? std::vector<std::string>{"all"} : names;
}

/// "180GB/s" or "0.5, voq".
std::string label_of(const ordered_json& point) {
  std::string label;
  for (const auto& [key, value] : member(point, "sweep").items()) label += (label.empty() ? "" : ", ") + as_text(value);
  return label;
}

/// Mean latency of every class at every point, and how many times that of the first class it is.
std::string compare(const ordered_json& points, const std::string& latency, const std::vector<std::string>& names,
                    const TextStyle& style) {
  Table table;
  std::vector<std::string> heading{"point", ""};
  heading.insert(heading.end(), names.begin(), names.end());
  table.add(heading);
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<std::string> row{std::to_string(i), label_of(points[i])};
    const double first = mean_of(points[i], latency, names[0]);
    for (const auto& name : names) {
      if (!measured(points[i], latency, name)) {
        row.emplace_back("-");
        continue;
      }
      const double mean = mean_of(points[i], latency, name);
      const bool compared = name != names[0] && measured(points[i], latency, names[0]);
      row.push_back(short_number(mean) + (compared ? fmt::format(" ({:.2f}x)", mean / first) : ""));
    }
    table.add(std::move(row));
  }
  return title(style, "Mean latency, ns (times that of " + names[0] + ")") + table.render(style);
}

/// One class: a row a cause, a column a point.
std::string ledger(const ordered_json& points, const std::string& key, const std::string& latency,
                   const std::string& name, const TextStyle& style) {
  std::vector<const ordered_json*> shown;
  for (const auto& point : points) {
    if (measured(point, latency, name)) shown.push_back(&point);
  }
  if (shown.empty()) return "";
  Table table;
  std::vector<std::string> heading{""};
  for (const auto* point : shown) heading.push_back(label_of(*point));
  table.add(heading);
  for (const auto& [cause, unused] : member(member(*shown.front(), key), name).items()) {
    std::vector<std::string> row{cause};
    bool any = false;
    for (const auto* point : shown) {
      const double part = number_at(member(member(*point, key), name), cause);
      any = any || part > 0;
      row.push_back(short_number(part));
    }
    if (any) table.add(std::move(row));
  }
  std::vector<std::string> sum{"sum"};
  for (const auto* point : shown) sum.push_back(short_number(mean_of(*point, latency, name)));
  table.add(std::move(sum));
  const std::string whose = name == "all" ? "the time goes" : "the time of " + name + " goes";
  return title(style, "Where " + whose + ", mean ns") + table.render(style);
}

}  // namespace

std::string render_sweep_classes(const ordered_json& points, const std::string& latency, const TextStyle& style) {
  const auto names = classes_of(points, latency);
  if (names.empty()) return "";
  const std::string key = latency == "packet_latency_ns" ? "packet_ledger_ns" : "transaction_ledger_ns";
  std::string text = names.size() > 1 ? compare(points, latency, names, style) : "";
  for (const auto& name : names) text += ledger(points, key, latency, name, style);
  return text;
}

}  // namespace fs
