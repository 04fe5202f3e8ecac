// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/link_speeds_config.hpp"

namespace fs {

LinkSpeeds read_link_speeds(const Reader& training) {
  LinkSpeeds speeds;
  std::int64_t last = 1;
  for (const Node& node : training.list_or_empty("slower_by")) {
    const auto divisor = node.integer<std::int64_t>(2, 1024);
    if (divisor <= last) throw node.error("speeds are divisors of the line rate, each above the one before");
    speeds.slower_by.push_back(divisor);
    last = divisor;
  }
  speeds.relief = training.number_or("relief", speeds.relief, 0.0, 1.0);
  speeds.max_ber = training.number_or("max_ber", speeds.max_ber, 0.0, 0.5);
  if (speeds.max_ber > 0.0 && speeds.slower_by.empty()) {
    throw training.error("max_ber", "asks for slower speeds: `slower_by`");
  }
  return speeds;
}

}  // namespace fs
