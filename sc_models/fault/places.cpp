// SPDX-License-Identifier: Apache-2.0
#include "fault/places.hpp"

#include "fabric/topology.hpp"

namespace fs {

namespace {

std::optional<LinkEnd> find_end(const Graph& graph, const std::string& name) {
  try {
    const LinkEnd end = parse_link_end(graph, name);
    if (index(end.port) >= graph.chip(end.chip).ports) return std::nullopt;
    return end;
  } catch (const TopologyError&) {
    return std::nullopt;
  }
}

std::vector<std::string> links(const Graph& graph, bool gpus, bool trunks) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const Link& link = graph.link(static_cast<LinkId>(i));
    if (link.trunk ? trunks : gpus) names.push_back(link.name);
  }
  return names;
}

std::vector<std::string> ports(const Graph& graph) {
  std::vector<std::string> names;
  for (const ChipId chip : graph.switches()) {
    for (std::uint16_t port = 0; port < graph.chip(chip).ports; ++port) {
      const LinkEnd end{chip, static_cast<PortId>(port)};
      if (graph.peer(chip, end.port)) names.push_back(graph.end_name(end));
    }
  }
  return names;
}

}  // namespace

std::optional<LinkId> find_link(const Graph& graph, const std::string& name) {
  const auto dash = name.find('-');
  const auto end = find_end(graph, name.substr(0, dash));
  if (!end) return std::nullopt;
  const auto& peer = graph.peer(end->chip, end->port);
  if (!peer) return std::nullopt;
  const LinkId link = link_of(peer->out);
  if (dash != std::string::npos && graph.link(link).name != name) return std::nullopt;
  return link;
}

std::optional<ChannelId> find_channel(const Graph& graph, const std::string& name) {
  const auto arrow = name.find("->");
  if (arrow == std::string::npos) return std::nullopt;
  const auto end = find_end(graph, name.substr(0, arrow));
  if (!end) return std::nullopt;
  const auto& peer = graph.peer(end->chip, end->port);
  if (!peer || graph.channel_name(peer->out) != name) return std::nullopt;
  return peer->out;
}

std::optional<LinkEnd> find_switch_port(const Graph& graph, const std::string& name) {
  const auto end = find_end(graph, name);
  if (!end || graph.is_gpu(end->chip) || !graph.peer(end->chip, end->port)) return std::nullopt;
  return end;
}

std::optional<ChipId> find_chip(const Graph& graph, const std::string& name, ChipKind kind) {
  const auto chip = graph.find(name);
  return chip && graph.chip(*chip).kind == kind ? chip : std::nullopt;
}

bool is_place(const Graph& graph, PlaceKind kind, const std::string& name) {
  switch (kind) {
    case PlaceKind::link:
      return find_link(graph, name).has_value();
    case PlaceKind::channel:
      return find_channel(graph, name).has_value();
    case PlaceKind::switch_chip:
      return find_chip(graph, name, ChipKind::switch_chip).has_value();
    case PlaceKind::gpu:
      return find_chip(graph, name, ChipKind::gpu).has_value();
    case PlaceKind::switch_port:
      return find_switch_port(graph, name).has_value();
  }
  return false;
}

std::optional<std::vector<std::string>> places_of(const Graph& graph, PlaceKind kind, const std::string& word) {
  if (kind == PlaceKind::link && word == "any_gpu_link") return links(graph, true, false);
  if (kind == PlaceKind::link && word == "any_trunk") return links(graph, false, true);
  if (word != "any") return std::nullopt;
  std::vector<std::string> names;
  switch (kind) {
    case PlaceKind::link:
      return links(graph, true, true);
    case PlaceKind::channel:
      for (std::size_t i = 0; i < graph.channel_count(); ++i) {
        names.push_back(graph.channel_name(static_cast<ChannelId>(i)));
      }
      return names;
    case PlaceKind::switch_chip:
      for (const ChipId chip : graph.switches()) names.push_back(graph.chip(chip).name);
      return names;
    case PlaceKind::gpu:
      for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
        names.push_back(graph.chip(graph.gpu(static_cast<NodeId>(n))).name);
      }
      return names;
    case PlaceKind::switch_port:
      return ports(graph);
  }
  return names;
}

std::string place_example(const Graph& graph, PlaceKind kind) {
  constexpr const char* words[] = {"a link", "a channel", "a switch", "a GPU", "a port of a switch"};
  const auto all = places_of(graph, kind, "any");
  const std::string word = words[static_cast<std::size_t>(kind)];
  return all && !all->empty() ? word + " such as " + all->front() : word + ", and this fabric has none";
}

}  // namespace fs
