// SPDX-License-Identifier: Apache-2.0
// Nothing is lost: every flit and every credit of a fabric is found somewhere.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "system/fabric/running_fabric.hpp"

namespace fs {

/// Where the flits of a fabric are. sent = received + in_switches + under_way.
struct FlitCensus {
  std::uint64_t sent = 0;         ///< left their source GPU
  std::uint64_t received = 0;     ///< reached their destination GPU
  std::uint64_t in_switches = 0;  ///< in a switch core
  std::uint64_t under_way = 0;    ///< in a channel
  std::uint64_t dropped = 0;      ///< discarded by links that are down, or lost in switches
  std::uint64_t made_up = 0;      ///< by receivers, to end packets whose rest was lost in a switch
  std::uint64_t waiting = 0;      ///< created, still at their source
};
FlitCensus count_flits(const RunningFabric& fabric);

/// Throws InvariantError naming the channel and both sides of the sum when flits or credits do not add up:
/// - flits sent + made up = received + in switches + under way + dropped;
/// - for every channel, per VC (per pool where shared): credits at the sender + flits on the way or buffered + credits
///   on their way back = the receiver's slots.
void check_conservation(const RunningFabric& fabric);

/// Credits of a channel, by VC, that its sender does not hold and that stand for no slot in use: those of a sender that
/// was reset. Of a shared pool what is shared goes to the first VC.
std::vector<std::pair<VcId, int>> missing_credits(const RunningFabric& fabric, ChannelId channel);

/// A sender believes that its neighbour has more free slots than there are slots.
bool more_credits_than_slots(const RunningFabric& fabric, ChannelId channel);

}  // namespace fs
