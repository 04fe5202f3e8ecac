// SPDX-License-Identifier: Apache-2.0
#include "fabric/domains.hpp"

#include <string>
#include <vector>

namespace fs {
namespace {

Topology build_one(const TopologySpec& spec) {
  try {
    return build_topology(spec);
  } catch (const TopologyKeyError& error) {
    throw TopologyKeyError(error.key.empty() ? "domain" : "domain." + error.key, error.what());
  }
}

void check(const Domains& shape, const Topology& domain) {
  const auto refuse = [](const std::string& key, const std::string& what) { throw TopologyKeyError(key, what); };
  if (shape.count < 1) refuse("count", "there is at least one domain");
  const auto gpus = static_cast<std::int64_t>(domain.graph.gpu_count());
  if (gpus < 1) refuse("domain", "a domain has at least one GPU");
  if (gpus * shape.count > max_gpus) {
    refuse("count", std::to_string(gpus * shape.count) + " GPUs in all; at most " + std::to_string(max_gpus));
  }
  const auto switches = static_cast<std::int64_t>(domain.graph.switch_count());
  if (switches * shape.count > max_switches) {
    refuse("count",
           std::to_string(switches * shape.count) + " switches in all; at most " + std::to_string(max_switches));
  }
  const bool joinable =
      std::holds_alternative<SingleSwitch>(shape.domain->shape) || std::holds_alternative<Planes>(shape.domain->shape);
  for (std::size_t i = 0; i < shape.bridges.size(); ++i) {
    const auto& bridge = shape.bridges[i];
    const auto key = "bridges[" + std::to_string(i) + "]";
    if (!joinable) refuse(key, "only domains of kind single_switch or planes can be joined switch by switch");
    const bool known = bridge.a >= 0 && bridge.b >= 0 && bridge.a < shape.count && bridge.b < shape.count;
    if (!known || bridge.a == bridge.b)
      refuse(key, "joins two different domains, 0 to " + std::to_string(shape.count - 1));
  }
}

/// Ports that bridges take at each switch of a domain.
std::int64_t bridge_ports(const Domains& shape, std::int64_t domain) {
  std::int64_t ports = 0;
  for (const auto& bridge : shape.bridges) {
    if (bridge.a == domain || bridge.b == domain) ports += bridge.links;
  }
  return ports;
}

void copy_domain(const Domains& shape, std::int64_t number, const Graph& from, Graph& to) {
  const auto base = static_cast<std::uint32_t>(to.chip_count());
  const auto first_gpu = to.gpu_count();
  const auto moved = [&](LinkEnd end) { return LinkEnd{static_cast<ChipId>(index(end.chip) + base), end.port}; };
  const std::string prefix = "d" + std::to_string(number) + "_";
  const auto extra = bridge_ports(shape, number);
  for (std::size_t i = 0; i < from.chip_count(); ++i) {
    const Chip& chip = from.chip(static_cast<ChipId>(i));
    if (chip.kind == ChipKind::gpu) {
      to.add_gpu("gpu" + std::to_string(first_gpu + index(chip.node)), chip.ports);
      continue;
    }
    if (chip.ports + extra > max_ports) {
      throw TopologyKeyError("bridges", "a switch would need " + std::to_string(chip.ports + extra) +
                                            " ports; it has at most " + std::to_string(max_ports));
    }
    to.add_switch(prefix + chip.name, static_cast<int>(chip.ports + extra));
  }
  for (std::size_t i = 0; i < from.link_count(); ++i) {
    const Link& link = from.link(static_cast<LinkId>(i));
    to.add_link(moved(link.a), moved(link.b), link.cable);
  }
}

void add_bridges(const Domains& shape, const Graph& domain, Graph& graph) {
  const auto chips = static_cast<std::int64_t>(domain.chip_count());
  std::vector<std::int64_t> used(static_cast<std::size_t>(shape.count), 0);
  for (const auto& bridge : shape.bridges) {
    auto& used_a = used[static_cast<std::size_t>(bridge.a)];
    auto& used_b = used[static_cast<std::size_t>(bridge.b)];
    for (const ChipId sw : domain.switches()) {
      const std::int64_t own = domain.chip(sw).ports;
      for (std::int64_t j = 0; j < bridge.links; ++j) {
        const auto end = [&](std::int64_t number, std::int64_t before) {
          const auto chip = number * chips + static_cast<std::int64_t>(index(sw));
          return LinkEnd{static_cast<ChipId>(chip), static_cast<PortId>(own + before + j)};
        };
        graph.add_link(end(bridge.a, used_a), end(bridge.b, used_b), bridge.cable);
      }
    }
    used_a += bridge.links;
    used_b += bridge.links;
  }
}

}  // namespace

Topology build_domains(const Domains& shape) {
  const Topology domain = build_one(*shape.domain);
  check(shape, domain);
  Topology topology;
  for (std::int64_t d = 0; d < shape.count; ++d) copy_domain(shape, d, domain.graph, topology.graph);
  add_bridges(shape, domain.graph, topology.graph);
  topology.domain_gpus = static_cast<std::int64_t>(domain.graph.gpu_count());
  return topology;
}

}  // namespace fs
