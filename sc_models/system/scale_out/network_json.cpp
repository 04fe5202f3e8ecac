// SPDX-License-Identifier: Apache-2.0
#include "system/scale_out/network_json.hpp"

#include <algorithm>
#include <map>

namespace fs {
namespace {

struct PortFacts {
  double utilisation = 0;
  Femtoseconds paused{0};
};

PortFacts facts_of(const ScaleOutNetwork& network, NetPortId id, const PortWindow& window) {
  const NetPortCounts& count = network.wires().counts[id];
  const std::uint64_t before = window.before == nullptr ? 0 : (*window.before)[id];
  const double wire = static_cast<double>(network.graph().link_of(id).rate.value()) / 8;
  const double span = to_seconds(window.end - window.begin);
  PortFacts facts;
  if (span > 0) facts.utilisation = static_cast<double>(count.bytes - before) / (wire * span);
  facts.paused = count.paused;
  if (network.wires().ports[id].paused != 0) facts.paused += window.end - count.paused_since;
  return facts;
}

/// "leaf3->spine1#2" to "leaf->spine".
std::string kind_of(const std::string& name) {
  std::string kind;
  for (const char c : name) {
    if (c == '#') break;
    if (c < '0' || c > '9') kind += c;
  }
  return kind;
}

const char* const drop_names[net_drops] = {"threshold", "buffer_full", "headroom",
                                           "link_down", "no_way",      "switch_down"};

}  // namespace

Json network_json(const ScaleOutNetwork& network) {
  const NetPacketCounts packets = network.packet_counts();
  const NicCounts& nics = network.nics().counts();
  const SenderCounts senders = network.nics().queue_pairs().sender_counts();
  Json dropped = {{"all", packets.lost()}};
  for (std::size_t cause = 0; cause < net_drops; ++cause) dropped[drop_names[cause]] = packets.dropped[cause];
  std::uint64_t pauses = 0;
  std::uint64_t marked = 0;
  std::int64_t queue = 0;
  std::int64_t headroom = 0;
  for (const auto& port : network.wires().counts) {
    pauses += port.pauses;
    marked += port.marked;
    queue = std::max(queue, port.queue_high_water);
    headroom = std::max(headroom, port.headroom_high_water);
  }
  std::int64_t buffer = 0;
  for (std::size_t i = 0; i < network.switches().size(); ++i) {
    const auto node = static_cast<NetNodeId>(network.switches().endpoints() + i);
    buffer = std::max(buffer, network.switches().buffer(node).high_water());
  }
  return {{"nics", network.graph().endpoints},
          {"switches", network.switches().size()},
          {"links", network.graph().links.size()},
          {"oversubscription", oversubscription(network.spec().topology)},
          {"packets",
           {{"created", packets.created},
            {"delivered", packets.delivered},
            {"flow_control", packets.heeded},
            {"dropped", dropped},
            {"inside", packets.inside}}},
          {"transport",
           {{"sent", senders.sent},
            {"repeated", senders.repeated},
            {"probes", senders.probes},
            {"timeouts", senders.timeouts},
            {"duplicates", network.nics().queue_pairs().duplicates()},
            {"queue_pairs", network.nics().queue_pairs().known()},
            {"queue_pairs_at_once", network.nics().queue_pairs().high_water()}}},
          {"marked", marked},
          {"notifications", nics.notifications},
          {"pauses", pauses},
          {"queue_high_water_bytes", queue},
          {"headroom_high_water_bytes", headroom},
          {"buffer_high_water_bytes", buffer},
          {"events", network.events()}};
}

Json cable_events(const ScaleOutNetwork& network, Femtoseconds end) {
  const auto names = network.graph().port_names();
  Json events = Json::array();
  for (const auto& change : network.planned_changes()) {
    if (change.time > end) break;
    if (change.of_switch) continue;  // one line for the switch is enough
    events.push_back(
        {{"time_ns", to_nanoseconds(change.time)},
         {"what", to_string(change.change)},
         {"where", change.about_switch() ? network.graph().nodes[change.place].name : names[2 * change.place]}});
  }
  return events;
}

Json ports_json(const ScaleOutNetwork& network, const PortWindow& window) {
  const auto names = network.graph().port_names();
  Json ports = Json::array();
  for (std::uint32_t i = 0; i < network.graph().ports(); ++i) {
    const auto id = static_cast<NetPortId>(i);
    const NetPortCounts& count = network.wires().counts[id];
    const PortFacts facts = facts_of(network, id, window);
    ports.push_back({{"name", names[i]},
                     {"utilisation", facts.utilisation},
                     {"packets", count.packets},
                     {"marked", count.marked},
                     {"dropped", count.lost()},
                     {"pauses", count.pauses},
                     {"paused_ns", to_nanoseconds(facts.paused)},
                     {"queue_high_water_bytes", count.queue_high_water},
                     {"headroom_high_water_bytes", count.headroom_high_water}});
  }
  return ports;
}

Json port_groups_json(const ScaleOutNetwork& network, const PortWindow& window) {
  struct Group {
    std::size_t ports = 0;
    double sum = 0;
    double least = 1e300;
    double most = 0;
    std::uint64_t marked = 0;
    std::uint64_t dropped = 0;
    std::uint64_t pauses = 0;
    std::int64_t queue = 0;
  };
  const auto names = network.graph().port_names();
  std::vector<std::string> order;
  std::map<std::string, Group> groups;
  for (std::uint32_t i = 0; i < network.graph().ports(); ++i) {
    const auto id = static_cast<NetPortId>(i);
    const std::string kind = kind_of(names[i]);
    if (groups.find(kind) == groups.end()) order.push_back(kind);
    Group& group = groups[kind];
    const NetPortCounts& count = network.wires().counts[id];
    const double used = facts_of(network, id, window).utilisation;
    ++group.ports;
    group.sum += used;
    group.least = std::min(group.least, used);
    group.most = std::max(group.most, used);
    group.marked += count.marked;
    group.dropped += count.lost();
    group.pauses += count.pauses;
    group.queue = std::max(group.queue, count.queue_high_water);
  }
  Json list = Json::array();
  for (const auto& name : order) {
    const Group& group = groups[name];
    list.push_back(
        {{"name", name},
         {"ports", group.ports},
         {"utilisation",
          {{"mean", group.sum / static_cast<double>(group.ports)}, {"min", group.least}, {"max", group.most}}},
         {"marked", group.marked},
         {"dropped", group.dropped},
         {"pauses", group.pauses},
         {"queue_high_water_bytes", group.queue}});
  }
  return list;
}

Json traffic_json(const NetTraffic& traffic, const ScaleOutRun& run, Femtoseconds end) {
  const Femtoseconds begin = std::max(run.spec().warmup, traffic.spec().start);
  // Traffic that has come to its end is measured to there.
  const double span = to_seconds((traffic.finished() ? traffic.last_done() : end) - begin);
  double bytes = 0;
  double least = 1e300;
  for (const std::uint64_t part : traffic.bytes()) {
    bytes += static_cast<double>(part);
    least = std::min(least, static_cast<double>(part));
  }
  double rates = 0;
  for (const NodeId source : traffic.spec().sources) {
    rates += static_cast<double>(run.network().graph().link_of(run.network().nics().port_of(source)).rate.value()) / 8;
  }
  const double goodput = span > 0 ? bytes / span : 0;
  return {
      {"name", traffic.spec().name},
      {"sources", traffic.spec().sources.size()},
      {"messages",
       {{"posted", traffic.posted()}, {"completed", traffic.done()}, {"under_way", traffic.posted() - traffic.done()}}},
      {"message_bytes", traffic.spec().bytes},
      {"latency_ns", latency_json(traffic.latency(), traffic.batches())},
      {"goodput_gbytes_per_s", goodput * 1e-9},
      {"goodput_of_links", goodput / rates},
      {"slowest_source_gbytes_per_s", span > 0 ? least / span * 1e-9 : 0.0},
      {"fairness", traffic.fairness()},
      {"last_completion_ns", to_nanoseconds(traffic.last_done())}};
}

}  // namespace fs
