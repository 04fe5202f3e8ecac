// SPDX-License-Identifier: Apache-2.0
#include "common/earliest.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace fs {
namespace {

TEST(Earliest, IsTheLeastTimeAndOfSeveralTheLowestNumber) {
  for (const std::size_t count : {1, 2, 3, 8, 13}) {
    RandomStream dice(7, "earliest", std::to_string(count));
    Earliest earliest(count);
    EXPECT_EQ(earliest.time(), Femtoseconds::max());
    std::vector<Femtoseconds> times(count, Femtoseconds::max());
    for (int k = 0; k < 500; ++k) {
      const auto number = static_cast<std::size_t>(dice.below(count));
      times[number] =
          dice.below(4) == 0 ? Femtoseconds::max() : Femtoseconds(static_cast<std::int64_t>(dice.below(10)));
      earliest.set(number, times[number]);
      const auto least = std::min_element(times.begin(), times.end());
      ASSERT_EQ(earliest.time(), *least);
      ASSERT_EQ(earliest.number(), static_cast<std::size_t>(least - times.begin()));
    }
  }
}

}  // namespace
}  // namespace fs
