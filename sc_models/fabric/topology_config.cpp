// SPDX-License-Identifier: Apache-2.0
#include "fabric/topology_config.hpp"

#include <cctype>
#include <memory>
#include <string>
#include <utility>

namespace fs {
namespace {

enum class Kind { single_switch, planes, two_boards, racks, mesh, leaf_spine, explicit_list, domains };

Cable read_cable(const Reader& reader, const Cable& otherwise) {
  Cable cable;
  cable.length = reader.length_or("length", otherwise.length, Micrometres(0), max_link_length);
  enum class Medium { copper, pcb, fibre };
  const auto medium =
      reader.choice_or<Medium>("medium",
                               otherwise.medium == "copper" ? Medium::copper
                               : otherwise.medium == "pcb"  ? Medium::pcb
                                                            : Medium::fibre,
                               {{"copper", Medium::copper}, {"pcb", Medium::pcb}, {"fibre", Medium::fibre}});
  cable.medium = medium == Medium::copper ? "copper" : medium == Medium::pcb ? "pcb" : "fibre";
  cable.latency = reader.time_or("latency", otherwise.latency, Femtoseconds(0), microseconds(1000));
  return cable;
}

std::int64_t count(const Reader& reader, const char* key, std::int64_t otherwise, std::int64_t highest) {
  return reader.integer_or(key, otherwise, 1, highest);
}

SingleSwitch read_single_switch(const Reader& reader) {
  SingleSwitch shape;
  shape.gpus = count(reader, "gpus", shape.gpus, max_gpus);
  shape.links_per_gpu = count(reader, "links_per_gpu", shape.links_per_gpu, max_gpu_ports);
  return shape;
}

Planes read_planes(const Reader& reader) {
  Planes shape;
  shape.gpus = count(reader, "gpus", shape.gpus, max_gpus);
  if (!reader.has("split")) {
    shape.switches = count(reader, "switches", shape.switches, max_ports);
    shape.links_per_switch = count(reader, "links_per_switch", shape.links_per_switch, max_ports);
    return shape;
  }
  if (reader.has("links_per_switch")) throw reader.error("split", "give links_per_switch or split, not both");
  for (const auto& item : reader.list("split")) shape.split.push_back(item.integer<std::int64_t>(1, max_ports));
  if (shape.split.empty()) throw reader.error("split", "give one number a switch");
  shape.switches = count(reader, "switches", static_cast<std::int64_t>(shape.split.size()), max_ports);
  return shape;
}

TwoBoards read_two_boards(const Reader& reader) {
  TwoBoards shape;
  shape.gpus_per_board = count(reader, "gpus_per_board", shape.gpus_per_board, max_gpus / 2);
  shape.switches_per_board = count(reader, "switches_per_board", shape.switches_per_board, max_ports);
  shape.links_per_switch = count(reader, "links_per_switch", shape.links_per_switch, max_ports);
  shape.trunks_per_switch = count(reader, "trunks_per_switch", shape.trunks_per_switch, max_ports);
  return shape;
}

Racks read_racks(const Reader& reader) {
  Racks shape;
  shape.racks = count(reader, "racks", shape.racks, max_gpus);
  shape.gpus_per_rack = count(reader, "gpus_per_rack", shape.gpus_per_rack, max_gpus);
  shape.switches_per_rack = count(reader, "switches_per_rack", shape.switches_per_rack, max_ports);
  shape.links_per_switch = count(reader, "links_per_switch", shape.links_per_switch, max_ports);
  shape.spines_per_plane = count(reader, "spines_per_plane", shape.spines_per_plane, max_ports);
  shape.links_per_spine = count(reader, "links_per_spine", shape.links_per_spine, max_ports);
  return shape;
}

Mesh read_mesh(const Reader& reader) {
  Mesh shape;
  shape.dims.clear();
  for (const auto& item : reader.list("dims")) shape.dims.push_back(item.integer<std::int64_t>(1, max_gpus));
  return shape;
}

LeafSpine read_leaf_spine(const Reader& reader) {
  LeafSpine shape;
  shape.leafs = count(reader, "leafs", shape.leafs, max_gpus);
  shape.spines = count(reader, "spines", shape.spines, max_ports);
  shape.gpus_per_leaf = count(reader, "gpus_per_leaf", shape.gpus_per_leaf, max_ports);
  shape.links_per_gpu = count(reader, "links_per_gpu", shape.links_per_gpu, max_gpu_ports);
  shape.links_per_pair = count(reader, "links_per_pair", shape.links_per_pair, max_ports);
  return shape;
}

ExplicitTopology::NamedChip read_chip(const Node& node, std::int64_t highest) {
  const auto reader = node.reader();
  ExplicitTopology::NamedChip chip;
  chip.name = reader.text("name");
  for (const unsigned char c : chip.name) {
    if (std::isalnum(c) == 0 && c != '_') throw reader.error("name", "a chip's name is letters, digits and _");
  }
  chip.ports = reader.integer<std::int64_t>("ports", 1, highest);
  return chip;
}

ExplicitTopology read_explicit(const Reader& reader, const TopologySpec& spec) {
  ExplicitTopology shape;
  for (const auto& item : reader.list("gpus")) shape.gpus.push_back(read_chip(item, max_gpu_ports));
  for (const auto& item : reader.list_or_empty("switches")) shape.switches.push_back(read_chip(item, max_ports));
  const auto is_gpu = [&](const std::string& end) {
    const auto name = end.substr(0, end.rfind('.'));
    for (const auto& gpu : shape.gpus) {
      if (gpu.name == name) return true;
    }
    return false;
  };
  for (const auto& item : reader.list("links")) {
    const auto link = item.reader();
    const auto a = link.text("a");
    const auto b = link.text("b");
    shape.links.push_back({a, b, read_cable(link, is_gpu(a) || is_gpu(b) ? spec.gpu_link : spec.trunk)});
  }
  return shape;
}

TopologySpec read_spec(const Reader& reader, bool may_have_domains) {
  TopologySpec spec;
  const auto kind = reader.choice<Kind>("kind", {{"single_switch", Kind::single_switch},
                                                 {"planes", Kind::planes},
                                                 {"two_boards", Kind::two_boards},
                                                 {"racks", Kind::racks},
                                                 {"mesh", Kind::mesh},
                                                 {"leaf_spine", Kind::leaf_spine},
                                                 {"explicit", Kind::explicit_list},
                                                 {"domains", Kind::domains}});
  if (kind == Kind::domains) {
    if (!may_have_domains) throw reader.error("kind", "a domain has no domains inside");
    Domains domains;
    domains.count = count(reader, "count", domains.count, max_gpus);
    domains.domain = std::make_shared<const TopologySpec>(read_spec(reader.section("domain"), false));
    spec.partial = true;
    spec.shape = std::move(domains);
    return spec;
  }
  spec.gpu_link = read_cable(reader.section_or_empty("gpu_link"), spec.gpu_link);
  if (kind != Kind::single_switch && kind != Kind::planes) {
    spec.trunk = read_cable(reader.section_or_empty("trunk"), spec.trunk);
  }
  switch (kind) {
    case Kind::single_switch:
      spec.shape = read_single_switch(reader);
      break;
    case Kind::planes:
      spec.shape = read_planes(reader);
      break;
    case Kind::two_boards:
      spec.shape = read_two_boards(reader);
      break;
    case Kind::racks:
      spec.shape = read_racks(reader);
      break;
    case Kind::mesh:
      spec.shape = read_mesh(reader);
      break;
    case Kind::leaf_spine:
      spec.shape = read_leaf_spine(reader);
      break;
    case Kind::explicit_list:
      spec.partial = reader.boolean_or("partial", false);
      spec.shape = read_explicit(reader, spec);
      break;
    case Kind::domains:
      break;
  }
  return spec;
}

/// The ConfigError for a path below `reader`: `gpus`, `links[3].b`, `dims[1]`.
ConfigError placed(const Reader& reader, const std::string& path, const std::string& what) {
  if (path.empty()) return reader.error(what);
  if (path.rfind("domain.", 0) == 0) return placed(reader.section("domain"), path.substr(7), what);
  const auto bracket = path.find('[');
  const auto key = path.substr(0, bracket);
  if (bracket == std::string::npos) return reader.error(key, what);
  const auto close = path.find(']');
  const auto item = reader.list(key).at(static_cast<std::size_t>(std::stoul(path.substr(bracket + 1))));
  if (close + 1 == path.size()) return item.error(what);
  return item.reader().error(path.substr(close + 2), what);
}

}  // namespace

ReadTopology read_topology(const Reader& reader) {
  ReadTopology result;
  result.spec = read_spec(reader, true);
  result.topology = build_read_topology(reader, result.spec);
  return result;
}

Topology build_read_topology(const Reader& reader, const TopologySpec& spec) {
  try {
    return build_topology(spec);
  } catch (const TopologyKeyError& error) {
    throw placed(reader, error.key, error.what());
  }
}

RoutingSpec read_routing(const Reader& reader, const std::vector<TrafficClass>& classes) {
  RoutingSpec spec;
  spec.algorithm = reader.choice_or<RoutingAlgorithm>("algorithm", spec.algorithm,
                                                      {{"automatic", RoutingAlgorithm::automatic},
                                                       {"shortest", RoutingAlgorithm::shortest},
                                                       {"dimension_order", RoutingAlgorithm::dimension_order}});
  const auto read_mode = [](const Reader& from, const std::string& key, RouteMode otherwise) {
    return from.choice_or<RouteMode>(
        key, otherwise,
        {{"hashed", RouteMode::hashed}, {"sprayed", RouteMode::sprayed}, {"adaptive", RouteMode::adaptive}});
  };
  spec.mode = read_mode(reader, "mode", spec.mode);
  if (const auto modes = reader.optional_section("class_modes")) {
    for (const auto& cls : classes) spec.class_modes.push_back(read_mode(*modes, cls.name, spec.mode));
  }
  return spec;
}

Routes read_routes(const Reader& topology_reader, const Reader& routing_reader, const ReadTopology& fabric,
                   const std::vector<TrafficClass>& classes) {
  const auto spec = read_routing(routing_reader, classes);
  if (spec.algorithm == RoutingAlgorithm::dimension_order && fabric.topology.mesh_dims.empty()) {
    throw routing_reader.error("algorithm", "dimension_order is for `kind: mesh`; take shortest or automatic");
  }
  try {
    return compute_routes(fabric.topology, VcPlan::of(classes), spec, fabric.spec.partial);
  } catch (const TopologyError& error) {
    throw topology_reader.error(error.what() + std::string(" (say `partial: true` if that is meant)"));
  }
}

}  // namespace fs
