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
#include "system/report/result_json.hpp"
#include "system/scenario/files/protocol_file.hpp"
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
      if (outcome.ok) continue;
      draw["outcome"] = "expectation";
      draw["why"] = outcome.text;
      break;
    }
    draw["measures"] = measures_of(result);
  } catch (const InvariantError& problem) {
    draw["outcome"] = "invariant";
    draw["why"] = problem.what();
  } catch (const ConfigError&) {
    throw;  // none of the draws can run
  } catch (const std::exception& problem) {
    draw["outcome"] = "failed";
    draw["why"] = problem.what();
  }
  return draw;
}

/// A draw made before, by this version from the same scenario; null when there is none.
Json read_draw(const std::filesystem::path& file, const std::string& fingerprint) {
  std::ifstream in(file);
  if (!in) return {};
  const Json draw = Json::parse(in, nullptr, false);
  const bool same = draw.is_object() && draw.contains("outcome") && draw.value("of", "") == fingerprint;
  return same ? draw : Json();
}

/// Of everything that decides how draws come out, but for their seeds: the scenario, files that it names included, as
/// changed from the command line.
std::string fingerprint_of(const Document& document) {
  Document whole = document.clone();
  resolve_protocol(whole);
  whole.remove("seed");
  const Reader root = whole.root();
  for (const std::string& key : root.keys()) static_cast<void>(root.node(key));
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : version() + whole.effective_yaml()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return fmt::format("{:016x}", hash);
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

Campaign run_campaign(Document& document, std::uint64_t draws, const RunOptions& options, const RunPoint& run_point,
                      const std::string& reproduce) {
  if (const auto sweep = document.root().optional_node("sweep")) {
    throw sweep->error("a campaign draws one scenario again and again: run its points one by one");
  }
  const auto expect = document.root().optional_node("expect");
  const auto expectations = expect ? read_expectations(*expect) : std::vector<Expectation>();
  const auto base = document.root().integer_or<std::int64_t>("seed", 1, 0, std::numeric_limits<std::int64_t>::max());
  const std::string scenario = document.root().text("scenario");
  const auto folder = options.out / "draws";
  if (!options.out.empty()) prepare_folder(folder);
  const std::string fingerprint = fingerprint_of(document);
  std::vector<Json> found(draws);
  std::vector<Document> documents;
  std::vector<std::size_t> places;
  for (std::uint64_t i = 0; i < draws; ++i) {
    const auto seed = static_cast<std::uint64_t>(base) + i;
    if (!options.out.empty()) found[i] = read_draw(folder / (std::to_string(seed) + ".json"), fingerprint);
    if (!found[i].is_null()) continue;
    documents.push_back(document.clone());
    documents.back().remove("expect");
    documents.back().set("seed", std::to_string(seed), "--seed");
    places.push_back(i);
  }
  std::vector<Work> work;
  std::vector<std::string> labels;
  const auto keep = [&](Json draw, std::uint64_t seed) {
    draw["seed"] = seed;
    draw["of"] = fingerprint;
    const std::string text = draw.dump();
    if (!options.out.empty()) write_file(folder / (std::to_string(seed) + ".json"), text + '\n');
    return text;
  };
  const auto seed_of = [&](std::size_t k) { return static_cast<std::uint64_t>(base) + places[k]; };
  RunOptions alone = options;
  alone.progress = nullptr;
  alone.out.clear();
  for (std::size_t k = 0; k < documents.size(); ++k) {
    work.push_back([&, k] { return keep(draw_of(documents[k], expectations, alone, run_point), seed_of(k)); });
    labels.push_back("seed " + std::to_string(seed_of(k)));
  }
  const auto crashed = [&](std::size_t k, const std::string& why) {
    return keep({{"outcome", "crash"}, {"why", why}}, seed_of(k));
  };
  const auto answers = run_in_processes(
      work, labels, options.jobs, [](std::size_t) {}, crashed);
  for (std::size_t k = 0; k < answers.size(); ++k) found[places[k]] = Json::parse(answers[k]);
  Campaign campaign;
  Json outcomes = Json::object();
  Json failed = Json::array();
  for (const Json& draw : found) {
    const std::string outcome = draw["outcome"];
    outcomes[outcome] = outcomes.value(outcome, 0) + 1;
    if (outcome == "ok") continue;
    const auto seed = draw["seed"].get<std::uint64_t>();
    failed.push_back({{"seed", seed},
                      {"outcome", outcome},
                      {"why", draw.value("why", "")},
                      {"reproduce", reproduce + " --seed " + std::to_string(seed)}});
    campaign.status = ExitStatus::failed;
  }
  campaign.result = {{"scenario", scenario}, {"first_seed", base}, {"draws", draws},
                     {"outcomes", outcomes}, {"failed", failed},   {"measures", summary_of(found)}};
  campaign.run_now = work.size();
  if (!options.out.empty()) write_file(options.out / "campaign.json", campaign.result.dump(2) + '\n');
  return campaign;
}

std::string render_campaign(const Campaign& campaign) {
  const Json& r = campaign.result;
  const auto draws = r["draws"].get<std::uint64_t>();
  const std::uint64_t now = campaign.run_now;
  std::string text = fmt::format("{}: {} draws, seeds from {}", r["scenario"].get<std::string>(), draws,
                                 r["first_seed"].get<std::int64_t>());
  text += now < draws ? fmt::format(", {} of them made before\n", draws - now) : "\n";
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
  for (const Json& draw : r["failed"]) {
    text += fmt::format("\n{}: {}\n  reproduce: {}\n", draw["outcome"].get<std::string>(),
                        draw["why"].get<std::string>(), draw["reproduce"].get<std::string>());
  }
  return text;
}

}  // namespace fs
