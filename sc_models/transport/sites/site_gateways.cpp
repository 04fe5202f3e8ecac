// SPDX-License-Identifier: Apache-2.0
// What happens at gateways and at the GPUs behind them.
#include <algorithm>

#include "common/check.hpp"
#include "transport/sites/site_network.hpp"

namespace fs {

/// A chunk has come from its NIC.
void SiteNetwork::reach_gateway(ChunkId id) {
  Chunk& chunk = chunks_[id];
  const std::size_t site = chunk.site;
  Gateway& gateway = gateways_[site];
  const std::size_t gpu = index(messages_[chunk.message].posted.source);
  --nics_[gpu].in_flight;
  if (!gateway.gate.take(chunk.bytes)) {
    ++gateway.facts.dropped_chunks;
    at(now_ + spec_.sites[site].nic.latency, Kind::again, id);
    return pump_nic(gpu);
  }
  enqueue(site, id);
  room_freed(site);  // the last chunk of a message takes less than what was set aside
  pump_nic(gpu);
  if (!gateway.gate.must_pause()) return;
  ++gateway.facts.pauses;
  tell_nics(site, Kind::pause);
}

/// Room is taken; behind the memory it waits for a wave.
void SiteNetwork::enqueue(std::size_t site, ChunkId id) {
  Gateway& gateway = gateways_[site];
  Chunk& chunk = chunks_[id];
  chunk.site = site;
  chunk.available = gateway.memory.pass(chunk.bytes, gateway.send().level(), now_);
  const std::size_t next = routes_[site][chunk.target];
  gateway.queues[next].push(id);
  if (chunk.available > now_) {
    at(chunk.available, Kind::leave, site, next);
  } else {
    pump_waves(site, next);
  }
}

/// What has been taken back from a wave goes before what no wave has had yet. Of that, nothing which is known by now.
Ring<SiteNetwork::ChunkId>& SiteNetwork::waiting_for_waves(std::size_t site, std::size_t next) {
  Gateway& gateway = gateways_[site];
  auto& again = gateway.again[next];
  while (!again.empty() && chunks_[again.front()].known) {
    chunks_[again.front()].again = false;
    release(again.pop());
  }
  return again.empty() ? gateway.queues[next] : again;
}

/// The wave with the least under way that takes a chunk; none: waves_.size(), and the time that it waits is counted.
std::size_t SiteNetwork::choose_wave(std::size_t site, std::size_t next, std::int64_t bytes) {
  const auto end_of = [&](std::size_t w) { return spec_.waves[w].a == site ? 0 : 1; };
  std::size_t best = waves_.size();
  for (const std::size_t w : between_[site][next]) {
    if (left_out_[w] || !waves_[w]->accepts(end_of(w), bytes)) continue;
    if (best < waves_.size() && waves_[w]->outstanding(end_of(w)) >= waves_[best]->outstanding(end_of(best))) continue;
    best = w;
  }
  for (const std::size_t w : between_[site][next]) {
    if (left_out_[w]) continue;
    if (best < waves_.size()) {
      waves_[w]->fed(end_of(w), now_);
    } else {
      waves_[w]->starve(end_of(w), bytes, now_);
    }
  }
  return best;
}

void SiteNetwork::pump_waves(std::size_t site, std::size_t next) {
  while (true) {
    auto& queue = waiting_for_waves(site, next);
    if (queue.empty() || chunks_[queue.front()].available > now_) return;
    const std::int64_t bytes = chunks_[queue.front()].bytes;
    const std::size_t best = choose_wave(site, next, bytes);
    if (best < waves_.size()) {
      const ChunkId id = queue.pop();
      Chunk& chunk = chunks_[id];
      if (chunk.again) {
        gateways_[site].given_twice += bytes;
        ++gateways_[site].facts.rerouted_chunks;
        chunk.again = false;
      }
      ++chunk.copies;  // the queue's becomes the receiver's
      waves_[best]->give(spec_.waves[best].a == site ? 0 : 1, bytes, id, now_);
    }
    for (const std::size_t w : between_[site][next]) set_wave_time(w);
    if (best == waves_.size()) return;
  }
}

/// The sending gateway need not keep it any more.
void SiteNetwork::chunk_known(std::size_t wave, int end, std::uint64_t tag, Femtoseconds /*now*/) {
  const auto id = static_cast<ChunkId>(tag);
  const std::size_t site = end == 0 ? spec_.waves[wave].a : spec_.waves[wave].b;
  Chunk& chunk = chunks_[id];
  Gateway& gateway = gateways_[site];
  if (chunk.known) {  // by another wave: this one kept it for nothing
    gateway.given_twice -= chunk.bytes;
    return release(id);
  }
  chunk.known = true;
  gateway.send().give_back(chunk.bytes);
  release(id);
  room_freed(site);
}

void SiteNetwork::room_freed(std::size_t site) {
  Gateway& gateway = gateways_[site];
  while (!gateway.relays.empty() && gateway.send().has_room(chunks_[gateway.relays.front()].bytes)) {
    const ChunkId id = gateway.relays.pop();
    Chunk& chunk = chunks_[id];
    gateway.send().take(chunk.bytes);
    gateway.receive_level -= chunk.bytes;
    const SiteWave& came_by = spec_.waves[chunk.wave];
    waves_[chunk.wave]->drained(came_by.a == site ? 0 : 1, chunk.bytes, now_);
    set_wave_time(chunk.wave);
    enqueue(site, id);
  }
  std::uint32_t gpu = 0;
  while (gateway.gate.grants(gpu)) at(now_ + spec_.sites[site].nic.latency, Kind::grant, gpu);
  if (gateway.gate.may_resume()) tell_nics(site, Kind::resume);
}

void SiteNetwork::tell_nics(std::size_t site, Kind pause_or_resume) {
  const SiteNic& nic = spec_.sites[site].nic;
  at(now_ + nic.latency + pause_response(nic.rate), pause_or_resume, site);
}

/// All of a chunk is in the receive buffer of the gateway at `end`.
void SiteNetwork::chunk_arrived(std::size_t wave, int end, std::uint64_t tag, Femtoseconds now) {
  const auto id = static_cast<ChunkId>(tag);
  const std::size_t site = end == 0 ? spec_.waves[wave].a : spec_.waves[wave].b;
  Gateway& gateway = gateways_[site];
  if (chunks_[id].arrived) {
    ++gateway.facts.duplicate_chunks;
    waves_[wave]->drained(end, chunks_[id].bytes, now);
    set_wave_time(wave);
    return release(id);
  }
  chunks_[id].arrived = true;
  // The copy that is kept behind stays as it is until its acknowledgement: the one that travels on is a chunk itself.
  ChunkId own = 0;
  if (free_chunks_.empty()) {
    own = static_cast<ChunkId>(chunks_.size());
    chunks_.emplace_back();
  } else {
    own = free_chunks_.back();
    free_chunks_.pop_back();
  }
  chunks_[own] = chunks_[id];
  release(id);
  Chunk& chunk = chunks_[own];
  chunk.copies = 1;
  chunk.known = chunk.arrived = chunk.again = false;
  chunk.site = site;
  chunk.wave = wave;
  gateway.receive_level += chunk.bytes;
  if (chunk.target != site) {
    ++gateway.facts.relayed_chunks;
    gateway.relays.push(own);
    room_freed(site);
    return;
  }
  chunk.out = true;
  chunk.available = gateway.memory.pass(chunk.bytes, gateway.receive_level, now);
  const std::size_t gpu = index(messages_[chunk.message].posted.target);
  nics_[gpu].arrivals.push(own);
  if (chunk.available > now) {
    at(chunk.available, Kind::arrival, gpu);
  } else {
    pump_out(gpu);
  }
}

/// From the gateway to a GPU, as many at once as a round trip holds.
void SiteNetwork::pump_out(std::size_t gpu) {
  Nic& nic = nics_[gpu];
  const std::size_t site = spec_.site_of[gpu];
  const auto& spec = spec_.sites[site].nic;
  const auto round_trip = nic_clocks_[site].boundary_at_or_after(2 * spec.latency);
  while (!nic.arrivals.empty() && chunks_[nic.arrivals.front()].available <= now_ &&
         nic.arriving < round_trip + 4 * spec_.chunk) {
    const ChunkId id = nic.arrivals.pop();
    nic.arriving += chunks_[id].bytes;
    send_inside(id, gateway_endpoint(site), static_cast<NodeId>(gpu));
  }
}

void SiteNetwork::reach_gpu(ChunkId id) {
  const Chunk chunk = chunks_[id];
  Message& message = messages_[chunk.message];
  const std::size_t gpu = index(message.posted.target);
  nics_[gpu].bytes.received += chunk.bytes;
  if (chunk.out) {
    Gateway& gateway = gateways_[chunk.site];
    gateway.facts.bytes_out += chunk.bytes;
    gateway.receive_level -= chunk.bytes;
    nics_[gpu].arriving -= chunk.bytes;
    waves_[chunk.wave]->drained(spec_.waves[chunk.wave].a == chunk.site ? 0 : 1, chunk.bytes, now_);
    set_wave_time(chunk.wave);
    pump_out(gpu);
  } else {
    --nics_[index(message.posted.source)].in_flight;
    pump_nic(index(message.posted.source));
  }
  release(id);
  Message& m = messages_[chunk.message];
  m.undelivered -= chunk.bytes;
  FS_CHECK(m.undelivered >= 0, "a chunk of a message came twice");
  if (m.undelivered > 0) return;
  if (!spec_.in_order) return complete(chunk.message);
  Pair& pair = pairs_[std::uint64_t{index(m.posted.source)} << 32 | index(m.posted.target)];
  pair.waiting.emplace(m.place, chunk.message);
  while (!pair.waiting.empty() && pair.waiting.begin()->first == pair.next) {
    const std::uint32_t next = pair.waiting.begin()->second;
    pair.waiting.erase(pair.waiting.begin());
    ++pair.next;
    complete(next);
  }
}

void SiteNetwork::complete(std::uint32_t place) {
  const Message message = messages_[place];
  free_messages_.push_back(place);
  const std::size_t from = spec_.site_of[index(message.posted.source)];
  const std::size_t to = spec_.site_of[index(message.posted.target)];
  SiteTraffic& traffic = traffic_[from * spec_.sites.size() + to];
  ++traffic.delivered;
  traffic.bytes += static_cast<std::uint64_t>(message.posted.bytes.value());
  traffic.latency.add(now_ - message.at);
  traffic.last = now_;
  ++delivered_;
  digest_.add(message.posted.source, message.posted.id, now_, Outcome::delivered);
  sink_->delivered(message.posted.id, now_);
}

GatewayFacts SiteNetwork::gateway(std::size_t site) const {
  GatewayFacts facts = gateways_[site].facts;
  facts.buffer_high_water = gateways_[site].send().high_water();
  facts.memory_busy = gateways_[site].memory.busy();
  return facts;
}

void SiteNetwork::check_end() const {
  std::vector<std::int64_t> kept(gateways_.size(), 0);
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    kept[spec_.waves[w].a] += waves_[w]->outstanding(0);
    kept[spec_.waves[w].b] += waves_[w]->outstanding(1);
  }
  for (std::size_t s = 0; s < gateways_.size() && under_way() == 0; ++s) {
    const auto& name = spec_.sites[s].name;
    FS_CHECK(gateways_[s].receive_level == 0, name + ": all is delivered, and the gateway still holds some of it");
    const std::int64_t held = kept[s] - gateways_[s].given_twice + gateways_[s].gate.set_aside();
    FS_CHECK(gateways_[s].send().level() == held, name + ": the gateway holds " +
                                                      std::to_string(gateways_[s].send().level()) +
                                                      " bytes, its waves know of " + std::to_string(held));
  }
}

}  // namespace fs
