// SPDX-License-Identifier: Apache-2.0
#include "transport/gateway/pfc_headroom.hpp"

#include "common/check.hpp"

namespace fs {
namespace {

/// Bytes on the wire during the time there and back.
double round_trip_bytes(double metres, double delay_ns_m, double rate_gbps) {
  return 2 * metres * delay_ns_m * rate_gbps / 8;
}

}  // namespace

double pfc_peer_response(double rate_gbps) {
  struct Step {
    double gbps, quanta;
  };
  constexpr Step steps[] = {{10, 67}, {25, 80}, {40, 118}, {50, 147}, {100, 394}, {200, 453}};
  for (const auto& step : steps) {
    if (rate_gbps <= step.gbps) return step.quanta * 64;
  }
  return 905.0 * 64;
}

double pfc_headroom(const PfcPort& port) {
  const double waste = port.cell > 128 ? port.cell / 64 : 2 * port.cell / (1 + port.cell);
  const double occupancy = (100 - port.small_packet_percent + port.small_packet_percent * waste) / 100;
  const double cable = round_trip_bytes(port.metres, port.delay_ns_m, port.rate_gbps);
  const double gearbox = 2 * port.gearbox_ns * port.rate_gbps / 8;
  const double propagation = port.port_mtu + cable + gearbox + port.mac_phy + pfc_peer_response(port.rate_gbps);
  return port.lossless_mtu + propagation * occupancy;
}

double HeadroomFit::at(double metres, double rate_gbps) const {
  return offset + slope * round_trip_bytes(metres, 4.9, rate_gbps);
}

HeadroomFit fit_headroom(const std::vector<HeadroomRow>& rows) {
  double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (const auto& row : rows) {
    const double x = round_trip_bytes(row.metres, 4.9, row.rate_gbps);
    n += 1;
    sum_x += x;
    sum_y += row.bytes;
    sum_xx += x * x;
    sum_xy += x * row.bytes;
  }
  const double spread = n * sum_xx - sum_x * sum_x;
  FS_CHECK(spread > 0, "a fit needs two different lengths");
  HeadroomFit fit;
  fit.slope = (n * sum_xy - sum_x * sum_y) / spread;
  fit.offset = (sum_y - fit.slope * sum_x) / n;
  return fit;
}

}  // namespace fs
