// SPDX-License-Identifier: Apache-2.0
#include "transport/through/wave_pipe.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "transport/end_to_end/go_back_n.hpp"

namespace fs {
namespace {

/// Words between the two ends, of no transport.
constexpr std::uint16_t neighbours_flow = 0xffff;

}  // namespace

WavePipe::WavePipe(const WaveLink::Spec& spec) : spec_(spec), ends_{End(spec.there), End(spec.back)} {
  round_trip_ = ends_[0].out.flight() + ends_[1].out.flight();
  for (int e = 0; e < 2; ++e) ends_[index(e)].granted = spec.room[index(1 - e)];
}

bool WavePipe::may_send(int e, std::int64_t bytes, Femtoseconds now) const {
  const End& end = ends_[index(e)];
  if (credits()) return end.given + bytes <= end.granted;
  return now < end.paused_from || now >= end.paused_until;
}

void WavePipe::starve(int e, std::int64_t bytes, Femtoseconds now) {
  End& end = ends_[index(e)];
  if (end.starved_since != Femtoseconds::max() || !credits() || may_send(e, bytes, now)) return;
  end.starved_since = now;
  end.ask_at = now + round_trip_;
  plan(now);
}

void WavePipe::send(int e, const WirePacket& packet, Femtoseconds now) {
  End& end = ends_[index(e)];
  if (end.starved_since != Femtoseconds::max()) {
    end.facts.starved += now - end.starved_since;
    end.starved_since = end.ask_at = Femtoseconds::max();
  }
  end.given += packet.bytes;
  ++end.facts.chunks;
  end.out.send(now, packet);
  if (credits() && end.given - end.synced >= spec_.room[index(1 - e)] / 8) sync(e, now);
  plan(now);
}

void WavePipe::drained(int e, std::int64_t bytes, Femtoseconds now) {
  End& end = ends_[index(e)];
  end.level -= bytes;
  end.drained += bytes;
  FS_CHECK(end.level >= 0, spec_.name + ": more left the receive buffer than was in it");
  // An empty buffer is told of sooner, but not for every acknowledgement that comes alone.
  const std::int64_t news = end.drained + end.lost - end.told;
  const bool enough = news >= spec_.room[index(e)] / (end.level == 0 ? 64 : 8);
  if (credits() && enough) tell_credit(e, now);
  if (end.pausing && end.level <= spec_.xoff[index(e)] / 2) tell_pause(e, false, now);
  plan(now);
}

void WavePipe::plan(Femtoseconds now) {
  next_ = Femtoseconds::max();
  for (const End& end : ends_) {
    next_ = std::min({next_, end.out.next_arrival(), end.ask_at, end.repeat_pause, end.paused_until});
  }
  next_ = std::max(next_, now);
}

bool WavePipe::step(Femtoseconds now, int& at, WirePacket& packet) {
  ++events_;
  bool came = false;
  at = ends_[0].out.next_arrival() <= now ? 1 : 0;
  if (ends_[index(1 - at)].out.next_arrival() <= now) {
    packet = ends_[index(1 - at)].out.take();
    if (packet.flow == neighbours_flow) {
      control_arrives(at, packet, now);
    } else {
      came = takes(at, packet, now);
    }
  } else {
    timers(now);
  }
  plan(now);
  return came;
}

bool WavePipe::takes(int at, const WirePacket& packet, Femtoseconds now) {
  End& end = ends_[index(at)];
  WaveDirectionFacts& facts = ends_[index(1 - at)].facts;
  end.received += packet.bytes;
  if (end.level + packet.bytes > spec_.room[index(at)]) {
    ++facts.overflowed;
    end.drained += packet.bytes;  // gone at once
    return false;
  }
  ++facts.arrived;
  end.level += packet.bytes;
  facts.receive_high_water = std::max(facts.receive_high_water, end.level);
  if (spec_.flow_control == FlowControl::pfc && !end.pausing && end.level > spec_.xoff[index(at)]) {
    ++facts.pauses;
    tell_pause(at, true, now);
  }
  return true;
}

void WavePipe::control_arrives(int at, const WirePacket& packet, Femtoseconds now) {
  End& end = ends_[index(at)];
  const auto number = static_cast<std::int64_t>(packet.number);
  if (packet.kind == WirePacket::Kind::probe) {
    // What was sent before it and is not here is lost; or late, on a longer spare line: then it counts twice until it
    // is here.
    end.lost = std::max<std::int64_t>(0, number - end.received);
    tell_credit(at, now);
  } else if (credits()) {
    end.granted = std::max(end.granted, number);
  } else if (number == 1) {
    if (end.paused_from == Femtoseconds::max()) end.paused_from = now + spec_.response;
    end.paused_until = now + 3 * round_trip_;
  } else {
    end.paused_from = end.paused_until = Femtoseconds::max();
  }
}

void WavePipe::send_control(int from, WirePacket::Kind kind, std::int64_t number, Femtoseconds now) {
  WirePacket packet;
  packet.number = static_cast<std::uint64_t>(number);
  packet.bytes = acknowledgement_bytes;
  packet.flow = neighbours_flow;
  packet.kind = kind;
  ends_[index(from)].out.send(now, packet);
}

void WavePipe::sync(int sender, Femtoseconds now) {
  End& end = ends_[index(sender)];
  end.synced = end.given;
  ++end.facts.credit_probes;
  send_control(sender, WirePacket::Kind::probe, end.given, now);
}

void WavePipe::tell_credit(int receiver, Femtoseconds now) {
  End& end = ends_[index(receiver)];
  end.told = end.drained + end.lost;
  send_control(receiver, WirePacket::Kind::acknowledgement, spec_.room[index(receiver)] + end.told, now);
}

void WavePipe::tell_pause(int receiver, bool pause, Femtoseconds now) {
  End& end = ends_[index(receiver)];
  end.pausing = pause;
  end.repeat_pause = pause ? now + round_trip_ : Femtoseconds::max();
  send_control(receiver, WirePacket::Kind::acknowledgement, pause ? 1 : 0, now);
}

void WavePipe::timers(Femtoseconds now) {
  for (int e = 0; e < 2; ++e) {
    End& end = ends_[index(e)];
    if (end.paused_until <= now) end.paused_from = end.paused_until = Femtoseconds::max();
    if (end.repeat_pause <= now) tell_pause(e, true, now);
    if (end.ask_at > now) continue;
    end.ask_at = now + round_trip_;
    sync(e, now);
  }
}

}  // namespace fs
