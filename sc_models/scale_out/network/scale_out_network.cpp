// SPDX-License-Identifier: Apache-2.0
#include "scale_out/network/scale_out_network.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/check.hpp"

namespace fs {
namespace {

NetGraph graph_of(const ScaleOutSpec& spec) {
  const std::string problem = topology_problem(spec.topology);
  if (!problem.empty()) throw std::invalid_argument(problem);
  return make_topology(spec.topology);
}

}  // namespace

ScaleOutNetwork::ScaleOutNetwork(const ScaleOutSpec& spec)
    : spec_(spec),
      graph_(graph_of(spec)),
      routes_(graph_),
      wires_(std::make_unique<Wires>(graph_, spec.ethernet)),
      switches_(std::make_unique<EthernetSwitches>(graph_, spec.ethernet, routes_, *wires_, spec.seed)),
      nics_(std::make_unique<Nics>(
          graph_, spec.ethernet, spec.nic, [this](NodeId from, NodeId to) { return path(from, to); }, *wires_)) {
  if (!spec.failures.empty() || !spec.switch_failures.empty()) plan_failures();
}

ScaleOutNetwork::~ScaleOutNetwork() = default;

void ScaleOutNetwork::post(const CarriedMessage& message, Femtoseconds now) {
  nics_->post({message.id, message.source, message.target, message.bytes.value(), 0}, now);
}

void ScaleOutNetwork::post(const NetMessage& message, Femtoseconds now) { nics_->post(message, now); }

std::uint64_t ScaleOutNetwork::under_way() const { return nics_->counts().posted - nics_->counts().done; }

Femtoseconds ScaleOutNetwork::next_event() const { return wires_->events.next_time(); }

void ScaleOutNetwork::advance(Femtoseconds until) {
  EventQueue& events = wires_->events;
  while (events.size() > 0 && events.next_time() <= until) {
    const NetEvent event = events.pop();
    wires_->now = event.time;
    ++events_;
    if (const NetEvent* next = events.upcoming()) wires_->fetch(*next);
    happen(event);
  }
  if (until != Femtoseconds::max()) wires_->now = until;
}

void ScaleOutNetwork::happen(const NetEvent& event) {
  switch (event.kind()) {
    case NetEventKind::switch_decides:
      wires_->landed();
      if (lost_on_the_way(event)) return;
      switches_->decide(static_cast<NetPortId>(event.a), static_cast<NetPacketId>(event.b));
      return;
    case NetEventKind::packet_arrives:
      wires_->landed();
      if (lost_on_the_way(event)) return;
      nics_->arrived(static_cast<NetPortId>(event.a), static_cast<NetPacketId>(event.b));
      return;
    case NetEventKind::control_acts:
      wires_->landed();
      if (lost_on_the_way(event)) return;
      control_acts(static_cast<NetPortId>(event.a), static_cast<NetPacketId>(event.b));
      return;
    case NetEventKind::wire_free: {
      const auto id = static_cast<NetPortId>(event.a);
      NetPort& port = wires_->ports[id];
      port.busy = false;
      if (port.sending.ingress != NetPortId::none) switches_->left(port.sending);
      wires_->serve(id);
      return;
    }
    case NetEventKind::port_wakes: {
      const auto id = static_cast<NetPortId>(event.a);
      if (wires_->ports[id].wakes_at == event.time) wires_->ports[id].wakes_at = Femtoseconds::max();
      wires_->serve(id);
      return;
    }
    case NetEventKind::queue_pair_wakes:
      nics_->queue_pair_wakes(static_cast<QueuePairId>(event.a));
      return;
    case NetEventKind::rate_timer:
      nics_->rate_timer(static_cast<QueuePairId>(event.a));
      return;
    case NetEventKind::message_ready:
      nics_->message_ready(event.a);
      return;
    case NetEventKind::message_done: {
      const NetMessage message = nics_->message_done(event.a);
      if (sink_ != nullptr) sink_->delivered(message.id, event.time);
      return;
    }
    case NetEventKind::link_changes:
      return change(event.a, static_cast<LinkChange>(event.b));
  }
}

void ScaleOutNetwork::control_acts(NetPortId port, NetPacketId id) {
  const NetPacket packet = wires_->packets[id];
  wires_->packets.destroy(id);
  ++heeded_;
  const int priority = static_cast<int>(packet.number);
  if (packet.kind == NetPacket::Kind::pause) {
    wires_->pause(port, priority, packet.sequence == 1);
  } else {
    wires_->grant(port, priority, static_cast<std::int64_t>(packet.sequence));
    wires_->serve(port);
  }
}

FlowPath ScaleOutNetwork::path(NodeId from, NodeId to) const {
  NetPortId port = nics_ ? nics_->port_of(from) : NetPortId::none;
  const NetLinkSpec& first = graph_.link_of(port);
  Femtoseconds one_way = first.latency();
  for (NetNodeId at = graph_.owner(NetGraph::opposite(port));;) {
    const NetRoutes& routes = design_ ? *design_ : routes_;
    const bool home = routes.is_home(at, to);
    one_way += spec_.ethernet.latency;
    if (spec_.ethernet.forwarding == EthernetSpec::Forwarding::store_and_forward) {
      one_way += wires_->ports[port].clock.end_of(spec_.nic.transport.packet_bytes());
    }
    port = home ? routes.port_to(to) : routes.port(routes.group(at, to), 0);
    one_way += graph_.link_of(port).latency();
    if (home) break;
    at = graph_.owner(NetGraph::opposite(port));
  }
  return {one_way * 2, first.rate};
}

NetPacketCounts ScaleOutNetwork::packet_counts() const {
  NetPacketCounts counts;
  counts.created = wires_->packets.created();
  counts.inside = wires_->packets.inside();
  counts.delivered = nics_->counts().delivered;
  counts.heeded = heeded_;
  for (const auto& port : wires_->counts) {
    for (std::size_t cause = 0; cause < net_drops; ++cause) counts.dropped[cause] += port.dropped[cause];
  }
  return counts;
}

void ScaleOutNetwork::check_conservation() const {
  const NetPacketCounts counts = packet_counts();
  FS_CHECK(counts.created == counts.delivered + counts.heeded + counts.lost() + counts.inside,
           "packets created are not those delivered, dropped and inside");
  FS_CHECK(counts.inside == wires_->in_queues() + wires_->on_the_wire(), "packets inside are not found");
  // Room in a switch belongs to what is queued in it or just being sent.
  for (std::size_t i = 0; i < switches_->size(); ++i) {
    const auto node = static_cast<NetNodeId>(switches_->endpoints() + i);
    std::int64_t held = 0;
    for (const auto& port : wires_->ports) {
      if (port.owner != node) continue;
      for (const auto& queue : port.queues) held += queue.bytes;
      if (port.busy && port.sending.ingress != NetPortId::none) held += port.sending.bytes;
    }
    FS_CHECK(held == switches_->buffer(node).inside(), "room taken in " + graph_.node(node).name + " is nobody's");
  }
  if (counts.inside == 0) switches_->check_credits(graph_);
  FS_CHECK(nics_->counts().done <= nics_->counts().posted, "more messages were delivered than posted");
}

}  // namespace fs
