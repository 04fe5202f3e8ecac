// SPDX-License-Identifier: Apache-2.0
// Held, dead and coming back: what becomes of frames and flits.
#include <algorithm>

#include "link/layer/link_layer.hpp"

namespace fs {

void LinkLayer::hold(Cycles now) {
  enter(Mode::hold);
  refresh_gate(now);
}

void LinkLayer::carry(Cycles now) {
  enter(Mode::carry);
  note_exceptions();
  // Both ends agree anew on what has been received; what was on its way back is void.
  news_.clear();
  requests_coming_ = 0;
  requests_.clear();
  request_due_ = Femtoseconds::max();
  ack_again_ = Femtoseconds::max();
  rx_.restart();
  if (retry_) {
    tx_.restart(rx_.expected(), clock().edge(now));
    drop_acknowledged();
    reported_ = rx_.expected();
  }
  plan_ack();
  if (tx_.replaying()) {
    ++counters_.retries;
    replay_from_ = now + Cycles(1);
  }
  refresh_gate(now);
  ask_for_service(now + Cycles(1));
}

void LinkLayer::give_back(VcId vc, Cycles now) {
  if (opposite_ != nullptr) opposite_->channel_->deliver_credit(vc, now + opposite_->fixed_way());
}

void LinkLayer::lose(Flit flit, VcId vc, Cycles booked, Cycles now) {
  Open& open = open_[index(vc)];
  if (open.left > 0 && !flit.head()) {
    // Its receiver has the head: the packet goes on, poisoned, to its tail.
    flit.flags |= Flit::poison_flag;
    Packet& packet = (*channel_->packets_)[flit.handle];
    packet.poisoned = true;
    ++counters_.poisoned_flits;
    const Cycles at = std::max(channel_->last_arrival_, now) + Cycles(1);
    channel_->last_arrival_ = at;
    if (flit.tail()) {
      packet.ledger.add(Cause::retry, channel_->config_.rx_clock.period() * (at - booked).value());
      packet.mark = channel_->config_.rx_clock.edge(at);
      if (observer_ != nullptr) observer_->packet_poisoned(number_, flit.handle, packet.mark);
    }
    deliver(flit, vc, at);
    return;
  }
  open.dropping = !flit.tail();
  note_exceptions();
  ++counters_.flits_dropped;
  give_back(vc, now);
  if (observer_ == nullptr) return;
  observer_->flit_lost(
      {number_, flit, vc, mode_ == Mode::sink ? sink_cause_ : DropCause::link_error, clock().edge(now), flit.tail()});
}

void LinkLayer::become_sink(DropCause cause, Cycles now) {
  enter(Mode::sink);
  exceptional_ = true;
  sink_cause_ = cause;
  while (!kept_.empty()) {
    const Kept kept = kept_.pop();
    if (kept.credits > 0) {
      deliver_credits(kept.vc, kept.credits, now + fixed_way());
    } else {
      lose(kept.flit, kept.vc, kept.planned, now);
    }
  }
  for (std::size_t vc = 0; vc < channel_->assembling_.size(); ++vc) {
    for (const Flit& flit : channel_->assembling_[vc]) lose(flit, static_cast<VcId>(vc), now, now);
    channel_->assembling_[vc].clear();
    assembly_[vc] = Assembly{};
  }
  while (!staged_.empty()) {
    const Staged staged = staged_.pop();
    lose(staged.flit, staged.vc, staged.sent, now);
  }
  carry_waiting_credits(now + fixed_way(), true);
  forget_everything(now);
  refresh_gate(now);
}

void LinkLayer::forget_everything(Cycles now) {
  tx_.forget(clock().edge(now));
  rx_.forget(tx_.next());
  accepted_.clear();
  lengths_.clear();
  records_base_ = tx_.next();
  unacknowledged_bytes_ = 0;
  direct_ = true;
  reported_ = rx_.expected();
  news_.clear();
  requests_coming_ = 0;
  requests_.clear();
  request_due_ = Femtoseconds::max();
  ack_again_ = Femtoseconds::max();
  ack_due_ = Femtoseconds::max();
}

std::uint64_t LinkLayer::end_half_packets(Cycles now, const std::function<PacketHandle(PacketHandle)>& successor) {
  std::uint64_t made = 0;
  for (std::size_t vc = 0; vc < assembly_.size(); ++vc) {
    if (open_[vc].left > 0 && successor) open_[vc].packet = successor(open_[vc].packet);
    while (open_[vc].left > 0) {
      const Packet& packet = (*channel_->packets_)[open_[vc].packet];
      Flit flit;
      flit.handle = open_[vc].packet;
      flit.hash_key = packet.hash_key();
      flit.dst = packet.dst;
      flit.length = packet.length;
      flit.wire_bytes = static_cast<std::uint16_t>(channel_->config_.wire_unit.value());
      flit.cls = packet.cls;
      flit.flags = open_[vc].left == 1 ? Flit::tail_flag : 0;
      lose(flit, static_cast<VcId>(vc), now, now);
      ++made;
    }
    open_[vc].dropping = false;
  }
  note_exceptions();
  return made;
}

void LinkLayer::note_exceptions() {
  exceptional_ = mode_ == Mode::sink || (!retry_ && cut_from_ != ErrorProcess::never);
  for (std::size_t vc = 0; vc < assembly_.size(); ++vc) exceptional_ = exceptional_ || open_[vc].dropping;
}

void LinkLayer::change_rate(const ByteClock& wire, Cycles now) { channel_->change_rate(wire, clock().edge(now)); }

void LinkLayer::finish(Cycles now) {
  settle(now, false);
  if (error_from_ != ErrorProcess::never) pass_errors(first_unsent_wire_byte(now));
}

LinkCounters LinkLayer::counters(Cycles now) const {
  LinkCounters counters = counters_;
  counters.replay_high_water = most_unacknowledged_;
  if (held_since_ >= Cycles(0)) counters.retrying += clock().period() * (now - held_since_).value();
  return counters;
}

}  // namespace fs
