// SPDX-License-Identifier: Apache-2.0
// Two endpoints and one link, stepped cycle by cycle without a kernel: the sender's credits, the receiver's buffer and
// every flit are checked as they pass.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "link/channel.hpp"
#include "link/layer/link_layer.hpp"
#include "link/layer/link_scheduler.hpp"

namespace fs {

/// One end: sends packets as credits and tx_ready allow, consumes what arrives after `hold` cycles.
class RigEnd {
 public:
  RigEnd(PacketPool& packets, WakeWheel& wheel, int chip, int vcs, int depth)
      : inbox(wheel, chip, 1023),
        packets_(&packets),
        depth_(depth),
        credits_(static_cast<std::size_t>(vcs), depth),
        sending_(credits_.size()),
        arriving_(credits_.size()),
        next_in_(credits_.size()) {}

  /// Offers packets of `length` flits (the last of `last_bytes`) on VC after VC whenever there is room.
  void offer(int length, int flit_bytes, int last_bytes) {
    length_ = length;
    flit_bytes_ = flit_bytes;
    last_bytes_ = last_bytes;
    offering_ = true;
  }
  void stop_offering() { offering_ = false; }
  /// Sends with probability `load` a cycle instead of always.
  double load = 1.0;
  RandomStream dice;
  int consume_delay = 0;

  void connect(Channel& out) { out_ = &out; }

  void step(Cycles now) {
    auto& slot = inbox.take(now);
    for (const auto& pulse : slot.credits) ++credits_[index(pulse.vc)];
    for (const auto& f : slot.flits) receive(f, now);
    slot.clear();
    while (!held_.empty() && held_.front().first <= now.value()) {
      out_->return_credit(held_.pop().second, now);
    }
    send(now);
    if (out_->config().credits.message > Bytes(0)) out_->flush_credits(now);
  }

  bool idle() const {
    for (const auto& s : sending_) {
      if (s.left > 0) return false;
    }
    return held_.empty();
  }
  int credits(VcId vc) const { return credits_[index(vc)]; }
  int held(VcId vc) const {
    int n = 0;
    for (std::size_t i = 0; i < held_.size(); ++i) n += held_[i].second == vc ? 1 : 0;
    return n;
  }

  Inbox inbox;
  std::uint64_t sent_flits = 0, received_flits = 0, sent_packets = 0, received_packets = 0, poisoned = 0, wrong = 0;
  std::vector<Femtoseconds> latencies;    ///< of packets received here, when keep_latencies
  std::vector<Femtoseconds> retry_times;  ///< what their ledgers say of retry
  bool keep_latencies = false;
  bool in_order = true;  ///< packets of one VC have to come in the order of their numbers
  Cycles last_received{0};

 private:
  struct Sending {
    PacketHandle handle = PacketHandle::none;
    int left = 0;
  };

  void receive(const PortFlit& f, Cycles now) {
    ++received_flits;
    last_received = now;
    held_.push({now.value() + consume_delay, f.vc});
    int held_here = held(f.vc);
    EXPECT_LE(held_here, depth_) << "a flit arrived without credit";
    auto& open = arriving_[index(f.vc)];
    if (f.flit.head()) {
      EXPECT_EQ(open.left, 0) << "a head before the tail of the packet ahead";
      open = {f.flit.handle, f.flit.length};
    }
    EXPECT_EQ(open.handle, f.flit.handle);
    --open.left;
    if (f.flit.poison()) ++poisoned;
    if (f.flit.tail() && (*packets_)[f.flit.handle].wrong) ++wrong;
    if (!f.flit.tail()) return;
    EXPECT_EQ(open.left, 0) << "a packet of another length";
    const Packet& p = (*packets_)[f.flit.handle];
    const Femtoseconds time = out_->config().rx_clock.edge(now);
    EXPECT_EQ(p.mark, time);
    EXPECT_EQ(p.created + p.ledger.sum(), time) << "the ledger does not sum to the latency";
    if (in_order) {
      EXPECT_EQ(p.number, next_in_[index(f.vc)]) << "lost, repeated or out of order";
      next_in_[index(f.vc)] = p.number + 1;
    }
    if (keep_latencies) {
      latencies.push_back(time - p.created);
      retry_times.push_back(p.ledger[Cause::retry]);
    }
    ++received_packets;
    packets_->release(f.flit.handle);
  }

