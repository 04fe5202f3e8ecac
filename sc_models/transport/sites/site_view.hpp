// SPDX-License-Identifier: Apache-2.0
// What a carrier of messages between sites can tell of itself, wherever its transports begin and end.
#pragma once

#include <cstddef>
#include <cstdint>

#include "observe/latency_histogram.hpp"
#include "transport/channel/long_haul_channel.hpp"
#include "transport/end_to_end/transport.hpp"
#include "transport/sites/site_spec.hpp"

namespace fs {

/// Of all messages from one site to another.
struct SiteTraffic {
  std::uint64_t posted = 0, delivered = 0, bytes = 0;  ///< messages; bytes delivered
  LatencyHistogram latency;
  Femtoseconds first = Femtoseconds::max(), last{0};  ///< posted; delivered
};

/// A unit is what gateways handle: a chunk of a message where transports end at gateways, else a packet.
struct GatewayFacts {
  std::int64_t buffer_high_water = 0;
  std::int64_t relayed_chunks = 0;
  std::uint64_t dropped_chunks = 0;  ///< from a NIC, without room: sent again by it
  std::uint64_t pauses = 0;          ///< of the site's NICs
  Femtoseconds memory_busy{0};
  std::int64_t rerouted_chunks = 0;   ///< given to another wave after theirs had been left out
  std::int64_t duplicate_chunks = 0;  ///< that came a second time, and were dropped
  std::int64_t bytes_out = 0;         ///< that came by a wave, handed to the site's network
};

/// What a GPU's adapter moved, what was lost and it sent again included.
struct NicBytes {
  std::int64_t sent = 0, received = 0;
};

/// One direction of a wave, by the end that sends.
struct WaveDirectionFacts {
  std::uint64_t chunks = 0;      ///< units sent
  std::uint64_t arrived = 0;     ///< of these
  std::uint64_t overflowed = 0;  ///< packets without room at their receiver
  std::uint64_t pauses = 0;      ///< told by the receiver
  std::uint64_t credit_probes = 0;
  std::int64_t receive_high_water = 0;  ///< bytes in the receiver's buffer
  Femtoseconds starved{0};              ///< time in which something waited for credit
  SenderCounts sender;                  ///< zero where transports do not end here
  std::uint64_t duplicates = 0;
};

class SiteView {
 public:
  virtual ~SiteView() = default;
  virtual const SiteNetworkSpec& spec() const = 0;
  virtual const SiteTraffic& traffic(std::size_t from, std::size_t to) const = 0;
  virtual GatewayFacts gateway(std::size_t site) const = 0;
  virtual NicBytes nic_bytes(std::size_t gpu) const = 0;
  /// The channel that end 0 or 1 of a wave sends by.
  virtual const LongHaulChannel& channel(std::size_t wave, int end) const = 0;
  virtual WaveDirectionFacts direction(std::size_t wave, int end) const = 0;
  /// Of the transport over a wave; 0 where none ends there.
  virtual std::int64_t window_bytes(std::size_t wave) const = 0;
  /// Of all transports, and what came to their receivers twice.
  virtual SenderCounts sender_counts() const = 0;
  virtual std::uint64_t duplicates() const = 0;
  virtual std::uint64_t posted() const = 0;
  virtual std::uint64_t delivered() const = 0;
  virtual std::uint64_t events() const = 0;
  /// Throws InvariantError unless all that buffers hold is found.
  virtual void check_end() const = 0;
};

}  // namespace fs
