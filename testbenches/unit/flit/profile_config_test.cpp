// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/profile_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"

using namespace fs;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

const std::string text = R"(name: test
core_clock: 1GHz
flit: 32B
wire_unit: 16B
lanes:
  count: 2
  line_rate: 66Gbps
  code: [64/66, 1/2]
classes:
  - {name: request, vcs: 1, slots: 9flits}
  - {name: response, vcs: 2, slots: 9flits}
)";

Profile read(const std::string& path = "", const std::string& value = "", std::int64_t endpoints = 0) {
  auto document = Document::from_text(text, "p.yaml");
  if (!path.empty()) document.set(path, value);
  auto profile = read_profile(document.root(), endpoints);
  document.root().finish();
  return profile;
}

std::string refusal(const std::string& path, const std::string& value) {
  try {
    read(path, value);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

std::string core_rate(const std::string& flit, bool core_limited) {
  auto document = Document::from_text(text, "p.yaml");
  document.set("flit", flit);
  document.set("wire_unit", "1B");
  document.set("classes", "[{name: data, slots: 1000flits}]");
  const auto root = document.root();
  try {
    check_core_rate(read_profile(root), core_limited, root.node("core_clock"));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(ProfileConfig, ReadsRatesAndClasses) {
  const auto profile = read();
  EXPECT_EQ(profile.payload_rate_numerator() / profile.payload_rate_denominator(), 64'000'000'000);
  EXPECT_EQ(profile.lanes.code_numerator, 16);
  EXPECT_EQ(profile.lanes.code_denominator, 33);
  EXPECT_EQ(profile.vc_count(), 3);
  EXPECT_EQ(profile.classes[1].reserve, 9);
  EXPECT_FALSE(profile.shared_pool);
  EXPECT_EQ(profile.frame.kind, FrameKind::none);
}

TEST(ProfileConfig, ReadsFramesFecAndCredits) {
  EXPECT_EQ(read("frame", "{kind: fixed, payload: 640B, overhead: 12B}").frame.overhead, Bytes(12));
  EXPECT_EQ(read("fec", "{codeword_payload: 640B, interleave: 2, decode_latency: 40ns}").fec.interleave, 2);
  const auto credits = read("credits", "{return: messages, message: 16B, coalesce: 4, max_wait: 9cycles}").credits;
  EXPECT_EQ(credits.message, Bytes(16));
  EXPECT_EQ(credits.max_wait, Cycles(9));
  EXPECT_EQ(read("credits", "{delay: 3cycles}").credits.side_band_delay, Cycles(3));
}

TEST(ProfileConfig, RefusesUnitsThatDoNotFit) {
  EXPECT_THAT(refusal("wire_unit", "12B"), HasSubstr("wire_unit"));
  EXPECT_THAT(refusal("fec", "{codeword_payload: 514B}"), HasSubstr("codeword_payload"));
  EXPECT_THAT(refusal("frame", "{kind: fixed, payload: 100B}"), HasSubstr("frame.payload"));
  EXPECT_THAT(refusal("credits", "{return: messages, message: 8B}"), HasSubstr("credits.message"));
  EXPECT_THAT(refusal("packets", "{max_payload: 192B}"), HasSubstr("power of two"));
}

TEST(ProfileConfig, RefusesKeysThatWouldDoNothing) {
  EXPECT_THAT(refusal("credits", "{return: side_band, coalesce: 4}"), HasSubstr("coalesce"));
  EXPECT_THAT(refusal("frame", "{kind: flit, payload: 64B}"), HasSubstr("payload"));
  EXPECT_THAT(refusal("buffers", "{kind: private, pool: 9flits}"), HasSubstr("pool"));
}

TEST(ProfileConfig, RefusesCodeRatesThatAreNone) {
  for (const auto* code : {"[66/64]", "[0/2]", "[1]", "[a/b]", "[1/2/3]", "[999983/999999, 7/11]"}) {
    EXPECT_THAT(refusal("lanes.code", code), HasSubstr("lanes.code[")) << code;
  }
}

TEST(ProfileConfig, RefusesBuffersBelowTheLongestPacket) {
  // 16 B header, 16 B byte enables and 256 B of data are 9 flits of 32 B; a response is 272 B, also 9.
  EXPECT_THAT(refusal("classes[0].slots", "8flits"), AllOf(HasSubstr("slots"), HasSubstr("9 flits")));
  EXPECT_THAT(refusal("buffers", "{kind: shared, pool: 26flits}"), HasSubstr("27 slots"));
  EXPECT_EQ(refusal("buffers", "{kind: shared, pool: 27flits}"), "accepted");
}

TEST(ProfileConfig, RefusesClassesThatClash) {
  EXPECT_THAT(refusal("classes[1].name", "request"), HasSubstr("two classes"));
  EXPECT_THAT(refusal("classes", "[]"), HasSubstr("at least one class"));
  EXPECT_THAT(refusal("classes[0].vcs", "127"), HasSubstr("128 VCs"));
}

TEST(ProfileConfig, TakesAVcPerDestination) {
  const auto profile = read("classes[0].vcs", "per_destination", 72);
  EXPECT_EQ(profile.classes[0].vcs, 72);
  EXPECT_TRUE(profile.classes[0].per_destination);
  EXPECT_FALSE(profile.classes[1].per_destination);
  EXPECT_THAT(refusal("classes[0].vcs", "per_destination"), HasSubstr("1 to 128 GPUs"));
}

TEST(ProfileConfig, PointsAtTheWrongValue) {
  auto document = Document::from_text(text, "p.yaml");
  document.remove("core_clock");
  EXPECT_THROW(read_profile(document.root()), ConfigError);
  EXPECT_THAT(refusal("flit", "32"), StartsWith("--set flit=32:1:1: "));
}

// 64 Gb/s are 8 B a nanosecond.
TEST(ProfileConfig, RefusesACoreSlowerThanItsLinkUnlessToldSo) {
  EXPECT_EQ(core_rate("8B", false), "accepted");
  EXPECT_THAT(core_rate("7B", false), StartsWith("p.yaml:2:13: "));
  EXPECT_EQ(core_rate("7B", true), "accepted");
}
