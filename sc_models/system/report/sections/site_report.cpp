// SPDX-License-Identifier: Apache-2.0
#include "system/report/sections/site_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "system/report/json_access.hpp"
#include "system/report/text/table.hpp"

namespace fs {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t rows_shown = 16;

/// A row for each entry of a list, as far as there is room.
template <class Row>
std::string table_of(const ordered_json& list, std::vector<std::string> head, const TextStyle& style, Row&& row) {
  Table table;
  table.add(std::move(head));
  for (std::size_t i = 0; i < std::min(list.size(), rows_shown); ++i) row(table, list[i]);
  std::string text = table.render(style);
  if (list.size() > rows_shown) text += fmt::format("  ... and {} more\n", list.size() - rows_shown);
  return text;
}

std::string iterations(const ordered_json& schedule, const TextStyle& style) {
  const auto& list = member(schedule, "iterations");
  if (!list.is_array() || (list.size() < 2 && !(number_at(schedule, "compute_ns") > 0))) return "";
  std::string text =
      title(style, fmt::format("Iterations, {} of computing each", time_text(number_at(schedule, "compute_ns"))));
  return text +
         table_of(list, {"begins ns", "ends ns", "takes", "beyond computing"}, style,
                  [](Table& table, const ordered_json& entry) {
                    table.add({short_number(number_at(entry, "begin_ns")), short_number(number_at(entry, "end_ns")),
                               time_text(number_at(entry, "time_ns")), time_text(number_at(entry, "exposed_ns"))});
                  });
}

std::string routes(const ordered_json& messages, const TextStyle& style) {
  const auto& list = member(messages, "routes");
  if (!list.is_array() || list.empty()) return "";
  return title(style, "Messages between domains") +
         table_of(list, {"", "posted", "delivered", "GB/s", "mean", "p50", "p99", "max"}, style,
                  [](Table& table, const ordered_json& route) {
                    std::vector<std::string> row{as_text(member(route, "name")), as_text(member(route, "posted")),
                                                 as_text(member(route, "delivered")),
                                                 short_number(number_at(route, "gbytes_per_s"))};
                    for (const char* key : {"mean", "p50", "p99", "max"}) {
                      const double value = number_at(member(route, "latency_ns"), key);
                      row.push_back(value > 0 ? time_text(value) : "-");
                    }
                    table.add(std::move(row));
                  });
}

std::string gateways(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  return title(style, "Gateways") +
         table_of(
             list, {"", "held MB at most", "of MB", "pauses", "dropped", "relayed", "rerouted", "twice"}, style,
             [](Table& table, const ordered_json& gateway) {
               table.add({as_text(member(gateway, "name")),
                          short_number(number_at(gateway, "buffer_high_water_bytes") * 1e-6),
                          short_number(number_at(gateway, "buffer_bytes") * 1e-6), as_text(member(gateway, "pauses")),
                          as_text(member(gateway, "dropped_chunks")), as_text(member(gateway, "relayed_chunks")),
                          as_text(member(gateway, "rerouted_chunks")), as_text(member(gateway, "duplicate_chunks"))});
             });
}

std::string waves(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty() || !list[0].contains("there")) return "";
  return title(style, "Waves between sites, each way") +
         table_of(
             list, {"", "km", "one way", "used", "packets lost", "repeated", "timeouts", "starved"}, style,
             [](Table& table, const ordered_json& wave) {
               const auto both = [&](const auto& text) {
                 return text(member(wave, "there")) + " / " + text(member(wave, "back"));
               };
               const auto count = [&](const char* key) {
                 return both([&](const ordered_json& way) { return as_text(member(way, key)); });
               };
               table.add({as_text(member(wave, "name")), short_number(number_at(wave, "length_km")),
                          time_text(number_at(wave, "one_way_ns")), both([](const ordered_json& way) {
                            return fmt::format("{:.1f} %", 100 * number_at(way, "used"));
                          }),
                          both([](const ordered_json& way) { return as_text(member(member(way, "lost"), "all")); }),
                          count("repeated"), count("timeouts"),
                          both([](const ordered_json& way) { return time_text(number_at(way, "starved_ns")); })});
             });
}

}  // namespace

std::string render_sites(const ordered_json& result, const TextStyle& style) {
  return iterations(member(result, "schedule"), style) + routes(member(result, "messages"), style) +
         gateways(member(result, "gateways"), style) + waves(member(result, "wavelengths"), style);
}

}  // namespace fs
