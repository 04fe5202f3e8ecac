// SPDX-License-Identifier: Apache-2.0
// Closed forms for transports over distance, in seconds and packets: what the simulated ones are held against.
#pragma once

#include <cstdint>

namespace fs {

/// Share of the wire that carries packets the receiver keeps. `window` W = 1 + RTT / T_frame, `loss` p.
///   go-back-N (1 - p) / (1 - p + p W) ; selective repeat 1 - p
double go_back_n_efficiency(double loss, double window);
double selective_repeat_efficiency(double loss);
/// The W of whole packets: how many packet times a loss costs where a packet that has begun is sent to its end, and a
/// complaint takes `complaint` on the wire back. A neighbour on the wire sees damage when the packet ends (`at_once`);
/// elsewhere it shows as a gap, when the next one ends.
double go_back_n_window(double round_trip, double packet_time, double complaint, bool at_once);
/// With a window too small for the round trip: W T / (RTT + T), at most 1.
double window_efficiency(double window, double round_trip, double packet_time);

/// Expected time of one message from its first byte to the sender's knowing that all has arrived (SDR-RDMA,
/// arXiv:2505.05366): packet i leaves at i x packet_time, a lost one again after `again` (NACK: RTT + T; timer: RTO +
/// T), E[max over i of (t_i + again (Y_i - 1))] + RTT, Y geometric.
struct RepeatCase {
  std::int64_t packets = 1;
  double loss = 0;
  double packet_time = 0;
  double round_trip = 0;
  double again = 0;
};
double selective_repeat_time(const RepeatCase& repeat);

/// Probability that a group of k data and m parity chunks of `chunk` packets can be decoded: MDS, at most m of k + m
/// are lost; XOR, m groups of k / m + 1, at most one each.
double mds_success(std::int64_t k, std::int64_t m, double chunk_loss);
double xor_success(std::int64_t k, std::int64_t m, double chunk_loss);
double chunk_loss(double packet_loss, std::int64_t packets);

/// Expected chunks of a group that have to be sent again, so that it can be decoded.
double mds_wanted(std::int64_t k, std::int64_t m, double chunk_loss);
double xor_wanted(std::int64_t k, std::int64_t m, double chunk_loss);

/// A code's groups: how many, how many packets parity adds, how likely all is well, what has to be repeated.
struct ErasureCase {
  double groups = 1;
  double parity_packets = 0;  ///< of all groups
  double success = 1;         ///< of one group
  double wanted_packets = 0;  ///< of one group, expected
};
/// Expected time with an erasure code: (M + parity) T + RTT, and with P_fb = 1 - success^groups the repetition of what
/// failed groups want, once the first round trip has told (SDR-RDMA with beta = 0; there all k packets of a failed
/// group are repeated, here only what it wants).
double erasure_time(const RepeatCase& repeat, const ErasureCase& code);

}  // namespace fs
