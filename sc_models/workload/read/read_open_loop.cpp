// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/open_loop.hpp"
#include "workload/read/gpu_set.hpp"
#include "workload/workload.hpp"

namespace fs {
namespace {

/// Shapes that do not fit are reported at the key that gives the shape.
const char* shape_key(const PatternSpec& pattern) {
  switch (pattern.kind) {
    case PatternKind::tornado:
    case PatternKind::neighbour:
      return pattern.dims.empty() ? "pattern" : "dims";
    case PatternKind::hotspot:
      return "hot";
    case PatternKind::fixed:
      return "destinations";
    default:
      return "pattern";
  }
}

PatternSpec read_pattern(const Reader& reader, int node_count) {
  PatternSpec pattern;
  pattern.kind = reader.choice_or<PatternKind>("pattern", PatternKind::uniform,
                                               {{"uniform", PatternKind::uniform},
                                                {"permutation", PatternKind::permutation},
                                                {"transpose", PatternKind::transpose},
                                                {"bit_complement", PatternKind::bit_complement},
                                                {"tornado", PatternKind::tornado},
                                                {"hotspot", PatternKind::hotspot},
                                                {"neighbour", PatternKind::neighbour},
                                                {"fixed", PatternKind::fixed}});
  const bool has_dims = pattern.kind == PatternKind::tornado || pattern.kind == PatternKind::neighbour;
  if (has_dims && reader.has("dims")) {
    for (const auto& dim : reader.list("dims")) pattern.dims.push_back(dim.integer<std::int64_t>(1, 65'535));
    if (pattern.dims.empty()) throw reader.error("dims", "is empty: expected the nodes of each dimension");
  }
  if (pattern.kind == PatternKind::hotspot) {
    pattern.hot = gpu_list(reader.node("hot"), node_count);
    pattern.hot_fraction = reader.number("hot_fraction", 0, 1);
    if (pattern.hot_fraction == 0.0) throw reader.error("hot_fraction", "is 0: expected more, up to 1");
  }
  if (pattern.kind == PatternKind::fixed) {
    pattern.destinations = gpu_list(reader.node("destinations"), node_count, true);
  }
  auto problem = pattern_problem(pattern, node_count);
  if (!problem.empty()) throw reader.error(shape_key(pattern), problem);
  pattern.self = reader.boolean_or("self", true);
  problem = pattern_problem(pattern, node_count);
  if (!problem.empty()) throw reader.error("self", problem);
  return pattern;
}

std::vector<PacketShare> read_packets(const Reader& reader) {
  constexpr std::int64_t longest = 65'535;
  std::vector<PacketShare> packets;
  const auto given = reader.optional_node("packets");
  if (!given || !given->is_list()) {
    packets.emplace_back();
    packets.back().flits = static_cast<std::uint16_t>(reader.count_or("packets", "flits", 1, 1, longest));
    return packets;
  }
  for (const auto& item : given->items()) {
    const auto entry = item.reader();
    PacketShare share;
    share.flits = static_cast<std::uint16_t>(entry.integer<std::int64_t>("flits", 1, longest));
    share.weight = entry.number_or("weight", 1.0, 1e-6, 1e6);
    if (entry.has("class")) share.traffic_class = entry.text("class");
    packets.push_back(share);
  }
  if (packets.empty() || packets.size() > LengthMix::max_entries) {
    throw given->error("has " + std::to_string(packets.size()) + " entries: expected 1 to 16");
  }
  return packets;
}

ProcessSpec read_process(const Reader& reader, double load, double mean_length) {
  ProcessSpec process;
  process.kind = reader.choice_or<ProcessKind>(
      "process", ProcessKind::bernoulli, {{"bernoulli", ProcessKind::bernoulli}, {"bursty", ProcessKind::bursty}});
  if (process.kind == ProcessKind::bernoulli) return process;
  process.on_rate = reader.number_or("on_rate", 1.0, load, 1.0);
  process.mean_on =
      static_cast<double>(reader.cycles_or("mean_on", Cycles(32), Cycles(1), Cycles(1'000'000'000'000)).value());
  const auto problem = process_problem(process, load, mean_length);
  if (!problem.empty()) throw reader.error("mean_on", problem);
  return process;
}

}  // namespace

OpenLoopSpec read_open_loop(const Reader& reader, int node_count) {
  OpenLoopSpec spec;
  spec.load = reader.number("load", 1e-9, 1.0);
  spec.pattern = read_pattern(reader, node_count);
  spec.packets = read_packets(reader);
  spec.process = read_process(reader, spec.load, spec.mean_length());
  spec.sources = gpus_or_all(reader, "sources", node_count);
  spec.interleave = reader.boolean_or("interleave", spec.interleave);
  return spec;
}

}  // namespace fs
