// SPDX-License-Identifier: Apache-2.0
// How runs end, and that the conservation check finds what it looks for. Each run in a process of its own.
#include "system/fabric/running_fabric.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "support/project.hpp"
#include "system/fabric/conservation.hpp"
#include "system/scenario.hpp"
#include "system/scenario/collect_results.hpp"
#include "system/scenario/read_scenario.hpp"
#include "system/sweep/processes.hpp"

namespace fs {
namespace {

using Json = nlohmann::ordered_json;

std::string alone(const Work& work) {
  return run_in_processes({work}, {}, 1, [](std::size_t) {})[0];
}

Json run_text(const std::string& text, const RunOptions& options = {}) {
  return Json::parse(alone([&] {
    auto document = Document::from_text(text, "t");
    return run_scenario(document, options).dump();
  }));
}

const char* const memory_text = R"(
scenario: ends
protocol: nvlink5
topology: {kind: single_switch, gpus: 3}
workload:
  streams: [{name: load, kind: pointer_chase, sources: 0, targets: [2], count: 5}]
)";

const char* const open_text = R"(
scenario: open
protocol: {base: generic, classes: [{name: data, vcs: 2, slots: 8flits}]}
topology: {kind: single_switch, gpus: 2}
workload: {open_loop: {load: 0.5}}
measure: {window: 1us}
)";

/// The conservation check's complaint after a short run and some damage done to the fabric.
std::string complaint(const std::function<void(RunningFabric&, Cycles now)>& damage) {
  return alone([&] {
    auto document = Document::from_text(open_text, "t");
    const ScenarioSpec spec = read_scenario(document);
    RunningFabric fabric(spec.fabric);
    Simulation(fabric, spec.measure, nullptr, std::nullopt).run(nullptr);
    damage(fabric, fabric.domain().wheel().now());
    try {
      check_conservation(fabric);
    } catch (const InvariantError& error) {
      return std::string(error.what());
    }
    return std::string("nothing lost");
  });
}

/// Packets of several flits, credits that run out, two classes of VCs: whatever the short cuts of an open loop pass by.
const char* const mesh_text = R"(
scenario: mesh
protocol: {base: generic, classes: [{name: data, vcs: 3, slots: 2flits}], credits: {delay: 2cycles}}
topology: {kind: mesh, dims: [3, 3], gpu_link: {length: 0m, medium: copper}, trunk: {length: 1m, medium: copper}}
switch: {queueing: vc_fifo, vc_allocation: before, switching: wormhole, pipeline: {output: 1cycles}}
workload: {open_loop: {load: 0.4, packets: [{flits: 1, weight: 3}, {flits: 4}]}}
measure: {warmup: 500ns, window: 3us, drain: 1500ns}
)";

