// SPDX-License-Identifier: Apache-2.0
// The section `scale_out`: defaults, and what is refused where.
#include "scale_out/read/read_scale_out.hpp"

#include <gtest/gtest.h>

#include <string>

#include "config/document.hpp"

namespace fs {
namespace {

const char* const good = R"(topology: {kind: leaf_spine, nics: 16, leaves: 4, spines: 2}
switch: {latency: 500ns}
nic: {transport: {kind: go_back_n}}
duration: 1ms
traffic:
  - {name: all, pattern: uniform, load: 0.5}
)";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

/// What is said of a section, or nothing where it is taken.
std::string said(const std::string& text) {
  Document document = Document::from_text(text, "net.yaml");
  try {
    const Reader root = document.root();
    const ScaleOutSpec spec = read_scale_out(root, 1);
    read_net_run(root, spec);
    root.finish();
    return "";
  } catch (const ConfigError& problem) {
    return problem.what();
  }
}

TEST(ReadScaleOut, FillsInDefaults) {
  Document document = Document::from_text(good, "net.yaml");
  const ScaleOutSpec spec = read_scale_out(document.root(), 7);
  EXPECT_EQ(spec.seed, 7U);
  EXPECT_EQ(spec.topology.nic_link.rate.value(), 400'000'000'000);
  EXPECT_EQ(spec.topology.nic_link.flight, picoseconds(14'700));
  EXPECT_EQ(spec.topology.leaf_link.latency(), picoseconds(114'700));
  EXPECT_EQ(spec.ethernet.latency, nanoseconds(500));
  EXPECT_EQ(spec.ethernet.mtu, 4096 + 82);
  EXPECT_EQ(spec.ethernet.priorities, 2);
  EXPECT_EQ(spec.nic.transport.kind, TransportSpec::Kind::go_back_n);
  EXPECT_EQ(spec.nic.transport.header, roce_header);
  EXPECT_FALSE(spec.nic.dcqcn);
}

TEST(ReadScaleOut, TakesGpusInPlaceOfNics) {
  const std::string text = replaced(good, "nics: 16, ", "");
  Document document = Document::from_text(text, "net.yaml");
  EXPECT_EQ(read_scale_out(document.root(), 1, 32).topology.nics, 32);
}

TEST(ReadScaleOut, FindsSpinesForAnOversubscription) {
  Document document = Document::from_text(
      "topology: {kind: leaf_spine, nics: 64, leaves: 4, oversubscription: 3, leaf_link: {rate: 800Gbps}}", "net.yaml");
  EXPECT_EQ(read_scale_out(document.root(), 1).topology.spines, 3);  // 16 / (3 x 2), rounded up
}

TEST(ReadScaleOut, SpreadPathsGetATransportThatBearsThem) {
  Document document = Document::from_text(
      replaced(replaced(good, "latency: 500ns", "paths: spray"), "kind: go_back_n", "kind: selective_repeat"),
      "net.yaml");
  EXPECT_EQ(read_scale_out(document.root(), 1).nic.transport.reorder, 32);
}

TEST(ReadScaleOut, SaysWhatIsWrongAndWhere) {
  struct Edit {
    const char* what;
    const char* by;
    const char* where;
    const char* says;
  };
  const Edit edits[] = {
      {"leaves: 4", "leaves: 5", "net.yaml:1:11", "do not divide into 5 leaves"},
      {"spines: 2", "spines: 2, oversubscription: 2", "net.yaml:1:", "not both"},
      {"latency: 500ns", "latency: 500", "net.yaml:2:", "unit"},
      {"latency: 500ns", "ecn: {kmin: 9kB, kmax: 8kB}", "net.yaml:2:", "more than kmin"},
      {"go_back_n", "erasure", "net.yaml:3:", "go_back_n or selective_repeat"},
      {"go_back_n", "hop_retry", "net.yaml:3:", "allowed is go_back_n"},
      {"duration: 1ms", "duration: 1ms\nwarmup: 1ms", "net.yaml:5:", "warmup"},
      {"duration: 1ms", "duration: 1ms\nfailures: [{link: leaf9->spine0, at: 1us}]",
       "net.yaml:5:", "no link is named 'leaf9->spine0'"},
      {"duration: 1ms", "duration: 1ms\nrecovery: {kind: ring}", "net.yaml:5:", "expected rerouting or none"},
      {"duration: 1ms", "duration: 1ms\nfailures: [{switch: spine9, at: 1us}]",
       "net.yaml:5:", "no switch is named 'spine9'"},
      {"duration: 1ms", "duration: 1ms\nfailures: [{switch: spine0, link: leaf0->spine0, at: 1us}]",
       "net.yaml:5:", "of a link or of a switch"},
      {"duration: 1ms", "duration: 1ms\nfailures: [{switch: spine0, at: 1us, repair_after: 100ns}]",
       "net.yaml:5:", "repair_after"},
      {"duration: 1ms", "duration: 1ms\npriorities: 2\nweights: [3]", "net.yaml:6:", "one for each of 2 priorities"},
      {"duration: 1ms", "duration: 1ms\npriorities: 2\nweights: [3, 0]", "net.yaml:6:", "out of range"},
      {"uniform", "incast, target: 3", "net.yaml:6:", "NIC 3 would send to itself"},
      {"uniform", "pairs, sources: 0-3, targets: 4-6", "net.yaml:6:", "a target for each of 4 sources"},
      {"uniform", "pairs, sources: 0-3, targets: 13-16", "net.yaml:6:", "16 does not exist"},
      {"load: 0.5", "load: 0.5, outstanding: 3", "net.yaml:6:", "outstanding"},
      {"load: 0.5", "load: 0.5, priority: 1", "net.yaml:6:", "priority"},
  };
  EXPECT_EQ(said(good), "");
  EXPECT_EQ(said(replaced(good, "duration: 1ms",
                          "duration: 1ms\nfailures: [{link: spine1->leaf0, at: 1us, repair_after: 1ms}]\n"
                          "recovery: {kind: rerouting, detection: 1us, switching: 0ns}")),
            "");
  EXPECT_EQ(said(replaced(good, "duration: 1ms",
                          "duration: 1ms\nflow_control: {kind: credits}\npriorities: 2\nweights: [3, 1]\n"
                          "failures: [{switch: spine1, at: 1us, repair_after: 1ms}]\n")),
            "");
  for (const auto& edit : edits) {
    const std::string text = said(replaced(good, edit.what, edit.by));
    EXPECT_EQ(text.find(edit.where), 0U) << edit.by << ": " << text;
    EXPECT_NE(text.find(edit.says), std::string::npos) << edit.by << ": " << text;
  }
}

}  // namespace
}  // namespace fs
