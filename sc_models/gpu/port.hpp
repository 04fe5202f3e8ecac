// SPDX-License-Identifier: Apache-2.0
// One link of a GPU: packets leave as flits when credits allow, arriving flits become packets again.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/prefetch.hpp"
#include "common/ring.hpp"
#include "flit/packet.hpp"
#include "link/channel.hpp"
#include "link/sender_credits.hpp"

namespace fs {

/// The VCs a traffic class owns: first .. first + count - 1.
struct VcRange {
  int first = 0;
  int count = 1;
};

/// How a packet finds its VC among its class's.
enum class VcChoice : std::uint8_t {
  any,          ///< the first free one with room, in turn
  destination,  ///< by destination: a VC for each (VOQ credits reach the sender), or order within regions
};

struct GpuPortConfig {
  NodeId node{};
  std::uint16_t link = 0;  ///< this link's number at the GPU
  PortId port{};           ///< the same, as the port of the chip
  VcChoice vc_choice = VcChoice::any;
  bool whole_packet_credit = true;  ///< cut-through: the head waits for credit for its whole packet
  int flit_bytes = 64;
  int wire_unit = 16;
  std::vector<VcRange> classes;
  std::vector<bool> drained;  ///< by class: flits are consumed as they arrive, their credits go back at once
  int vcs = 1;
  bool peer_shared_pool = false;
  std::vector<int> peer_reserve;  ///< shared pool of the peer: its reserve a VC
  std::vector<int> depth;         ///< own receive buffer, flit slots a VC (with a shared pool: its whole size)
};

/// The sending and receiving half of one link at a GPU. Stepped by the GPU at its clock's edges.
class alignas(64) GpuPort {
 public:
  GpuPort(const GpuPortConfig& config, PacketPool& packets, Channel& out);
  /// This port is where it will stay: its channel keeps what it tells of its wire in it.
  void stay() { out_->tell_ready(ready_at_); }

  // --- sending ---
  /// Queues a packet of any class; `packet.created` is when its source made it.
  void enqueue(PacketHandle handle);
  /// The same as enqueue() followed by send() at `now`, for a one-flit packet that meets an idle port.
  enum class AtOnce : std::uint8_t {
    sent,
    no_credit,  ///< enqueued; until a credit comes, send() would find that it cannot leave
    no,         ///< nothing done
  };
  AtOnce send_at_once(PacketHandle handle, Packet& packet, Cycles now, Femtoseconds time) {
    if (waiting_ != 0 || packet.length != 1 || !out_->ready(now)) return AtOnce::no;
    const int vc = choose_vc_alone(packet.cls, packet);
    if (vc < 0) {
      wait_alone(handle, packet.cls);
      return AtOnce::no_credit;
    }
    leave_alone(handle, packet, vc, now, time);
    return AtOnce::sent;
  }
  /// Packets of a class that wait here, the one being sent included.
  std::size_t waiting(ClassId cls) const {
    return queues_[index(cls)].size() + static_cast<std::size_t>(alone_ != PacketHandle::none && alone_class_ == cls);
  }
  std::size_t waiting() const { return waiting_; }
  /// Those of them of which no flit has a VC yet.
  std::size_t unstarted() const { return waiting_ - started_; }
  /// A credit pulse from the neighbour.
  void credit(VcId vc) { credits_.pulse(vc); }
  /// One edge: sends at most one flit. True when the next edge may send again; false when nothing waits or only a
  /// credit can help, so that the GPU may sleep.
  bool send(Cycles now, Femtoseconds time) {
    if (waiting_ == 0) return false;
    return alone_ != PacketHandle::none ? send_alone(now, time) : send_one(now, time);
  }

  // --- receiving ---
  /// A flit reached the pins at `now`. Returns the packet when this was its tail, PacketHandle::none otherwise.
  /// Unless its class is drained, the packet's slots stay taken until consume().
  PacketHandle receive(const PortFlit& arrival, Cycles now) {
    ++flits_received_;
    if (vcs_of(arrival.flit.cls).drained) {
      out_->return_credit(arrival.vc, now);
    } else {
      hold(arrival);
    }
    return arrival.flit.tail() ? arrival.flit.handle : PacketHandle::none;
  }
  /// The same where all classes are drained, for a flit that Channel::drain_into() hands over: it arrives at `at`.
  void drain(VcId vc, Cycles at) {
    ++flits_received_;
    out_->return_credit(vc, at);
  }
  /// The packet leaves the receive buffer: its slots' credits go back from edge `now` on.
  void consume(const Packet& packet, VcId vc, Cycles now) {
    if (vcs_of(packet.cls).drained) return;
    held_[index(vc)] -= packet.length;
    for (int i = 0; i < packet.length; ++i) out_->return_credit(vc, now);
  }
  /// Sends waiting credit messages; the next edge at which that may be needed.
  Cycles flush_credits(Cycles now) { return out_->flush_credits(now); }

