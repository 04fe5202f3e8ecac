// SPDX-License-Identifier: Apache-2.0
#include "system/report/sections/network_report.hpp"

#include <fmt/format.h>

#include <vector>

#include "system/report/json_access.hpp"
#include "system/report/text/table.hpp"

namespace fs {
namespace {

using nlohmann::ordered_json;

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string traffic(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  Table table;
  table.add({"", "completed", "under way", "goodput GB/s", "of the links", "fairness", "mean ns", "p50", "p99", "max"});
  for (const auto& one : list) {
    const auto& latency = member(one, "latency_ns");
    table.add({as_text(member(one, "name")), as_text(member(member(one, "messages"), "completed")),
               as_text(member(member(one, "messages"), "under_way")),
               short_number(number_at(one, "goodput_gbytes_per_s")), percent(number_at(one, "goodput_of_links")),
               fmt::format("{:.4f}", number_at(one, "fairness")), short_number(number_at(latency, "mean")),
               short_number(number_at(latency, "p50")), short_number(number_at(latency, "p99")),
               short_number(number_at(latency, "max"))});
  }
  return title(style, "Messages between NICs") + table.render(style);
}

std::string ports(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  Table table;
  table.add({"", "ports", "used", "least", "most", "marked", "dropped", "pauses", "longest queue B"});
  for (const auto& group : list) {
    const auto& used = member(group, "utilisation");
    table.add({as_text(member(group, "name")), as_text(member(group, "ports")), percent(number_at(used, "mean")),
               percent(number_at(used, "min")), percent(number_at(used, "max")), si_number(number_at(group, "marked")),
               si_number(number_at(group, "dropped")), si_number(number_at(group, "pauses")),
               si_number(number_at(group, "queue_high_water_bytes"))});
  }
  return title(style, "Ports") + table.render(style);
}

std::string counts(const ordered_json& network, const TextStyle& style) {
  const auto& packets = member(network, "packets");
  const auto& transport = member(network, "transport");
  const auto& dropped = member(packets, "dropped");
  std::string text = fmt::format("packets: {} created, {} delivered, {} of flow control, {} inside, dropped {}",
                                 as_text(member(packets, "created")), as_text(member(packets, "delivered")),
                                 as_text(member(packets, "flow_control")), as_text(member(packets, "inside")),
                                 as_text(member(dropped, "all")));
  for (const auto& [cause, count] : dropped.items()) {
    if (cause != "all" && as_number(count) > 0) text += fmt::format(" ({} {})", as_text(count), cause);
  }
  text += fmt::format("\ntransport: {} sent, {} of them again, {} timeouts, {} duplicates; {} notifications\n",
                      as_text(member(transport, "sent")), as_text(member(transport, "repeated")),
                      as_text(member(transport, "timeouts")), as_text(member(transport, "duplicates")),
                      as_text(member(network, "notifications")));
  return '\n' + paint(style, Colour::faint, text.substr(0, text.size() - 1)) + '\n';
}

}  // namespace

std::string render_network(const ordered_json& result, const TextStyle& style) {
  const auto& network = member(result, "network");
  if (!network.is_object()) return "";
  return traffic(member(result, "traffic"), style) + ports(member(result, "port_groups"), style) +
         counts(network, style);
}

std::string render_network_sweep(const ordered_json& points, const TextStyle& style) {
  Table table;
  std::vector<std::string> heading{"point"};
  for (const auto& [path, value] : member(points.front(), "sweep").items()) heading.push_back(path);
  for (const char* name : {"traffic", "GB/s", "of links", "fair", "mean ns", "p99", "again", "dropped", "pauses"}) {
    heading.push_back(name);
  }
  table.add(heading);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& network = member(points[i], "network");
    for (const auto& one : member(points[i], "traffic")) {
      std::vector<std::string> row{std::to_string(i)};
      for (const auto& [path, value] : member(points[i], "sweep").items()) row.push_back(as_text(value));
      const auto& latency = member(one, "latency_ns");
      row.insert(row.end(),
                 {as_text(member(one, "name")), short_number(number_at(one, "goodput_gbytes_per_s")),
                  percent(number_at(one, "goodput_of_links")), fmt::format("{:.3f}", number_at(one, "fairness")),
                  short_number(number_at(latency, "mean")), short_number(number_at(latency, "p99")),
                  si_number(number_at(member(network, "transport"), "repeated")),
                  si_number(number_at(member(member(network, "packets"), "dropped"), "all")),
                  si_number(number_at(network, "pauses"))});
      table.add(std::move(row));
    }
  }
  return '\n' + table.render(style);
}

}  // namespace fs
