// SPDX-License-Identifier: Apache-2.0
// Small scale-out networks and what tests ask of them.
#pragma once

#include <map>
#include <vector>

#include "scale_out/network/scale_out_network.hpp"
#include "scale_out/traffic/scale_out_run.hpp"

namespace fs::test {

inline ScaleOutSpec one_switch(int nics) {
  ScaleOutSpec spec;
  spec.topology.kind = NetTopologySpec::Kind::single_switch;
  spec.topology.nics = nics;
  spec.topology.nic_link = {BitsPerSecond(400'000'000'000), nanoseconds(15), nanoseconds(100)};
  spec.nic.transport.header = roce_header;
  return spec;
}

inline ScaleOutSpec leaf_spine(int nics, int leaves, int spines) {
  ScaleOutSpec spec = one_switch(nics);
  spec.topology.kind = NetTopologySpec::Kind::leaf_spine;
  spec.topology.leaves = leaves;
  spec.topology.spines = spines;
  spec.topology.leaf_link = spec.topology.core_link = spec.topology.nic_link;
  return spec;
}

/// Paths that differ in length need a transport that bears it.
inline void spread(ScaleOutSpec& spec, EthernetSpec::PathChoice path) {
  spec.ethernet.path = path;
  if (path != EthernetSpec::PathChoice::ecmp) spec.nic.transport.reorder = 32;
}

struct Deliveries final : MessageSink {
  std::map<std::uint64_t, Femtoseconds> at;
  bool twice = false;
  void delivered(std::uint64_t id, Femtoseconds time) override { twice |= !at.emplace(id, time).second; }
};

/// When one message posted at 0 has arrived.
inline Femtoseconds time_of(const ScaleOutSpec& spec, NodeId from, NodeId to, std::int64_t bytes) {
  ScaleOutNetwork network(spec);
  Deliveries deliveries;
  network.report_to(deliveries);
  network.post(CarriedMessage{7, from, to, Bytes(bytes)}, Femtoseconds(0));
  network.advance(Femtoseconds::max());
  network.check_conservation();
  return deliveries.at.at(7);
}

inline std::vector<NodeId> nodes(int first, int count) {
  std::vector<NodeId> list;
  for (int i = 0; i < count; ++i) list.push_back(static_cast<NodeId>(first + i));
  return list;
}

inline NetTrafficSpec traffic(NetTrafficSpec::Pattern pattern, std::vector<NodeId> sources) {
  NetTrafficSpec spec;
  spec.pattern = pattern;
  spec.sources = std::move(sources);
  return spec;
}

inline NetRunSpec run_of(const NetTrafficSpec& traffic, Femtoseconds duration, Femtoseconds warmup = Femtoseconds(0)) {
  return {duration, warmup, {traffic}};
}

/// Bytes of messages a second, by all sources, between warm-up and the end.
inline double goodput(const ScaleOutRun& run, std::size_t traffic = 0) {
  double bytes = 0;
  for (const auto part : run.classes()[traffic].bytes()) bytes += static_cast<double>(part);
  return bytes * 1e15 / static_cast<double>((run.spec().duration - run.spec().warmup).value());
}

}  // namespace fs::test
