// SPDX-License-Identifier: Apache-2.0
// Credits that this wire carries, for the buffer behind the opposite direction.
#include <algorithm>
#include <numeric>

#include "link/channel_timing.hpp"
#include "link/layer/link_layer.hpp"

namespace fs {

Cycles LinkLayer::fixed_way() const {
  const ChannelConfig& config = channel_->config_;
  return std::max(Cycles(1), config.rx_clock.cycles_for(config.phy_fec + config.propagation));
}

void LinkLayer::deliver_credits(VcId vc, int count, Cycles at) {
  if (!faulty_credits_) {
    for (int i = 0; i < count; ++i) channel_->deliver_credit(vc, at);
    return;
  }
  int& faults = to_lose_[index(vc)];
  for (int i = 0; i < count; ++i) {
    int times = 1;
    if (faults > 0) {
      --faults;
      times = 0;
    } else if (faults < 0) {
      ++faults;
      times = 2;
    }
    if (times == 0 && channel_->config_.credits.counters) {
      ++owed_[index(vc)];
      owes_ = true;
    } else if (times != 1) {
      lost_[index(vc)] += 1 - times;
    }
    for (; times > 0; --times) channel_->deliver_credit(vc, at);
  }
}

void LinkLayer::gather_packet_credits(VcId vc, Cycles now) {
  auto& lengths = arrived_[index(vc)];
  int& freed = freed_[index(vc)];
  ++freed;
  while (!lengths.empty() && freed >= lengths.front()) {
    const int length = lengths.pop();
    freed -= length;
    for (int i = 0; i < length; ++i) channel_->queue_credit(vc, now);
  }
}

void LinkLayer::return_credit(VcId vc, Cycles now) {
  if (mode_ == Mode::sink) {
    deliver_credits(vc, 1, now + fixed_way());
  } else if (channel_->side_band_latency_ > Cycles(0)) {
    deliver_credits(vc, 1, now + channel_->side_band_latency_);
  } else {
    gather_packet_credits(vc, now);  // others wait for the wire: the channel sees to them itself
  }
}

void LinkLayer::carry_waiting_credits(Cycles at, bool taken) {
  Channel& c = *channel_;
  const bool wait_for_replay = credits_are_replayed() && !direct_ && mode_ != Mode::sink;
  if (taken && !wait_for_replay && !faulty_credits_ && !c.config_.credits.counters) {
    return c.deliver_waiting_credits(at);
  }
  for (std::size_t v = 0; v < static_cast<std::size_t>(c.vcs_); ++v) {
    int count = std::exchange(c.pending_[v], 0);
    const auto vc = static_cast<VcId>(v);
    if (c.config_.credits.counters) {
      if (!taken) {
        owed_[v] += count;
        continue;
      }
      count += std::exchange(owed_[v], 0);
    }
    if (count <= 0) {
      owed_[v] += count;
    } else if (wait_for_replay) {
      kept_.push({current_, Flit{}, vc, count, at});
    } else if (taken) {
      deliver_credits(vc, count, at);
    } else {
      lost_[v] += count;
    }
  }
  c.pending_total_ = 0;
  if (c.config_.credits.counters) owes_ = std::any_of(owed_.begin(), owed_.end(), [](int n) { return n != 0; });
}

void LinkLayer::send_credit_message(Cycles now) {
  Channel& c = *channel_;
  if (controls_due(clock().edge(now))) place_controls(now);
  c.message_was_last_ = true;
  std::int64_t bytes = c.config_.credits.message.value();
  const FrameKind kind = c.config_.frame.kind;
  const bool framed = kind == FrameKind::flit || kind == FrameKind::packet;
  if (framed && credits_are_replayed()) bytes += c.config_.frame.overhead.value();
  const std::int64_t position = c.occupy(bytes, clock().edge(now));
  ++c.credit_messages_;
  bool hit = false;
  if (kind == FrameKind::fixed && credits_are_replayed()) {
    hit = frames_of_bytes(position, bytes, now);
  } else if (kind == FrameKind::fixed) {
    const std::int64_t payload = c.config_.frame.payload.value();
    for (std::int64_t f = (position - bytes) / payload; f <= (position - 1) / payload; ++f) {
      hit = fixed_frame_hit(f) || hit;
    }
  } else {
    hit = hit_by_error(position, bytes);
    if (credits_are_replayed()) begin_frame(c.group_of(position).usable, bytes, hit, now);
  }
  if (hit && !credits_are_replayed()) ++counters_.controls_lost;
  if (!direct_ && kept_.empty()) planned_last_ = c.last_arrival_;
  carry_waiting_credits(c.group_of(position).edge, !hit || credits_are_replayed());
  if (owes_) {
    repair_at_ = now + std::max(Cycles(1), clock().cycles_for(c.config_.credits.repair));
    if (c.config_.credits.repair > Femtoseconds(0)) ask_for_service(repair_at_);
  }
}

Cycles LinkLayer::flush_credits(Cycles now) {
  Channel& c = *channel_;
  if (mode_ == Mode::sink) {
    carry_waiting_credits(now + fixed_way(), true);
    return Cycles::max();
  }
  constexpr Cycles look_again{16};
  if (mode_ == Mode::hold) return now + look_again;
  if (credits_are_replayed() && c.held_) {
    // A frame like any other: it waits for the replay and for room in the window.
    if (tx_.replaying() || !staged_.empty()) return now + Cycles(1);
    settle(now, false);
    if (window_blocks(now, c.config_.credits.message.value())) return now + Cycles(1);
  }
  if (c.message_was_last_ && !c.ready(now)) return std::max(now + Cycles(1), c.ready_from());
  send_credit_message(now);
  return Cycles::max();
}

void LinkLayer::lose_credits(VcId vc, int count) {
  to_lose_[index(vc)] += count;
  faulty_credits_ = true;
}

void LinkLayer::set_credits_right(VcId vc, Cycles now) {
  to_lose_[index(vc)] = 0;
  const int lost = lost_[index(vc)];
  if (lost > 0) {
    lost_[index(vc)] = 0;
    deliver_credits(vc, lost, now + fixed_way());
  } else {
    faulty_credits_ = true;
    to_lose_[index(vc)] = -lost;  // each one lost brings the sum nearer to nothing
  }
}

int LinkLayer::kept_credits(VcId vc) const {
  int sum = owed_[index(vc)] + lost_[index(vc)] + (freed_.empty() ? 0 : freed_[index(vc)]);
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i].credits > 0 && kept_[i].vc == vc) sum += kept_[i].credits;
  }
  return sum;
}

std::size_t LinkLayer::kept_flits(VcId vc) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kept_.size(); ++i) sum += kept_[i].credits == 0 && kept_[i].vc == vc ? 1 : 0;
  for (std::size_t i = 0; i < staged_.size(); ++i) sum += staged_[i].vc == vc ? 1 : 0;
  return sum;
}

}  // namespace fs
