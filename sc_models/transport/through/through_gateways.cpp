// SPDX-License-Identifier: Apache-2.0
// Gateways as hops: buffers, waves, and the ports towards the NICs.
#include <algorithm>

#include "common/check.hpp"
#include "transport/through/through_network.hpp"

namespace fs {
/// A packet has come from a NIC of the site.
void ThroughNetwork::reach_gateway(std::size_t site, const WirePacket& packet) {
  Gateway& gateway = gateways_[site];
  if (!gateway.gate.take(packet.bytes, packet.kind != WirePacket::Kind::acknowledgement)) {
    ++gateway.facts.dropped_chunks;
    return;
  }
  enqueue(site, {packet, gateway.memory.pass(packet.bytes, gateway.send().level(), now_), none()});
  room_freed(site);  // less may have come than was set aside
  if (!gateway.gate.must_pause()) return;
  ++gateway.facts.pauses;
  tell_nics(site, Kind::pause);
}

/// Hashed: packets of a pair keep to one wave, and so their order. Sprayed: where the least waits.
std::size_t ThroughNetwork::choose_wave(std::size_t site, const WirePacket& packet) const {
  const auto& joined = between_[site][routes_[site][site_of(goes_to(packet))]];
  std::vector<std::size_t> in_use;
  for (const std::size_t w : joined) {
    if (!left_out_[w]) in_use.push_back(w);
  }
  if (in_use.empty()) in_use = joined;  // no way is left: it waits where it was
  if (!spec_.spray_waves) return in_use[flows_[packet.flow]->hash % in_use.size()];
  const auto waits = [&](std::size_t w) { return queues_[2 * w + (spec_.waves[w].a == site ? 0U : 1U)].bytes; };
  return *std::min_element(in_use.begin(), in_use.end(),
                           [&](std::size_t a, std::size_t b) { return waits(a) < waits(b); });
}

/// Its room is taken.
void ThroughNetwork::enqueue(std::size_t site, Held held) {
  const std::size_t wave = choose_wave(site, held.packet);
  const int end = spec_.waves[wave].a == site ? 0 : 1;
  WaveQueue& queue = queue_of(wave, end);
  queue.bytes += held.packet.bytes;
  queue.packets.push(held);
  pump_wave(wave, end);
}

void ThroughNetwork::pump_wave(std::size_t wave, int end) {
  WaveQueue& queue = queue_of(wave, end);
  WavePipe& pipe = *waves_[wave];
  bool sent = false;
  while (!queue.packets.empty()) {
    const Held& next = queue.packets.front();
    const Femtoseconds free = std::max(next.available, pipe.channel(end).free_at());
    if (free > now_) {
      if (free < queue.wakes_at) at(queue.wakes_at = free, Kind::wave, wave, static_cast<std::size_t>(end));
      break;
    }
    if (!pipe.may_send(end, next.packet.bytes, now_)) {
      pipe.starve(end, next.packet.bytes, now_);
      break;
    }
    const WirePacket packet = queue.packets.pop().packet;
    queue.bytes -= packet.bytes;
    gateways_[site_at(wave, end)].send().give_back(packet.bytes);
    pipe.send(end, packet, now_);
    sent = true;
  }
  set_wave_time(wave);
  if (sent) room_freed(site_at(wave, end));
}

void ThroughNetwork::room_freed(std::size_t site) {
  Gateway& gateway = gateways_[site];
  while (!gateway.relays.empty() && gateway.send().has_room(gateway.relays.front().packet.bytes)) {
    Held held = gateway.relays.pop();
    const std::int64_t bytes = held.packet.bytes;
    gateway.send().take(bytes);
    gateway.receive_level -= bytes;
    waves_[held.wave]->drained(spec_.waves[held.wave].a == site ? 0 : 1, bytes, now_);
    set_wave_time(held.wave);
    held.available = gateway.memory.pass(bytes, gateway.send().level(), now_);
    held.wave = none();
    enqueue(site, held);
  }
  std::uint32_t gpu = 0;
  while (gateway.gate.grants(gpu)) at(now_ + spec_.sites[site].nic.latency, Kind::grant, gpu);
  if (gateway.gate.may_resume()) tell_nics(site, Kind::resume);
}

void ThroughNetwork::tell_nics(std::size_t site, Kind pause_or_resume) {
  const SiteNic& nic = spec_.sites[site].nic;
  at(now_ + nic.latency + pause_response(nic.rate), pause_or_resume, site);
}

void ThroughNetwork::came_by_wave(std::size_t wave, int end, const WirePacket& packet) {
  const std::size_t site = site_at(wave, end);
  Gateway& gateway = gateways_[site];
  gateway.receive_level += packet.bytes;
  const NodeId target = goes_to(packet);
  if (site_of(target) == site) {
    return to_port(index(target), {packet, gateway.memory.pass(packet.bytes, gateway.receive_level, now_), wave});
  }
  ++gateway.facts.relayed_chunks;
  gateway.relays.push({packet, now_, wave});
  room_freed(site);
}

void ThroughNetwork::to_port(std::size_t gpu, Held held) {
  nics_[gpu].inbound.push(held);
  pump_port(gpu);
}

/// One packet after the other at the NIC's rate.
void ThroughNetwork::pump_port(std::size_t gpu) {
  Nic& nic = nics_[gpu];
  if (nic.inbound.empty() || nic.port_free > now_) return;
  if (nic.inbound.front().available > now_) {
    nic.port_free = nic.inbound.front().available;
    return at(nic.port_free, Kind::port, gpu);
  }
  const Held held = nic.inbound.pop();
  const std::size_t site = spec_.site_of[gpu];
  nic.port_free = now_ + nic_clocks_[site].end_of(held.packet.bytes);
  at(nic.port_free, Kind::port, gpu);
  at(nic.port_free + spec_.sites[site].nic.latency, Kind::arrival, gpu, 0, held.packet);
  if (held.wave == none()) return;
  Gateway& gateway = gateways_[site];
  gateway.receive_level -= held.packet.bytes;
  gateway.facts.bytes_out += held.packet.bytes;
  waves_[held.wave]->drained(spec_.waves[held.wave].a == site ? 0 : 1, held.packet.bytes, now_);
  set_wave_time(held.wave);
}

/// All sites learn of it at once. What waits for a wave that is left out goes another way, if there is one.
void ThroughNetwork::reroute(std::size_t wave, bool out) {
  left_out_[wave] = out;
  routes_ = routes_around(spec_, left_out_, routes_);
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    if (!left_out_[w]) continue;
    for (const int end : {0, 1}) {
      WaveQueue& queue = queue_of(w, end);
      std::vector<Held> waiting;
      while (!queue.packets.empty()) waiting.push_back(queue.packets.pop());
      queue.bytes = 0;
      for (Held& held : waiting) {
        ++gateways_[site_at(w, end)].facts.rerouted_chunks;
        enqueue(site_at(w, end), held);
      }
    }
  }
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    for (const int end : {0, 1}) pump_wave(w, end);
  }
}

}  // namespace fs
