// SPDX-License-Identifier: Apache-2.0
// The closed forms against the reference tables.
#include "transport/end_to_end/theory.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "paths.hpp"
#include "support/project.hpp"
#include "transport/end_to_end/transport.hpp"

using namespace fs;
using namespace fs::testing;

TEST(Theory, GoBackNEfficiencyIsThatOfTheTable) {
  for (const auto& row : read_csv(fs::project_file("testbenches/reference/transport/arq.csv"))) {
    const double window = 1 + 2 * row.number("km") * 4.9e-6 / (4160 * 8 / 400e9);
    EXPECT_NEAR(window, row.number("window"), 0.01 * window);
    for (const char* loss : {"1e-6", "1e-5", "1e-4", "1e-3", "1e-2"}) {
      const double expected = row.number(loss);
      // To a unit of the last digit printed.
      const double unit = std::pow(10.0, -static_cast<double>(row.text(loss).size() - row.text(loss).find('.') - 1));
      EXPECT_NEAR(go_back_n_efficiency(std::stod(loss), window), expected, unit) << row.text("km") << " km " << loss;
    }
  }
}

TEST(Theory, WindowsAreTheBandwidthDelayProduct) {
  TransportSpec spec;
  spec.header = 0;
  for (const auto& row : read_csv(fs::project_file("testbenches/reference/transport/bandwidth_delay.csv"))) {
    FlowPath path;
    path.round_trip = nanoseconds(static_cast<std::int64_t>(row.number("rtt_us") * 1000));
    for (const std::int64_t gbps : {400, 800, 1600}) {
      path.rate = BitsPerSecond(gbps * 1'000'000'000);
      const double bytes = static_cast<double>(bandwidth_delay_packets(spec, path) - 1) * 4096;
      const double expected = row.number("mb_" + std::to_string(gbps)) * 1e6;
      EXPECT_NEAR(bytes, expected, 0.001 * expected);
    }
    path.rate = BitsPerSecond(800'000'000'000);
    EXPECT_NEAR(static_cast<double>(bandwidth_delay_packets(spec, path) - 1), row.number("packets_800"), 1);
  }
}

TEST(Theory, ARepeatWithoutLossIsInjectionAndRoundTrip) {
  RepeatCase repeat;
  repeat.packets = 1000;
  repeat.packet_time = 1e-6;
  repeat.round_trip = 0.025;
  EXPECT_NEAR(selective_repeat_time(repeat), 0.026, 1e-12);
  repeat.loss = 1e-9;
  repeat.again = 0.025;
  EXPECT_NEAR(selective_repeat_time(repeat), 0.026, 1e-6);
}

TEST(Theory, ASinglePacketTakesGeometricallyManyTries) {
  RepeatCase repeat;
  repeat.packets = 1;
  repeat.loss = 0.2;
  repeat.packet_time = 1e-6;
  repeat.round_trip = repeat.again = 0.01;
  EXPECT_NEAR(selective_repeat_time(repeat), 0.01 + 0.01 * 0.25 + 1e-6, 2e-5);
}

TEST(Theory, CodesSucceedAsTheirFormulasSay) {
  EXPECT_NEAR(mds_success(2, 1, 0.1), 0.9 * 0.9 * 0.9 + 3 * 0.1 * 0.81, 1e-12);
  EXPECT_NEAR(xor_success(2, 1, 0.1), mds_success(2, 1, 0.1), 1e-12);
  EXPECT_LT(xor_success(32, 8, 0.01), mds_success(32, 8, 0.01));
  EXPECT_NEAR(chunk_loss(1e-3, 16), 0.01588, 1e-5);
}
