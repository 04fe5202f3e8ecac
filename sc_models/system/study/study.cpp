// SPDX-License-Identifier: Apache-2.0
// Running, judging and writing a study.
#include "system/study/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "system/report/output.hpp"
#include "system/report/progress.hpp"
#include "system/report/result_json.hpp"
#include "system/sweep/processes.hpp"
#include "system/sweep/sweep.hpp"
#include "system/waves/wave_results.hpp"

namespace fs {

namespace {

std::vector<Expectation> expectations_of(const std::optional<Node>& expect) {
  return expect ? read_expectations(*expect) : std::vector<Expectation>();
}

bool expects_deadlock(const std::vector<Expectation>& expectations) {
  return std::any_of(expectations.begin(), expectations.end(),
                     [](const auto& e) { return e.deadlock.value_or(false); });
}

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// The folder of a sweep's point: points/007.
std::filesystem::path point_folder(std::size_t point, std::size_t points) {
  return std::filesystem::path("points") / fmt::format("{:0{}}", point, std::to_string(points - 1).size());
}

/// A run: its result and its effective configuration.
Json answer_of(Document& document, const RunOptions& options, const RunPoint& run_point) {
  Json answer;
  answer["result"] = run_point(document, options);
  answer["effective_yaml"] = document.effective_yaml();
  return answer;
}

/// The same in a child process, as text.
Work work_on(Document& document, const RunOptions& options, const RunPoint& run_point) {
  return [&document, options, &run_point] { return dump(answer_of(document, options, run_point)); };
}

/// What the points have in common, sums and extremes; the caller adds the points.
Json sweep_summary(const std::vector<Json>& points, double wall_s) {
  Json summary;
  for (const char* key : {"scenario", "seed"}) summary[key] = points.front().value(key, Json());
  summary["version"] = version();
  Digest digest;
  double sim_time = 0;
  const char* const kinds_of_work[] = {"flit_hops", "packet_hops", "packet_events"};
  Json work = Json::object();
  std::int64_t peak = peak_resident_bytes();
  for (const auto& point : points) {
    if (point.contains("digest")) digest += Digest::from_hex(point["digest"]);
    sim_time += point.value("sim_time_ns", 0.0);
    for (const char* kind : kinds_of_work) {
      if (point.contains(kind)) work[kind] = work.value(kind, std::uint64_t{0}) + point[kind].get<std::uint64_t>();
    }
    peak = std::max(peak, point.value("peak_rss_bytes", std::int64_t{0}));
  }
  summary["digest"] = digest.hex();
  summary["sim_time_ns"] = sim_time;
  summary["wall_s"] = wall_s;
  for (const auto& [kind, count] : work.items()) {
    summary[kind] = count;
    summary[kind + "_per_s"] = wall_s > 0 ? count.get<double>() / wall_s : 0.0;
  }
  summary["peak_rss_bytes"] = peak;
  return summary;
}

/// Everything as it stands in the document, by reading each key whole.
std::string as_given(Document& document) {
  const auto root = document.root();
  for (const auto& key : root.keys()) root.node(key);
  return document.effective_yaml();
}

/// The configuration of one run, with the expectations that go with it.
std::string with_expectations(const std::string& effective_yaml, const std::optional<Node>& expect) {
  if (!expect) return effective_yaml;
  auto document = Document::from_text(effective_yaml, "effective.yaml");
  document.set("expect", *expect);
  return as_given(document);
}

/// The document that a run gets to see.
Document without_expectations(const Document& document) {
  auto point = document.clone();
  point.remove("expect");
  return point;
}

void run_sweep(std::vector<SweepPoint>& points, const RunOptions& options, const RunPoint& run_point, Study& study) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<Work> work;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < points.size(); ++i) {
    RunOptions alone = options;
    alone.progress = nullptr;
    if (!options.out.empty()) alone.out = options.out / point_folder(i, points.size());
    work.push_back(work_on(points[i].document, alone, run_point));
    labels.push_back(fmt::format("point {} ({})", i, points[i].label));
  }
  if (options.progress != nullptr) options.progress->begin(Femtoseconds::max());
  const auto answers = run_in_processes(work, labels, options.jobs, [&](std::size_t done) {
    if (options.progress != nullptr) options.progress->points(done, points.size());
  });
  std::vector<Json> results;
  Json warnings = Json::array();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto answer = Json::parse(answers[i]);
    for (const auto& warning : answer["result"].value("warnings", Json::array())) {
      warnings.push_back(labels[i] + ": " + warning.get<std::string>());
    }
    Json point;
    point["sweep"] = points[i].values;
    point.update(answer["result"]);
    results.push_back(std::move(point));
    study.point_yaml.push_back(answer["effective_yaml"]);
  }
  const auto wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  study.result = sweep_summary(results, wall);
  study.result["warnings"] = std::move(warnings);
  study.result["points"] = std::move(results);
}

