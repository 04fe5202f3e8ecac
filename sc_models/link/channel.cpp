// SPDX-License-Identifier: Apache-2.0
#include "link/channel.hpp"

#include <algorithm>
#include <stdexcept>

#include "link/channel_timing.hpp"
#include "link/layer/link_layer.hpp"

namespace fs {

ChannelConfig make_channel_config(const Profile& profile, Femtoseconds propagation, int tx_skid) {
  ChannelConfig c;
  c.tx_clock = profile.core_clock;
  c.rx_clock = profile.core_clock;
  c.wire = ByteClock(profile.payload_rate_numerator(), profile.payload_rate_denominator());
  c.flit = profile.flit;
  c.wire_unit = profile.wire_unit;
  c.frame = profile.frame;
  c.codeword_group = profile.fec.codeword_payload * profile.fec.interleave;
  c.phy_fec = profile.lanes.phy_latency;
  if (c.codeword_group > Bytes(0)) c.phy_fec += profile.fec.decode_latency;
  c.propagation = propagation;
  c.credits = profile.credits;
  c.vcs = static_cast<int>(profile.vc_count());
  c.tx_skid = tx_skid;
  c.retry = profile.retry;
  c.fec = profile.fec;
  c.lanes = static_cast<int>(profile.lanes.count);
  c.supervised = profile.retry.mode != RetryMode::none;
  const bool positionless = c.frame.kind == FrameKind::none && c.codeword_group == Bytes(0);
  const bool full_flits_only = profile.wire_unit == profile.flit;
  const bool fits_a_cycle = c.wire.end_of(profile.flit.value()) <= c.tx_clock.period();
  c.one_flit_per_cycle = positionless && full_flits_only && fits_a_cycle && c.credits.message == Bytes(0);
  if (c.wire.end_of(profile.wire_unit.value()) + c.phy_fec + propagation < c.rx_clock.period()) {
    throw std::invalid_argument("a channel's latency must be at least one cycle of the receiving chip's clock");
  }
  return c;
}

Channel::Channel(const ChannelConfig& config, PacketPool& packets, Inbox& inbox, PortId port)
    : inbox_(&inbox),
      rx_clock_(config.rx_clock),
      port_(port),
      one_flit_per_cycle_(config.one_flit_per_cycle && !config.supervised),
      held_(false),
      crosses_(false),
      ever_held_back_(false),
      packets_(&packets),
      vcs_(config.vcs),
      coalesce_(config.credits.coalesce),
      config_(config) {
  back_.inbox = &inbox;
  back_.port = port;
  back_.last.fill(Cycles(-1));
  back_.last_of = back_.last.data();
  const auto vcs = static_cast<std::size_t>(config.vcs);
  if (vcs > CreditLine::few_vcs) {
    last_credit_of_many_.assign(vcs, Cycles(-1));
    back_.last_of = last_credit_of_many_.data();
  }
  if (vcs > few_pending) pending_of_many_.assign(vcs, 0);
  pending_ = vcs > few_pending ? pending_of_many_.data() : pending_of_few_.data();
  const Femtoseconds latency = config.phy_fec + config.propagation;
  if (one_flit_per_cycle_) {
    const Femtoseconds serialization = config.wire.end_of(config.wire_unit.value());
    fixed_latency_ = short_count(config.rx_clock.cycles_for(serialization + latency));
    one_flit_per_cycle_ = fixed_latency_ != 0;  // seconds of wire: timed like any other
    fixed_wire_.serialization = serialization.value();
    fixed_wire_.propagation = config.propagation.value();
    fixed_wire_.phy_fec = config.phy_fec.value();
    crosses_ = fixed_crossing() != Femtoseconds(0);
  }
  unwatched_one_a_cycle_ = one_flit_per_cycle_;
  if (config.credits.message == Bytes(0)) {
    side_band_latency_ = std::max(Cycles(1), config.rx_clock.cycles_for(latency)) + config.credits.side_band_delay;
  }
  back_.unwatched_latency = config.supervised ? 0 : short_count(side_band_latency_);
  slack_ = config.tx_clock.period() * (config.tx_skid + 1);
  if (config.frame.kind == FrameKind::packet) assembling_.resize(static_cast<std::size_t>(config.vcs));
  if (config.supervised) owned_layer_ = std::make_unique<LinkLayer>(*this);
  layer_ = owned_layer_.get();
}

Channel::~Channel() = default;

void Channel::watch(ChannelProbe* probe) {
  probe_ = probe;
  unwatched_one_a_cycle_ = one_flit_per_cycle_ && probe == nullptr;
  unwatched_drain_ = unwatched_one_a_cycle_ ? drain_ : nullptr;
  back_.unwatched_latency = probe == nullptr && layer_ == nullptr ? short_count(side_band_latency_) : 0;
}

void Channel::drain_into(FlitDrain& drain) {
  drain_ = &drain;
  unwatched_drain_ = unwatched_one_a_cycle_ ? drain_ : nullptr;
}

FlitDrain* Channel::send_otherwise(const Flit& flit, Packet* tail, VcId vc, Cycles now) {
  FlitDrain* drain = nullptr;
  if (layer_ != nullptr) {
    layer_->send(flit, vc, now);
  } else if (one_flit_per_cycle_) {
    drain = send_fixed(flit, tail, vc, now);
  } else {
    send_timed(flit, vc, now);
  }
  if (probe_ == nullptr) return drain;
  const Femtoseconds next = config_.tx_clock.edge(now + Cycles(1));
  // A link layer may hold the flit back: when its wire is free then says nothing of this flit.
  const Femtoseconds wire_end = layer_ != nullptr ? std::max(free_from_, next) : free_from_;
  probe_->flit_sent(flit, vc, now, one_flit_per_cycle_ ? next : wire_end);
  return drain;
}

void Channel::send_timed(const Flit& flit, VcId vc, Cycles now) {
  const Femtoseconds sent = config_.tx_clock.edge(now);
  message_was_last_ = false;
  std::int64_t bytes = flit.wire_bytes;
  const FrameKind kind = config_.frame.kind;
  if (kind == FrameKind::flit || (kind == FrameKind::packet && flit.tail())) bytes += config_.frame.overhead.value();
  const std::int64_t position = occupy(bytes, sent);
  if (kind == FrameKind::packet) {
    assembling_[index(vc)].push_back(flit);
    if (!flit.tail()) return;
    const Group& group = group_of(position);
    Arrival first;
    first.wire_end = free_from_;
    first.usable = group.usable;
    first.edge = group.edge;
    hand_over_frame(vc, first, now);
    return;
  }
  const Arrival arrival = arrive(position);
  if (flit.tail()) book((*packets_)[flit.handle], sent, arrival);
  if (flit.head() && pending_total_ > 0 && config_.credits.piggyback) deliver_waiting_credits(arrival.cycle);
  inbox_->put_flit(arrival.cycle, PortFlit{flit, port_, vc});
}

void Channel::hand_over_frame(VcId vc, const Arrival& tail, Cycles now) {
  auto& frame = assembling_[index(vc)];
  Arrival arrival = tail;
  for (const Flit& flit : frame) {
    arrival.cycle = std::max(last_arrival_ + Cycles(1), tail.edge);
    last_arrival_ = arrival.cycle;
    if (flit.tail()) book((*packets_)[flit.handle], config_.tx_clock.edge(now), arrival);
    if (flit.head() && pending_total_ > 0 && config_.credits.piggyback) deliver_waiting_credits(arrival.cycle);
    inbox_->put_flit(arrival.cycle, PortFlit{flit, port_, vc});
  }
  frame.clear();
}

void Channel::advertise(VcId vc, int count, Cycles at) {
  for (int i = 0; i < count; ++i) deliver_credit(vc, at + Cycles(i));
}

void Channel::return_credit_otherwise(VcId vc, Cycles now) {
  if (layer_takes_credits_) {
    layer_->return_credit(vc, now);
  } else if (side_band_latency_ > Cycles(0)) {
    deliver_credit(vc, now + side_band_latency_);
  } else {
    queue_credit(vc, now);
  }
  if (probe_ != nullptr) probe_->slot_freed(vc, now);
}

void Channel::queue_credit(VcId vc, Cycles now) {
  if (pending_total_ == 0) message_due_ = now + config_.credits.max_wait;
  ++pending_[index(vc)];
  ++pending_total_;
}

Cycles Channel::flush_credits(Cycles now) {
  if (pending_total_ == 0) return Cycles::max();
  if (pending_total_ < coalesce_ && now < message_due_) return message_due_;
  if (layer_ != nullptr) return layer_->flush_credits(now);
  // Two messages in a row only on a free wire: else a neighbour that sends at full rate leaves no room for flits.
  if (message_was_last_ && !ready(now)) return ready_from();
  message_was_last_ = true;
  const std::int64_t position = occupy(config_.credits.message.value(), config_.tx_clock.edge(now));
  ++credit_messages_;
  deliver_waiting_credits(group_of(position).edge);
  return Cycles::max();
}

void Channel::deliver_waiting_credits(Cycles at) {
  for (int vc = 0; vc < vcs_; ++vc) {
    for (; pending_[vc] > 0; --pending_[vc]) deliver_credit(static_cast<VcId>(vc), at);
  }
  pending_total_ = 0;
}

Femtoseconds Channel::busy_time() const {
  if (one_flit_per_cycle_) {
    return config_.wire.end_of(config_.wire_unit.value() * fixed_wire_.owners);
  }
  return busy_before_ + duration(busy_bytes_);
}

bool Channel::ready_though_held(Cycles at) const {
  if (!layer_->ready(at)) return false;
  return layer_->sink() || config_.tx_clock.edge(at) >= free_from_ - slack_;
}

int Channel::waiting_credits(VcId vc) const {
  return pending_[index(vc)] + (layer_ != nullptr ? layer_->kept_credits(vc) : 0);
}

std::size_t Channel::waiting_flits(VcId vc) const {
  const std::size_t assembled = assembling_.empty() ? 0 : assembling_[index(vc)].size();
  return assembled + (layer_ != nullptr ? layer_->kept_flits(vc) : 0);
}

void Channel::change_rate(const ByteClock& wire, Femtoseconds now) {
  busy_before_ += duration(busy_bytes_);
  busy_bytes_ = 0;
  const Femtoseconds start = std::max(now, free_from_);
  config_.wire = wire;
  // Byte positions go on; the new rate's clock is shifted so that the next byte begins at `start`.
  config_.lead = duration(next_) - start;
  free_from_ = end_time(next_);
  tell_ready();
  group_ = Group{};
}

}  // namespace fs
