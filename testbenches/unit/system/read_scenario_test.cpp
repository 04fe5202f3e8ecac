// SPDX-License-Identifier: Apache-2.0
// Scenarios that are refused, and protocols named, refined and set key by key. Nothing is run.
#include "system/scenario/read_scenario.hpp"

#include <gtest/gtest.h>

#include <string>

#include "system/scenario/files/protocol_file.hpp"

namespace fs {
namespace {

const std::string rest = "topology: {kind: single_switch, gpus: 3}\n";

/// The error of reading a scenario with this text above `rest`, or "nothing wrong".
std::string error_of(const std::string& text) {
  try {
    auto document = Document::from_text("scenario: t\n" + text + rest, "t");
    read_scenario(document);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "nothing wrong";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Document scenario_of(const std::string& protocol) {
  return Document::from_text("scenario: t\nprotocol: " + protocol + "\n" + rest, "t");
}

TEST(ScenarioProtocol, IsTheSameNamedOrRefinedByNothing) {
  auto named = scenario_of("nvlink4");
  auto refined = scenario_of("{base: nvlink4}");
  read_scenario(named);
  read_scenario(refined);
  EXPECT_EQ(named.effective_yaml(), refined.effective_yaml());
}

TEST(ScenarioProtocol, CanBeSetKeyByKeyOnceItIsOpen) {
  auto document = scenario_of("nvlink4");
  EXPECT_THROW(document.clone().set("protocol.lanes.count", "3"), ConfigError);
  open_protocol(document);
  document.set("protocol.lanes.count", "3");
  EXPECT_EQ(read_scenario(document).fabric.profile.lanes.count, 3);
}

TEST(ScenarioProtocol, BlamesTheNameOfAProtocolThatIsNowhere) {
  auto document = scenario_of("nvlink99");
  open_protocol(document);
  try {
    read_scenario(document);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(std::string(error.what()).substr(0, 42), "t:2:11: protocol.base: no protocol 'nvlink");
  }
}

TEST(Scenario, SaysWhereASwitchIsAskedForThatCannotBeBuilt) {
  const std::string work = "workload: {open_loop: {load: 0.5, packets: 3flits}}\n";
  EXPECT_EQ(error_of("protocol: generic\nswitch: {switching: wormhole}\n" + work),
            "t:3:21: switch.switching: wormhole with packets of several flits needs queueing vc_fifo (switch sw0)");
  EXPECT_EQ(error_of("protocol: generic\nswitch: {depth: 2flits}\n" + work),
            "t:3:17: switch.depth: a VC with room for 2 flits holds no class's longest packet (3 flits), which this "
            "switching needs (switch sw0)");
  EXPECT_EQ(
      error_of("protocol: {base: generic, classes: [{name: data, vcs: 1, slots: 2flits}]}\n" + work).substr(0, 22),
      "t:2:11: protocol: dept");
  EXPECT_EQ(error_of("protocol: generic\nswitch: {queueing: output, output_speedup: 2}\n" + work),
            "t:3:44: switch.output_speedup: speedup: an output-queued switch needs none (switch sw0)");
}

TEST(Scenario, RefusesPacketFramesThatNoBufferHolds) {
  const std::string protocol =
      "protocol: {base: nvlink2, classes: [{name: data, slots: 10flits}], buffers: {pool: 10flits}}\n";
  const std::string wormhole = "switch: {queueing: vc_fifo, switching: wormhole}\n";
  const auto packets = [](int flits) {
    return "workload: {open_loop: {load: 0.1, packets: " + std::to_string(flits) + "flits}}\n";
  };
  EXPECT_TRUE(mentions(error_of(protocol + wormhole + packets(11)), "of which the longest has 11 flits"));
  EXPECT_EQ(error_of(protocol + wormhole + packets(10)), "nothing wrong");
}

TEST(Scenario, RefusesOrderPerVcWhereSwitchesAllocateVcs) {
  const auto text = [](int vcs, const std::string& allocation) {
    const std::string count = std::to_string(vcs);
    return "protocol: {base: nvlink5, order: destination, classes: [{name: request, vcs: " + count +
           ", slots: 32flits}, {name: response, vcs: " + count +
           ", slots: 32flits}]}\nswitch: {vc_allocation: " + allocation + "}\ngpu: {striping: destination}\n";
  };
  EXPECT_TRUE(mentions(error_of(text(2, "before")), "moves packets of class 'request' from one of its VCs to another"));
  EXPECT_EQ(error_of(text(1, "before")), "nothing wrong");
  EXPECT_EQ(error_of(text(2, "none")), "nothing wrong");
}

}  // namespace
}  // namespace fs
