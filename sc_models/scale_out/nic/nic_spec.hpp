// SPDX-License-Identifier: Apache-2.0
// What a NIC is.
#pragma once

#include "scale_out/nic/dcqcn.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// Defaults and their sources: docs/scale_out.md.
struct NicSpec {
  Femtoseconds send_latency = nanoseconds(400);     ///< from posting a message to its first packet
  Femtoseconds receive_latency = nanoseconds(400);  ///< from the last packet's arrival to the message being there
  int queue_pairs = 1;                              ///< to each target; messages take turns
  std::size_t keep_idle = 1024;                     ///< idle queue pairs that are kept; changes memory, no result
  TransportSpec transport;                          ///< window 0: the path's bandwidth-delay product
  bool dcqcn = false;
  DcqcnSpec congestion;
};

/// Ethernet 14 + 4, IPv4 20, UDP 8, BTH 12, ICRC 4, and 20 of preamble, start and gap (IEEE 802.3, InfiniBand RoCEv2).
constexpr std::int64_t roce_header = 82;
/// Where a scenario gives none and three round trips are less: InfiniBand's 4.096 us x 2^n with n = 10. A full buffer
/// may hold a packet for a millisecond, which is no loss; programs set n to 14 and more.
constexpr Femtoseconds roce_timeout = nanoseconds(4'194'304);

}  // namespace fs
