// SPDX-License-Identifier: Apache-2.0
// Two thousand cases of cuts, fades and storms in both directions under every transport that promises delivery.
#include "bad_weather.hpp"

using namespace fs;
using namespace fs::testing;

class Campaign : public ::testing::TestWithParam<std::uint64_t> {};

// A hundred seeds a case, so that CTest spreads them; SCOPED_TRACE names the one that fails.
TEST_P(Campaign, NothingIsLostOrDoubledInAnyWeather) {
  for (std::uint64_t seed = GetParam(); seed < GetParam() + 100 && !HasFailure(); ++seed) expect_exactly_once(seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Campaign, ::testing::Range<std::uint64_t>(1001, 3001, 100));
