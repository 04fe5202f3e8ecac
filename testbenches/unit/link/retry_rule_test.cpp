// SPDX-License-Identifier: Apache-2.0
// Every product against its own rule of retry, its replay timer included; nothing is fitted. All ratios run nightly.
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "rule_trial.hpp"

using namespace fs;

namespace {

class ProductRule : public testing::TestWithParam<std::tuple<const char*, double>> {};

TEST_P(ProductRule, HoldsWithinOnePercent) {
  const auto [name, lost] = GetParam();
  const product::RuleTrial trial = product::try_rule(name, lost);
  EXPECT_NEAR(trial.found / trial.rule, 1.0, 0.01)
      << name << " at " << lost << ": " << trial.found << ", rule " << trial.rule;
  // What replays that fail cost is no small thing: without it the rule would be wrong.
  if (lost >= 1e-2) {
    EXPECT_LT(trial.found, 0.99 * trial.without_timer);
  }
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Rare, ProductRule,
                         testing::Combine(testing::Values("nvlink4", "nvlink5", "ualink200", "esun", "sue"),
                                          testing::Values(1e-3)));
INSTANTIATE_TEST_SUITE_P(Often, ProductRule,
                         testing::Combine(testing::Values("nvlink4", "nvlink5", "ualink200", "esun"),
                                          testing::Values(1e-2)));
