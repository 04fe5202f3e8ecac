// SPDX-License-Identifier: Apache-2.0
#include "transport/sites/site_network.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "transport/carrier/plain_carrier.hpp"

namespace fs {
namespace {

std::unique_ptr<MessageCarrier> plain_inside(const SiteNetworkSpec& spec) {
  PlainCarrier::Spec plain;
  for (const auto site : spec.site_of) plain.rates.push_back(spec.sites[site].nic.rate);
  for (const auto& site : spec.sites) plain.rates.push_back(site.gateway.port);
  for (const auto& site : spec.sites) plain.latencies.push_back(site.nic.latency);
  plain.group_of = spec.site_of;
  for (std::size_t s = 0; s < spec.sites.size(); ++s) plain.group_of.push_back(s);
  return std::make_unique<PlainCarrier>(plain);
}

}  // namespace

SiteNetwork::SiteNetwork(const SiteNetworkSpec& spec, std::unique_ptr<MessageCarrier> inside)
    : spec_(spec),
      routes_(site_routes(spec)),
      inside_(inside ? std::move(inside) : plain_inside(spec)),
      wave_times_(spec.waves.size()),
      between_(waves_between(spec)) {
  const std::size_t sites = spec_.sites.size();
  inside_->report_to(*this);
  for (std::size_t w = 0; w < spec_.waves.size(); ++w) {
    WaveOwner& owner = *this;
    waves_.push_back(std::make_unique<WaveLink>(spec_.waves[w].link, owner, w));
  }
  for (std::size_t s = 0; s < sites; ++s) {
    gateways_.emplace_back(spec_.sites[s].gateway, spec_.chunk, nic_headroom(spec_, s));
    gateways_.back().queues.resize(sites);
    gateways_.back().again.resize(sites);
    const SiteNic& nic = spec_.sites[s].nic;
    nic_clocks_.emplace_back(nic.rate.value(), 1);
  }
  nics_.resize(spec_.site_of.size());
  for (auto& nic : nics_) nic.queues.resize(sites);
  traffic_.resize(sites * sites);
  plan_rerouting();
}

SiteNetwork::~SiteNetwork() = default;

void SiteNetwork::move_to(Femtoseconds now) {
  now_ = now;
  inside_->advance(now);
}

void SiteNetwork::post(const CarriedMessage& message, Femtoseconds now) {
  FS_CHECK(index(message.source) < nics_.size() && index(message.target) < nics_.size(), "a message of no GPU");
  FS_CHECK(message.bytes >= Bytes(1), "a message has at least one byte");
  now_ = now;
  std::uint32_t place = 0;
  if (free_messages_.empty()) {
    place = static_cast<std::uint32_t>(messages_.size());
    messages_.emplace_back();
  } else {
    place = free_messages_.back();
    free_messages_.pop_back();
  }
  Message& m = messages_[place];
  m = {message, now, message.bytes.value(), message.bytes.value(), 0};
  const std::size_t from = spec_.site_of[index(message.source)];
  const std::size_t to = spec_.site_of[index(message.target)];
  FS_CHECK(from == to || routes_[from][to] < spec_.sites.size(), "no waves lead to " + spec_.sites[to].name);
  if (spec_.in_order) m.place = pairs_[std::uint64_t{index(message.source)} << 32 | index(message.target)].posted++;
  SiteTraffic& traffic = traffic_[from * spec_.sites.size() + to];
  ++traffic.posted;
  traffic.first = std::min(traffic.first, now);
  ++posted_;
  nics_[index(message.source)].queues[to].push(place);
  pump_nic(index(message.source));
}

SiteNetwork::ChunkId SiteNetwork::cut(std::uint32_t message) {
  ChunkId id = 0;
  if (free_chunks_.empty()) {
    id = static_cast<ChunkId>(chunks_.size());
    chunks_.emplace_back();
  } else {
    id = free_chunks_.back();
    free_chunks_.pop_back();
  }
  Message& m = messages_[message];
  Chunk& chunk = chunks_[id];
  chunk = {};
  chunk.message = message;
  chunk.bytes = std::min(spec_.chunk, m.unsent);
  chunk.site = spec_.site_of[index(m.posted.source)];
  chunk.target = spec_.site_of[index(m.posted.target)];
  chunk.copies = 1;
  m.unsent -= chunk.bytes;
  return id;
}

void SiteNetwork::release(ChunkId id) {
  if (--chunks_[id].copies == 0) free_chunks_.push_back(id);
}

void SiteNetwork::send_inside(ChunkId id, NodeId from, NodeId to) {
  inside_->post({id, from, to, Bytes(chunks_[id].bytes)}, now_);
}

/// Told by the carrier inside, perhaps ahead of time.
void SiteNetwork::delivered(std::uint64_t chunk, Femtoseconds time) {
  at(std::max(time, now_), Kind::inside_done, static_cast<std::size_t>(chunk));
}

void SiteNetwork::pump_nic(std::size_t gpu) {
  Nic& nic = nics_[gpu];
  const std::size_t site = spec_.site_of[gpu];
  const std::int64_t most = nic_chunks(spec_.sites[site].nic, spec_.chunk);
  const NodeId source = static_cast<NodeId>(gpu);
  const auto admitted = [&] { return gateways_[site].gate.admits(nic.ticket, static_cast<std::uint32_t>(gpu)); };
  for (std::size_t tries = 0; tries <= nic.queues.size() && nic.free_at <= now_ && nic.in_flight < most;) {
    ChunkId chunk = 0;
    NodeId target = gateway_endpoint(site);
    if (!nic.again.empty()) {
      if (!admitted()) return;
      chunk = nic.again.pop();
    } else {
      const std::size_t to = nic.turn;
      nic.turn = (nic.turn + 1) % nic.queues.size();
      if (nic.queues[to].empty() || (to != site && !admitted())) {
        ++tries;
        continue;
      }
      const std::uint32_t message = nic.queues[to].front();
      if (to == site) target = messages_[message].posted.target;
      chunk = cut(message);
      if (messages_[message].unsent == 0) nic.queues[to].pop();
    }
    tries = 0;
    ++nic.in_flight;
    nic.bytes.sent += chunks_[chunk].bytes;
    nic.free_at = now_ + nic_clocks_[site].end_of(chunks_[chunk].bytes);
    at(nic.free_at, Kind::nic, gpu);
    send_inside(chunk, source, target);
  }
}

Femtoseconds SiteNetwork::next_event() const {
  const Femtoseconds own = events_.empty() ? Femtoseconds::max() : events_.top().time;
  return std::min({own, wave_times_.time(), inside_->next_event()});
}

/// Ties: inside the sites, then at NICs and gateways in the order in which they came about, then waves by number.
void SiteNetwork::advance(Femtoseconds until) {
  for (Femtoseconds next = next_event(); next <= until; next = next_event()) {
    if (inside_->next_event() <= next) {
      move_to(next);
      continue;
    }
    move_to(next);
    ++happened_;
    if (!events_.empty() && events_.top().time <= next) {
      const Event event = events_.top();
      events_.pop();
      happen(event);
      continue;
    }
    const std::size_t w = wave_times_.number();
    const bool changed = waves_[w]->step(next);
    set_wave_time(w);
    if (!changed) continue;
    pump_waves(spec_.waves[w].a, spec_.waves[w].b);
    pump_waves(spec_.waves[w].b, spec_.waves[w].a);
  }
  if (now_ < until) move_to(until);
}

void SiteNetwork::happen(const Event& event) {
  switch (event.kind) {
    case Kind::nic:
      return pump_nic(event.what);
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
    case Kind::again: {
      const std::size_t gpu = index(messages_[chunks_[event.what].message].posted.source);
      nics_[gpu].again.push(event.what);
      return pump_nic(gpu);
    }
    case Kind::inside_done:
      return chunks_[event.what].out || chunks_[event.what].site == chunks_[event.what].target
                 ? reach_gpu(event.what)
                 : reach_gateway(event.what);
    case Kind::leave:
      return pump_waves(event.what, event.where);
    case Kind::arrival:
      return pump_out(event.what);
    case Kind::reroute:
      return reroute(event.what, event.where == 1);
  }
}

WaveDirectionFacts SiteNetwork::direction(std::size_t wave, int end) const {
  const WaveLink::Counts& counts = waves_[wave]->counts(end);
  return {counts.chunks,
          counts.arrived,
          counts.overflowed,
          counts.pauses,
          counts.credit_probes,
          counts.receive_high_water,
          counts.starved,
          waves_[wave]->sender_counts(end),
          waves_[wave]->duplicates(end)};
}

SenderCounts SiteNetwork::sender_counts() const {
  SenderCounts sum;
  for (const auto& wave : waves_) {
    for (const int end : {0, 1}) sum += wave->sender_counts(end);
  }
  return sum;
}

std::uint64_t SiteNetwork::duplicates() const {
  std::uint64_t sum = 0;
  for (const auto& wave : waves_) sum += wave->duplicates(0) + wave->duplicates(1);
  return sum;
}

std::uint64_t SiteNetwork::events() const {
  std::uint64_t all = happened_;
  for (const auto& wave : waves_) all += wave->events();
  return all;
}

}  // namespace fs