ExitStatus status_of(const Study& study, const std::vector<Expectation>& expectations) {
  if (deadlocked(study.result) && !expects_deadlock(expectations)) return ExitStatus::deadlock;
  const bool ok = std::all_of(study.outcomes.begin(), study.outcomes.end(), [](const auto& o) { return o.ok; });
  return ok ? ExitStatus::done : ExitStatus::failed;
}

void settle_all_waves(Study& study, const RunOptions& options) {
  const bool failed = study.status != ExitStatus::done;
  settle_waves(study.result, failed, options.out);
  if (!study.result.contains("points")) return;
  auto& points = study.result["points"];
  for (std::size_t i = 0; i < points.size(); ++i) {
    settle_waves(points[i], failed, options.out / point_folder(i, points.size()));
  }
}

}  // namespace

Study run_study(Document& document, const RunOptions& options, bool isolate, const RunPoint& run_point) {
  Study study;
  const auto expect = document.root().optional_node("expect");
  const auto expectations = expectations_of(expect);
  RunOptions allowed = options;
  allowed.allow_deadlock = options.allow_deadlock || expects_deadlock(expectations);
  if (auto points = expand_sweep(document)) {
    run_sweep(*points, allowed, run_point, study);
    study.effective_yaml = as_given(document);
  } else {
    auto point = without_expectations(document);
    auto answer =
        isolate ? Json::parse(run_in_processes({work_on(point, allowed, run_point)}, {}, 1, [](std::size_t) {}).front())
                : answer_of(point, allowed, run_point);
    study.result = std::move(answer["result"]);
    study.effective_yaml = with_expectations(answer["effective_yaml"], expect);
  }
  if (options.progress != nullptr) options.progress->clear();
  study.outcomes = evaluate(expectations, study.result);
  study.result["expectations"] = expectations_json(study.outcomes);
  study.status = status_of(study, expectations);
  settle_all_waves(study, options);
  return study;
}

std::string check_study(Document& document, const RunOptions& options, const CheckPoint& check_point) {
  RunOptions allowed = options;
  const auto expect = document.root().optional_node("expect");
  allowed.allow_deadlock = options.allow_deadlock || expects_deadlock(expectations_of(expect));
  auto points = expand_sweep(document);
  if (!points) {
    auto point = without_expectations(document);
    return check_point(point, allowed);
  }
  std::string text;
  for (std::size_t i = 0; i < points->size(); ++i) {
    auto& point = (*points)[i];
    text += fmt::format("point {} ({})\n{}\n", i, point.label, check_point(point.document, allowed));
  }
  return text;
}

void write_study(const Study& study, const std::filesystem::path& folder) {
  for (std::size_t i = 0; i < study.point_yaml.size(); ++i) {
    const auto point = folder / point_folder(i, study.point_yaml.size());
    prepare_folder(point);
    write_file(point / "effective.yaml", study.point_yaml[i]);
  }
  write_file(folder / "effective.yaml", study.effective_yaml);
  write_file(folder / "result.json", dump(study.result, 2) + '\n');
}

}  // namespace fs
