// SPDX-License-Identifier: Apache-2.0
// Energy of whole runs, against what their other results say of the same bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "system/report/json_access.hpp"
#include "system/scenario.hpp"
#include "system/scenario/read_scenario.hpp"
#include "system/sweep/processes.hpp"

namespace fs {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::HasSubstr;

Json run_energy(const std::string& text) {
  const Work work = [&] {
    auto document = Document::from_text(text, "t");
    return run_scenario(document, {}).dump();
  };
  return Json::parse(run_in_processes({work}, {}, 1, [](std::size_t) {})[0]);
}

std::string energy_error(const std::string& text) {
  try {
    auto document = Document::from_text(text, "t");
    read_scenario(document);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing wrong";
}

Json part(const Json& result, const std::string& name) {
  for (const auto& entry : result["energy"]["parts"]) {
    if (entry["name"] == name) return entry;
  }
  return {};
}

double sum(const Json& values) {
  double all = 0;
  for (const auto& [key, value] : values.items()) all += value.get<double>();
  return all;
}

const std::string loads = R"(
scenario: loads
protocol: nvlink5
topology: {kind: single_switch, gpus: 3}
workload:
  streams: [{name: load, kind: random, sources: 0, targets: [2], access: 256B, footprint: 1GiB, count: 500, window: 64}]
)";

/// Two domains of two GPUs that exchange 64 KiB each, 80 km apart.
const std::string campuses = R"(
scenario: campuses
protocol: nvlink5
topology: {kind: domains, count: 2, domain: {kind: single_switch, gpus: 2}}
sites:
  - {name: east, domains: [0], gateway: {port: 1600Gbps, on_chip: 0B}}
  - {name: west, domains: [1], gateway: {port: 1600Gbps, on_chip: 0B}}
long_haul:
  wavelengths:
    - {name: cable, from: east, to: west, transponder: 400zr_plus, length: 160km, neighbours: 8, count: 2}
workload:
  schedule: {collective: all_reduce, algorithm: direct, size: 256KiB}
)";

}  // namespace

TEST(Energy, IsOfTheBitsThatTheLinksCarried) {
  const Json result = run_energy(loads + "energy: {}\n");
  const double seconds = result["sim_time_ns"].get<double>() * 1e-9;
  constexpr double rate = 400e9;
  double bits = 0;
  for (const auto& link : result["links"]) bits += link["utilisation"].get<double>() * rate * seconds;
  EXPECT_NEAR(part(result, "copper")["bits"].get<double>() / bits, 1, 1e-9);
  EXPECT_EQ(part(result, "copper")["joules"], 0.0);
  // Three links of two ends: 5 pJ/bit always, of the code's 0.3 half always and half by the bit.
  const double serdes = 6 * 5e-12 * rate * seconds;
  const double fec = 6 * 0.15e-12 * rate * seconds + 0.15e-12 * bits;
  EXPECT_NEAR(result["energy"]["by_cause"]["serdes"].get<double>() / serdes, 1, 1e-9);
  EXPECT_NEAR(result["energy"]["by_cause"]["fec"].get<double>() / fec, 1, 1e-9);
  EXPECT_EQ(result["energy"]["by_cause"]["optics"], 0.0);
}

TEST(Energy, OfSwitchAndMemoryIsOfWhatTheyMoved) {
  const Json result = run_energy(loads + "energy: {}\n");
  const double seconds = result["sim_time_ns"].get<double>() * 1e-9;
  const Json chip = part(result, "scale_up_switch");
  EXPECT_DOUBLE_EQ(chip["units"].get<double>(), 3 * 400.0 / 28800);
  const double core = 3e-12 * (0.6 * 3 * 400e9 * seconds + 0.4 * chip["bits"].get<double>());
  EXPECT_NEAR(chip["joules"].get<double>() / core, 1, 1e-9);
  // 500 loads of 256 B over the switch, with their requests; each read from memory once.
  EXPECT_EQ(result["energy"]["delivered_bytes"], 500.0 * 256);
  EXPECT_GT(chip["bits"].get<double>(), 500 * 256 * 8);
  EXPECT_EQ(part(result, "hbm3e")["bits"], 500.0 * 256 * 8);
  EXPECT_EQ(part(result, "hbm3e")["pieces"], 3.0);
}

TEST(Energy, SumsByCauseByScaleAndByPart) {
  const Json energy = run_energy(loads + "energy: {gpu_link: copackaged_optics}\n")["energy"];
  const double total = energy["total_j"];
  double parts = 0;
  for (const auto& entry : energy["parts"]) parts += entry["joules"].get<double>();
  EXPECT_NEAR(sum(energy["by_cause"]) / total, 1, 1e-12);
  EXPECT_NEAR(sum(energy["by_scale"]) / total, 1, 1e-12);
  EXPECT_NEAR(parts / total, 1, 1e-12);
  EXPECT_NEAR((energy["idle_j"].get<double>() + energy["with_bits_j"].get<double>()) / total, 1, 1e-12);
  EXPECT_NEAR(energy["pj_per_delivered_bit"].get<double>(), total / (500 * 256 * 8) * 1e12, 1e-3);
}

