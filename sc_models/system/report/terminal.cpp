// SPDX-License-Identifier: Apache-2.0
// The terminal report, part by part.
#include "system/report/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "system/energy/energy_text.hpp"
#include "system/report/json_access.hpp"
#include "system/report/sections/fault_report.hpp"
#include "system/report/sections/network_report.hpp"
#include "system/report/sections/site_report.hpp"
#include "system/report/sections/sweep_table.hpp"
#include "system/report/text/table.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t links_shown = 8;
constexpr std::size_t steps_shown = 12;

std::string header(const ordered_json& result, const TextStyle& style) {
  std::string text = paint(style, Colour::bold, as_text(member(result, "scenario")));
  text += fmt::format("   seed {}   farspan {}\n", as_text(member(result, "seed")), as_text(member(result, "version")));
  if (member(result, "digest").is_string()) text += fmt::format("digest {}\n", as_text(member(result, "digest")));
  const double wall = number_at(result, "wall_s");
  text += fmt::format("{} simulated in {:.2f} s", time_text(number_at(result, "sim_time_ns")), wall);
  // A network of NICs moves packets over ports, a wave has them come and go, a fabric moves flits.
  std::string key = "flit_hops", unit = "flit-hops";
  if (number_at(result, "packet_hops") > 0) {
    key = "packet_hops", unit = "packet-hops";
  } else if (number_at(result, "packet_events") > 0) {
    key = "packet_events", unit = "packet events";
  }
  const double work = number_at(result, key);
  text += fmt::format(", {} {} ({}/s)", si_number(work), unit, si_number(wall > 0 ? work / wall : 0));
  const double rss = number_at(result, "peak_rss_bytes");
  if (std::isfinite(rss)) text += fmt::format(", {:.0f} MB peak", rss / 1e6);
  return text + '\n';
}

std::string latencies(const ordered_json& groups, const std::string& heading, const TextStyle& style) {
  if (!groups.is_object() || groups.empty()) return "";
  const bool one_class = groups.size() == 2;
  Table table;
  table.add({"", "count", "mean", style.unicode ? "±95 %" : "+-95 %", "min", "p50", "p90", "p99", "p99.9", "max"});
  for (const auto& [name, group] : groups.items()) {
    if (one_class && name == "all") continue;
    if (number_at(group, "count") == 0) {
      table.add({name, "0"});
      continue;
    }
    std::vector<std::string> row{name, as_text(member(group, "count"))};
    for (const char* key : {"mean", "ci95", "min", "p50", "p90", "p99", "p999", "max"}) {
      row.push_back(short_number(number_at(group, key)));
    }
    table.add(std::move(row));
  }
  return title(style, heading) + table.render(style);
}

/// The groups beside "all" when there are several.
std::vector<std::string> class_names(const ordered_json& groups) {
  std::vector<std::string> names;
  for (const auto& [name, group] : groups.items()) {
    if (name != "all") names.push_back(name);
  }
  return names.size() > 1 ? names : std::vector<std::string>();
}

double sum_of(const ordered_json& causes) {
  double sum = 0;
  for (const auto& [cause, value] : causes.items()) sum += std::max(0.0, as_number(value));
  return sum;
}

/// One row a cause that took time: a bar, mean and share over all, then the mean of each class.
std::string ledger(const ordered_json& groups, const std::string& heading, const TextStyle& style) {
  const auto& causes = member(groups, "all");
  const double total = causes.is_object() ? sum_of(causes) : 0;
  if (!(total > 0)) return "";
  double longest = 0;
  for (const auto& [cause, value] : causes.items()) longest = std::max(longest, as_number(value));
  const auto classes = class_names(groups);
  constexpr int widest_bar = 60;
  constexpr int other_columns = 36;
  constexpr int class_column = 12;
  const int room = style.width - other_columns - class_column * static_cast<int>(classes.size());
  const int cells = std::clamp(room, 8, widest_bar);
  Table table;
  std::vector<std::string> head{"", "", classes.empty() ? "mean" : "all", "share"};
  head.insert(head.end(), classes.begin(), classes.end());
  table.add(head);
  for (const auto& [cause, value] : causes.items()) {
    const double part = as_number(value);
    if (!(part > 0)) continue;
    std::vector<std::string> row{cause, paint(style, Colour::cyan, bar(style, part / longest, cells)),
                                 short_number(part), fmt::format("{:.1f} %", 100 * part / total)};
    for (const auto& name : classes) row.push_back(short_number(number_at(member(groups, name), cause)));
    table.add(std::move(row));
  }
  std::vector<std::string> sums{"sum", "", short_number(total), ""};
  for (const auto& name : classes) sums.push_back(short_number(sum_of(member(groups, name))));
  table.add(std::move(sums));
  return title(style, heading) + table.render(style);
}

