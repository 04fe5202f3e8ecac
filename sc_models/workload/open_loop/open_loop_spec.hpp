// SPDX-License-Identifier: Apache-2.0
// What an open-loop workload asks for, as plain data: pattern, process, packet lengths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"

namespace fs {

/// Who sends to whom. N nodes; s and d are source and destination. Definitions: Dally and Towles, Principles and
/// Practices of Interconnection Networks, section 3.2, as BookSim2's traffic.cpp carries them out.
enum class PatternKind : std::uint8_t {
  uniform,         ///< d uniform over all nodes
  permutation,     ///< one seeded random permutation; without fixed points when `self` is false
  transpose,       ///< s = x + y r, d = y + x r, r = sqrt(N); N a square
  bit_complement,  ///< d = ~s; N a power of two
  tornado,         ///< in each dimension of size k: d_x = (s_x + ceil(k / 2) - 1) mod k
  hotspot,         ///< with probability `hot_fraction` one of `hot`, equally likely; else uniform
  neighbour,       ///< in each dimension of size k: d_x = (s_x + 1) mod k
  fixed,           ///< d = destinations[s]
};

struct PatternSpec {
  PatternKind kind = PatternKind::uniform;
  std::vector<std::int64_t> dims;    ///< tornado, neighbour: nodes per dimension, first runs fastest; empty: one of N
  std::vector<NodeId> hot;           ///< hotspot: the hot nodes, at least one
  double hot_fraction = 0;           ///< hotspot: in (0, 1]
  std::vector<NodeId> destinations;  ///< fixed: one a node
  bool self = true;                  ///< traffic to oneself allowed (BookSim2's uniform includes it); false: uniform
                                     ///< draws among the others, a table's fixed points stay silent
};

/// When packets are created, cycle by cycle.
enum class ProcessKind : std::uint8_t {
  bernoulli,  ///< each cycle with probability load / mean length
  bursty,     ///< Bernoulli at `on_rate` while on, silent while off; both periods geometric (two-state Markov)
};

struct ProcessSpec {
  ProcessKind kind = ProcessKind::bernoulli;
  double on_rate = 1.0;   ///< bursty: flits a cycle while on, in [load, 1]
  double mean_on = 32.0;  ///< bursty: mean cycles of an on period, >= 1; the mean off period follows from the load:
                          ///< mean_on (on_rate - load) / load, which must be at least one cycle, or zero
};

/// One entry of the packet-length mix.
struct PacketShare {
  std::uint16_t flits = 1;    ///< >= 1
  double weight = 1.0;        ///< > 0, relative number of packets
  std::string traffic_class;  ///< the class it travels in; empty: the protocol's first
};

struct OpenLoopSpec {
  PatternSpec pattern;
  ProcessSpec process;
  double load = 0.5;                     ///< flits per cycle and link of each source, in (0, 1]
  std::vector<PacketShare> packets{{}};  ///< 1 to 16 entries; NewPacket::kind_index points here
  std::vector<NodeId> sources;           ///< nodes that send; empty: all
  bool interleave = true;                ///< packets of one link share it flit by flit, each on a VC of its own; false:
                                         ///< one after the other, as BookSim2's sources send

  double mean_length() const {
    double flits = 0, weight = 0;
    for (const auto& share : packets) {
      flits += share.weight * share.flits;
      weight += share.weight;
    }
    return flits / weight;
  }
};

/// What is wrong with a pattern for this many nodes, or an empty string.
std::string pattern_problem(const PatternSpec& pattern, int node_count);
/// What is wrong with a process at this load and mean packet length, or an empty string.
std::string process_problem(const ProcessSpec& process, double load, double mean_length);

}  // namespace fs
