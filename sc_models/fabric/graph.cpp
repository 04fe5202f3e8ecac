// SPDX-License-Identifier: Apache-2.0
#include "fabric/graph.hpp"

#include <utility>

namespace fs {
namespace {

std::string quoted(const std::string& name) { return "'" + name + "'"; }

}  // namespace

ChipId Graph::add_chip(Chip chip) {
  if (chip.name.empty()) throw TopologyError("a chip needs a name");
  if (names_.count(chip.name) != 0) throw TopologyError("two chips are named " + quoted(chip.name));
  const auto id = static_cast<ChipId>(chips_.size());
  names_.emplace(chip.name, id);
  peers_.push_back(std::vector<std::optional<Peer>>(chip.ports));
  chips_.push_back(std::move(chip));
  return id;
}

static std::uint16_t checked_ports(const std::string& name, int ports, int highest) {
  if (ports < 1 || ports > highest) {
    throw TopologyError(quoted(name) + " would need " + std::to_string(ports) + " ports; it may have 1 to " +
                        std::to_string(highest));
  }
  return static_cast<std::uint16_t>(ports);
}

ChipId Graph::add_gpu(const std::string& name, int ports) {
  if (gpu_count() >= max_gpus) throw TopologyError("more than " + std::to_string(max_gpus) + " GPUs");
  const auto node = static_cast<NodeId>(gpus_.size());
  const auto id = add_chip({ChipKind::gpu, name, node, checked_ports(name, ports, max_gpu_ports)});
  gpus_.push_back(id);
  return id;
}

ChipId Graph::add_switch(const std::string& name, int ports) {
  if (switch_count() >= max_switches) throw TopologyError("more than " + std::to_string(max_switches) + " switches");
  return add_chip({ChipKind::switch_chip, name, NodeId{}, checked_ports(name, ports, max_ports)});
}

void Graph::check_end(LinkEnd end) const {
  if (index(end.chip) >= chips_.size()) {
    throw TopologyError("chip number " + std::to_string(index(end.chip)) + " does not exist");
  }
  const auto& chip = chips_[end.chip];
  if (index(end.port) >= chip.ports) {
    throw TopologyError(quoted(chip.name) + " has ports 0 to " + std::to_string(chip.ports - 1) + ", not " +
                        std::to_string(index(end.port)));
  }
  if (peer(end.chip, end.port)) throw TopologyError("port " + end_name(end) + " already has a link");
}

LinkId Graph::add_link(LinkEnd a, LinkEnd b, const Cable& cable) {
  check_end(a);
  check_end(b);
  if (a.chip == b.chip) throw TopologyError("a link cannot have both ends on " + quoted(chips_[a.chip].name));
  if (cable.length < Micrometres(0) || cable.length > max_link_length) {
    throw TopologyError("a link's length lies between 0 and 40000 km");
  }
  const auto id = static_cast<LinkId>(links_.size());
  const bool trunk = !is_gpu(a.chip) && !is_gpu(b.chip);
  links_.push_back({end_name(a) + "-" + end_name(b), a, b, cable, trunk});
  peers_[a.chip][index(a.port)] = Peer{b, forward_channel(id), reverse_channel(id)};
  peers_[b.chip][index(b.port)] = Peer{a, reverse_channel(id), forward_channel(id)};
  return id;
}

std::optional<ChipId> Graph::find(const std::string& name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

LinkEnd Graph::source(ChannelId channel) const {
  const auto& link = links_[link_of(channel)];
  return channel == forward_channel(link_of(channel)) ? link.a : link.b;
}

LinkEnd Graph::sink(ChannelId channel) const { return source(opposite(channel)); }

std::string Graph::end_name(LinkEnd end) const { return chips_[end.chip].name + "." + std::to_string(index(end.port)); }

std::string Graph::channel_name(ChannelId channel) const {
  return end_name(source(channel)) + "->" + end_name(sink(channel));
}

std::vector<ChipId> Graph::switches() const {
  std::vector<ChipId> ids;
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    if (!is_gpu(static_cast<ChipId>(i))) ids.push_back(static_cast<ChipId>(i));
  }
  return ids;
}

}  // namespace fs
