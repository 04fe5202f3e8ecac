// SPDX-License-Identifier: Apache-2.0
// Headroom: shipped tables by a fit of half of them, and what a simulated port really needs.
#include "transport/gateway/pfc_headroom.hpp"

#include <gtest/gtest.h>

#include <map>

#include "paths.hpp"
#include "transport/run/flow_run.hpp"

using namespace fs;
using namespace fs::testing;

TEST(PfcHeadroom, OfShippedPlatformsFollowsFromHalfOfTheirRows) {
  std::map<std::string, std::vector<CsvRow>> tables;
  std::size_t fitted = 0;
  std::size_t all = 0;
  for (const auto& row : read_csv(FARSPAN_REFERENCE "pfc_headroom.csv")) {
    tables[row.text("platform") + row.text("gbps")].push_back(row);
    ++all;
    fitted += row.text("fit") == "1" ? 1 : 0;
  }
  EXPECT_LE(fitted, (all + 2) / 2 + 1);
  for (const auto& [name, rows] : tables) {
    std::vector<HeadroomRow> given;
    for (const auto& row : rows) {
      if (row.text("fit") == "1") given.push_back({row.number("metres"), row.number("gbps"), row.number("bytes")});
    }
    const HeadroomFit fit = fit_headroom(given);
    EXPECT_GE(fit.slope, 1.0) << name;
    for (const auto& row : rows) {
      EXPECT_NEAR(fit.at(row.number("metres"), row.number("gbps")) / row.number("bytes"), 1.0, 0.01)
          << name << " " << row.text("metres");
    }
  }
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
