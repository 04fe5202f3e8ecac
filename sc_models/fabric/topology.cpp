// SPDX-License-Identifier: Apache-2.0
#include "fabric/topology.hpp"

#include <utility>

#include "fabric/domains.hpp"

namespace fs {
namespace {

PortId port(std::int64_t number) { return static_cast<PortId>(number); }

/// Refuses `value` outside 1 .. highest at `key`.
void check_count(const std::string& key, std::int64_t value, std::int64_t highest) {
  if (value >= 1 && value <= highest) return;
  throw TopologyKeyError(key, std::to_string(value) + " is out of range: 1 to " + std::to_string(highest));
}

void check_switch_ports(const std::string& key, std::int64_t ports) {
  if (ports <= max_ports) return;
  throw TopologyKeyError(
      key, "a switch would need " + std::to_string(ports) + " ports; it has at most " + std::to_string(max_ports));
}

void check_gpu_ports(const std::string& key, std::int64_t ports) {
  if (ports <= max_gpu_ports) return;
  throw TopologyKeyError(
      key, "a GPU would need " + std::to_string(ports) + " links; it has at most " + std::to_string(max_gpu_ports));
}

void check_gpu_total(const std::string& key, std::int64_t gpus) {
  if (gpus <= max_gpus) return;
  throw TopologyKeyError(key, std::to_string(gpus) + " GPUs in all; at most " + std::to_string(max_gpus));
}

void check_switch_total(const std::string& key, std::int64_t switches) {
  if (switches <= max_switches) return;
  throw TopologyKeyError(key, std::to_string(switches) + " switches in all; at most " + std::to_string(max_switches));
}

std::vector<ChipId> add_gpus(Graph& graph, std::int64_t count, std::int64_t ports) {
  std::vector<ChipId> ids;
  for (std::int64_t i = 0; i < count; ++i) {
    ids.push_back(graph.add_gpu("gpu" + std::to_string(i), static_cast<int>(ports)));
  }
  return ids;
}

std::vector<ChipId> add_switches(Graph& graph, const std::string& word, std::int64_t count, std::int64_t ports) {
  std::vector<ChipId> ids;
  for (std::int64_t i = 0; i < count; ++i) {
    ids.push_back(graph.add_switch(word + std::to_string(i), static_cast<int>(ports)));
  }
  return ids;
}

void build(const SingleSwitch& shape, const TopologySpec& spec, Topology& topology) {
  check_count("gpus", shape.gpus, max_gpus);
  check_count("links_per_gpu", shape.links_per_gpu, max_gpu_ports);
  check_switch_ports("gpus", shape.gpus * shape.links_per_gpu);
  auto& graph = topology.graph;
  const auto gpus = add_gpus(graph, shape.gpus, shape.links_per_gpu);
  const auto sw = graph.add_switch("sw0", static_cast<int>(shape.gpus * shape.links_per_gpu));
  for (std::int64_t g = 0; g < shape.gpus; ++g) {
    for (std::int64_t j = 0; j < shape.links_per_gpu; ++j) {
      graph.add_link({gpus[g], port(j)}, {sw, port(g * shape.links_per_gpu + j)}, spec.gpu_link);
    }
  }
}

/// The links a GPU has to each switch of a group of planes, checked.
std::vector<std::int64_t> plane_links(const Planes& shape) {
  check_count("switches", shape.switches, max_ports);
  if (shape.split.empty()) {
    check_count("links_per_switch", shape.links_per_switch, max_ports);
    return std::vector<std::int64_t>(static_cast<std::size_t>(shape.switches), shape.links_per_switch);
  }
  if (static_cast<std::int64_t>(shape.split.size()) != shape.switches) {
    throw TopologyKeyError("split", std::to_string(shape.split.size()) + " numbers for " +
                                        std::to_string(shape.switches) + " switches: give one each");
  }
  for (std::size_t s = 0; s < shape.split.size(); ++s) {
    check_count("split[" + std::to_string(s) + "]", shape.split[s], max_ports);
  }
  return shape.split;
}

void build(const Planes& shape, const TopologySpec& spec, Topology& topology) {
  check_count("gpus", shape.gpus, max_gpus);
  const auto links = plane_links(shape);
  std::int64_t gpu_ports = 0;
  for (const auto k : links) {
    check_switch_ports("gpus", shape.gpus * k);
    gpu_ports += k;
  }
  check_gpu_ports("switches", gpu_ports);
  auto& graph = topology.graph;
  const auto gpus = add_gpus(graph, shape.gpus, gpu_ports);
  for (std::size_t s = 0; s < links.size(); ++s) {
    graph.add_switch("sw" + std::to_string(s), static_cast<int>(shape.gpus * links[s]));
  }
  for (std::int64_t g = 0; g < shape.gpus; ++g) {
    std::int64_t next = 0;
    for (std::size_t s = 0; s < links.size(); ++s) {
      const auto sw = static_cast<ChipId>(gpus.size() + s);
      for (std::int64_t j = 0; j < links[s]; ++j) {
        graph.add_link({gpus[g], port(next++)}, {sw, port(g * links[s] + j)}, spec.gpu_link);
      }
    }
  }
}

void build(const TwoBoards& shape, const TopologySpec& spec, Topology& topology) {
  check_count("gpus_per_board", shape.gpus_per_board, max_gpus / 2);
  check_count("switches_per_board", shape.switches_per_board, max_ports);
  check_count("links_per_switch", shape.links_per_switch, max_ports);
  check_count("trunks_per_switch", shape.trunks_per_switch, max_ports);
  const auto gpu_side = shape.gpus_per_board * shape.links_per_switch;
  check_switch_ports("gpus_per_board", gpu_side + shape.trunks_per_switch);
  check_gpu_ports("switches_per_board", shape.switches_per_board * shape.links_per_switch);

  auto& graph = topology.graph;
  const auto gpus = add_gpus(graph, 2 * shape.gpus_per_board, shape.switches_per_board * shape.links_per_switch);
  const auto switches = add_switches(graph, "sw", 2 * shape.switches_per_board, gpu_side + shape.trunks_per_switch);
  for (std::int64_t g = 0; g < 2 * shape.gpus_per_board; ++g) {
    const auto board = g / shape.gpus_per_board;
    const auto place = g % shape.gpus_per_board;
    for (std::int64_t s = 0; s < shape.switches_per_board; ++s) {
      for (std::int64_t j = 0; j < shape.links_per_switch; ++j) {
        graph.add_link({gpus[g], port(s * shape.links_per_switch + j)},
                       {switches[board * shape.switches_per_board + s], port(place * shape.links_per_switch + j)},
                       spec.gpu_link);
      }
    }
  }
  for (std::int64_t s = 0; s < shape.switches_per_board; ++s) {
    for (std::int64_t j = 0; j < shape.trunks_per_switch; ++j) {
      graph.add_link({switches[s], port(gpu_side + j)}, {switches[shape.switches_per_board + s], port(gpu_side + j)},
                     spec.trunk);
    }
  }
}

void check(const Racks& shape) {
  check_count("racks", shape.racks, max_gpus);
  check_count("gpus_per_rack", shape.gpus_per_rack, max_gpus);
  check_count("switches_per_rack", shape.switches_per_rack, max_ports);
  check_count("links_per_switch", shape.links_per_switch, max_ports);
  check_count("spines_per_plane", shape.spines_per_plane, max_ports);
  check_count("links_per_spine", shape.links_per_spine, max_ports);
  check_switch_ports("gpus_per_rack",
                     shape.gpus_per_rack * shape.links_per_switch + shape.spines_per_plane * shape.links_per_spine);
  check_switch_ports("links_per_spine", shape.racks * shape.links_per_spine);
  check_gpu_ports("switches_per_rack", shape.switches_per_rack * shape.links_per_switch);
  check_gpu_total("racks", shape.racks * shape.gpus_per_rack);
  check_switch_total("racks", (shape.racks + shape.spines_per_plane) * shape.switches_per_rack);
}

void build(const Racks& shape, const TopologySpec& spec, Topology& topology) {
  check(shape);
  const auto gpu_side = shape.gpus_per_rack * shape.links_per_switch;
  auto& graph = topology.graph;
  const auto gpus =
      add_gpus(graph, shape.racks * shape.gpus_per_rack, shape.switches_per_rack * shape.links_per_switch);
  const auto switches = add_switches(graph, "sw", shape.racks * shape.switches_per_rack,
                                     gpu_side + shape.spines_per_plane * shape.links_per_spine);
  const auto spines = add_switches(graph, "spine", shape.switches_per_rack * shape.spines_per_plane,
                                   shape.racks * shape.links_per_spine);
  for (std::int64_t g = 0; g < shape.racks * shape.gpus_per_rack; ++g) {
    const auto rack = g / shape.gpus_per_rack;
    const auto place = g % shape.gpus_per_rack;
    for (std::int64_t s = 0; s < shape.switches_per_rack; ++s) {
      for (std::int64_t j = 0; j < shape.links_per_switch; ++j) {
        graph.add_link({gpus[g], port(s * shape.links_per_switch + j)},
                       {switches[rack * shape.switches_per_rack + s], port(place * shape.links_per_switch + j)},
                       spec.gpu_link);
      }
    }
  }
  for (std::int64_t s = 0; s < shape.racks * shape.switches_per_rack; ++s) {
    const auto rack = s / shape.switches_per_rack;
    const auto plane = s % shape.switches_per_rack;
    for (std::int64_t k = 0; k < shape.spines_per_plane; ++k) {
      for (std::int64_t j = 0; j < shape.links_per_spine; ++j) {
        graph.add_link({switches[s], port(gpu_side + k * shape.links_per_spine + j)},
                       {spines[plane * shape.spines_per_plane + k], port(rack * shape.links_per_spine + j)},
                       spec.trunk);
      }
    }
  }
}

std::int64_t mesh_routers(const Mesh& shape) {
  if (shape.dims.empty() || shape.dims.size() > 8) throw TopologyKeyError("dims", "a mesh has 1 to 8 dimensions");
  std::int64_t count = 1;
  for (std::size_t d = 0; d < shape.dims.size(); ++d) {
    check_count("dims[" + std::to_string(d) + "]", shape.dims[d], max_gpus);
    count *= shape.dims[d];
    check_gpu_total("dims", count);
  }
  return count;
}

void build(const Mesh& shape, const TopologySpec& spec, Topology& topology) {
  const auto count = mesh_routers(shape);
  const auto dimensions = static_cast<std::int64_t>(shape.dims.size());
  auto& graph = topology.graph;
  const auto gpus = add_gpus(graph, count, 1);
  const auto routers = add_switches(graph, "sw", count, 2 * dimensions + 1);
  for (std::int64_t n = 0; n < count; ++n) {
    graph.add_link({gpus[n], port(0)}, {routers[n], port(2 * dimensions)}, spec.gpu_link);
  }
  for (std::int64_t n = 0; n < count; ++n) {
    std::int64_t stride = 1;
    for (std::int64_t d = 0; d < dimensions; ++d) {
      const auto size = shape.dims[static_cast<std::size_t>(d)];
      if ((n / stride) % size + 1 < size) {
        graph.add_link({routers[n], port(2 * d)}, {routers[n + stride], port(2 * d + 1)}, spec.trunk);
      }
      stride *= size;
    }
  }
  topology.mesh_dims = shape.dims;
}

void check(const LeafSpine& shape) {
  check_count("leafs", shape.leafs, max_gpus);
  check_count("spines", shape.spines, max_ports);
  check_count("gpus_per_leaf", shape.gpus_per_leaf, max_ports);
  check_count("links_per_gpu", shape.links_per_gpu, max_gpu_ports);
  check_count("links_per_pair", shape.links_per_pair, max_ports);
  check_switch_ports("gpus_per_leaf", shape.gpus_per_leaf * shape.links_per_gpu + shape.spines * shape.links_per_pair);
  check_switch_ports("leafs", shape.leafs * shape.links_per_pair);
  check_gpu_total("gpus_per_leaf", shape.leafs * shape.gpus_per_leaf);
  check_switch_total("leafs", shape.leafs + shape.spines);
}

void build(const LeafSpine& shape, const TopologySpec& spec, Topology& topology) {
  check(shape);
  const auto gpu_side = shape.gpus_per_leaf * shape.links_per_gpu;
  auto& graph = topology.graph;
  const auto gpus = add_gpus(graph, shape.leafs * shape.gpus_per_leaf, shape.links_per_gpu);
  const auto leafs = add_switches(graph, "leaf", shape.leafs, gpu_side + shape.spines * shape.links_per_pair);
  const auto spines = add_switches(graph, "spine", shape.spines, shape.leafs * shape.links_per_pair);
  for (std::size_t g = 0; g < gpus.size(); ++g) {
    const auto leaf = static_cast<std::int64_t>(g) / shape.gpus_per_leaf;
    const auto place = static_cast<std::int64_t>(g) % shape.gpus_per_leaf;
    for (std::int64_t j = 0; j < shape.links_per_gpu; ++j) {
      graph.add_link({gpus[g], port(j)}, {leafs[leaf], port(place * shape.links_per_gpu + j)}, spec.gpu_link);
    }
  }
  for (std::int64_t l = 0; l < shape.leafs; ++l) {
    for (std::int64_t s = 0; s < shape.spines; ++s) {
      for (std::int64_t j = 0; j < shape.links_per_pair; ++j) {
        graph.add_link({leafs[l], port(gpu_side + s * shape.links_per_pair + j)},
                       {spines[s], port(l * shape.links_per_pair + j)}, spec.trunk);
      }
    }
  }
}

/// They are built by themselves: build_domains.
void build(const Domains& /*shape*/, const TopologySpec& /*spec*/, Topology& /*topology*/) {}

/// Runs `step` and puts `key` in front of what it complains about.
template <class Step>
auto at_key(const std::string& key, Step&& step) {
  try {
    return step();
  } catch (const TopologyError& error) {
    throw TopologyKeyError(key, error.what());
  }
}

std::string item(const std::string& list, std::size_t i) { return list + "[" + std::to_string(i) + "]"; }

int clamped(std::int64_t ports) { return static_cast<int>(ports < 0 || ports > max_ports + 1 ? 0 : ports); }

void build(const ExplicitTopology& shape, const TopologySpec&, Topology& topology) {
  auto& graph = topology.graph;
  if (shape.gpus.empty()) throw TopologyKeyError("gpus", "a fabric has at least one GPU");
  for (std::size_t i = 0; i < shape.gpus.size(); ++i) {
    at_key(item("gpus", i), [&] { return graph.add_gpu(shape.gpus[i].name, clamped(shape.gpus[i].ports)); });
  }
  for (std::size_t i = 0; i < shape.switches.size(); ++i) {
    at_key(item("switches", i),
           [&] { return graph.add_switch(shape.switches[i].name, clamped(shape.switches[i].ports)); });
  }
  for (std::size_t i = 0; i < shape.links.size(); ++i) {
    const auto& link = shape.links[i];
    const auto a = at_key(item("links", i) + ".a", [&] { return parse_link_end(graph, link.a); });
    const auto b = at_key(item("links", i) + ".b", [&] { return parse_link_end(graph, link.b); });
    at_key(item("links", i), [&] { return graph.add_link(a, b, link.cable); });
  }
}

}  // namespace

LinkEnd parse_link_end(const Graph& graph, const std::string& text) {
  const auto dot = text.rfind('.');
  const auto digits = dot == std::string::npos ? std::string() : text.substr(dot + 1);
  if (digits.empty() || digits.size() > 4 || digits.find_first_not_of("0123456789") != std::string::npos) {
    throw TopologyError("'" + text + "' names no port: write chip and port, as in gpu0.1");
  }
  const auto chip = graph.find(text.substr(0, dot));
  if (!chip) throw TopologyError("no chip is named '" + text.substr(0, dot) + "'");
  return {*chip, static_cast<PortId>(std::stoi(digits))};
}

Topology build_topology(const TopologySpec& spec) {
  Topology topology;
  if (const auto* domains = std::get_if<Domains>(&spec.shape)) return build_domains(*domains);
  std::visit([&](const auto& shape) { build(shape, spec, topology); }, spec.shape);
  return topology;
}

}  // namespace fs
