// SPDX-License-Identifier: Apache-2.0
// Random traffic for a switch core, and everything that must hold whatever the core's choices are.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <vector>

#include "common/random.hpp"
#include "rig.hpp"

namespace fs::testing {

/// Sources that respect credits and neighbours with finite buffers. It makes the stimulus; the checks follow one core.
class Traffic {
 public:
  struct Shape {
    int longest = 4;                        ///< flits of the longest packet
    int peer_depth = 6;                     ///< private: slots a VC; shared: slots a port beyond the reserves
    double load = 0.7;                      ///< packets are begun with this probability where a source is free
    double not_ready = 0.1;                 ///< probability that an output is held back for a cycle
    std::vector<std::uint64_t> class_vcs;   ///< VCs that a class may use beyond the switch
    std::vector<std::uint64_t> source_vcs;  ///< VCs on which a class arrives
  };

  Traffic(const SwitchConfig& config, const Shape& shape, std::uint64_t seed)
      : config_(config), shape_(shape), random_(seed, "traffic", "test") {
    const auto pairs = static_cast<std::size_t>(config.ports * config.vcs);
    source_.resize(pairs);
    sent_.resize(pairs);
    aside_.resize(pairs);
    shared_room_.resize(static_cast<std::size_t>(config.ports));
    open_.assign(pairs, -1);
    held_.resize(pairs);
    for (int p = 0; p < config.ports; ++p) {
      int reserved = 0;
      for (int v = 0; v < config.vcs; ++v) reserved += config.depth[static_cast<std::size_t>(v)];
      shared_room_[static_cast<std::size_t>(p)] =
          config.buffer == BufferKind::shared_pool ? config.pool_depth - reserved : 0;
    }
  }

  /// The stimulus of one edge, into each rig alike.
  void offer(const std::vector<Rig*>& rigs, bool more) {
    for (int p = 0; p < config_.ports; ++p) {
      const bool ready = !random_.chance(shape_.not_ready);
      for (Rig* rig : rigs) rig->ready(p, ready || !more);
      ready_now_.resize(static_cast<std::size_t>(config_.ports));
      ready_now_[static_cast<std::size_t>(p)] = ready || !more;
      begin_packet(p, more);
      send_one(p, rigs);
    }
    for (const auto& pulse : returning_) {
      for (Rig* rig : rigs) rig->credit(static_cast<int>(index(pulse.port)), static_cast<int>(index(pulse.vc)));
      --held_[at(static_cast<int>(index(pulse.port)), static_cast<int>(index(pulse.vc)))];
    }
    returning_.clear();
  }

  /// What the first rig did with it.
  void observe(const Pins& pins) {
    std::vector<int> per_port(static_cast<std::size_t>(config_.ports));
    for (const auto& tx : pins.tx) {
      ASSERT_EQ(++per_port[index(tx.port)], 1) << "two flits on one port";
      const bool allowed = config_.output_pipeline > 0 || ready_now_[index(tx.port)] != 0;
      ASSERT_TRUE(allowed) << "a grant to an output held back";
      delivered(tx);
    }
    for (const auto& pulse : pins.rx_credit) give_back(pulse);
    drain_peers();
  }

  std::uint64_t injected() const { return injected_; }
  std::uint64_t left() const { return left_; }
  bool sources_empty() const {
    for (const auto& s : source_) {
      if (!s.empty()) return false;
    }
    return true;
  }
  bool all_room_back() const {
    for (const int n : sent_) {
      if (n != 0) return false;
    }
    return true;
  }

 private:
  std::size_t at(int port, int vc) const { return static_cast<std::size_t>(port * config_.vcs + vc); }
  int pick_vc(std::uint64_t mask) {
    int skip = static_cast<int>(random_.below(static_cast<std::uint64_t>(__builtin_popcountll(mask))));
    for (; skip > 0; --skip) mask &= mask - 1;
    return lowest_bit(mask);
  }

  void begin_packet(int port, bool more) {
    if (!more || !random_.chance(shape_.load)) return;
    const int cls = static_cast<int>(random_.below(static_cast<std::uint64_t>(config_.classes)));
    const int vc = pick_vc(shape_.source_vcs[static_cast<std::size_t>(cls)]);
    auto& queue = source_[at(port, vc)];
    if (queue.size() > 20) return;
    const int length = 1 + static_cast<int>(random_.below(static_cast<std::uint64_t>(shape_.longest)));
    const int dst = static_cast<int>(random_.below(static_cast<std::uint64_t>(config_.destinations)));
    const std::uint32_t name = next_name_++;
    // A poisoned tail ends some packets early.
    const int cut = random_.chance(0.05) && length > 1 ? length - 1 : length;
    for (int k = 0; k < cut; ++k) {
      Flit f = flit_of(name, dst, k, length, cls);
      if (k + 1 == cut && cut < length) f.flags |= Flit::tail_flag | Flit::poison_flag;
      queue.push_back(f);
    }
    origin_.push_back({port, vc, cls});
  }

