// SPDX-License-Identifier: Apache-2.0
#include "system/study/campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "common/check.hpp"
#include "system/expect/expectation.hpp"
#include "system/report/output.hpp"
#include "system/sweep/processes.hpp"

namespace fs {

namespace {

using Json = nlohmann::ordered_json;

/// What is kept of a draw: one number a measure, null where it does not apply.
Json measures_of(const Json& result) {
  Json m;
  const auto worst = [&](const char* key) {
    Json found;
    for (const auto& fault : result.value("faults", Json::array())) {
      if (fault[key].is_number() && (found.is_null() || fault[key] > found)) found = fault[key];
    }
    return found;
  };
  for (const char* key : {"time_to_detect_ns", "time_to_react_ns", "time_to_recover_ns"}) m[key] = worst(key);
  m["faults"] = result.value("faults", Json::array()).size();
  for (const char* key : {"gpus_touched", "gpus_slowed", "transactions_touched", "transactions_failed",
                          "transactions_slowed", "faults_open"}) {
    m[key] = result.contains("blast") ? result["blast"][key] : Json();
  }
  if (result.contains("losses")) {
    m["bytes_replayed"] = result["losses"]["bytes_replayed"];
    m["bytes_resent"] = result["losses"]["bytes_resent"];
  }
  if (result.contains("windows")) {
    const auto& windows = result["windows"];
    const double before = windows["before"]["gbytes_per_s"];
    for (const char* window : {"during", "after"}) {
      const bool there = windows[window]["span_ns"].get<double>() > 0 && before > 0;
      m[std::string("throughput_") + window] =
          there ? Json(windows[window]["gbytes_per_s"].get<double>() / before) : Json();
      m[std::string("p999_") + window + "_ns"] = windows[window]["latency_ns"]["p999"];
    }
  }
  return m;
}

Json draw_of(Document& document, const std::vector<Expectation>& expectations, const RunOptions& options,
             const RunPoint& run_point) {
  Json draw;
  try {
    const Json result = run_point(document, options);
    draw["digest"] = result.value("digest", "");
    draw["outcome"] = "ok";
    if (result.contains("deadlock")) draw["outcome"] = "deadlock";
    for (const auto& outcome : evaluate(expectations, result)) {
      if (!outcome.ok) draw["outcome"] = "expectation";
    }
    draw["measures"] = measures_of(result);
  } catch (const InvariantError& problem) {
    draw["outcome"] = "invariant";
    draw["why"] = problem.what();
  }
  return draw;
}

Json read_draw(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return {};
  const Json draw = Json::parse(in, nullptr, false);
  return draw.is_discarded() ? Json() : draw;
}

/// Mean with its 95 % interval (normal, from the sample's deviation) and nearest-rank percentiles.
Json distribution(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double half = values.size() < 2 ? 0 : 1.96 * std::sqrt(squares / (n - 1) / n);
  const auto rank = [&](double q) {
    const auto i = static_cast<std::size_t>(std::ceil(q * n));
    return values[std::min(values.size() - 1, i == 0 ? 0 : i - 1)];
  };
  return {{"count", values.size()}, {"mean", mean},     {"ci95", half},      {"min", values.front()},
          {"p50", rank(0.5)},       {"p90", rank(0.9)}, {"p99", rank(0.99)}, {"max", values.back()}};
}

Json summary_of(const std::vector<Json>& draws) {
  Json measures = Json::object();
  for (const Json& draw : draws) {
    if (draw.contains("measures")) {
      for (const auto& [name, value] : draw["measures"].items()) {
        if (!measures.contains(name)) measures[name] = Json::object();
      }
    }
  }
  for (auto& [name, entry] : measures.items()) {
    std::vector<double> values;
    for (const Json& draw : draws) {
      if (!draw.contains("measures") || !draw["measures"].contains(name)) continue;
      if (draw["measures"][name].is_number()) values.push_back(draw["measures"][name].get<double>());
    }
    if (!values.empty()) entry = distribution(std::move(values));
  }
  return measures;
}

}  // namespace

Campaign run_campaign(Document& document, std::uint64_t draws, const RunOptions& options, const RunPoint& run_point) {
  if (const auto sweep = document.root().optional_node("sweep")) {
    throw sweep->error("a campaign draws one scenario again and again: run its points one by one");
  }
  const auto expect = document.root().optional_node("expect");
  const auto expectations = expect ? read_expectations(*expect) : std::vector<Expectation>();
  const auto base = document.root().integer_or<std::int64_t>("seed", 1, 0, std::numeric_limits<std::int64_t>::max());
  const std::string scenario = document.root().text("scenario");
  const auto folder = options.out / "draws";
  if (!options.out.empty()) prepare_folder(folder);
  std::vector<Json> found(draws);
  std::vector<Document> documents;
  std::vector<std::size_t> places;
  for (std::uint64_t i = 0; i < draws; ++i) {
    const auto seed = static_cast<std::uint64_t>(base) + i;
    if (!options.out.empty()) found[i] = read_draw(folder / (std::to_string(seed) + ".json"));
    if (!found[i].is_null()) continue;
    documents.push_back(document.clone());
    documents.back().remove("expect");
    documents.back().set("seed", std::to_string(seed), "--seed");
    places.push_back(i);
  }
  std::vector<Work> work;
  std::vector<std::string> labels;
  for (std::size_t k = 0; k < documents.size(); ++k) {
    const auto seed = static_cast<std::uint64_t>(base) + places[k];
    RunOptions alone = options;
    alone.progress = nullptr;
    alone.out.clear();
    const auto file = options.out.empty() ? std::filesystem::path() : folder / (std::to_string(seed) + ".json");
    work.push_back([&documents, &expectations, &run_point, k, alone, file, seed] {
      Json draw = draw_of(documents[k], expectations, alone, run_point);
      draw["seed"] = seed;
      const std::string text = draw.dump();
      if (!file.empty()) write_file(file, text + '\n');
      return text;
    });
    labels.push_back("seed " + std::to_string(seed));
  }
  const auto answers = run_in_processes(work, labels, options.jobs, [](std::size_t) {});
  for (std::size_t k = 0; k < answers.size(); ++k) found[places[k]] = Json::parse(answers[k]);
  Campaign campaign;
  Json outcomes = Json::object();
  for (const Json& draw : found) {
    const std::string outcome = draw["outcome"];
    outcomes[outcome] = outcomes.value(outcome, 0) + 1;
    if (outcome == "ok") continue;
    campaign.failed.push_back(draw["seed"]);
    campaign.status = ExitStatus::failed;
  }
  campaign.result = {{"scenario", scenario}, {"first_seed", base},        {"draws", draws},
                     {"outcomes", outcomes}, {"failed", campaign.failed}, {"measures", summary_of(found)}};
  if (!options.out.empty()) write_file(options.out / "campaign.json", campaign.result.dump(2) + '\n');
  return campaign;
}

std::string render_campaign(const Campaign& campaign, const std::string& reproduce) {
  const Json& r = campaign.result;
  std::string text = fmt::format("{}: {} draws, seeds from {}\n", r["scenario"].get<std::string>(),
                                 r["draws"].get<std::uint64_t>(), r["first_seed"].get<std::int64_t>());
  for (const auto& [outcome, count] : r["outcomes"].items()) text += fmt::format("  {} {}\n", outcome, count.dump());
  text += fmt::format("\n{:<24}{:>7}{:>14}{:>12}{:>12}{:>12}{:>12}{:>12}\n", "", "draws", "mean", "+-95 %", "p50",
                      "p90", "p99", "max");
  for (const auto& [name, m] : r["measures"].items()) {
    if (!m.contains("mean")) continue;
    text += fmt::format("{:<24}{:>7}", name, m["count"].get<std::uint64_t>());
    text += fmt::format("{:>14.5g}{:>12.4g}", m["mean"].get<double>(), m["ci95"].get<double>());
    for (const char* key : {"p50", "p90", "p99", "max"}) text += fmt::format("{:>12.5g}", m[key].get<double>());
    text += '\n';
  }
  for (const auto seed : campaign.failed) text += fmt::format("\nreproduce: {} --seed {}", reproduce, seed);
  if (!campaign.failed.empty()) text += '\n';
  return text;
}

}  // namespace fs
