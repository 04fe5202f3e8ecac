// SPDX-License-Identifier: Apache-2.0
// The whole grid of go back n and selective repeat against theory, and every product against its own rule, to 1 %;
// minutes.
#include <cstdio>
#include <tuple>

#include <gtest/gtest.h>

#include "arq.hpp"
#include "rule_trial.hpp"

using namespace fs;
using arq::ratio;

namespace {

/// Prints rows for docs/validation.md: found over expected, a row a window, a column a loss ratio.
void hold_grid(RetryMode mode) {
  for (const std::int64_t loop : {4, 16, 64, 256, 1024}) {
    std::printf("| %s | %lld |", mode == RetryMode::go_back_n ? "go back n" : "selective repeat",
                static_cast<long long>(loop));
    for (const double p : {1e-5, 1e-4, 1e-3, 1e-2, 1e-1}) {
      const double found = ratio(mode, p, loop);
      EXPECT_NEAR(found, 1.0, 0.01) << "W " << loop << " p " << p;
      std::printf(" %.4f |", found);
    }
    std::printf("\n");
  }
}

}  // namespace

TEST(ArqTheoryGrid, GoBackN) { hold_grid(RetryMode::go_back_n); }

TEST(ArqTheoryGrid, SelectiveRepeat) { hold_grid(RetryMode::selective_repeat); }

class ProductRuleGrid : public testing::TestWithParam<std::tuple<const char*, double>> {};

/// Prints the row for docs/validation.md.
TEST_P(ProductRuleGrid, HoldsWithinOnePercent) {
  const auto [name, lost] = GetParam();
  const product::RuleTrial t = product::try_rule(name, lost);
  std::printf("| %s | %g | %.4f | %.4f | %+.2f %% | %.4f | %llu of %llu |\n", name, lost, t.found, t.rule,
              100 * (t.found / t.rule - 1), t.without_timer, static_cast<unsigned long long>(t.timeouts),
              static_cast<unsigned long long>(t.replays));
  EXPECT_NEAR(t.found / t.rule, 1.0, 0.01);
  if (lost >= 1e-2) {
    EXPECT_LT(t.found, 0.99 * t.without_timer);
  }
}

INSTANTIATE_TEST_SUITE_P(Products, ProductRuleGrid,
                         testing::Combine(testing::Values("nvlink4", "nvlink5", "ualink200", "esun", "sue"),
                                          testing::Values(1e-4, 1e-3, 1e-2, 5e-2)));
