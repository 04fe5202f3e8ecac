// SPDX-License-Identifier: Apache-2.0
#include "transport/gateway/gateway.hpp"

#include <cmath>

#include "transport/gateway/pfc_headroom.hpp"

namespace fs {
namespace {

double gbps(BitsPerSecond rate) { return static_cast<double>(rate.value()) * 1e-9; }

}  // namespace

std::int64_t pause_headroom(BitsPerSecond rate, Femtoseconds one_way, std::int64_t unit) {
  PfcPort port;
  port.rate_gbps = gbps(rate);
  port.metres = to_nanoseconds(one_way) / port.delay_ns_m;
  port.port_mtu = port.lossless_mtu = static_cast<double>(unit);
  port.small_packet_percent = 0;
  return static_cast<std::int64_t>(std::ceil(pfc_headroom(port)));
}

Femtoseconds pause_response(BitsPerSecond rate) {
  return ByteClock(rate.value(), 1).end_of(static_cast<std::int64_t>(pfc_peer_response(gbps(rate))));
}

}  // namespace fs
