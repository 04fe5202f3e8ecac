// SPDX-License-Identifier: Apache-2.0
// Headroom of lossless ports: what still arrives after a pause has been sent.
#pragma once

#include <vector>

#include "common/quantity.hpp"

namespace fs {

/// SONiC's dynamic buffer model (doc/qos/dynamically-headroom-calculation.md).
struct PfcPort {
  double rate_gbps = 400;
  double metres = 300;
  double delay_ns_m = 4.9;
  double port_mtu = 9216;  ///< bytes
  double lossless_mtu = 9216;
  double cell = 192;                  ///< buffer cell, bytes
  double small_packet_percent = 100;  ///< of 64 bytes, which waste the most of a cell
  double gearbox_ns = 0;
  double mac_phy = 800;  ///< bytes
};
/// Quanta of 512 bits that the peer may take to react: 10G 67, 25G 80, 40G 118, 50G 147, 100G 394, 200G 453, 400G 905;
/// from 800G on as 400G. Bytes.
double pfc_peer_response(double rate_gbps);
/// Bytes above the threshold at which a pause is sent: lossless_mtu + propagation x occupancy of cells, with
/// propagation = port_mtu + 2 (cable + gearbox) + mac_phy + peer response.
double pfc_headroom(const PfcPort& port);

/// Offset and slope of a platform: headroom = offset + slope x 2 L 4.9 ns/m x rate; slope >= 1 is what cells and
/// headers add.
struct HeadroomFit {
  double offset = 0;  ///< bytes
  double slope = 1;
  double at(double metres, double rate_gbps) const;
};
struct HeadroomRow {
  double metres = 0;
  double rate_gbps = 0;
  double bytes = 0;
};
/// Least squares over rows of one rate; at least two different lengths.
HeadroomFit fit_headroom(const std::vector<HeadroomRow>& rows);

}  // namespace fs
