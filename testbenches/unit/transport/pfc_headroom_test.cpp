// SPDX-License-Identifier: Apache-2.0
// Headroom: shipped tables by a fit of half of them, and what a simulated port really needs.
#include "transport/gateway/pfc_headroom.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "paths.hpp"
#include "support/project.hpp"
#include "transport/run/flow_run.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

struct Shipped {
  std::string platform;
  double gbps, metres, graded_as, bytes;
  bool fitted;
};

std::vector<Shipped> shipped_rows() {
  std::vector<Shipped> rows;
  for (const auto& row : read_csv(fs::project_file("testbenches/reference/transport/pfc_headroom.csv"))) {
    rows.push_back({row.text("platform"), row.number("gbps"), row.number("metres"), row.number("class"),
                    row.number("bytes"), row.text("fit") == "1"});
  }
  return rows;
}

/// Fitted on those rows of a platform and rate that are marked for it.
HeadroomFit fit_of(const std::vector<Shipped>& rows, const std::string& platform, double gbps) {
  std::vector<HeadroomRow> given;
  for (const auto& row : rows) {
    if (row.fitted && row.platform == platform && row.gbps == gbps) {
      given.push_back({row.graded_as, row.gbps, row.bytes});
    }
  }
  return fit_headroom(given);
}

}  // namespace

TEST(PfcHeadroom, OfShippedPlatformsFollowsFromHalfOfTheirRows) {
  const auto rows = shipped_rows();
  std::size_t fitted = 0;
  for (const auto& row : rows) {
    fitted += row.fitted ? 1 : 0;
    if (row.platform == "arista7280r4") continue;  // below
    const HeadroomFit fit = fit_of(rows, row.platform, row.gbps);
    EXPECT_GE(fit.slope, 1.0) << row.platform;
    EXPECT_NEAR(fit.at(row.graded_as, row.gbps) / row.bytes, 1.0, 0.01) << row.platform << " " << row.metres;
  }
  EXPECT_LE(2 * fitted, rows.size());
}

// Nothing of the 7280R4 is fitted: its family's fits at 100 and 400G, the offset growing with the rate (pause response
// and what is on its way are times at that rate), give its values for its only class of lengths.
TEST(PfcHeadroom, OfTheSevenTwoEightyFollowsFromItsFamilysRows) {
  const auto rows = shipped_rows();
  const HeadroomFit slow = fit_of(rows, "jericho2", 100);
  const HeadroomFit fast = fit_of(rows, "jericho2", 400);
  EXPECT_NEAR(slow.slope, fast.slope, 0.001);
  for (const auto& row : rows) {
    if (row.platform != "arista7280r4") continue;
    HeadroomFit fit;
    fit.slope = fast.slope;
    fit.offset = slow.offset + (fast.offset - slow.offset) / 300 * (row.gbps - 100);
    EXPECT_NEAR(fit.at(row.graded_as, row.gbps) / row.bytes, 1.0, 0.01) << row.gbps;
  }
}

// The same value at 30 and at 50 m lies on no line: a round trip of 20 m more is 19.6 kB of 244 kB, so that one of the
// two is missed by four percent at least. The row is a profile for 50 m that is used for shorter cables.
TEST(PfcHeadroom, NoOffsetAndSlopeMeetBothRowsOfOneValue) {
  const double value = 244000;
  double best = 1;
  for (double slope = 1; slope < 2; slope += 0.01) {
    const double more = HeadroomFit{0, slope}.at(50, 800) - HeadroomFit{0, slope}.at(30, 800);
    for (double offset = 0; offset < value; offset += 500) {
      const double shorter = HeadroomFit{offset, slope}.at(30, 800);
      best = std::min(best, std::max(std::abs(shorter / value - 1), std::abs((shorter + more) / value - 1)));
    }
  }
  EXPECT_GT(best, 0.039);
}

TEST(PfcHeadroom, FormulaIsMtuAndPropagationInCells) {
  PfcPort port;
  port.small_packet_percent = 0;
  port.mac_phy = 800;
  EXPECT_NEAR(pfc_headroom(port), 9216 + 9216 + 2 * 300 * 4.9 * 50 + 800 + 905 * 64, 1e-6);
  port.small_packet_percent = 100;
  EXPECT_NEAR(pfc_headroom(port), 9216 + (9216 + 147000 + 800 + 57920) * 3.0, 1e-6);
}

namespace {

FlowResult blocked(Femtoseconds delay, std::int64_t headroom) {
  FlowSpec flow;
  flow.transport.kind = TransportSpec::Kind::lossless;
  flow.transport.xoff = 1'000'000;
  flow.transport.headroom = headroom;
  flow.transport.response = Femtoseconds(905LL * 512 * 2500);  // 905 quanta at 400 Gb/s
  flow.bytes = 1 << 20;
  flow.outstanding = 1000;
  FlowRun run(plain("there", delay, 0), plain("back", delay, 0), {flow});
  run.run(delay * 10 + ms);
  return run.result(0);
}

}  // namespace

class LosslessPort : public ::testing::TestWithParam<double> {};

// A blocked port takes what a round trip and the response let through, to within the packets at both ends.
TEST_P(LosslessPort, NeedsARoundTripAndTheResponse) {
  const Femtoseconds delay(static_cast<std::int64_t>(GetParam() * 4.9e9));
  const double expected = (2 * to_nanoseconds(delay) + 905 * 512 / 400.0) * 50;
  const FlowResult enough = blocked(delay, static_cast<std::int64_t>(expected) + 3 * 4160);
  EXPECT_EQ(enough.overflowed, 0U);
  EXPECT_NEAR(static_cast<double>(enough.buffer_high_water - 1'000'000), expected, 2 * 4160 + 64);
  EXPECT_GT(blocked(delay, static_cast<std::int64_t>(expected) - 2 * 4160).overflowed, 0U);
}

INSTANTIATE_TEST_SUITE_P(Distances, LosslessPort, ::testing::Values(0.3, 1, 10, 100));

TEST(LosslessPort, CarriesItsDrainRateWhenXonCoversTheRoundTrip) {
  const Femtoseconds delay = microseconds(49);
  FlowSpec flow;
  flow.transport.kind = TransportSpec::Kind::lossless;
  flow.transport.drain = BitsPerSecond(300'000'000'000);
  flow.transport.headroom = 20'000'000;
  flow.bytes = 1 << 20;
  flow.outstanding = 1000;
  const auto rate = [&](std::int64_t xon) {
    flow.transport.xoff = xon + 100'000;
    flow.transport.xon = xon;
    FlowRun run(plain("there", delay, 0), plain("back", delay, 0), {flow});
    run.run(ms * 20);
    EXPECT_EQ(run.result(0).overflowed, 0U);
    return static_cast<double>(run.result(0).data_arrived) * 4160 * 8 / 20e-3;
  };
  EXPECT_NEAR(rate(4'000'000) / 300e9, 1.0, 0.03);  // a round trip of 98 us at 300 Gb/s is 3.7 MB
  EXPECT_LT(rate(100'000) / 300e9, 0.9);
}