TEST(Energy, OfSitesIsOfNicsGatewaysAndWaves) {
  const Json result = run_energy(campuses + "energy: {}\n");
  const double seconds = result["sim_time_ns"].get<double>() * 1e-9;
  // Direct all-reduce of 4: each GPU sends two of its four quarters across, and then its own reduced one to both there.
  const double crossing = 4 * 4 * 65536.0;
  // Adapters of 400 Gb/s, half of an 800G one each; all send as much as they receive.
  const Json nic = part(result, "nic");
  EXPECT_EQ(nic["pieces"], 4.0);
  EXPECT_DOUBLE_EQ(nic["units"].get<double>(), 4 * 0.5);
  EXPECT_DOUBLE_EQ(nic["bits"].get<double>(), 8 * crossing);
  EXPECT_NEAR(nic["joules"].get<double>(), 25 * (0.7 * 2 * seconds + 0.3 * nic["bits"].get<double>() / 800e9), 1e-9);
  // A gateway forwards what goes to its waves, headers and acknowledgements included, and what comes from them.
  double on_waves = 0, to_sites = 0;
  for (const auto& wave : result["wavelengths"]) {
    for (const char* way : {"there", "back"}) on_waves += wave[way]["bytes_sent"].get<double>();
  }
  for (const auto& gateway : result["gateways"]) to_sites += gateway["bytes_to_site"].get<double>();
  EXPECT_EQ(to_sites, crossing);
  EXPECT_GT(on_waves, crossing);
  const Json gateway = part(result, "gateway_switch");
  EXPECT_DOUBLE_EQ(gateway["units"].get<double>(), 2 * (1600 + 2 * 400) / 51200.0);
  EXPECT_DOUBLE_EQ(gateway["bits"].get<double>(), 8 * (on_waves + to_sites));
  // Modules at both ends of both waves; amplifiers behind two spans, an eighth of each a wave.
  const Json module = part(result, "400zr_plus");
  EXPECT_EQ(module["pieces"], 4.0);
  EXPECT_NEAR(module["watts"].get<double>(), 2 * result["wavelengths"][0]["watts"].get<double>(), 1e-9);
  EXPECT_DOUBLE_EQ(module["bits"].get<double>(), 8 * on_waves);
  EXPECT_DOUBLE_EQ(part(result, "line_amplifier")["watts"].get<double>(), 2 * 2 * 60 / 8.0);
  EXPECT_DOUBLE_EQ(part(result, "dark_fibre")["capital"].get<double>(), 2 * 160'000 * 2 / 8.0);
  // Nothing stays on the chip: each chunk is written to memory and read, at both ends.
  double through_memory = 0;
  for (const auto& entry : result["energy"]["parts"]) {
    if (entry["name"] == "hbm3e" && entry["scale"] == "scale_across") through_memory += entry["bits"].get<double>();
  }
  EXPECT_NEAR(through_memory / (8 * 2 * 2 * crossing), 1, 1e-6);
  EXPECT_GT(result["energy"]["by_scale"]["scale_across"].get<double>(), 0.0);
  EXPECT_GT(result["energy"]["by_scale"]["scale_out"].get<double>(), 0.0);
  EXPECT_NEAR(sum(result["energy"]["by_cause"]) / result["energy"]["total_j"].get<double>(), 1, 1e-12);
  EXPECT_NEAR(sum(result["cost"]["by_scale"]) / result["cost"]["capital"].get<double>(), 1, 1e-12);
}

TEST(Energy, OfSitesWithNetworksCountsTheirSwitchesAndNoGatewayTwice) {
  const Json result =
      run_energy(campuses + "scale_out: {topology: {kind: leaf_spine, leaves: 2, spines: 2}}\nenergy: {}\n");
  // A leaf for each GPU and one for the gateway, two spines: in each of two sites.
  EXPECT_EQ(part(result, "ethernet_switch")["pieces"], 2.0 * (2 + 1 + 2));
  EXPECT_EQ(part(result, "nic")["pieces"], 4.0);
  EXPECT_DOUBLE_EQ(part(result, "nic")["units"].get<double>(), 4 * 0.5);
  EXPECT_EQ(part(result, "gateway_switch")["pieces"], 2.0);
  ASSERT_EQ(result["networks"].size(), 2U);
  EXPECT_EQ(result["networks"][0]["port_groups"][0]["name"], "nic->leaf");
  EXPECT_GT(result["networks"][0]["port_groups"][0]["utilisation"]["max"].get<double>(), 0.0);
}

TEST(Energy, OfOneSiteHasNoGateway) {
  const std::string alone = campuses.substr(0, campuses.find("sites:")) +
                            "scale_out: {topology: {kind: leaf_spine, leaves: 2, spines: 2}}\n" +
                            campuses.substr(campuses.find("workload:")) + "energy: {}\n";
  const Json result = run_energy(alone);
  EXPECT_EQ(part(result, "gateway_switch"), Json());
  EXPECT_EQ(result["energy"]["by_scale"]["scale_across"], 0.0);
  // What crossed the network is delivered as much as what crossed the switches.
  double by_flits = 0;
  by_flits = result["energy"]["delivered_bytes"].get<double>() - result["schedule"]["carried_bytes"].get<double>();
  EXPECT_GT(by_flits, 0.0);
}

TEST(Energy, OfWavesByThemselvesIsOfModulesAmplifiersAndFibre) {
  const Json result = run_energy(R"(
scenario: waves
long_haul:
  duration: 20ms
  wavelengths:
    - name: east
      transponder: 400zr_plus
      length: 160km
      neighbours: 8
      spare: {length: 240km, neighbours: 8}
      recovery: {kind: one_plus_one}
      flows: [{name: bulk, transport: {kind: selective_repeat}, message: 1MiB, outstanding: 64}]
energy: {}
)");
  const double seconds = result["sim_time_ns"].get<double>() * 1e-9;
  const Json module = part(result, "400zr_plus");
  EXPECT_EQ(module["pieces"], 2.0);
  EXPECT_NEAR(module["watts"].get<double>(), result["wavelengths"][0]["watts"].get<double>(), 1e-9);
  // Both cables: two and three spans, an eighth of each amplifier.
  EXPECT_DOUBLE_EQ(part(result, "line_amplifier")["watts"].get<double>(), 5 * 60 / 8.0);
  EXPECT_DOUBLE_EQ(part(result, "dark_fibre")["capital"].get<double>(), 400'000 * 2 / 8.0);
  const Json energy = result["energy"];
  EXPECT_NEAR(energy["mean_power_w"].get<double>(),
              module["watts"].get<double>() + part(result, "line_amplifier")["watts"].get<double>(), 1e-9);
  const double delivered = result["flows"][0]["messages"]["completed"].get<double>() * 1048576;
  EXPECT_EQ(energy["delivered_bytes"].get<double>(), delivered);
  EXPECT_NEAR(energy["pj_per_delivered_bit"].get<double>() / (energy["total_j"].get<double>() / (8 * delivered) * 1e12),
              1, 1e-12);
  EXPECT_NEAR(energy["by_scale"]["scale_across"].get<double>() / (energy["mean_power_w"].get<double>() * seconds), 1,
              1e-12);
}

TEST(Energy, ChangesNothingOfTheRun) {
  const Json without = run_energy(loads);
  EXPECT_FALSE(without.contains("energy"));
  EXPECT_EQ(without["digest"], run_energy(loads + "energy: {}\n")["digest"]);
}

TEST(Energy, RunsTheSameFromItsEffectiveConfiguration) {
  auto document = Document::from_text(loads + "energy: {links: {\"gpu1.*\": active_copper}, lifetime: 3years}\n", "t");
  const ScenarioSpec spec = read_scenario(document);
  auto again = Document::from_text(document.effective_yaml(), "effective");
  const ScenarioSpec same = read_scenario(again);
  ASSERT_EQ(spec.energy->links.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(spec.energy->links[i]->name, same.energy->links[i]->name);
  EXPECT_EQ(same.energy->links[1]->name, "active_copper");
  EXPECT_EQ(same.energy->links[0]->name, "copper");
  EXPECT_EQ(same.energy->terms.lifetime_years, 3);
}

TEST(RetryReach, IsThatOfWindowAndTimer) {
  const auto over = [](const std::string& length, const std::string& more) {
    return energy_error("scenario: t\nprotocol: " + more +
                        "\ntopology: {kind: single_switch, gpus: 2, gpu_link: {length: " + length +
                        ", medium: fibre}}\n");
  };
  EXPECT_EQ(over("30m", "nvlink5"), "nothing wrong");
  EXPECT_EQ(over("200m", "{base: nvlink5, link_layer: {retry: {mode: none}}}"), "nothing wrong");
  const std::string refused = over("200m", "nvlink5");
  EXPECT_THAT(refused, AllOf(HasSubstr("t:3:11:"), HasSubstr("window of 64 frames"), HasSubstr("0.8192 us"),
                             HasSubstr("2 us"), HasSubstr("mode: none"), HasSubstr("insist")));
  // What it says would work does; one frame of reach less in the timer does not.
  EXPECT_EQ(over("200m", "{base: nvlink5, link_layer: {retry: {window: 176frames, numbers: 352, replay_timer: 4us}}}"),
            "nothing wrong");
  EXPECT_THAT(over("200m", "{base: nvlink5, link_layer: {retry: {window: 176frames, numbers: 352}}}"),
              HasSubstr("replay timer ends after 2 us"));
  EXPECT_EQ(energy_error("scenario: t\nprotocol: nvlink5\ntopology: {kind: single_switch, gpus: 2, insist: true, "
                         "gpu_link: {length: 200m, medium: fibre}}\n"),
            "nothing wrong");
}

}  // namespace fs
