// SPDX-License-Identifier: Apache-2.0
// Who waits for whom when nothing moves any more: heads in switches, requests and packets at GPUs, links that do not
// carry, and the cycle, where buffers wait for each other.
#include "system/fabric/waiting_report.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "link/layer/link_layer.hpp"
#include "system/fabric/memory_system.hpp"
#include "tlm/carrier_module.hpp"
#include "tlm/kernel_time.hpp"

namespace fs {

namespace {

/// A receive buffer of a switch.
struct Place {
  ChipId chip{};
  int port = 0;
  int vc = 0;
  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.chip, a.port, a.vc) < std::tie(b.chip, b.port, b.vc);
  }
};

/// By buffer, the buffer that its head waits for: that behind the output, or, at the same switch, the one whose packet
/// holds the output's VC.
using Waits = std::map<Place, Place>;

void add_wait(const RunningFabric& fabric, ChipId chip, const HeadWait& head, Waits& waits) {
  const Place from{chip, head.input, head.vc};
  if (head.held_by_another()) {
    waits[from] = {chip, head.holder_input, head.holder_vc};
    return;
  }
  if (head.output < 0 || head.output_vc < 0) return;
  const Graph& graph = fabric.plan().topology.graph;
  const auto& peer = graph.peer(chip, static_cast<PortId>(head.output));
  if (!peer) return;
  const LinkEnd sink = graph.sink(peer->out);
  waits[from] = {sink.chip, static_cast<int>(index(sink.port)), head.output_vc};
}

/// The first cycle there is, as a line.
std::optional<std::string> cycle_among(const RunningFabric& fabric, const Waits& waits) {
  const Graph& graph = fabric.plan().topology.graph;
  const auto name = [&](const Place& place) {
    return graph.chip(place.chip).name + '.' + std::to_string(place.port) + " VC " + std::to_string(place.vc);
  };
  std::map<Place, int> seen;  // by the walk that came there
  int walk = 0;
  for (const auto& [start, next] : waits) {
    ++walk;
    Place at = start;
    while (waits.count(at) != 0 && seen.emplace(at, walk).second) at = waits.at(at);
    if (waits.count(at) == 0 || seen[at] != walk) continue;
    std::string line = "cycle: " + name(at);
    Place place = at;
    do {
      place = waits.at(place);
      line += " -> " + name(place);
    } while (place < at || at < place);
    return line;
  }
  return std::nullopt;
}

/// Links that hold back what they should carry.
std::vector<std::string> links_that_wait(const RunningFabric& fabric) {
  const Graph& graph = fabric.plan().topology.graph;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const auto id = static_cast<LinkId>(i);
    const LiveLink* link = fabric.live_link(id);
    if (link == nullptr) continue;
    std::string line;
    if (link->state() != LinkState::up) line += std::string(" is ") + link_state_name(link->state());
    for (const ChannelId channel : {forward_channel(id), reverse_channel(id)}) {
      const LinkLayer& layer = *fabric.channel(channel).layer();
      const std::uint64_t frames = layer.transmitter().unacknowledged();
      if (frames == 0) continue;
      line += (line.empty() ? " waits: " : "; ") + fabric.channel(channel).config().name + " has " +
              std::to_string(frames) + " frames that are not acknowledged, frame " +
              std::to_string(layer.receiver().expected()) + " is expected";
    }
    if (!line.empty()) lines.push_back("link " + graph.link(id).name + line);
  }
  return lines;
}

}  // namespace

std::vector<std::string> waiting_report(const RunningFabric& fabric, std::size_t limit) {
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& more, const std::string& prefix) {
    for (const auto& line : more) {
      if (lines.size() < limit) lines.push_back(prefix + line);
    }
  };
  Waits waits;
  const Graph& graph = fabric.plan().topology.graph;
  for (std::size_t chip = 0; chip < graph.chip_count(); ++chip) {
    const auto* sw = fabric.switch_at(static_cast<ChipId>(chip));
    if (sw == nullptr) continue;
    std::vector<std::string> heads;
    for (const HeadWait& head : sw->core().waiting()) {
      add_wait(fabric, static_cast<ChipId>(chip), head, waits);
      heads.push_back(text_of(head));
    }
    add(heads, "switch " + sw->config().name + ": ");
  }
  if (const auto cycle = cycle_among(fabric, waits)) lines.insert(lines.begin(), *cycle);
  add(links_that_wait(fabric), "");
  const Femtoseconds now = tlm::present();
  for (const auto& chip : fabric.gpus()) add(chip->waiting_lines(now), "");
  const auto* carrier = fabric.memory() != nullptr ? fabric.memory()->carrier() : nullptr;
  if (carrier != nullptr && carrier->under_way() > 0) {
    add({std::to_string(carrier->under_way()) + " messages are under way"}, "between domains: ");
  }
  return lines;
}

}  // namespace fs
