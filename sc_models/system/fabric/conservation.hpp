// SPDX-License-Identifier: Apache-2.0
// Nothing is lost: every flit and every credit of a fabric is found somewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "system/fabric/running_fabric.hpp"

namespace fs {

/// Where the flits of a fabric are. sent = received + in_switches + under_way.
struct FlitCensus {
  std::uint64_t sent = 0;         ///< left their source GPU
  std::uint64_t received = 0;     ///< reached their destination GPU
  std::uint64_t in_switches = 0;  ///< in a switch core
  std::uint64_t under_way = 0;    ///< in a channel
  std::uint64_t dropped = 0;      ///< discarded by links that are down
  std::uint64_t waiting = 0;      ///< created, still at their source
};
FlitCensus count_flits(const RunningFabric& fabric);

/// Throws InvariantError naming the channel and both sides of the sum when flits or credits do not add up:
/// - flits sent = received + in switches + under way + dropped;
/// - for every channel, per VC (per pool where shared): credits at the sender + flits on the way or buffered + credits
///   on their way back = the receiver's slots.
void check_conservation(const RunningFabric& fabric);

/// Who waits for whom: one line a waiting packet or head, for a report of deadlock. At most `limit` lines.
std::vector<std::string> waiting_report(const RunningFabric& fabric, std::size_t limit);

}  // namespace fs
