// SPDX-License-Identifier: Apache-2.0
// Events during a run. Each run in a process of its own.
#include "system/waves/wave_recorder.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/scenario/read_scenario.hpp"
#include "system/sweep/processes.hpp"
#include "vcd.hpp"

using namespace fs;
using testing::HasSubstr;
using testing::Not;

namespace {

const char* const text = R"(
scenario: open
protocol: {base: generic, classes: [{name: data, vcs: 2, slots: 8flits}]}
topology: {kind: single_switch, gpus: 2}
workload: {open_loop: {load: 0.5}}
measure: {window: 4us}
)";

struct Seen {
  std::string info;  ///< the result's `waves`
  std::string vcd;
  std::string save_file;
};

/// A run in which `meddle` is called once, after the first microsecond.
Seen watch(const char* waves, const std::function<void(RunningFabric&, Femtoseconds now)>& meddle) {
  const Scratch scratch;
  Seen seen;
  const Work run = [&] {
    auto document = Document::from_text(text, "t");
    const ScenarioSpec spec = read_scenario(document);
    RunningFabric fabric(spec.fabric);
    WaveRecorder recorder(fabric, parse_waves(waves), scratch.path);
    bool done = false;
    try {
      Simulation(fabric, spec.measure, nullptr, std::nullopt).run([&](Femtoseconds now, Femtoseconds, std::uint64_t) {
        if (now >= microseconds(1) && !std::exchange(done, true)) meddle(fabric, now);
      });
    } catch (const InvariantError&) {}
    return recorder.finish().dump();
  };
  seen.info = run_in_processes({run}, {}, 1, [](std::size_t) {})[0];
  if (std::filesystem::exists(scratch.path / "waves.fst")) {
    seen.vcd = as_vcd(scratch.path / "waves.fst");
    seen.save_file = as_text(scratch.path / "waves.gtkw");
  }
  return seen;
}

}  // namespace

TEST(WaveRecorder, ShowsEventsAndTheStateOfTheLinkTheyName) {
  const Seen seen = watch("", [](RunningFabric& fabric, Femtoseconds now) {
    fabric.events().mark_event(now, "link_down", "gpu0.0-sw0.0");
  });
  EXPECT_THAT(seen.vcd, HasSubstr("slink_down\\040gpu0.0-sw0.0 "));
  const auto states = [&](const std::string& value) {
    std::size_t count = 0;
    for (auto at = seen.vcd.find(value); at != std::string::npos; at = seen.vcd.find(value, at + 1)) ++count;
    return count;
  };
  EXPECT_EQ(states("\nb101 "), 2U) << "down, once a direction";
  EXPECT_THAT(seen.save_file, HasSubstr("[markername] Alink_down gpu0.0-sw0.0\n"));
}

TEST(WaveRecorder, KeepsWhatIsAroundAnEventThatSomebodyMarks) {
  const auto mark = [](RunningFabric& fabric, Femtoseconds now) { fabric.events().mark_event(now, "storm"); };
  const Seen seen = watch("around:storm+-100ns", mark);
  const auto info = nlohmann::json::parse(seen.info);
  EXPECT_EQ(info["event"], "storm");
  EXPECT_NEAR(info["to_ns"].get<double>() - info["from_ns"].get<double>(), 200, 2);
  EXPECT_THAT(watch("around:calm+-100ns", mark).info, HasSubstr("no event 'calm' happened; there were storm"));
}

TEST(WaveRecorder, KeepsTheEndOfARunInWhichTheSimulatorIsWrong) {
  const Seen seen = watch("around:invariant+-100ns", [](RunningFabric& fabric, Femtoseconds) {
    fabric.channel(ChannelId(0)).return_credit(VcId(0), fabric.domain().wheel().now());
  });
  EXPECT_EQ(nlohmann::json::parse(seen.info)["event"], "invariant");
  EXPECT_THAT(seen.vcd, HasSubstr("sinvariant "));
}

TEST(WaveRecorder, StopsWatchingAfterItsWindow) {
  const Seen seen =
      watch("100ns..200ns", [](RunningFabric& fabric, Femtoseconds now) { fabric.events().mark_event(now, "late"); });
  EXPECT_THAT(seen.vcd, Not(HasSubstr("slate ")));
  EXPECT_LE(nlohmann::json::parse(seen.info)["to_ns"].get<double>(), 200);
}
