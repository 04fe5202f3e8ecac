// SPDX-License-Identifier: Apache-2.0
#include "transport/run/wave_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paths.hpp"

using namespace fs;
using namespace fs::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

std::string complaint(const std::string& text) {
  try {
    auto document = Document::from_text(text, "wave.yaml");
    read_wave(document.root(), shipped(), 1);
    document.root().finish();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

const char* const flow = "flows: [{name: f, transport: {kind: selective_repeat}}]\n";

}  // namespace

TEST(HopRetry, ReachesAsFarAsItsTimer) {
  TransportSpec retry;
  retry.window = 524'288;
  retry.timeout = nanoseconds(65'535);
  const BitsPerSecond rate(400'000'000'000);
  EXPECT_EQ(hop_retry_problem(retry, {nanoseconds(65'000), rate}, nanoseconds(65'000), km(6)), "");
  EXPECT_THAT(
      hop_retry_problem(retry, {nanoseconds(68'600), rate}, nanoseconds(68'600), km(7)),
      AllOf(HasSubstr("65.53 us"), HasSubstr("6.687 km"), HasSubstr("selective_repeat"), HasSubstr("826 packets")));
}

/// What transponders take is not left for fibre: 57.5 us of it, of hollow core the longer way.
TEST(HopRetry, ReachesLessFarBehindTransponders) {
  TransportSpec retry;
  retry.window = 524'288;
  retry.timeout = nanoseconds(65'535);
  const BitsPerSecond rate(400'000'000'000);
  EXPECT_THAT(hop_retry_problem(retry, {nanoseconds(106'000), rate}, nanoseconds(98'000), km(10)),
              AllOf(HasSubstr("(8 of them in transponders)"), HasSubstr("reaches 5.871 km of this fibre")));
  EXPECT_THAT(hop_retry_problem(retry, {nanoseconds(75'000), rate}, nanoseconds(67'000), km(10)),
              HasSubstr("reaches 8.587 km of this fibre"));
  EXPECT_THAT(hop_retry_problem(retry, {nanoseconds(79'600), rate}, nanoseconds(9'600), km(1)),
              HasSubstr("reaches over no fibre at all"));
}

/// Refused above what the message says, taken below it.
TEST(WaveConfig, TakesHopRetryAsFarAsItSays) {
  const auto over = [](const char* length) {
    return complaint(std::string("name: w\ntransponder: 400zr\nlength: ") + length +
                     "\nflows: [{name: f, transport: {kind: hop_retry}}]\n");
  };
  EXPECT_THAT(over("10km"), HasSubstr("reaches 5.874 km"));
  EXPECT_THAT(over("5.88km"), HasSubstr("reaches 5.874 km"));
  EXPECT_EQ(over("5.87km"), "");
}

TEST(HopRetry, ReachesAsFarAsItsWindow) {
  TransportSpec retry;
  retry.window = 115;  // frames, the sample profile for 5 m at 400 Gb/s
  retry.timeout = nanoseconds(65'535);
  EXPECT_THAT(
      hop_retry_problem(retry, {nanoseconds(50'000), BitsPerSecond(400'000'000'000)}, nanoseconds(50'000), km(5)),
      AllOf(HasSubstr("window is 115 frames"), HasSubstr("would work")));
}

TEST(WaveConfig, RefusesHopRetryOverAHundredKilometres) {
  EXPECT_THAT(complaint("name: w\ntransponder: 400zr\nlength: 100km\nspan: 100km\n"
                        "flows: [{name: f, transport: {kind: hop_retry}}]\n"),
              AllOf(HasSubstr("wave.yaml:5:"), HasSubstr("timer ends after"), HasSubstr("would work")));
  EXPECT_EQ(
      complaint("name: w\ntransponder: 800g_dr8\nlength: 300m\nflows: [{name: f, transport: {kind: hop_retry}}]\n"),
      "");
}

TEST(WaveConfig, RefusesATransponderThatDoesNotWorkAndNamesThoseThatDo) {
  EXPECT_THAT(complaint(std::string("name: w\ntransponder: 400zr\nlength: 300km\n") + flow),
              AllOf(HasSubstr("wave.yaml:2:"), HasSubstr("chromatic dispersion"), HasSubstr("400zr_plus")));
  EXPECT_THAT(complaint(std::string("name: w\ntransponder: 800g_lr4\nlength: 10km\n") + flow),
              AllOf(HasSubstr("dispersion"), HasSubstr("400g_lr4")));
  EXPECT_EQ(complaint(std::string("name: w\ntransponder: 400zr\nlength: 300km\ninsist: true\n") + flow), "");
}

// 60 and 100 km with a node between: each amplifier by OSNR = 57.954 + P_in - NF, the node by its own.
TEST(WaveConfig, TakesALinePieceByPiece) {
  auto document =
      Document::from_text(std::string("name: w\ntransponder: 400zr_plus\nneighbours: 1\nline:\n  - {span: 60km}\n"
                                      "  - {node: {osnr: 33dB}}\n  - {span: 100km, fibre: hollow_core}\n") +
                              flow,
                          "wave.yaml");
  const WaveSpec wave = read_wave(document.root(), shipped(), 1);
  document.root().finish();
  const auto& there = *wave.forward.line;
  EXPECT_EQ(there.totals().length, km(160));
  EXPECT_EQ(there.delay(), wave.back.line->delay());
  EXPECT_NEAR(to_nanoseconds(there.delay()), 60 * 4897.3 + 100 * 3345.6, 100);
  EXPECT_EQ(there.line().elements.size(), 6U);
  EXPECT_TRUE(std::holds_alternative<FibreSpan>(wave.back.line->line().elements[0]));
  EXPECT_EQ(std::get<FibreSpan>(wave.back.line->line().elements[0]).fibre.name, "hollow_core");
  EXPECT_TRUE(std::holds_alternative<AddDrop>(wave.back.line->line().elements[2]));
}

TEST(WaveConfig, DampsWhatFlapsWhereItIsAskedTo) {
  const std::string start =
      "name: w\ntransponder: 400zr_plus\nlength: 80km\nspare: {length: 90km}\nrecovery: {kind: ring, ";
  auto document = Document::from_text(start + "damping: {half_life: 2s}}\n" + flow, "wave.yaml");
  const WaveSpec wave = read_wave(document.root(), shipped(), 1);
  document.root().finish();
  ASSERT_TRUE(wave.forward.recovery.damping.has_value());
  EXPECT_EQ(wave.back.recovery.damping->half_life, one_second() * 2);
  EXPECT_EQ(wave.back.recovery.damping->suppress, 1600);
  EXPECT_THAT(complaint(start + "damping: {reuse: 1700}}\n" + flow),
              AllOf(HasSubstr("wave.yaml:5:"), HasSubstr("suppress")));
}

TEST(WaveConfig, RefusesLinesThatAreNone) {
  const std::string start = "name: w\ntransponder: 400zr_plus\n";
  EXPECT_THAT(complaint(start + "length: 80km\nline: [{span: 80km}]\n" + flow), HasSubstr("not both"));
  EXPECT_THAT(complaint(start + "line: [{node: {output: -20dBm}}]\n" + flow),
              AllOf(HasSubstr("wave.yaml:3:"), HasSubstr("at least one span")));
  EXPECT_THAT(complaint(std::string("name: w\ntransponder: 800g_dr8\nline: [{span: 1km}]\n") + flow),
              HasSubstr("plain fibre"));
}

TEST(WaveConfig, SaysWhichNamesThereAre) {
  EXPECT_THAT(complaint(std::string("name: w\ntransponder: 400zx\nlength: 80km\n") + flow),
              HasSubstr("there are 800g_dr8"));
  EXPECT_THAT(
      complaint(
          std::string("name: w\ntransponder: 400zr\nlength: 80km\nevents: [{kind: cut, at: 1ms, place: 90km}]\n") +
          flow),
      HasSubstr("wave.yaml:4:"));
}

TEST(WaveConfig, TheWayBackIsTheSameCable) {
  auto document = Document::from_text(
      std::string("name: w\ntransponder: 400zr_plus\nlength: 200km\nevents: [{kind: cut, at: 5ms, place: 50km}]\n") +
          flow,
      "wave.yaml");
  const WaveSpec wave = read_wave(document.root(), shipped(), 1);
  const auto& there = wave.forward.line->failures();
  const auto& back = wave.back.line->failures();
  ASSERT_EQ(there.size(), 1U);
  ASSERT_EQ(back.size(), 1U);
  const auto passes = [](double kilometres) { return fibre_delay(shipped().fibre("smf"), km(kilometres)); };
  EXPECT_NEAR(to_nanoseconds(there[0].from), to_nanoseconds(ms * 5 - passes(50)), 1);
  EXPECT_NEAR(to_nanoseconds(back[0].from), to_nanoseconds(ms * 5 - passes(150)), 1);
}