std::string throughput(const ordered_json& json, const std::string& heading, const TextStyle& style) {
  if (!json.is_object()) return "";
  Table table;
  table.add({"", "offered", "accepted", "accepted/offered", "flits/cycle"});
  const auto row = [&](const std::string& name, const ordered_json& volume) {
    const double offered = number_at(volume, "offered");
    const double accepted = number_at(volume, "accepted");
    const auto share = offered > 0 ? fmt::format("{:.1f} %", 100 * accepted / offered) : "-";
    const double flits = number_at(volume, "accepted_flits");
    table.add({name, short_number(offered), short_number(accepted), share,
               std::isfinite(flits) ? fmt::format("{:.4f}", flits) : "-"});
  };
  row("all", json);
  const auto& classes = member(json, "classes");
  if (classes.is_object() && classes.size() > 1) {
    for (const auto& [name, volume] : classes.items()) row(name, volume);
  }
  return title(style, heading) + table.render(style);
}

std::string schedule(const ordered_json& json, const TextStyle& style) {
  if (!json.is_object()) return "";
  const bool complete = member(json, "complete") == ordered_json(true);
  std::string text = title(style, fmt::format("Schedule, {} {}", complete ? "done in" : "not done after",
                                              time_text(number_at(json, "time_ns"))));
  const double algorithm = number_at(json, "algorithm_gbytes_per_s");
  const double bus = number_at(json, "bus_gbytes_per_s");
  if (std::isfinite(algorithm)) text += fmt::format("  {} GB/s by algorithm, ", short_number(algorithm));
  if (std::isfinite(bus)) text += fmt::format("{} GB/s on the bus\n", short_number(bus));
  Table table;
  table.add({"", "start ns", "end ns", "messages", "delivered"});
  const auto& steps = member(json, "steps");
  for (std::size_t i = 0; i < std::min(steps.size(), steps_shown); ++i) {
    const auto& step = steps[i];
    table.add({as_text(member(step, "name")), short_number(number_at(step, "start_ns")),
               short_number(number_at(step, "end_ns")), as_text(member(step, "messages")),
               as_text(member(step, "delivered"))});
  }
  if (!table.empty()) text += table.render(style);
  if (steps.size() > steps_shown) text += fmt::format("  ... and {} more\n", steps.size() - steps_shown);
  return text;
}

double stalled_share(const ordered_json& link) {
  double sum = 0;
  for (const auto& [cause, share] : member(link, "stalled").items()) sum += as_number(share);
  return sum;
}

std::string stall_text(const ordered_json& link) {
  std::string text;
  for (const auto& [cause, share] : member(link, "stalled").items()) {
    if (as_number(share) >= 0.0005)
      text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", cause, 100 * as_number(share));
  }
  return text.empty() ? "-" : text;
}

std::string links(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  std::vector<const ordered_json*> order;
  for (const auto& link : list) order.push_back(&link);
  const auto slower = [](const ordered_json* a, const ordered_json* b) {
    const double stall_a = stalled_share(*a);
    const double stall_b = stalled_share(*b);
    if (stall_a != stall_b) return stall_a > stall_b;
    return number_at(*a, "utilisation") > number_at(*b, "utilisation");
  };
  const auto shown = std::min(links_shown, order.size());
  std::stable_sort(order.begin(), order.end(), slower);
  Table table;
  table.add({"", "used", "flits", "retries", "errors", "state", "stalled"});
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& link = *order[i];
    table.add({as_text(member(link, "name")), fmt::format("{:.1f} %", 100 * number_at(link, "utilisation")),
               si_number(number_at(link, "flits")), as_text(member(link, "retries")), as_text(member(link, "errors")),
               as_text(member(link, "state")), stall_text(link)});
  }
  return title(style, fmt::format("Slowest links ({} of {})", shown, order.size())) + table.render(style);
}

/// Flows over waves between sites.
std::string flows(const ordered_json& list, const TextStyle& style) {
  if (!list.is_array() || list.empty()) return "";
  Table table;
  table.add({"", "wave", "completed", "goodput GB/s", "of the wire", "mean ns", "p99 ns", "repeated", "silence ns"});
  for (const auto& flow : list) {
    table.add(
        {as_text(member(flow, "name")), as_text(member(flow, "wave")),
         as_text(member(member(flow, "messages"), "completed")), short_number(number_at(flow, "goodput_gbytes_per_s")),
         fmt::format("{:.1f} %", 100 * number_at(flow, "efficiency")),
         short_number(number_at(member(flow, "completion_ns"), "mean")),
         short_number(number_at(member(flow, "completion_ns"), "p99")),
         as_text(member(member(flow, "packets"), "repeated")), short_number(number_at(flow, "longest_silence_ns"))});
  }
  return title(style, "Flows between sites") + table.render(style);
}

