// SPDX-License-Identifier: Apache-2.0
#include "transport/through/through_network.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "common/random.hpp"

namespace fs {

ThroughNetwork::ThroughNetwork(const SiteNetworkSpec& spec)
    : spec_(spec),
      routes_(site_routes(spec)),
      left_out_(spec.waves.size(), false),
      wave_times_(spec.waves.size()),
      between_(waves_between(spec)) {
  const std::size_t sites = spec_.sites.size();
  queues_.resize(2 * spec_.waves.size());
  for (std::size_t w = 0; w < spec_.waves.size(); ++w) {
    waves_.push_back(std::make_unique<WavePipe>(spec_.waves[w].link));
    for (const auto& interval : wave_left_out(spec_, w)) {
      at(interval.from, Kind::reroute, w, 1);
      if (interval.to != Femtoseconds::max()) at(interval.to, Kind::reroute, w, 0);
    }
  }
  for (std::size_t s = 0; s < sites; ++s) {
    gateways_.emplace_back(spec_.sites[s].gateway, spec_.transport->packet_bytes(), nic_headroom(spec_, s));
    nic_clocks_.emplace_back(spec_.sites[s].nic.rate.value(), 1);
  }
  nics_.resize(spec_.site_of.size());
  traffic_.resize(sites * sites);
}

FlowPath ThroughNetwork::path(NodeId from, NodeId to) const {
  const std::size_t source = site_of(from);
  const std::size_t target = site_of(to);
  const std::int64_t packet = spec_.transport->packet_bytes();
  FlowPath path;
  path.round_trip = 2 * one_way_delay(spec_, source, target);
  path.rate = std::min(spec_.sites[source].nic.rate, spec_.sites[target].nic.rate);
  path.round_trip += nic_clocks_[source].end_of(packet) + nic_clocks_[target].end_of(packet);
  const auto routes = site_routes(spec_);
  for (std::size_t site = source; site != target; site = routes[site][target]) {
    const auto& joined = between_[site][routes[site][target]];
    const LongHaulChannel& wave = waves_[joined.front()]->channel(0);
    path.round_trip += wave.wire_time(packet);
    path.rate = std::min(path.rate, wave.spec().rate);
  }
  return path;
}

/// How many windows may lie before a wave, should each NIC of a site send one: a timer that does not wait for them
/// would repeat what is merely queued.
std::int64_t ThroughNetwork::crowd(std::size_t from, std::size_t to) const {
  if (from == to) return 1;
  const auto nics = std::count(spec_.site_of.begin(), spec_.site_of.end(), from);
  const std::int64_t all = nics * spec_.sites[from].nic.rate.value();
  const auto& joined = between_[from][routes_[from][to]];
  std::int64_t rate = 0;  // hashed, they may all meet on one wave
  for (const std::size_t w : joined) {
    const std::int64_t one = waves_[w]->channel(0).spec().rate.value();
    rate = spec_.spray_waves ? rate + one : std::max(rate, one);
  }
  return std::max<std::int64_t>(1, (all + rate - 1) / rate);
}

ThroughNetwork::FlowId ThroughNetwork::flow_of(NodeId source, NodeId target) {
  const std::uint64_t key = std::uint64_t{index(source)} << 32 | index(target);
  const auto known = by_ends_.find(key);
  if (known != by_ends_.end()) return known->second;
  FS_CHECK(flows_.size() < most_flows, "more pairs of GPUs exchange messages than packets can name");
  auto flow = std::make_unique<Flow>();
  const auto id = static_cast<FlowId>(flows_.size());
  flow->source = source;
  flow->target = target;
  flow->hash = mix64(key);
  TransportSpec transport = *spec_.transport;
  transport.in_order |= spec_.in_order;
  const FlowPath way = path(source, target);
  const bool own_timer = transport.timeout == Femtoseconds(0);
  transport = sized_for(transport, way);
  if (own_timer) transport.timeout = transport.timeout * crowd(site_of(source), site_of(target));
  flow->transport = make_transport(transport, way, id);
  flows_.push_back(std::move(flow));
  by_ends_.emplace(key, id);
  return id;
}

void ThroughNetwork::post(const CarriedMessage& message, Femtoseconds now) {
  FS_CHECK(index(message.source) < nics_.size() && index(message.target) < nics_.size(), "a message of no GPU");
  FS_CHECK(message.bytes >= Bytes(1), "a message has at least one byte");
  const std::size_t from = site_of(message.source);
  const std::size_t to = site_of(message.target);
  FS_CHECK(from == to || routes_[from][to] < spec_.sites.size(), "no waves lead to " + spec_.sites[to].name);
  now_ = now;
  SiteTraffic& traffic = traffic_[from * spec_.sites.size() + to];
  ++traffic.posted;
  traffic.first = std::min(traffic.first, now);
  ++posted_;
  const FlowId id = flow_of(message.source, message.target);
  flows_[id]->messages.push({message, now, false});
  flows_[id]->transport.sender->submit(message.bytes.value());
  refresh(id);
  pump_nic(index(message.source));
}

Femtoseconds ThroughNetwork::next_event() const {
  const Femtoseconds own = events_.empty() ? Femtoseconds::max() : events_.top().time;
  return std::min(own, wave_times_.time());
}

/// Ties: NICs and gateways in the order in which things came about, then waves by number.
void ThroughNetwork::advance(Femtoseconds until) {
  for (Femtoseconds next = next_event(); next <= until; next = next_event()) {
    if (next == Femtoseconds::max()) break;
    now_ = next;
    ++happened_;
    if (!events_.empty() && events_.top().time <= next) {
      const Event event = events_.top();
      events_.pop();
      happen(event);
      continue;
    }
    const std::size_t w = wave_times_.number();
    int end = 0;
    WirePacket packet;
    if (waves_[w]->step(next, end, packet)) came_by_wave(w, end, packet);
    for (const int e : {0, 1}) pump_wave(w, e);
    set_wave_time(w);
  }
  if (until != Femtoseconds::max()) now_ = std::max(now_, until);
}

void ThroughNetwork::happen(const Event& event) {
  switch (event.kind) {
    case Kind::nic:
      return pump_nic(event.what);
    case Kind::flow: {
      Flow& flow = *flows_[event.what];
      if (flow.wakes_at != event.time) return;  // an earlier one was asked for since
      flow.wakes_at = Femtoseconds::max();
      refresh(static_cast<FlowId>(event.what));
      return pump_nic(index(flow.source));
    }
    case Kind::gateway:
      return reach_gateway(event.what, event.packet);
    case Kind::port:
      if (event.where == 1) return to_port(event.what, {event.packet, now_, none()});
      return pump_port(event.what);
    case Kind::arrival:
      return reach_nic(event.what, event.packet);
    case Kind::wave:
      queue_of(event.what, static_cast<int>(event.where)).wakes_at = Femtoseconds::max();
      return pump_wave(event.what, static_cast<int>(event.where));
    case Kind::grant:
      NicGate::granted(nics_[event.what].ticket);
      return pump_nic(event.what);
    case Kind::pause:
    case Kind::resume:
      gateways_[event.what].gate.told(event.kind == Kind::pause);
      for (std::size_t g = 0; event.kind == Kind::resume && g < nics_.size(); ++g) {
        if (spec_.site_of[g] == event.what) pump_nic(g);
      }
      return;
    case Kind::reroute:
      return reroute(event.what, event.where == 1);
  }
}

std::uint64_t ThroughNetwork::events() const {
  std::uint64_t all = happened_;
  for (const auto& wave : waves_) all += wave->events();
  return all;
}

SenderCounts ThroughNetwork::sender_counts() const {
  SenderCounts sum;
  for (const auto& flow : flows_) sum += flow->transport.sender->counts();
  return sum;
}

std::uint64_t ThroughNetwork::duplicates() const {
  std::uint64_t sum = 0;
  for (const auto& flow : flows_) sum += flow->transport.receiver->duplicates();
  return sum;
}

GatewayFacts ThroughNetwork::gateway(std::size_t site) const {
  GatewayFacts facts = gateways_[site].facts;
  facts.buffer_high_water = gateways_[site].send().high_water();
  facts.memory_busy = gateways_[site].memory.busy();
  return facts;
}

void ThroughNetwork::check_end() const {
  std::vector<std::int64_t> queued(gateways_.size(), 0);
  std::vector<std::int64_t> received(gateways_.size(), 0);
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    for (const int end : {0, 1}) {
      const WaveQueue& queue = queues_[2 * w + static_cast<std::size_t>(end)];
      std::int64_t bytes = 0;
      for (std::size_t i = 0; i < queue.packets.size(); ++i) bytes += queue.packets[i].packet.bytes;
      FS_CHECK(bytes == queue.bytes, waves_[w]->spec().name + ": its queue holds other bytes than it counts");
      queued[site_at(w, end)] += bytes;
      received[site_at(w, end)] += waves_[w]->level(end);
    }
  }
  for (std::size_t s = 0; s < gateways_.size(); ++s) {
    const Gateway& gateway = gateways_[s];
    const auto& name = spec_.sites[s].name;
    FS_CHECK(gateway.send().level() == queued[s] + gateway.gate.set_aside(),
             name + ": the gateway holds " + std::to_string(gateway.send().level()) + " bytes, its queues " +
                 std::to_string(queued[s] + gateway.gate.set_aside()));
    std::int64_t waiting = 0;
    for (std::size_t i = 0; i < gateway.relays.size(); ++i) waiting += gateway.relays[i].packet.bytes;
    for (std::size_t g = 0; g < nics_.size(); ++g) {
      if (spec_.site_of[g] != s) continue;
      for (std::size_t i = 0; i < nics_[g].inbound.size(); ++i) {
        if (nics_[g].inbound[i].wave != none()) waiting += nics_[g].inbound[i].packet.bytes;
      }
    }
    FS_CHECK(gateway.receive_level == waiting && received[s] == waiting,
             name + ": what came by waves and has not left is not found");
  }
}

}  // namespace fs