  void send(Cycles now) {
    if (!out_->ready(now)) return;
    const std::size_t vcs = sending_.size();
    for (std::size_t i = 0; i < vcs; ++i) {
      const std::size_t v = (turn_ + i) % vcs;
      Sending& s = sending_[v];
      if (s.left == 0) {
        if (!offering_ || credits_[v] < length_ || (load < 1.0 && !dice.chance(load))) continue;
        s.handle = packets_->acquire();
        Packet& p = (*packets_)[s.handle];
        p.number = next_out_[v]++;
        p.created = out_->config().tx_clock.edge(now);
        p.length = static_cast<std::uint16_t>(length_);
        s.left = length_;
        credits_[v] -= length_;
        ++sent_packets;
      }
      Flit flit;
      flit.handle = s.handle;
      flit.length = static_cast<std::uint16_t>((*packets_)[s.handle].length);
      flit.flags = static_cast<std::uint8_t>((s.left == flit.length ? Flit::head_flag : 0) |
                                             (s.left == 1 ? Flit::tail_flag : 0));
      flit.wire_bytes = static_cast<std::uint16_t>(s.left == 1 ? last_bytes_ : flit_bytes_);
      if (flit.tail()) {
        Packet& p = (*packets_)[s.handle];
        p.ledger.add(Cause::serialization, out_->config().tx_clock.edge(now) - p.created);
      }
      --s.left;
      ++sent_flits;
      turn_ = v + 1;
      out_->send(flit, static_cast<VcId>(v), now);
      return;
    }
  }

  PacketPool* packets_;
  Channel* out_ = nullptr;
  int depth_;
  std::vector<int> credits_;
  std::vector<Sending> sending_;
  std::vector<Sending> arriving_;
  std::vector<std::uint64_t> next_in_;
  std::map<std::size_t, std::uint64_t> next_out_;
  Ring<std::pair<std::int64_t, VcId>> held_;
  std::size_t turn_ = 0;
  bool offering_ = false;
  int length_ = 1, flit_bytes_ = 64, last_bytes_ = 64;
};

struct LinkRig {
  /// For who joins the channels by a LiveLink.
  struct Unjoined {};

  LinkRig(const ChannelConfig& config, int depth, std::uint64_t seed, Unjoined)
      : LinkRig(config, depth, seed, config, Unjoined{}) {}
  LinkRig(const ChannelConfig& config, int depth, std::uint64_t seed, const ChannelConfig& back, Unjoined)
      : wheel(2),
        a(packets, wheel, 0, config.vcs, depth),
        b(packets, wheel, 1, config.vcs, depth),
        ab(named(config, "a->b", seed), packets, b.inbox, PortId(0)),
        ba(named(back, "b->a", seed), packets, a.inbox, PortId(0)),
        depth_(depth) {
    a.connect(ab);
    b.connect(ba);
  }
  explicit LinkRig(const ChannelConfig& config, int depth = 1 << 20, std::uint64_t seed = 1)
      : LinkRig(config, depth, seed, config) {}
  /// `back`: the channel from b to a, where it is another.
  LinkRig(const ChannelConfig& config, int depth, std::uint64_t seed, const ChannelConfig& back)
      : LinkRig(config, depth, seed, back, Unjoined{}) {
    ab.layer()->connect(*ba.layer(), scheduler, ChannelId(0), nullptr, nullptr);
    ba.layer()->connect(*ab.layer(), scheduler, ChannelId(1), nullptr, nullptr);
  }
  static ChannelConfig named(ChannelConfig config, const char* name, std::uint64_t seed) {
    config.name = name;
    config.seed = seed;
    config.supervised = true;
    return config;
  }

  void run(Cycles cycles) {
    for (const Cycles end = now + cycles; now < end; now += Cycles(1)) step();
  }
  void step() {
    std::array<std::uint64_t, 1> awake{};
    wheel.take(now, awake.data());
    a.step(now);
    b.step(now);
    scheduler.step(now);
  }
  /// Until nothing is under way; false when it still is after `limit`.
  bool drain(Cycles limit) {
    a.stop_offering();
    b.stop_offering();
    for (const Cycles end = now + limit; now < end; now += Cycles(1)) {
      if (packets.in_use() == 0 && a.idle() && b.idle() && whole()) return true;
      step();
    }
    return false;
  }
  bool whole() const {
    for (int v = 0; v < ab.config().vcs; ++v) {
      const auto vc = static_cast<VcId>(v);
      if (a.credits(vc) != depth_ || b.credits(vc) != depth_) return false;
    }
    return true;
  }
  void set_errors(double ber) {
    const std::vector<double> lanes(static_cast<std::size_t>(ab.config().lanes), ber);
    ab.layer()->set_errors(lanes, {}, now);
    ba.layer()->set_errors(lanes, {}, now);
  }

  PacketPool packets;
  WakeWheel wheel;
  LinkScheduler scheduler;
  RigEnd a, b;
  Channel ab, ba;
  Cycles now{0};

 private:
  int depth_;
};

}  // namespace fs