std::string packets(const ordered_json& result, const TextStyle& style) {
  std::string text;
  for (const char* what : {"packets", "transactions"}) {
    const auto& counts = member(result, what);
    if (!counts.is_object()) continue;
    std::string line;
    for (const auto& [name, count] : counts.items()) {
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", as_text(count), name);
    }
    text += fmt::format("{}: {}\n", what, line);
  }
  return text.empty() ? "" : '\n' + paint(style, Colour::faint, text.substr(0, text.size() - 1)) + '\n';
}

std::string warnings(const ordered_json& result, const TextStyle& style) {
  std::string text;
  for (const auto& warning : member(result, "warnings")) {
    text += paint(style, Colour::yellow, "warning: ") + as_text(warning) + '\n';
  }
  return text.empty() ? "" : '\n' + text;
}

std::string deadlock_of(const ordered_json& point, const std::string& name, const TextStyle& style) {
  const auto& who_waits = member(point, "deadlock");
  if (who_waits.is_null()) return "";
  return '\n' + paint(style, Colour::red, "deadlock" + name + ": ") + as_text(who_waits) + '\n';
}

std::string deadlocks(const ordered_json& result, const TextStyle& style) {
  std::string text = deadlock_of(result, "", style);
  const auto& points = member(result, "points");
  for (std::size_t i = 0; i < points.size(); ++i) text += deadlock_of(points[i], fmt::format(" at point {}", i), style);
  return text;
}

bool met(const ordered_json& expectation) { return member(expectation, "ok") == ordered_json(true); }

std::string expectation_text(const ordered_json& entry, const TextStyle& style) {
  const bool ok = met(entry);
  std::string text = "  " + (ok ? paint(style, Colour::green, "ok  ") : paint(style, Colour::red, "FAIL")) + "  ";
  text += as_text(member(entry, "text"));
  const auto& value = member(entry, "value");
  if (value.is_number_float()) {
    text += fmt::format("   value {:.6g}", as_number(value));
  } else if (!value.is_null()) {
    text += "   value " + as_text(value);
  }
  if (member(entry, "limit").is_string()) text += "   limit " + as_text(member(entry, "limit"));
  text += '\n';
  if (ok) return text;
  if (member(entry, "why").is_string()) text += "        " + as_text(member(entry, "why")) + '\n';
  if (member(entry, "where").is_string()) text += "        at " + as_text(member(entry, "where")) + '\n';
  return text;
}

std::string expectations(const ordered_json& result, const TextStyle& style, bool failed_only) {
  std::string text;
  for (const auto& entry : member(result, "expectations")) {
    if (!failed_only || !met(entry)) text += expectation_text(entry, style);
  }
  return text.empty() ? "" : title(style, "Expectations") + text;
}

}  // namespace

std::string render_failures(const ordered_json& result, const TextStyle& style) {
  const auto text = deadlocks(result, style) + expectations(result, style, true);
  return text.empty() ? "" : paint(style, Colour::bold, as_text(member(result, "scenario"))) + text;
}

std::string render_report(const ordered_json& result, const TextStyle& style) {
  std::string text = header(result, style);
  if (member(result, "points").is_array()) {
    text += render_sweep(member(result, "points"), style) + render_fault_points(member(result, "points"), style);
    text += render_energy_of_points(member(result, "points"), style);
  } else {
    text += latencies(member(result, "transaction_latency_ns"), "Transaction latency, ns", style);
    text += ledger(member(result, "transaction_ledger_ns"), "Where a transaction's time goes, mean ns", style);
    text += latencies(member(result, "packet_latency_ns"), "Packet latency, ns", style);
    text += ledger(member(result, "packet_ledger_ns"), "Where a packet's time goes, mean ns", style);
    text += throughput(member(result, "transaction_throughput"), "Data moved, GB/s a GPU", style);
    text += throughput(member(result, "throughput"), "Throughput of packets, GB/s a GPU and direction", style);
    text += schedule(member(result, "schedule"), style);
    text += render_sites(result, style);
    text += links(member(result, "links"), style);
    text += flows(member(result, "flows"), style);
    text += render_network(result, style);
    text += packets(result, style);
    text += render_energy(result, style);
    text += render_faults(result, style);
  }
  return text + warnings(result, style) + deadlocks(result, style) + expectations(result, style, false);
}

}  // namespace fs
