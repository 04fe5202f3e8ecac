// SPDX-License-Identifier: Apache-2.0
// Whatever the light does, every message completes exactly once, in order where asked. Failing seeds say which.
#include "bad_weather.hpp"

using namespace fs;
using namespace fs::testing;

class ExactlyOnce : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(ExactlyOnce, HoldsInAnyWeather) { expect_exactly_once(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Seeds, ExactlyOnce, ::testing::Range<std::uint64_t>(1, 41));
