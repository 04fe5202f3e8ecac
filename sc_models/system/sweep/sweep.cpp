// SPDX-License-Identifier: Apache-2.0
// Expanding a sweep.
#include "system/sweep/sweep.hpp"

#include <stdexcept>
#include <utility>

#include "config/units.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

struct Setting {
  std::string path;
  Node value;
};

/// One value of an axis: its name in results, and what it sets.
struct AxisValue {
  ordered_json shown;
  std::string label;
  std::vector<Setting> settings;
};

struct Axis {
  std::string name;
  std::vector<AxisValue> values;
};

/// A value on one line, for people.
std::string one_line(const Node& node) {
  if (node.is_scalar()) return node.text();
  std::string text;
  if (node.is_list()) {
    for (const auto& item : node.items()) text += (text.empty() ? "" : ", ") + one_line(item);
    return '[' + text + ']';
  }
  const auto reader = node.reader();
  for (const auto& key : reader.keys()) text += (text.empty() ? "" : ", ") + key + ": " + one_line(reader.node(key));
  return '{' + text + '}';
}

ordered_json shown_value(const Node& node) {
  const auto text = one_line(node);
  try {
    return parse_number(text);
  } catch (const std::invalid_argument&) {
    return text;
  }
}

Axis values_axis(const Reader& reader) {
  Axis axis{reader.text("path"), {}};
  for (const auto& value : reader.list("values")) {
    axis.values.push_back({shown_value(value), one_line(value), {{axis.name, value}}});
  }
  if (axis.values.empty()) throw reader.error("values", "a sweep wants at least one value");
  return axis;
}

Axis cases_axis(const Reader& reader) {
  Axis axis{reader.text("name"), {}};
  const auto cases = reader.section("cases");
  for (const auto& name : cases.keys()) {
    AxisValue value{name, name, {}};
    const auto settings = cases.section(name);
    for (const auto& path : settings.keys()) value.settings.push_back({path, settings.node(path)});
    axis.values.push_back(std::move(value));
  }
  if (axis.values.empty()) throw reader.error("cases", "a sweep wants at least one case");
  return axis;
}

Axis read_axis(const Node& node) {
  const auto reader = node.reader();
  auto axis = reader.has("cases") ? cases_axis(reader) : values_axis(reader);
  reader.finish();
  return axis;
}

std::vector<Axis> read_axes(const Node& node) {
  std::vector<Axis> axes;
  if (node.is_list()) {
    for (const auto& item : node.items()) axes.push_back(read_axis(item));
    if (axes.empty()) throw node.error("a sweep wants at least one axis");
  } else {
    axes.push_back(read_axis(node));
  }
  std::size_t points = 1;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    points *= axes[i].values.size();
    if (points > most_points) throw node.error("over " + std::to_string(most_points) + " points");
    for (std::size_t j = 0; j < i; ++j) {
      if (axes[j].name == axes[i].name) throw node.error("'" + axes[i].name + "' is swept twice");
    }
  }
  return axes;
}

void apply(const AxisValue& value, Document& document) {
  for (const auto& setting : value.settings) document.set(setting.path, setting.value);
}

}  // namespace

std::optional<std::vector<SweepPoint>> expand_sweep(Document& document) {
  const auto node = document.root().optional_node("sweep");
  if (!node) return std::nullopt;
  const auto axes = read_axes(*node);
  Document base = document.clone();
  base.remove("sweep");
  base.remove("expect");

  std::vector<SweepPoint> points;
  std::vector<std::size_t> at(axes.size());
  while (true) {
    SweepPoint point{ordered_json::object(), "", base.clone()};
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const auto& value = axes[a].values[at[a]];
      point.values[axes[a].name] = value.shown;
      point.label += (a > 0 ? ", " : "") + axes[a].name + " = " + value.label;
      apply(value, point.document);
    }
    points.push_back(std::move(point));
    std::size_t axis = axes.size();
    while (axis > 0 && ++at[axis - 1] == axes[axis - 1].values.size()) at[--axis] = 0;
    if (axis == 0) return points;
  }
}

}  // namespace fs