  /// Whether send() would get as far as the wire's answer, and a yes.
  bool may_send(Cycles now, Femtoseconds time) const { return waiting_ != 0 && wire_ready(now, time); }
  /// Brings what a flit touches here near: for a caller that goes through many ports.
  void prefetch() const {
    prefetch_arrival();
    __builtin_prefetch(&first_classes_, 1);
  }
  /// Or what a flit that comes does.
  void prefetch_arrival() const { __builtin_prefetch(this, 1); }
  /// Or a credit.
  void prefetch_credit() const { prefetch_lines<0, 2>(this); }
  void prefetch_loan() const { credits_.prefetch_loan(); }
  /// Or a packet of several flits that starts or goes on: what is here, and, when that is near, what hangs on it.
  void prefetch_send() const {
    prefetch_lines<1, 5>(this);
    out_->prefetch_timed_flit();
  }
  void prefetch_send_further() const {
    credits_.prefetch_loan();
    prefetch_lines<0, 1>(queues_.data());
    prefetch_lines<0, 1>(sending_.data());
    __builtin_prefetch(active_.data(), 1);
    out_->prefetch_layer();
  }

  // --- for checks and reports ---
  const GpuPortConfig& config() const { return config_; }
  NodeId node() const { return node_; }
  const Channel& out() const { return *out_; }
  int credits_total() const { return credits_.total(); }
  int credits_available(VcId vc) const { return credits_.available(vc); }
  /// Credits set aside for the unsent flits of a packet under way on `vc`.
  int reserved_unsent(VcId vc) const {
    const Sending& s = sending_[index(vc)];
    return s.handle != PacketHandle::none && s.reserved ? s.length - s.sent : 0;
  }
  int held(VcId vc) const { return held_[index(vc)]; }
  std::uint64_t flits_sent() const { return flits_sent_; }
  std::uint64_t flits_received() const { return flits_received_; }
  /// Flits of packets enqueued and not yet sent.
  std::uint64_t flits_waiting() const;
  /// Cycles in which a packet under way had no credit.
  std::vector<std::string> waiting_lines(const PacketPool& pool) const;

 private:
  struct Sending {
    PacketHandle handle = PacketHandle::none;
    int length = 0;
    int sent = 0;
    std::int32_t wire_bytes = 0;
    std::uint32_t hash_key = 0;
    NodeId dst{};
    ClassId cls{};
    bool reserved = false;
    Cycles head_at{0};
    Cycles stalled_since{-1};
    Cycles stalled{0};
  };
  /// The VCs of a class.
  struct ClassVcs {
    std::uint8_t first = 0;
    std::uint8_t count = 1;
    std::uint8_t next = 0;  ///< of them: the one favoured next
    bool drained = false;
    void favour_after(int vc) { next = static_cast<std::uint8_t>(vc + 1 - first == count ? 0 : vc + 1 - first); }
  };
  static constexpr std::size_t few_classes = 4;
  ClassVcs& vcs_of(ClassId cls) {
    const std::size_t c = index(cls);
    return __builtin_expect(c < few_classes, 1) ? first_classes_[c] : more_classes_[c - few_classes];
  }