/// One VC whose credits are just short of the round trip, over wires of one cycle and of six: each credit that comes
/// late costs a flit.
std::string loop_text(const std::string& length, int slots) {
  return R"(
scenario: loop
protocol: {base: generic, classes: [{name: data, vcs: 1, slots: )" +
         std::to_string(slots) + R"(flits}]}
topology: {kind: single_switch, gpus: 2, gpu_link: {length: )" +
         length + R"(, medium: copper}}
workload: {open_loop: {load: 1.0, pattern: neighbour}}
measure: {window: 6us}
)";
}

class NoLosses final : public tlm::SwitchLosses {
  void flit_swallowed(int, const PortFlit&, Cycles) override {}
  void overflow(int, const PortFlit&, bool, Cycles) override {}
};

/// Everything that a run tells but what the machine says of itself.
std::string told(const std::string& text, const std::function<void(RunningFabric&, NoLosses&)>& prepare) {
  return alone([&] {
    auto document = Document::from_text(text, "t");
    const ScenarioSpec spec = read_scenario(document);
    RunningFabric fabric(spec.fabric);
    NoLosses losses;
    prepare(fabric, losses);
    const RunEnd end = Simulation(fabric, spec.measure, nullptr, std::nullopt).run(nullptr);
    Json result = collect_results(spec, fabric, end);
    for (const char* key : {"wall_s", "flit_hops_per_s", "peak_rss_bytes"}) result.erase(key);
    return result.dump(1);
  });
}

TEST(ShortCuts, ChangeNothingThatARunTells) {
  const std::string with = told(mesh_text, [](RunningFabric&, NoLosses&) {});
  EXPECT_GT(Json::parse(with)["packets"]["delivered"], 5000);
  EXPECT_GT(Json::parse(with)["packet_ledger_ns"]["all"]["credit_stall"], 0.0);
  EXPECT_EQ(with, told(mesh_text, [](RunningFabric& fabric, NoLosses&) { fabric.deliver_on_arrival(); }))
      << "packets taken off as they are sent";
  EXPECT_EQ(with, told(mesh_text,
                       [](RunningFabric& fabric, NoLosses& losses) {
                         for (std::size_t i = 0; i < fabric.plan().topology.graph.chip_count(); ++i) {
                           auto* chip = fabric.switch_at(static_cast<ChipId>(i));
                           if (chip != nullptr) chip->expect_trouble(0, losses);
                         }
                       }))
      << "switches whose core and shell run as one";
}

TEST(ShortCuts, DelayNoCreditWhereOneSliceEndsAndTheNextBegins) {
  for (const auto& [length, slots] : {std::pair{"0m", 3}, {"0m", 4}, {"1m", 11}, {"1m", 12}}) {
    const std::string text = loop_text(length, slots);
    const std::string with = told(text, [](RunningFabric&, NoLosses&) {});
    EXPECT_GT(Json::parse(with)["packets"]["delivered"], 5000);
    EXPECT_EQ(with, told(text, [](RunningFabric& fabric, NoLosses&) { fabric.deliver_on_arrival(); })) << length;
  }
}

TEST(Conservation, HoldsAfterARun) {
  EXPECT_EQ(complaint([](RunningFabric&, Cycles) {}), "nothing lost");
}

TEST(Conservation, FindsACreditTooManyAndNamesItsChannel) {
  const auto found =
      complaint([](RunningFabric& fabric, Cycles now) { fabric.channel(ChannelId(0)).return_credit(VcId(1), now); });
  EXPECT_NE(found.find("sw0.0->gpu0.0: 9 of 8 credits found on VC 1"), std::string::npos) << found;
}

TEST(Conservation, FindsAFlitThatNobodySent) {
  const auto found = complaint([](RunningFabric& fabric, Cycles now) {
    Flit flit;  // no tail, so that no packet is asked for
    flit.wire_bytes = 64;
    fabric.channel(ChannelId(0)).send(flit, VcId(0), now);
  });
  EXPECT_NE(found.find("flits sent "), std::string::npos) << found;
}

TEST(Simulation, EndsWhenTheLastAccessIsComplete) {
  const Json result = run_text(memory_text);
  EXPECT_EQ(result["transactions"]["ok"], 5);
  EXPECT_EQ(result["packets"]["inside"], 0);
  const double all = result["transaction_latency_ns"]["load"]["mean"].get<double>() * 5;
  EXPECT_NEAR(result["sim_time_ns"].get<double>(), all, 1100 * 0.752) << "but for the slice in which a run looks up";
}

TEST(Simulation, StopsAtTheTimeItIsGiven) {
  RunOptions options;
  options.until = nanoseconds(1500);
  EXPECT_EQ(run_text(memory_text, options)["sim_time_ns"], 1500.0);
}

TEST(Simulation, TakesWaitingForALinkThatTrainsForNoLivelock) {
  const Json result = run_text(R"(
scenario: trains
seed: 1
protocol: {base: nvlink5, link_layer: {training: {train: 500us}}}
topology: {kind: planes, gpus: 4, switches: 2}
workload: {streams: [{name: reads, kind: read, access: 256B, window: 32, count: 2000}]}
faults: [{kind: frozen_arbiter, where: sw1, at: 2us}]
)");
  EXPECT_FALSE(result.contains("deadlock")) << result["deadlock"];
  EXPECT_EQ(result["transactions"]["ok"].get<int>() + result["transactions"]["error"].get<int>(), 8000);
  EXPECT_GT(result["sim_time_ns"].get<double>(), 500'000.0) << "who waits for the links of a switch that was reset";
}

TEST(Simulation, SaysWhoWaitsForWhomWhenNothingMoves) {
  RunOptions options;
  options.allow_deadlock = true;
  const Json result = Json::parse(alone([&] {
    auto document = Document::from_file(fs::project_file("scenarios/deadlock_ring.yaml"));
    document.remove("expect");
    return run_scenario(document, options).dump();
  }));
  const std::string text = result["deadlock"];
  EXPECT_EQ(text.substr(0, 9), "deadlock:");
  EXPECT_NE(text.find("\n  sw"), std::string::npos) << text;
  EXPECT_GT(result["packets"]["inside"], 0);
}

TEST(Simulation, RefusesThatFabricUnlessAskedTo) {
  EXPECT_THROW(alone([] {
                 auto document = Document::from_file(fs::project_file("scenarios/deadlock_ring.yaml"));
                 document.remove("expect");
                 return run_scenario(document, {}).dump();
               }),
               ConfigError);
}

}  // namespace
}  // namespace fs
