// SPDX-License-Identifier: Apache-2.0
// Constants of nature and of the trade.
#pragma once

namespace fs {

constexpr double pi = 3.141592653589793238;
constexpr double speed_of_light = 299'792'458.0;  ///< m/s
constexpr double planck = 6.62607015e-34;         ///< J s
constexpr double osnr_bandwidth = 12.5e9;         ///< Hz; 0.1 nm at 1550 nm, in which OSNR is counted
constexpr double centre_frequency = 193.4e12;     ///< Hz; the middle of the C band

}  // namespace fs
