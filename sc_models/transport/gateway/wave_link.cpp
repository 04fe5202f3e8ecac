// SPDX-License-Identifier: Apache-2.0
#include "transport/gateway/wave_link.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "transport/end_to_end/go_back_n.hpp"

namespace fs {
namespace {

/// The flow of words about the buffer: not the transport's.
constexpr std::uint16_t control_flow = 0xffff;

}  // namespace

WaveLink::WaveLink(const Spec& spec, WaveOwner& owner, std::size_t number)
    : spec_(spec), owner_(&owner), number_(number), ends_{End(spec.there), End(spec.back)} {
  using Kind = TransportSpec::Kind;
  FS_CHECK(spec.transport.kind != Kind::datagram && spec.transport.kind != Kind::lossless,
           "a wave between gateways needs a transport that makes losses good");
  round_trip_ = ends_[0].out.flight() + ends_[1].out.flight();
  const FlowPath path{round_trip_, spec.there.rate};
  window_bytes_ = sized_for(spec.transport, path).window * spec.transport.payload;
  for (auto& end : ends_) end.transport = make_transport(spec.transport, path, 0);
  for (int e = 0; e < 2; ++e) {
    End& end = ends_[index(e)];
    End& far = ends_[index(1 - e)];
    end.receiver = far.transport.receiver.get();
    end.receiver_table = far.transport.messages.get();
    end.granted = spec.room[index(1 - e)];
  }
}

bool WaveLink::accepts(int e, std::int64_t bytes) const {
  const End& end = ends_[index(e)];
  // Two chunks beyond the window, so that it is never short of packets.
  return end.outstanding < window_bytes_ + 2 * bytes && !short_of_credit(end, bytes);
}

void WaveLink::starve(int e, std::int64_t bytes, Femtoseconds now) {
  End& end = ends_[index(e)];
  if (end.starved_since != Femtoseconds::max() || !short_of_credit(end, bytes)) return;
  end.starved_since = now;
  end.ask_at = now + 2 * round_trip_;
  next_ = std::min(next_, end.ask_at);
}

void WaveLink::fed(int e, Femtoseconds now) {
  End& end = ends_[index(e)];
  if (end.starved_since == Femtoseconds::max()) return;
  end.counts.starved += now - end.starved_since;
  end.starved_since = end.ask_at = Femtoseconds::max();
}

void WaveLink::give(int e, std::int64_t bytes, std::uint64_t tag, Femtoseconds now) {
  End& end = ends_[index(e)];
  end.transport.sender->submit(bytes);
  end.chunks.push({tag, bytes, 0});
  end.outstanding += bytes;
  end.given += stored(bytes);
  ++end.counts.chunks;
  now_ = std::max(now_, now);
  plan();
}

void WaveLink::drained(int e, std::int64_t bytes, Femtoseconds now) {
  End& end = ends_[index(e)];
  end.level -= stored(bytes);
  end.drained += stored(bytes);
  FS_CHECK(end.level >= 0, spec_.name + ": more left the receive buffer than was in it");
  now_ = std::max(now_, now);
  const bool much = end.drained - end.told >= spec_.room[index(e)] / 8;
  if (spec_.flow_control == FlowControl::credits && (much || end.level == 0)) tell_credit(e, now);
  if (end.pausing && end.level <= spec_.xoff[index(e)] / 2) tell_pause(e, false, now);
  plan();
}

std::vector<std::uint64_t> WaveLink::not_known(int e) const {
  const auto& chunks = ends_[index(e)].chunks;
  std::vector<std::uint64_t> tags;
  for (std::size_t i = 0; i < chunks.size(); ++i) tags.push_back(chunks[i].tag);
  return tags;
}

/// When the wire may take the next packet of an end's transport.
Femtoseconds WaveLink::sending_at(const End& end) const {
  const Femtoseconds ready = end.transport.sender->ready_at(now_);
  if (ready == Femtoseconds::max()) return ready;
  const Femtoseconds at = std::max(ready, end.out.free_at());
  if (at < end.paused_from) return at;
  return end.paused_until == Femtoseconds::max() ? Femtoseconds::max() : std::max(at, end.paused_until);
}

void WaveLink::plan() {
  next_ = Femtoseconds::max();
  for (const End& end : ends_) {
    next_ = std::min({next_, end.out.next_arrival(), sending_at(end), end.ask_at, end.repeat_pause});
  }
  next_ = std::max(next_, now_);
}

bool WaveLink::step(Femtoseconds now) {
  now_ = now;
  ++events_;
  bool changed = false;
  if (ends_[0].out.next_arrival() <= now) {
    changed = arrives(1, now);
  } else if (ends_[1].out.next_arrival() <= now) {
    changed = arrives(0, now);
  } else if (!timers(now)) {
    changed = send(now);
  }
  plan();
  return changed;
}

bool WaveLink::arrives(int at, Femtoseconds now) {
  const WirePacket packet = ends_[index(1 - at)].out.take();
  if (packet.flow == control_flow) return control_arrives(at, packet, now);
  if (packet.kind == WirePacket::Kind::acknowledgement) {
    ends_[index(at)].transport.sender->acknowledged(now, packet);
    return note_known(at, now);
  }
  data_arrives(at, packet, now);
  return false;
}

void WaveLink::data_arrives(int at, const WirePacket& packet, Femtoseconds now) {
  End& end = ends_[index(at)];
  End& sender = ends_[index(1 - at)];
  const bool data = packet.kind == WirePacket::Kind::data;
  if (data && end.level + spec_.transport.payload > spec_.room[index(at)]) {
    ++sender.counts.overflowed;
    return;
  }
  const std::uint64_t taken = end.receiver->taken();
  end.receiver->arrived(now, packet);
  if (end.receiver->taken() != taken) {
    const std::int64_t message = end.receiver_table->group_of(packet.sequence).message;
    Chunk& chunk = sender.chunks[static_cast<std::size_t>(message - sender.known)];
    const std::int64_t more = std::min(spec_.transport.payload, stored(chunk.bytes) - chunk.inside);
    chunk.inside += more;
    end.level += more;
    sender.counts.receive_high_water = std::max(sender.counts.receive_high_water, end.level);
  }
  for (const auto& done : end.receiver->take_completed()) {
    Chunk& chunk = sender.chunks[static_cast<std::size_t>(done.message - sender.known)];
    end.level += stored(chunk.bytes) - chunk.inside;  // what a code filled in
    chunk.inside = stored(chunk.bytes);
    ++sender.counts.arrived;
    owner_->chunk_arrived(number_, at, chunk.tag, now);
  }
  WirePacket answer;
  while (end.receiver->poll(now, answer)) end.out.send(now, answer);
  if (spec_.flow_control == FlowControl::pfc && !end.pausing && end.level > spec_.xoff[index(at)]) {
    ++sender.counts.pauses;
    tell_pause(at, true, now);
  }
}

bool WaveLink::note_known(int e, Femtoseconds now) {
  End& end = ends_[index(e)];
  const std::int64_t known = end.transport.sender->known_complete();
  const bool any = end.known < known;
  while (end.known < known) {
    const Chunk chunk = end.chunks.pop();
    ++end.known;
    end.outstanding -= chunk.bytes;
    owner_->chunk_known(number_, e, chunk.tag, now);
  }
  return any;
}

bool WaveLink::control_arrives(int at, const WirePacket& packet, Femtoseconds now) {
  End& end = ends_[index(at)];
  if (spec_.flow_control == FlowControl::credits) {
    if (packet.kind == WirePacket::Kind::probe) {
      tell_credit(at, now);
      return false;
    }
    const auto granted = static_cast<std::int64_t>(packet.number);
    if (granted <= end.granted) return false;
    end.granted = granted;
    return true;
  }
  if (packet.number == 1) {
    if (end.paused_from == Femtoseconds::max()) end.paused_from = now + spec_.response;
    end.paused_until = now + 3 * round_trip_;
  } else {
    end.paused_from = end.paused_until = Femtoseconds::max();
  }
  return false;
}

void WaveLink::send_control(int from, WirePacket::Kind kind, std::uint64_t number, Femtoseconds now) {
  ends_[index(from)].out.send(now, {number, 0, acknowledgement_bytes, control_flow, kind});
}

void WaveLink::tell_credit(int receiver, Femtoseconds now) {
  End& end = ends_[index(receiver)];
  end.told = end.drained;
  send_control(receiver, WirePacket::Kind::acknowledgement,
               static_cast<std::uint64_t>(spec_.room[index(receiver)] + end.drained), now);
}

void WaveLink::tell_pause(int receiver, bool pause, Femtoseconds now) {
  End& end = ends_[index(receiver)];
  end.pausing = pause;
  end.repeat_pause = pause ? now + round_trip_ : Femtoseconds::max();
  send_control(receiver, WirePacket::Kind::acknowledgement, pause ? 1 : 0, now);
}

bool WaveLink::timers(Femtoseconds now) {
  for (int e = 0; e < 2; ++e) {
    End& end = ends_[index(e)];
    if (end.paused_until <= now) end.paused_from = end.paused_until = Femtoseconds::max();
    if (end.repeat_pause <= now) {
      tell_pause(e, true, now);
      return true;
    }
    if (end.ask_at > now) continue;
    end.ask_at = now + 2 * round_trip_;
    ++end.counts.credit_probes;
    send_control(e, WirePacket::Kind::probe, 0, now);
    return true;
  }
  return false;
}

bool WaveLink::send(Femtoseconds now) {
  for (End& end : ends_) {
    if (sending_at(end) > now) continue;
    WirePacket packet;
    if (end.transport.sender->poll(now, packet)) end.out.send(now, packet);
    return note_known(&end == &ends_[0] ? 0 : 1, now);
  }
  return false;
}

}  // namespace fs
