// SPDX-License-Identifier: Apache-2.0
// Chips and the links between them. A link is two channels, one a direction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "config/units.hpp"

namespace fs {

enum class LinkId : std::uint32_t {};  ///< a cable: both directions

/// Limits of a fabric. A switch core's port sets, and the tables routes are kept in, are sized for them.
constexpr int max_ports = 256;     ///< ports of one chip
constexpr int max_gpu_ports = 64;  ///< links of one GPU
constexpr int max_gpus = 4096;
constexpr int max_switches = 8192;
constexpr Micrometres max_link_length{40'000LL * 1'000 * 1'000'000};  ///< 40 000 km, once around the Earth

/// A topology that cannot be built, or a chip that does not exist. Says what is wrong; whoever read it says where.
class TopologyError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class ChipKind : std::uint8_t { gpu, switch_chip };

struct Chip {
  ChipKind kind = ChipKind::switch_chip;
  std::string name;
  NodeId node{};            ///< GPUs only: what packets call it
  std::uint16_t ports = 0;  ///< 1 .. max_ports; a port may stay without a link
};

struct LinkEnd {
  ChipId chip{};
  PortId port{};
  friend bool operator==(LinkEnd a, LinkEnd b) { return a.chip == b.chip && a.port == b.port; }
};

/// What a link is made of.
struct Cable {
  Micrometres length{1'500'000};  ///< 0 .. 40 000 km; default 1.5 m, a GPU tray to a switch tray of the same rack
  std::string medium = "copper";  ///< copper, pcb or fibre: the link room knows their delay
  Femtoseconds latency{0};  ///< of modules at its two ends together: retimers, optical transceivers with their DSP
};

struct Link {
  std::string name;  ///< `gpu7.2-sw2.7`
  LinkEnd a;
  LinkEnd b;
  Cable cable;
  bool trunk = false;  ///< between switches
};

/// The channels of link l: from a to b, and from b to a.
constexpr ChannelId forward_channel(LinkId link) {
  return static_cast<ChannelId>(2 * static_cast<std::uint32_t>(link));
}
constexpr ChannelId reverse_channel(LinkId link) {
  return static_cast<ChannelId>(2 * static_cast<std::uint32_t>(link) + 1);
}
constexpr ChannelId opposite(ChannelId channel) {
  return static_cast<ChannelId>(static_cast<std::uint32_t>(channel) ^ 1U);
}
constexpr LinkId link_of(ChannelId channel) { return static_cast<LinkId>(static_cast<std::uint32_t>(channel) >> 1); }

class Graph {
 public:
  /// GPUs are numbered (NodeId) in the order they are added. Throws TopologyError: name empty or taken, ports out of
  /// 1 .. max_ports (a GPU: max_gpu_ports), too many chips.
  ChipId add_gpu(const std::string& name, int ports);
  ChipId add_switch(const std::string& name, int ports);
  /// Throws TopologyError: unknown chip or port, a port that already has a link, both ends on one chip, a length
  /// below zero or above 40 000 km.
  LinkId add_link(LinkEnd a, LinkEnd b, const Cable& cable);

  std::size_t chip_count() const { return chips_.size(); }
  std::size_t gpu_count() const { return gpus_.size(); }
  std::size_t switch_count() const { return chips_.size() - gpus_.size(); }
  std::size_t link_count() const { return links_.size(); }
  std::size_t channel_count() const { return 2 * links_.size(); }

  const Chip& chip(ChipId id) const { return chips_[id]; }
  const Link& link(LinkId id) const { return links_[id]; }
  ChipId gpu(NodeId node) const { return gpus_[node]; }
  bool is_gpu(ChipId id) const { return chips_[id].kind == ChipKind::gpu; }
  std::optional<ChipId> find(const std::string& name) const;

  /// The link at a port, and what lies behind it.
  struct Peer {
    LinkEnd far;
    ChannelId out{};  ///< from this port to `far`
    ChannelId in{};   ///< from `far` to this port
  };
  /// Nothing where the port has no link. The port must exist.
  const std::optional<Peer>& peer(ChipId chip, PortId port) const { return peers_[chip][index(port)]; }

  LinkEnd source(ChannelId channel) const;
  LinkEnd sink(ChannelId channel) const;
  /// `gpu0.1->sw1.0`.
  std::string channel_name(ChannelId channel) const;
  /// `sw1.0`.
  std::string end_name(LinkEnd end) const;

  /// The switches, in the order they were added.
  std::vector<ChipId> switches() const;

 private:
  ChipId add_chip(Chip chip);
  void check_end(LinkEnd end) const;

  IdVector<ChipId, Chip> chips_;
  IdVector<NodeId, ChipId> gpus_;
  IdVector<LinkId, Link> links_;
  IdVector<ChipId, std::vector<std::optional<Peer>>> peers_;
  std::map<std::string, ChipId> names_;
};

}  // namespace fs
