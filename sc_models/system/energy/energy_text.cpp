// SPDX-License-Identifier: Apache-2.0
#include "system/energy/energy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "system/report/json_access.hpp"
#include "system/report/text/table.hpp"

namespace fs {
namespace {

using nlohmann::ordered_json;

std::string heading(const TextStyle& style, const std::string& text) {
  return '\n' + paint(style, Colour::bold, text) + '\n';
}

/// Joules by name as mean watts and shares.
std::string shares(const ordered_json& joules, double total, double seconds) {
  std::string text;
  for (const auto& [name, value] : joules.items()) {
    const double part = as_number(value);
    if (!(part > 0)) continue;
    text += fmt::format("{}{} {} W ({:.0f} %)", text.empty() ? "" : ", ", name, short_number(part / seconds),
                        100 * part / total);
  }
  return text;
}

std::string parts_table(const ordered_json& energy, const std::string& currency, const TextStyle& style) {
  Table table;
  table.add({"", "scale", "pieces", "units of rate", "W", "J", "capital " + currency});
  for (const auto& part : member(energy, "parts")) {
    table.add({as_text(member(part, "name")), as_text(member(part, "scale")), short_number(number_at(part, "pieces")),
               short_number(number_at(part, "units")), short_number(number_at(part, "watts")),
               fmt::format("{:.4g}", number_at(part, "joules")), short_number(number_at(part, "capital"))});
  }
  return table.render(style);
}

/// Causes on which any point spent something.
std::vector<std::string> causes_of(const ordered_json& points) {
  std::vector<std::string> causes;
  for (const auto& point : points) {
    for (const auto& [cause, joules] : member(member(point, "energy"), "by_cause").items()) {
      const bool known = std::find(causes.begin(), causes.end(), cause) != causes.end();
      if (!known && as_number(joules) > 0) causes.push_back(cause);
    }
  }
  return causes;
}

}  // namespace

std::string render_energy(const ordered_json& result, const TextStyle& style) {
  const auto& energy = member(result, "energy");
  const auto& cost = member(result, "cost");
  if (!energy.is_object() || !cost.is_object()) return "";
  const std::string currency = as_text(member(cost, "currency"));
  const double total = number_at(energy, "total_j");
  const double watts = number_at(energy, "mean_power_w");
  std::string text = heading(style, "Energy and cost") + parts_table(energy, currency, style);
  if (total > 0 && watts > 0) {
    const double seconds = total / watts;
    text += "by cause: " + shares(member(energy, "by_cause"), total, seconds) + '\n';
    text += "by scale: " + shares(member(energy, "by_scale"), total, seconds) + '\n';
  }
  text += fmt::format(
      "{} W, {} pJ a delivered bit; capital {} {}, {} a delivered petabyte ({} years, {} of it capital)\n",
      short_number(watts), short_number(number_at(energy, "pj_per_delivered_bit")),
      short_number(number_at(cost, "capital")), currency, short_number(number_at(cost, "per_delivered_petabyte")),
      short_number(number_at(cost, "lifetime_years")), short_number(number_at(cost, "capital_per_delivered_petabyte")));
  return text;
}

std::string render_energy_of_points(const ordered_json& points, const TextStyle& style) {
  const bool any = std::any_of(points.begin(), points.end(),
                               [](const ordered_json& point) { return member(point, "energy").is_object(); });
  if (!any) return "";
  const std::vector<std::string> causes = causes_of(points);
  std::vector<std::string> head{"point", "W", "pJ/delivered bit", "capital", "a delivered PB"};
  for (const auto& cause : causes) head.push_back(cause + " W");
  Table table;
  table.add(head);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& energy = member(points[i], "energy");
    const auto& cost = member(points[i], "cost");
    const double watts = number_at(energy, "mean_power_w");
    const double seconds = number_at(energy, "total_j") / watts;
    std::vector<std::string> row{
        std::to_string(i), short_number(watts), short_number(number_at(energy, "pj_per_delivered_bit")),
        short_number(number_at(cost, "capital")), short_number(number_at(cost, "per_delivered_petabyte"))};
    for (const auto& cause : causes) {
      row.push_back(short_number(number_at(member(energy, "by_cause"), cause) / seconds));
    }
    table.add(std::move(row));
  }
  return heading(style, "Energy and cost") + table.render(style);
}

}  // namespace fs
