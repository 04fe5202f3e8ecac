// SPDX-License-Identifier: Apache-2.0
// The profiles in scenarios/protocols/ say what their sources say.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "config/document.hpp"
#include "flit/profile/profile_config.hpp"
#include "flit/profile/wire_cost.hpp"
#include "support/project.hpp"

using namespace fs;

namespace {

Profile load(const std::string& name) {
  auto document = Document::from_file(fs::project_file("scenarios/protocols/") + name + ".yaml");
  const auto root = document.root();
  auto profile = read_profile(root);
  root.finish();
  check_core_rate(profile, false, root.node("core_clock"));
  return profile;
}

std::int64_t payload_gigabytes(const Profile& profile) {
  EXPECT_EQ(profile.payload_rate_numerator() % profile.payload_rate_denominator(), 0);
  return profile.payload_rate_numerator() / profile.payload_rate_denominator() / 8 / 1'000'000'000;
}

}  // namespace

class ShippedProfile : public testing::TestWithParam<const char*> {};

TEST_P(ShippedProfile, IsReadWithoutComplaintAndKeepsUpWithItsLink) { EXPECT_FALSE(load(GetParam()).name.empty()); }

TEST_P(ShippedProfile, IsTheSameWhenItsEffectiveTextIsReadAgain) {
  auto first = Document::from_file(fs::project_file("scenarios/protocols/") + GetParam() + ".yaml");
  read_profile(first.root());
  auto second = Document::from_text(first.effective_yaml(), "effective");
  read_profile(second.root());
  second.root().finish();
  EXPECT_EQ(first.effective_yaml(), second.effective_yaml());
}

INSTANTIATE_TEST_SUITE_P(Profiles, ShippedProfile,
                         testing::Values("nvlink2", "nvlink4", "nvlink5", "ualink200", "esun", "sue", "arq_ideal",
                                         "generic"));

TEST(ShippedProfiles, HaveThePublishedPayloadRates) {
  EXPECT_EQ(payload_gigabytes(load("nvlink2")), 25);
  EXPECT_EQ(payload_gigabytes(load("nvlink4")), 25);
  EXPECT_EQ(payload_gigabytes(load("nvlink5")), 50);
  EXPECT_EQ(payload_gigabytes(load("ualink200")), 100);
  EXPECT_EQ(payload_gigabytes(load("esun")), 50);
  EXPECT_EQ(payload_gigabytes(load("sue")), 50);
}

// A DL flit of 640 bytes is one codeword of RS(544,514), 680 bytes on the line, and carries 628.
TEST(ShippedProfiles, OfUalinkHasThePublishedDlFlit) {
  const auto profile = load("ualink200");
  EXPECT_EQ(profile.frame.payload + profile.frame.overhead, profile.fec.codeword_payload);
  EXPECT_DOUBLE_EQ(frame_share(profile), 628.0 / 640.0);
  EXPECT_NEAR(frame_share(profile) * static_cast<double>(profile.lanes.code_numerator) /
                  static_cast<double>(profile.lanes.code_denominator),
              628.0 / 680.0, 1e-12);
  // 256 frames in flight at full rate: 1.64 us.
  const double frame_ns = 640.0 / 100.0;
  EXPECT_NEAR(static_cast<double>(profile.retry.window) * frame_ns, 1638.4, 1e-9);
  EXPECT_EQ(profile.retry.numbers, 511);
}

// RS(544,514) with 256b/257b: raw over payload is 1.0625 exactly.
TEST(ShippedProfiles, HaveTheRatioOfLineToPayloadOfRs544) {
  for (const auto* name : {"nvlink4", "nvlink5"}) {
    const auto profile = load(name);
    EXPECT_EQ(profile.lanes.code_numerator * 17, profile.lanes.code_denominator * 16) << name;
    EXPECT_EQ(profile.fec.codeword_payload, Bytes(640)) << name;
  }
}

TEST(ShippedProfiles, OfNvlinkHaveThePublishedEfficiency) {
  for (const auto* name : {"nvlink2", "nvlink4", "nvlink5"}) {
    const auto profile = load(name);
    const auto write = write_cost(profile, Bytes(256));
    const auto read = read_cost(profile, Bytes(64));
    EXPECT_NEAR(one_way_efficiency(profile, Bytes(256), write), 0.9412, 5e-5) << name;
    EXPECT_NEAR(two_way_efficiency(profile, Bytes(256), write), 0.8889, 5e-5) << name;
    EXPECT_NEAR(one_way_efficiency(profile, Bytes(64), read), 0.8, 1e-12) << name;
    EXPECT_NEAR(two_way_efficiency(profile, Bytes(64), read), 0.6667, 5e-5) << name;
  }
}

/// A row of docs/protocols.md as the code computes it.
std::string efficiency_row(const std::string& name, int bytes) {
  const auto profile = load(name);
  const Bytes payload(bytes);
  const auto write = write_cost(profile, payload);
  const auto read = read_cost(profile, payload);
  char row[160];
  std::snprintf(row, sizeof row, "| %s | %d B | %.2f %% | %.2f %% | %.2f %% | %.2f %% |", name.c_str(), bytes,
                100 * one_way_efficiency(profile, payload, write), 100 * two_way_efficiency(profile, payload, write),
                100 * one_way_efficiency(profile, payload, read), 100 * two_way_efficiency(profile, payload, read));
  return row;
}

TEST(ShippedProfiles, HaveTheEfficienciesThatTheDocumentationLists) {
  std::ifstream file(fs::project_file("docs/protocols.md"));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const auto* name : {"nvlink2", "nvlink4", "nvlink5", "generic"}) {
    for (const int bytes : {64, 128, 256}) EXPECT_NE(page.find(efficiency_row(name, bytes)), std::string::npos) << name;
  }
}

TEST(ShippedProfiles, OfNvlinkHaveTwoRequestAndTwoResponseVcs) {
  for (const auto* name : {"nvlink2", "nvlink4", "nvlink5"}) {
    const auto profile = load(name);
    ASSERT_EQ(profile.classes.size(), 2U);
    EXPECT_EQ(profile.classes[0].vcs, 2);
    EXPECT_EQ(profile.classes[1].vcs, 2);
  }
}

TEST(GenericProfile, MovesExactlyOneFlitACycle) {
  const auto profile = load("generic");
  const ByteClock wire(profile.payload_rate_numerator(), profile.payload_rate_denominator());
  EXPECT_EQ(wire.end_of(profile.flit.value()), profile.core_clock.period());
  EXPECT_EQ(profile.frame.kind, FrameKind::none);
  EXPECT_EQ(profile.fec.codeword_payload, Bytes(0));
  EXPECT_EQ(profile.credits.message, Bytes(0));
}
