// SPDX-License-Identifier: Apache-2.0
#include "energy/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"
#include "support/project.hpp"
#include "support/shipped_optics.hpp"

using namespace fs;
using ::testing::AllOf;
using ::testing::HasSubstr;

namespace {

std::string complaint(const std::string& text) {
  try {
    auto document = Document::from_text(text, "parts.yaml");
    PartCatalogue::read(document.root());
    document.root().finish();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

PartCatalogue shipped_parts() {
  auto document = Document::from_file(fs::project_file("scenarios/energy/parts.yaml"));
  auto catalogue = PartCatalogue::read(document.root());
  document.root().finish();
  return catalogue;
}

double watts(const Part& part) {
  double sum = 0;
  for (const auto& draw : part.draws) sum += draw.watts;
  return sum;
}

}  // namespace

TEST(Parts, ShipOneOfEveryKind) {
  const auto parts = shipped_parts();
  for (const char* link : {"copper", "backplane", "dsp_optics", "linear_optics", "copackaged_optics"}) {
    EXPECT_NE(parts.part(link, PartKind::link)->serdes, nullptr) << link;
  }
  EXPECT_EQ(parts.part("scale_up_switch", PartKind::switch_chip)->rate, BitsPerSecond(72 * 400'000'000'000));
  EXPECT_NO_THROW(parts.part("nic", PartKind::nic));
  EXPECT_NO_THROW(parts.part("hbm3e", PartKind::memory));
  EXPECT_NO_THROW(parts.part("line_amplifier", PartKind::amplifier));
  EXPECT_NO_THROW(parts.part("dark_fibre", PartKind::fibre));
}

TEST(Parts, OpticsOfLinksDrawWhatTheOpticsCatalogueSays) {
  const auto parts = shipped_parts();
  const auto& optics = fs::testing::shipped();
  EXPECT_DOUBLE_EQ(watts(*parts.part("dsp_optics", PartKind::link)), optics.mode("800g_dr8").watts);
  EXPECT_DOUBLE_EQ(watts(*parts.part("linear_optics", PartKind::link)), optics.mode("800g_lpo").watts);
  EXPECT_DOUBLE_EQ(watts(*parts.part("copackaged_optics", PartKind::link)), optics.mode("800g_cpo").watts);
  EXPECT_DOUBLE_EQ(parts.part("linear_optics", PartKind::link)->price, 2 * optics.mode("800g_lpo").price);
}

TEST(Parts, PicojoulesABitAreWattsAtFullRate) {
  const PartPtr serdes = shipped_parts().part("serdes_long_reach", PartKind::serdes);
  EXPECT_DOUBLE_EQ(serdes->draws.at(0).watts, 5e-12 * 400e9);
}

TEST(Parts, SayWhereAndWhatIsWrong) {
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: switch, rate: 1Gbps, draws: [{cause: heat, power: 1W, idle: 1}]}"),
              AllOf(HasSubstr("parts.yaml:2:"), HasSubstr("switch_core")));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: nic, rate: 1Gbps}\n  - {name: a, kind: nic, rate: 1Gbps}"),
              AllOf(HasSubstr("parts.yaml:3:"), HasSubstr("twice")));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: link, rate: 1Gbps, serdes: none}"),
              AllOf(HasSubstr("parts.yaml:2:"), HasSubstr("no serdes 'none'")));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: nic, rate: 1Gbps, draws: [{cause: nic, power: 3kW, idle: 1}]}"),
              HasSubstr("W"));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: nic, rate: 1Gbps, reach: 3m}"), HasSubstr("reach"));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: amplifier, draws: [{cause: amplifier, power: 1W, idle: 0.5}]}"),
              HasSubstr("without a rate"));
  EXPECT_THAT(complaint("parts:\n  - {name: a, kind: nic, rate: 1Gbps, draws: [{cause: nic, power: 1W, idle: 2}]}"),
              AllOf(HasSubstr("parts.yaml:2:"), HasSubstr("1")));
}
