// SPDX-License-Identifier: Apache-2.0
#include "workload/workload.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"

using namespace fs;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

WorkloadSpec read(const std::string& text, int nodes = 72, Bytes memory = Bytes::max()) {
  auto document = Document::from_text(text, "w.yaml");
  const auto spec = read_workload(document.root(), nodes, memory);
  document.root().finish();
  return spec;
}

/// The error of a text, with its place; empty if there is none.
std::string error_of(const std::string& text, int nodes = 72, Bytes memory = Bytes::max()) {
  try {
    read(text, nodes, memory);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

std::string stream(const std::string& keys) { return "streams: [{name: s, kind: read, " + keys + "}]"; }

}  // namespace

TEST(ReadWorkload, OpenLoopHasDefaults) {
  const auto spec = read("open_loop: {load: 0.5}").open_loop.value();
  EXPECT_EQ(spec.load, 0.5);
  EXPECT_EQ(spec.pattern.kind, PatternKind::uniform);
  EXPECT_TRUE(spec.pattern.self);
  EXPECT_EQ(spec.process.kind, ProcessKind::bernoulli);
  EXPECT_EQ(spec.mean_length(), 1.0);
  EXPECT_EQ(spec.sources.size(), 72U);
}

TEST(ReadWorkload, OpenLoopReadsEveryKey) {
  const auto spec = read(R"(
open_loop:
  load: 0.25
  pattern: hotspot
  hot: [3, 8-9]
  hot_fraction: 0.2
  self: false
  process: bursty
  on_rate: 0.8
  mean_on: 100cycles
  packets: [{flits: 1, weight: 3, class: request}, {flits: 5, class: response}]
  sources: 0-3
)")
                        .open_loop.value();
  EXPECT_THAT(spec.pattern.hot, ElementsAre(NodeId{3}, NodeId{8}, NodeId{9}));
  EXPECT_EQ(spec.pattern.hot_fraction, 0.2);
  EXPECT_FALSE(spec.pattern.self);
  EXPECT_EQ(spec.process.kind, ProcessKind::bursty);
  EXPECT_EQ(spec.process.on_rate, 0.8);
  EXPECT_EQ(spec.process.mean_on, 100.0);
  EXPECT_EQ(spec.mean_length(), 2.0);
  EXPECT_EQ(spec.packets[1].traffic_class, "response");
  EXPECT_THAT(spec.sources, ElementsAre(NodeId{0}, NodeId{1}, NodeId{2}, NodeId{3}));
  EXPECT_EQ(read("open_loop: {load: 1, packets: 9flits}").open_loop->mean_length(), 9.0);
}

TEST(ReadWorkload, StreamsAndAScheduleRunTogether) {
  const auto spec = read(R"(
streams:
  - {name: near, kind: pointer_chase, sources: [0], targets: local, footprint: 1MiB, count: 1000}
  - name: far
    kind: copy
    sources: [0, 3-5]
    targets: [7, 9]
    target_order: random
    window: 32
    access: 256B
    footprint: 4MiB
    region: shared
    offset: 1GiB
    bytes: 1000B
    rate: 50GB/s
    pacing: poisson
    direction: push
    start: 2us
schedule: {collective: all_reduce, algorithm: hierarchical, group: 8, between: direct, size: 64MiB, slices: 2, access: 1KiB}
)");
  ASSERT_EQ(spec.streams.size(), 2U);
  EXPECT_EQ(spec.streams[0].window, 1);
  EXPECT_EQ(spec.streams[0].target_set, TargetSet::local);
  const auto& far = spec.streams[1];
  EXPECT_THAT(far.sources, ElementsAre(NodeId{0}, NodeId{3}, NodeId{4}, NodeId{5}));
  EXPECT_THAT(far.targets, ElementsAre(NodeId{7}, NodeId{9}));
  EXPECT_EQ(far.target_order, TargetOrder::random);
  EXPECT_EQ(std::tuple(far.window, far.access, far.footprint, far.shared),
            std::tuple(32, Bytes(256), Bytes(4 << 20), true));
  EXPECT_EQ(far.count, 4U) << "1000 bytes are four accesses of 256";
  EXPECT_EQ(far.rate, BitsPerSecond(400'000'000'000));
  EXPECT_EQ(far.pacing, Pacing::poisson);
  EXPECT_EQ(far.direction, CopyDirection::push);
  EXPECT_EQ(far.start, microseconds(2));
  EXPECT_EQ(spec.schedule->group, 8);
  EXPECT_EQ(spec.schedule->inside, Algorithm::ring);
  EXPECT_EQ(spec.schedule->between, Algorithm::direct);
  EXPECT_EQ(spec.schedule->size, Bytes(64 << 20));
  EXPECT_EQ(spec.schedule->gpus.size(), 72U);
}

TEST(ReadWorkload, WhatTookEffectReadsBackTheSame) {
  for (const std::string text : {"open_loop: {load: 0.5, pattern: tornado, process: bursty}",
                                 "streams: [{name: a, kind: atomic}, {name: b, kind: random, rate: 1GB/s}]",
                                 "schedule: {collective: all_to_all, size: 1MiB}"}) {
    auto document = Document::from_text(text, "w.yaml");
    read_workload(document.root(), 72);
    const auto effective = document.effective_yaml();
    auto again = Document::from_text(effective, "effective.yaml");
    read_workload(again.root(), 72);
    again.root().finish();
    EXPECT_EQ(again.effective_yaml(), effective);
    EXPECT_GT(effective.size(), text.size()) << "defaults are written out";
  }
}

TEST(ReadWorkload, PlacesErrorsAtTheKey) {
  EXPECT_THAT(error_of("open_loop:\n  load: 0.5\n  pattern: spiral\n"), HasSubstr("w.yaml:3:12: "));
  EXPECT_THAT(error_of("open_loop:\n  load: 0.5\n  pattern: spiral\n"),
              HasSubstr("uniform, permutation, transpose, bit_complement, tornado, hotspot, neighbour, fixed"));
  EXPECT_THAT(error_of("open_loop: {load: 0.5, pattern: transpose}"), HasSubstr("w.yaml:1:33: "));
  EXPECT_THAT(error_of("open_loop: {load: 0.5, pattern: transpose}"), HasSubstr("square"));
  EXPECT_THAT(error_of("open_loop: {load: 0.5, pattern: bit_complement}"), HasSubstr("power of two"));
  EXPECT_THAT(error_of(stream("\n targets: [7, 80]")), HasSubstr("w.yaml:2:15: "));
  EXPECT_THAT(error_of(stream("\n targets: [7, 80]")), HasSubstr("GPU 80 does not exist: expected 0 to 71"));
}

TEST(ReadWorkload, RefusesWhatOpenLoopCannotBe) {
  EXPECT_THAT(error_of("open_loop: {load: 0}"), HasSubstr("load"));
  EXPECT_THAT(error_of("open_loop: {load: 1.5}"), HasSubstr("load"));
  EXPECT_THAT(error_of("open_loop: {}"), HasSubstr("load"));
  EXPECT_THAT(error_of("open_loop: {load: .5, hot: [1]}"), HasSubstr("hot")) << "uniform has no hot GPUs";
  EXPECT_THAT(error_of("open_loop: {load: .5, pattern: hotspot, hot: [1]}"), HasSubstr("hot_fraction"));
  EXPECT_THAT(error_of("open_loop: {load: .5, pattern: tornado, dims: [8, 8]}"), HasSubstr("product"));
  EXPECT_THAT(error_of("open_loop: {load: .5, pattern: fixed, destinations: [1, 2]}"), HasSubstr("72"));
  EXPECT_THAT(error_of("open_loop: {load: .5, self: false}", 1), HasSubstr("nobody else"));
  EXPECT_THAT(error_of("open_loop: {load: .5, process: bursty, on_rate: 0.4}"), HasSubstr("on_rate"));
  EXPECT_THAT(error_of("open_loop: {load: .9, process: bursty, mean_on: 2cycles}"), HasSubstr("too short"));
  EXPECT_THAT(error_of("open_loop: {load: .5, packets: []}"), HasSubstr("1 to 16"));
  EXPECT_THAT(error_of("open_loop: {load: .5, packets: [{flits: 0}]}"), HasSubstr("flits"));
  EXPECT_THAT(error_of("open_loop: {load: .5, sources: []}"), HasSubstr("at least one"));
  EXPECT_THAT(error_of("open_loop: {load: .5}\nstreams: []"), HasSubstr("w.yaml:2:10: "));
}

TEST(ReadWorkload, RefusesWhatStreamsCannotBe) {
  EXPECT_THAT(error_of("streams: []"), HasSubstr("at least one"));
  EXPECT_THAT(error_of("{}"), HasSubstr("expected open_loop, streams or schedule"));
  EXPECT_THAT(error_of("streams: [{kind: read}]"), HasSubstr("name"));
  EXPECT_THAT(error_of("streams: [{name: a, kind: read}, {name: a, kind: read}]"), HasSubstr("already"));
  EXPECT_THAT(error_of("streams: [{name: a, kind: pointer_chase, window: 2}]"), HasSubstr("one load outstanding"));
  EXPECT_THAT(error_of("streams: [{name: a, kind: atomic, access: 12B}]"), HasSubstr("4, 8 or 16"));
  EXPECT_THAT(error_of(stream("targets: []")), HasSubstr("at least one"));
  EXPECT_THAT(error_of(stream("targets: everyone")), HasSubstr("others, all, local, next"));
  EXPECT_THAT(error_of(stream("targets: [0, 1, 0]")), HasSubstr("twice"));
  EXPECT_THAT(error_of(stream("targets: 7-3")), HasSubstr("backwards"));
  EXPECT_THAT(error_of(stream("targets: [-1]")), HasSubstr("not a set of GPUs"));
  EXPECT_THAT(error_of(stream("targets: others"), 1), HasSubstr("no others"));
  EXPECT_THAT(error_of(stream("window: 0")), HasSubstr("window"));
  EXPECT_THAT(error_of(stream("count: 5, bytes: 5B")), HasSubstr("one of them"));
  EXPECT_THAT(error_of(stream("pacing: poisson")), HasSubstr("needs a rate"));
  EXPECT_THAT(error_of(stream("rate: 50")), HasSubstr("rate"));
  EXPECT_THAT(error_of(stream("rate: 1000bps")), HasSubstr("one access a second"));
  EXPECT_THAT(error_of(stream("start: 3h")), HasSubstr("start"));
  EXPECT_THAT(error_of(stream("footprint: 64B")), HasSubstr("smaller than one access"));
  EXPECT_THAT(error_of(stream("read_share: 0.5")), HasSubstr("read_share")) << "a key of random only";
  EXPECT_THAT(error_of(stream("footprint: 2GiB"), 72, Bytes(80'000'000'000)), HasSubstr("region: shared"));
  EXPECT_EQ(error_of(stream("footprint: 2GiB, region: shared"), 72, Bytes(80'000'000'000)), "");
}

TEST(ReadWorkload, RefusesWhatSchedulesCannotBe) {
  EXPECT_THAT(error_of("schedule: {collective: all_reduce}"), HasSubstr("size"));
  EXPECT_THAT(error_of("schedule: {collective: broadcast, size: 1MB}"), HasSubstr("all_to_all, all_reduce"));
  EXPECT_THAT(error_of("schedule: {collective: all_to_all, algorithm: ring, size: 1MB}"), HasSubstr("direct only"));
  EXPECT_THAT(error_of("schedule: {collective: all_reduce, algorithm: hierarchical, group: 7, size: 1MB}"),
              HasSubstr("divide"));
  EXPECT_THAT(error_of("schedule: {collective: all_reduce, gpus: [4], size: 1MB}"), HasSubstr("two GPUs"));
  EXPECT_THAT(error_of("schedule: {collective: all_reduce, size: 0B}"), HasSubstr("size"));
  EXPECT_THAT(error_of("schedule: {collective: all_reduce, slices: 1024, size: 1TB}", 1000), HasSubstr("messages"));
  EXPECT_THAT(error_of("schedule: {collective: all_reduce, size: 2MB}", 72, Bytes(3'000'000)), HasSubstr("memory"));
  EXPECT_THAT(error_of("streams: [{name: x, kind: read}]\nschedule: {collective: all_reduce, name: x, size: 2MB}"),
              HasSubstr("already"));
}