  void send_one(int port, const std::vector<Rig*>& rigs) {
    const int start = static_cast<int>(random_.below(static_cast<std::uint64_t>(config_.vcs)));
    for (int k = 0; k < config_.vcs; ++k) {
      const int v = (start + k) % config_.vcs;
      auto& queue = source_[at(port, v)];
      if (queue.empty()) continue;
      if (!may_send(port, v, queue.front())) continue;
      for (Rig* rig : rigs) rig->rx(port, v, queue.front());
      queue.pop_front();
      ++injected_;
      return;
    }
  }
  /// Wormhole sources need one slot; others set aside the whole packet's at its head, as the switch before this would.
  bool may_send(int port, int vc, const Flit& f) {
    auto& aside = aside_[at(port, vc)];
    if (config_.switching == Switching::wormhole) return take_room(port, vc);
    if (f.head()) {
      if (room(port, vc) < f.length) return false;
      for (aside = 0; aside < f.length; ++aside) take_room(port, vc);
    }
    --aside;
    for (; f.tail() && aside > 0; --aside) give_room(port, vc);
    return true;
  }
  int room(int port, int vc) const {
    return std::max(0, config_.depth[static_cast<std::size_t>(vc)] - sent_[at(port, vc)]) +
           shared_room_[static_cast<std::size_t>(port)];
  }
  bool take_room(int port, int vc) {
    if (room(port, vc) == 0) return false;
    if (++sent_[at(port, vc)] > config_.depth[static_cast<std::size_t>(vc)]) {
      --shared_room_[static_cast<std::size_t>(port)];
    }
    return true;
  }
  void give_room(int port, int vc) {
    if (sent_[at(port, vc)]-- > config_.depth[static_cast<std::size_t>(vc)]) {
      ++shared_room_[static_cast<std::size_t>(port)];
    }
  }
  void give_back(const CreditPulse& pulse) {
    const int port = static_cast<int>(index(pulse.port));
    const int vc = static_cast<int>(index(pulse.vc));
    ASSERT_GT(sent_[at(port, vc)], 0) << "a credit for a slot that was not in use";
    give_room(port, vc);
  }

  void delivered(const PortFlit& tx) {
    ++left_;
    const Flit& f = tx.flit;
    auto& origin = origin_[static_cast<std::size_t>(f.handle)];
    const std::size_t out = at(static_cast<int>(index(tx.port)), static_cast<int>(index(tx.vc)));
    ASSERT_TRUE((shape_.class_vcs[static_cast<std::size_t>(origin.cls)] >> index(tx.vc)) & 1U) << "a VC not allowed";
    ASSERT_EQ(f.head(), open_[out] == -1) << "packets interleave within a VC";
    ASSERT_TRUE(f.head() || open_[out] == static_cast<int>(f.handle)) << "packets interleave within a VC";
    if (f.head()) {
      auto& last = last_[{origin.port, origin.vc, static_cast<int>(index(tx.port))}];
      ASSERT_LE(last, static_cast<int>(f.handle)) << "packets overtake each other";
      last = static_cast<int>(f.handle);
    }
    open_[out] = f.tail() ? -1 : static_cast<int>(f.handle);
    ASSERT_LE(++held_[out], limit(static_cast<int>(index(tx.port)), static_cast<int>(index(tx.vc)))) << "no credit";
    peers_.push_back({tx.port, tx.vc});
  }
  /// Slots of the neighbour that this VC may hold now.
  int limit(int port, int vc) const {
    if (!config_.peer_shared_pool) return shape_.peer_depth;
    int others = 0;
    for (int v = 0; v < config_.vcs; ++v) {
      const int beyond = held_[at(port, v)] - config_.peer_reserve[static_cast<std::size_t>(v)];
      if (v != vc && beyond > 0) others += beyond;
    }
    return config_.peer_reserve[static_cast<std::size_t>(vc)] + shape_.peer_depth - others;
  }
  /// Neighbours free slots at random; a (port, VC) returns one credit an edge.
  void drain_peers() {
    std::vector<CreditPulse> rest;
    std::vector<char> pulsed(held_.size());
    for (const auto& slot : peers_) {
      const std::size_t out = at(static_cast<int>(index(slot.port)), static_cast<int>(index(slot.vc)));
      if (pulsed[out] == 0 && random_.chance(0.6)) {
        pulsed[out] = 1;
        returning_.push_back(slot);
      } else {
        rest.push_back(slot);
      }
    }
    peers_ = rest;
  }

  struct Origin {
    int port;
    int vc;
    int cls;
  };
  struct Flow {
    int port, vc, output;
    bool operator<(const Flow& o) const { return std::tie(port, vc, output) < std::tie(o.port, o.vc, o.output); }
  };

  SwitchConfig config_;
  Shape shape_;
  RandomStream random_;
  std::vector<std::deque<Flit>> source_;  ///< per (port, VC)
  std::vector<int> sent_, shared_room_, held_;
  std::vector<int> aside_;  ///< per (port, VC): slots set aside for the rest of a packet
  std::vector<int> open_;   ///< per (output, VC): the packet under way
  std::vector<CreditPulse> peers_, returning_;
  std::vector<Origin> origin_;
  std::vector<char> ready_now_;
  std::map<Flow, int> last_;
  std::uint32_t next_name_ = 0;
  std::uint64_t injected_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace fs::testing
