// SPDX-License-Identifier: Apache-2.0
#include "system/report/sections/fault_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "system/report/json_access.hpp"
#include "system/report/text/table.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t faults_shown = 12;

std::string span_text(const ordered_json& fault, const char* key) {
  const auto& value = member(fault, key);
  return value.is_number() ? time_text(value.get<double>()) : "-";
}

std::string fault_list(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  Table table;
  table.add({"", "where", "at", "detected", "reacted", "recovered", "reaction", "packets", "touched", "failed",
             "noticed by"});
  std::size_t shown = 0;
  for (const auto& fault : list) {
    if (shown++ == faults_shown) break;
    table.add({as_text(member(fault, "kind")), as_text(member(fault, "where")), span_text(fault, "began_ns"),
               span_text(fault, "time_to_detect_ns"), span_text(fault, "time_to_react_ns"),
               span_text(fault, "time_to_recover_ns"), as_text(member(fault, "reaction")),
               as_text(member(fault, "packets_lost")), as_text(member(fault, "transactions_touched")),
               as_text(member(fault, "transactions_failed")), as_text(member(fault, "noticed_by"))});
  }
  std::string text =
      title(style, "Faults: time to detect and to recover from their beginning, to react from detection");
  text += table.render(style);
  if (list.size() > faults_shown) text += fmt::format("  and {} more\n", list.size() - faults_shown);
  return text;
}

std::string windows(const ordered_json& json, const TextStyle& style) {
  if (!json.is_object()) return "";
  Table table;
  table.add({"", "span", "GB/s a GPU", "ok", "failed", "p50", "p99", "p99.9", "max"});
  for (const auto& [name, window] : json.items()) {
    if (number_at(window, "span_ns") <= 0) continue;
    std::vector<std::string> row{name, time_text(number_at(window, "span_ns")),
                                 short_number(number_at(window, "gbytes_per_s")), as_text(member(window, "ok")),
                                 as_text(member(window, "failed"))};
    for (const char* key : {"p50", "p99", "p999", "max"}) {
      row.push_back(short_number(number_at(member(window, "latency_ns"), key)));
    }
    table.add(std::move(row));
  }
  return title(style, "Before, during and after the faults, ns") + table.render(style);
}

std::string blast(const ordered_json& result, const TextStyle& style) {
  const auto& json = member(result, "blast");
  const auto& losses = member(result, "losses");
  if (!json.is_object() || !losses.is_object()) return "";
  std::string text = title(style, "Whom the faults reached");
  text += fmt::format(
      "  GPUs touched {}, slowed {}; transactions touched {}, failed {}, with wrong data {}, only slowed {}\n",
      as_text(member(json, "gpus_touched")), as_text(member(json, "gpus_slowed")),
      as_text(member(json, "transactions_touched")), as_text(member(json, "transactions_failed")),
      as_text(member(json, "transactions_wrong")), as_text(member(json, "transactions_slowed")));
  text += fmt::format(
      "  bytes sent again by links {}, by sources {}; ghosts met {}, too late {}; frames taken with wrong data {}\n",
      as_text(member(losses, "bytes_replayed")), as_text(member(losses, "bytes_resent")),
      as_text(member(losses, "ghosts")), as_text(member(losses, "ghosts_mistakable")),
      as_text(member(losses, "frames_wrong")));
  for (const char* kind : {"packets", "errors"}) {
    std::string parts;
    for (const auto& [cause, count] : member(losses, kind).items()) {
      parts += (parts.empty() ? "" : ", ") + cause + ' ' + as_text(count);
    }
    if (!parts.empty()) {
      text += fmt::format("  {}: {}\n", std::string(kind) == "packets" ? "packets lost" : "errors", parts);
    }
  }
  return text;
}

/// "23.4 / 12.3 / -": before, during, after.
std::string three_windows(const ordered_json& windows, const std::function<double(const ordered_json&)>& what) {
  std::string text;
  for (const char* name : {"before", "during", "after"}) {
    const auto& window = member(windows, name);
    const bool there = number_at(window, "span_ns") > 0;
    text += (text.empty() ? "" : " / ") + (there ? short_number(what(window)) : std::string("-"));
  }
  return text;
}

std::string worst_span(const ordered_json& faults, const char* key) {
  double worst = -1;
  for (const auto& fault : faults) {
    const auto& value = member(fault, key);
    if (value.is_number()) worst = std::max(worst, value.get<double>());
  }
  return worst < 0 ? "-" : time_text(worst);
}

/// What `key` says of the faults, each once.
std::string each_once(const ordered_json& faults, const char* key) {
  std::vector<std::string> said;
  for (const auto& fault : faults) {
    const std::string what = as_text(member(fault, key));
    if (std::find(said.begin(), said.end(), what) == said.end()) said.push_back(what);
  }
  std::string text;
  for (const auto& what : said) text += (text.empty() ? "" : ", ") + what;
  return text;
}

}  // namespace

std::string render_fault_points(const ordered_json& points, const TextStyle& style) {
  Table table;
  table.add({"point", "fault", "detected", "reacted", "recovered", "open", "reaction", "GB/s a GPU", "p99.9 ns",
             "touched", "failed", "slowed", "replayed B", "noticed by"});
  bool any = false;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto& point = points[i];
    const auto& faults = member(point, "faults");
    if (!faults.is_array()) continue;
    any = true;
    const auto& windows = member(point, "windows");
    const auto& blast = member(point, "blast");
    table.add({std::to_string(i), each_once(faults, "kind"), worst_span(faults, "time_to_detect_ns"),
               worst_span(faults, "time_to_react_ns"), worst_span(faults, "time_to_recover_ns"),
               as_text(member(blast, "faults_open")), each_once(faults, "reaction"),
               three_windows(windows, [](const ordered_json& w) { return number_at(w, "gbytes_per_s"); }),
               three_windows(windows, [](const ordered_json& w) { return number_at(member(w, "latency_ns"), "p999"); }),
               as_text(member(blast, "transactions_touched")), as_text(member(blast, "transactions_failed")),
               as_text(member(blast, "transactions_slowed")),
               as_text(member(member(point, "losses"), "bytes_replayed")), each_once(faults, "noticed_by")});
  }
  if (!any) return "";
  return title(style, "Faults: the slowest of each point, and before / during / after them") + table.render(style);
}

std::string render_faults(const ordered_json& result, const TextStyle& style) {
  return fault_list(member(result, "faults"), style) + windows(member(result, "windows"), style) + blast(result, style);
}

}  // namespace fs
