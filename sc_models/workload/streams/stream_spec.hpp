// SPDX-License-Identifier: Apache-2.0
// What a closed-loop stream asks for, as plain data.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

enum class StreamKind : std::uint8_t {
  pointer_chase,  ///< dependent loads, one at a time, along a seeded walk that meets every slot once a round
  read,           ///< consecutive loads
  write,          ///< consecutive stores
  copy,           ///< each access a load and then a store of what it brought
  random,         ///< loads and stores at random slots
  atomic,         ///< atomics at random slots
};

enum class TargetSet : std::uint8_t {
  list,    ///< the targets given
  all,     ///< every GPU, the source included; source i begins with itself, then i + 1, ...
  others,  ///< every GPU but the source; source i begins with i + 1
  local,   ///< the source itself
  next,    ///< (i + 1) mod N
};

enum class TargetOrder : std::uint8_t { round_robin, random };

enum class Pacing : std::uint8_t {
  regular,  ///< equal intervals, with a random phase for each source
  poisson,  ///< exponential intervals
};

enum class CopyDirection : std::uint8_t {
  pull,  ///< load from the target, store at the source
  push,  ///< load at the source, store to the target
};

/// Memory is used in slots of `access` bytes. The slots a source walks at each target are `footprint` bytes from
/// `offset`; unless `shared`, each source has its own such region, one after the other in the order of `sources`.
/// The source's own end of a copy is one more such region, after those of all sources.
struct StreamSpec {
  std::string name;  ///< results are reported under it
  StreamKind kind = StreamKind::read;
  std::vector<NodeId> sources;  ///< at least one
  TargetSet target_set = TargetSet::others;
  std::vector<NodeId> targets;  ///< for TargetSet::list, at least one
  TargetOrder target_order = TargetOrder::round_robin;
  std::int64_t window = 256;          ///< accesses (copy: load and store pairs) outstanding a source, >= 1
  Bytes access{128};                  ///< bytes an access, 1 to 2^32 - 1; atomics 4, 8 or 16
  Bytes footprint{16 * 1024 * 1024};  ///< >= access
  Bytes offset{0};                    ///< where the first region begins
  bool shared = false;                ///< all sources walk one region
  std::uint64_t count = 0;            ///< accesses (copy: pairs) a source; 0: until the run ends
  BitsPerSecond rate{0};              ///< offered by each source, payload bits; 0: as the window lets
  Pacing pacing = Pacing::regular;
  double read_share = 1.0;  ///< random: share of loads, 0 to 1
  CopyDirection direction = CopyDirection::pull;
  Femtoseconds start{0};  ///< nothing is wanted before
  bool insist = false;    ///< loads and stores to other scale-up domains are meant

  std::uint64_t slots() const { return static_cast<std::uint64_t>(footprint / access); }
  /// Bytes of one region.
  std::uint64_t region() const { return slots() * static_cast<std::uint64_t>(access.value()); }
  /// The end of all regions: what every target's memory must hold.
  std::uint64_t memory_end() const {
    const std::uint64_t regions = (shared ? 1 : sources.size()) + (kind == StreamKind::copy ? 1 : 0);
    return static_cast<std::uint64_t>(offset.value()) + regions * region();
  }
};

/// The targets of one source, in the order of a round robin. Empty only for `others` in a fabric of one.
std::vector<NodeId> targets_of(const StreamSpec& spec, NodeId source, int node_count);

}  // namespace fs
