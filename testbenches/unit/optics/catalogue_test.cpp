// SPDX-License-Identifier: Apache-2.0
#include "optics/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/shipped_optics.hpp"

using namespace fs;
using ::testing::HasSubstr;

namespace {

std::string complaint(const std::string& text) {
  try {
    auto document = Document::from_text(text, "optics.yaml");
    read_optics_catalogue(document.root());
    document.root().finish();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

const char* const lists = "amplifiers: []\ncodes: []\ntransponders: []\n";
const char* const fibre_start = "fibres:\n  - {name: a, group_index: 1.4, pmd: 0ps/sqrt(km), nonlinearity: 1/W/km, ";

}  // namespace

TEST(Catalogue, ShipsWhatTheReferenceNames) {
  for (const char* name : {"800g_dr8", "400g_fr4", "400g_lr4", "400zr", "400zr_plus", "800zr", "1600g_coherent_lite",
                           "800g_lpo", "800g_cpo"}) {
    EXPECT_EQ(fs::testing::shipped().mode(name).name, name);
  }
}

TEST(Catalogue, SaysWhereAndWhatIsWrong) {
  EXPECT_THAT(complaint(std::string(fibre_start) + "c_band: {attenuation: 0.2dB, dispersion: 17ps/nm/km}}\n" + lists),
              AllOf(HasSubstr("optics.yaml:2:"), HasSubstr("dB/km")));
  EXPECT_THAT(complaint(std::string(fibre_start) + "c_band: {attenuation: 20dB/km, dispersion: 17ps/nm/km}}\n" + lists),
              HasSubstr("0.001dB/km to 10dB/km"));
  EXPECT_THAT(
      complaint("fibres: []\namplifiers:\n  - {name: x, max_output: 20dBm, noise: []}\ncodes: []\ntransponders: []\n"),
      HasSubstr("at least one point"));
}

TEST(Catalogue, RefusesNamesGivenTwiceAndCodesNobodyKnows) {
  EXPECT_THAT(complaint("fibres: []\namplifiers: []\ncodes:\n  - {name: n, kind: none}\n  - {name: n, kind: none}\n"
                        "transponders: []\n"),
              AllOf(HasSubstr("optics.yaml:5:"), HasSubstr("twice")));
  EXPECT_THAT(
      complaint(
          "fibres: []\namplifiers: []\ncodes:\n  - {name: n, kind: none}\ntransponders:\n  - {name: t, fec: m}\n"),
      AllOf(HasSubstr("no code 'm'"), HasSubstr("there are n")));
}