  void hold(const PortFlit& arrival);
  std::string credits_text(VcRange range) const;
  Flit make_flit(PacketHandle handle, std::uint32_t hash_key, NodeId dst, int length, ClassId cls, int bytes) const {
    Flit flit;
    flit.handle = handle;
    flit.hash_key = hash_key;
    flit.dst = dst;
    flit.length = static_cast<std::uint16_t>(length);
    flit.cls = cls;
    flit.wire_bytes = static_cast<std::uint16_t>(flit_bytes_);
    if (bytes < flit_bytes_) {
      const int held = bytes + wire_unit_ - 1;
      flit.wire_bytes = static_cast<std::uint16_t>(held - held % wire_unit_);
    }
    return flit;
  }
  /// A packet of one flit that has the port for itself waits in `alone_`, outside its queue, and leaves without the
  /// book-keeping of packets that share the wire: under an open loop nearly all do.
  void wait_alone(PacketHandle handle, ClassId cls) {
    ++waiting_;
    alone_ = handle;
    alone_class_ = cls;
  }
  /// Another one comes: it is in its queue as if it had been there all the while.
  void join_queue() {
    if (alone_ == PacketHandle::none) return;
    queues_[index(alone_class_)].push(alone_);
    alone_ = PacketHandle::none;
  }
  bool send_alone(Cycles now, Femtoseconds time) {
    if (!wire_ready(now, time)) return true;
    Packet& packet = (*packets_)[alone_];
    const int vc = choose_vc_alone(alone_class_, packet);
    if (vc < 0) return false;
    --waiting_;
    leave_alone(std::exchange(alone_, PacketHandle::none), packet, vc, now, time);
    return false;
  }
  /// The one flit of a packet leaves, while no other packet is under way.
  void leave_alone(PacketHandle handle, Packet& packet, int vc, Cycles now, Femtoseconds time) {
    vcs_of(packet.cls).favour_after(vc);
    packet.vc = static_cast<VcId>(vc);
    packet.link = link_;
    packet.ledger.begin(time - packet.created);
    credits_.use(packet.vc, 1);
    ++flits_sent_;
    Flit flit = make_flit(handle, packet.hash_key(), packet.dst, 1, packet.cls, packet.wire_bytes);
    flit.flags = Flit::head_flag | Flit::tail_flag;
    FlitDrain* drain = out_->send(flit, &packet, packet.vc, now);
    if (__builtin_expect(drain != nullptr, 0)) drain->settle();
  }
  bool send_one(Cycles now, Femtoseconds time);
  void start_packets(Cycles now);
  int choose_vc(const ClassVcs& vcs, const Packet& packet) const {
    const int needed = whole_packet_credit_ ? packet.length : 1;
    const auto usable = [&](int vc) { return !busy(vc) && credits_.available(static_cast<VcId>(vc)) >= needed; };
    if (__builtin_expect(vc_choice_ == VcChoice::destination, 0)) {
      const int vc = vc_of_destination(vcs, packet);
      return usable(vc) ? vc : -1;
    }
    int vc = vcs.next;
    for (int i = 0; i < vcs.count; ++i) {
      if (usable(vcs.first + vc)) return vcs.first + vc;
      if (++vc == vcs.count) vc = 0;
    }
    return -1;
  }
  /// The same for a packet of one flit while none is under way, on any VC.
  int choose_vc_alone(ClassId cls, const Packet& packet) {
    const ClassVcs& vcs = vcs_of(cls);
    if (__builtin_expect(vc_choice_ == VcChoice::destination || !credits_.few(), 0)) return choose_vc(vcs, packet);
    if (__builtin_expect(credits_.available(static_cast<VcId>(vcs.first + vcs.next)) > 0, 1)) {
      return vcs.first + vcs.next;  // the usual answer, before all VCs are looked at
    }
    const unsigned mine = (credits_.with_credit() >> vcs.first) & ((1U << vcs.count) - 1);
    if (mine == 0) return -1;
    const unsigned after = mine >> vcs.next << vcs.next;
    return vcs.first + __builtin_ctz(after != 0 ? after : mine);
  }
  [[gnu::noinline]] static int vc_of_destination(const ClassVcs& vcs, const Packet& packet) {
    return vcs.first + static_cast<int>(index(packet.dst)) % vcs.count;
  }
  int pick_flit(Cycles now);
  void send_flit(int vc, Cycles now, Femtoseconds time);

  /// VCs with a packet under way, 64 a word.
  bool busy(int vc) const { return ((busy_[static_cast<std::size_t>(vc) >> 6] >> (vc & 63)) & 1U) != 0; }

  bool wire_ready(Cycles now, Femtoseconds time) const {
    return ready_at_ == Channel::ask ? out_->ready(now) : ready_at_ <= time;
  }

  // What every flit touches stands in front, in two cache lines.
  Femtoseconds ready_at_ = Channel::ask;  ///< from when on the wire takes a flit, or to be asked
  Channel* out_;
  std::uint64_t flits_received_ = 0;
  std::uint64_t flits_sent_ = 0;
  std::uint32_t waiting_ = 0;
  std::uint32_t started_ = 0;  ///< of them, those under way: active_
  int flit_bytes_;
  int wire_unit_;
  std::uint16_t link_;
  NodeId node_;
  VcChoice vc_choice_;
  bool whole_packet_credit_;
  PacketHandle alone_ = PacketHandle::none;
  ClassId alone_class_{};
  alignas(64) std::array<ClassVcs, few_classes> first_classes_;
  SenderCredits credits_;               // of which the VCs' own parts stand in front
  std::vector<ClassVcs> more_classes_;  ///< those after first_classes_
  std::array<std::uint64_t, 2> busy_{};
  PacketPool* packets_;
  std::vector<Ring<PacketHandle>> queues_;  ///< by class
  std::vector<int> active_;                 ///< VCs with a packet under way, in order of start
  std::size_t next_active_ = 0;
  std::vector<Sending> sending_;  ///< by VC
  std::vector<int> held_;
  GpuPortConfig config_;
};

}  // namespace fs
