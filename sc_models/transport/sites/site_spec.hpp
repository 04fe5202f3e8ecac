// SPDX-License-Identifier: Apache-2.0
// Sites, their gateways, and the waves between them, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/gateway/gateway.hpp"
#include "transport/gateway/wave_link.hpp"

namespace fs {

struct SiteNic {
  BitsPerSecond rate{400'000'000'000};     ///< of each GPU's
  Femtoseconds latency = microseconds(2);  ///< one way from a NIC to another, or to the gateway
};

struct SiteSpec {
  std::string name;
  GatewaySpec gateway;
  SiteNic nic;
};

struct SiteWave {
  std::size_t a = 0, b = 1;  ///< sites at its ends 0 and 1
  WaveLink::Spec link;
};

struct SiteNetworkSpec {
  std::vector<SiteSpec> sites;
  std::vector<SiteWave> waves;
  std::vector<std::size_t> site_of;  ///< by GPU
  std::int64_t chunk = 65'536;       ///< bytes of a message that travel together
  bool in_order = false;             ///< messages of one GPU to another are delivered in the order of posting
  /// Transports run from NIC to NIC, and gateways forward packets (through/); none: they end at gateways.
  std::optional<TransportSpec> transport;
  bool spray_waves = false;  ///< then: each packet the wave where the least waits, else a pair keeps to one
  LineRecovery rerouting;    ///< how long routers take to leave out a wave without light; kind none: for ever
};

/// For each site and destination the next site on the way with the least delay (then the fewest hops, then the lowest
/// number); itself where it is the destination, sites.size() where no waves lead there.
std::vector<std::vector<std::size_t>> site_routes(const SiteNetworkSpec& spec);
/// The same without the waves that `out` says are left out. Where no way is left it is as `before`: what goes there
/// waits.
std::vector<std::vector<std::size_t>> routes_around(const SiteNetworkSpec& spec, const std::vector<bool>& out,
                                                    std::vector<std::vector<std::size_t>> before);
/// [site][next]: the waves that join them, by number.
std::vector<std::vector<std::vector<std::size_t>>> waves_between(const SiteNetworkSpec& spec);
/// When a wave is left out, by the light of both its directions: whoever sees the loss tells the other end.
std::vector<LightInterval> wave_left_out(const SiteNetworkSpec& spec, std::size_t wave);
/// Least time from a GPU's NIC in one site to one in the other, for a message of no length. max(): no way.
Femtoseconds one_way_delay(const SiteNetworkSpec& spec, std::size_t from, std::size_t to);
/// Chunks that a NIC has on the way into its site at most: what still arrives after a pause, and two.
std::int64_t nic_chunks(const SiteNic& nic, std::int64_t chunk);
/// Headroom of a gateway's buffer for the NICs of its site, however the network inside delays what they have sent.
std::int64_t nic_headroom(const SiteNetworkSpec& spec, std::size_t site);
/// What a wave's receive buffer and threshold at an end are: shares of the gateway's.
void share_receive_buffers(SiteNetworkSpec& spec);
/// Why the gateways' buffers cannot do what their flow control promises, or an empty string; `site`: whose.
std::string buffer_problem(const SiteNetworkSpec& spec, std::size_t& site);

}  // namespace fs
