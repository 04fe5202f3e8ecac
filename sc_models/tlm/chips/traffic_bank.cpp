// SPDX-License-Identifier: Apache-2.0
#include "tlm/chips/traffic_bank.hpp"

#include <algorithm>
#include <utility>

#include "common/check.hpp"

namespace fs::tlm {

TrafficBank::TrafficBank(Clock clock, PacketPool& packets, Inbox& inbox, Recorder& recorder, Traffic traffic, int ports)
    : clock_(clock),
      packets_(&packets),
      inbox_(&inbox),
      recorder_(&recorder),
      traffic_(std::move(traffic)),
      due_(ports),
      due_now_(due_.words()),
      list_(static_cast<std::size_t>(ports)),
      sending_(due_.words()),
      flush_(due_.words()),
      many_ports_(ports > few_ports) {
  if (traffic_.plan != nullptr) interleave_ = traffic_.plan->interleave;
  ports_.reserve(static_cast<std::size_t>(ports));
  sources_.reserve(static_cast<std::size_t>(ports));
}

void TrafficBank::add_port(GpuPort port, NodeId node, int link, int links) {
  FS_CHECK(ports_.size() < ports_.capacity(), "more links than the bank was made for");
  credit_messages_ = credit_messages_ || port.out().config().credits.message > Bytes(0);
  ports_.push_back(std::move(port));
  ports_.back().stay();
  if (traffic_.plan == nullptr) return;
  sources_.emplace_back(*traffic_.plan, node, link, links);
  arm(ports_.size() - 1, Cycles(0));
}

/// A packet is taken at the edge after its creation, and only when the one before it has begun to leave (left, where
/// packets do not interleave).
void TrafficBank::arm(std::size_t port, Cycles now) {
  const Cycles created = sources_[port].next_created();
  if (created != Cycles::max()) due_.wake(static_cast<int>(port), std::max(created, now) + Cycles(1));
}

template <bool Many>
[[gnu::always_inline]] inline void TrafficBank::take_arrivals(const Inbox::Slot& slot, Cycles now) {
  for (std::size_t i = 0; i < slot.credits.size(); ++i) {
    if constexpr (Many) prefetch_credit(slot, i);
    const CreditPulse& pulse = slot.credits[i];
    GpuPort& port = ports_[index(pulse.port)];
    port.credit(pulse.vc);
    if (port.waiting() > 0) mark(sending_, index(pulse.port));
  }
  const Femtoseconds time = clock_.edge(now);
  for (std::size_t i = 0; i < slot.flits.size(); ++i) {
    if constexpr (Many) prefetch_flit(slot, i);
    const PortFlit& arrival = slot.flits[i];
    GpuPort& port = ports_[index(arrival.port)];
    const PacketHandle handle = port.receive(arrival, now);
    if (credit_messages_) mark(flush_, index(arrival.port));
    if (handle == PacketHandle::none) continue;
    const Packet& packet = (*packets_)[handle];
    port.consume(packet, arrival.vc, now);
    end_packet(packet, port, time);
    packets_->release(handle);
  }
}

/// This and the next two: as prefetch_due() does for the list of those that send.
[[gnu::always_inline]] inline void TrafficBank::prefetch_credit(const Inbox::Slot& slot, std::size_t i) const {
  const auto& list = slot.credits;
  if (i + far < list.size()) ports_[index(list[i + far].port)].prefetch_credit();
  if (i + near < list.size()) ports_[index(list[i + near].port)].prefetch_loan();
}

[[gnu::always_inline]] inline void TrafficBank::prefetch_flit(const Inbox::Slot& slot, std::size_t i) const {
  const auto& list = slot.flits;
  if (i + far < list.size()) {
    const PortFlit& later = list[i + far];
    ports_[index(later.port)].prefetch();
    if (later.flit.tail()) packets_->prefetch(later.flit.handle);
  }
  if (i + near < list.size()) ports_[index(list[i + near].port)].out().prefetch_waiting_credit();
}

[[gnu::flatten]] void TrafficBank::settle() {
  for (std::size_t i = 0; i < count_; ++i) {
    if (many_ports_) prefetch_drained(i);
    const Drained& flit = batch_[i];
    GpuPort& port = ports_[index(flit.port)];
    port.drain(flit.vc, flit.at);
    if (flit.packet == nullptr) continue;
    end_packet(*flit.packet, port, flit.packet->mark);
    packets_->release(flit.handle);
  }
  count_ = 0;
}

[[gnu::always_inline]] inline void TrafficBank::prefetch_drained(std::size_t i) const {
  if (i + far < count_) ports_[index(batch_[i + far].port)].prefetch_arrival();
  if (i + near < count_) ports_[index(batch_[i + near].port)].out().prefetch_credit();
}

void TrafficBank::end_packet(const Packet& packet, const GpuPort& port, Femtoseconds time) {
  const bool misrouted = packet.dst != port.node();
  if (__builtin_expect(packet.poisoned || misrouted, 0)) {
    end_in_vain(packet, misrouted, time);
  } else {
    recorder_->packet_delivered(packet, time);
  }
}

void TrafficBank::end_in_vain(const Packet& packet, bool misrouted, Femtoseconds now) {
  FS_CHECK(!misrouted || watcher_ != nullptr,
           "a packet for gpu" + std::to_string(index(packet.dst)) + " arrived at another GPU");
  if (misrouted) {
    recorder_->packet_dropped(packet, now);
  } else {
    recorder_->packet_poisoned(packet, now);
  }
  if (watcher_ != nullptr) watcher_->packet_in_vain(packet, misrouted, now);
}

[[gnu::always_inline]] inline void TrafficBank::create_packet(std::size_t port, Cycles now) {
  OpenLoopSource& source = sources_[port];
  const std::uint64_t number = source.next_number();
  const NewPacket made = source.take();
  const OpenLoopClass& kind = traffic_.classes[made.kind_index];
  const PacketHandle handle = packets_->acquire();
  Packet& packet = (*packets_)[handle];
  packet.number = number;
  packet.created = clock_.edge(made.created);
  packet.src = source.node();
  packet.dst = made.dst;
  packet.length = made.length_flits;
  packet.wire_bytes = static_cast<std::uint16_t>(made.length_flits * kind.flit_bytes);
  packet.payload_bytes = packet.wire_bytes;
  packet.cls = kind.cls;
  recorder_->packet_created(packet);
  switch (ports_[port].send_at_once(handle, packet, now, clock_.edge(now))) {
    case GpuPort::AtOnce::sent:
      if (credit_messages_) mark(flush_, port);
      arm(port, now);
      return;
    case GpuPort::AtOnce::no_credit:
      return;  // that credit will come to take_arrivals()
    case GpuPort::AtOnce::no:
      ports_[port].enqueue(handle);
      mark(sending_, port);
      if (may_start(port)) arm(port, now);
  }
}

/// The members of a set of ports: how many stand in list_ now.
[[gnu::always_inline]] inline std::size_t TrafficBank::list(const std::vector<std::uint64_t>& set) {
  std::uint32_t* place = list_.data();
  for (std::size_t w = 0; w < set.size(); ++w) {
    for (std::uint64_t word = set[w]; word != 0; word &= word - 1) {
      *place++ = static_cast<std::uint32_t>(64 * w + static_cast<std::size_t>(lowest_bit(word)));
    }
  }
  return static_cast<std::size_t>(place - list_.data());
}

[[gnu::flatten]] void TrafficBank::take_due(Cycles now) {
  due_.take(now, due_now_.data());
  const std::size_t count = list(due_now_);
  std::fill(due_now_.begin(), due_now_.end(), 0);
  const bool sources = !sources_.empty();
  for (std::size_t i = 0; i < count; ++i) {
    if (many_ports_) prefetch_due(i, count);
    const std::size_t port = list_[i];
    if (credit_messages_) mark(flush_, port);
    if (sources && sources_[port].next_created() < now && may_start(port)) create_packet(port, now);
  }
}

/// A port and its source some places before the list comes to them; its channel, when the port has come.
void TrafficBank::prefetch_due(std::size_t i, std::size_t count) const {
  if (i + far < count) {
    const std::size_t later = list_[i + far];
    ports_[later].prefetch();
    if (!sources_.empty()) {
      __builtin_prefetch(&sources_[later], 1);
      packets_->prefetch_free(far);
    }
  }
  if (i + near < count) ports_[list_[i + near]].out().prefetch_flit();
}

void TrafficBank::send(Cycles now) {
  const Femtoseconds time = clock_.edge(now);
  const std::size_t count = list(sending_);
  for (std::size_t i = 0; i < count; ++i) {
    if (many_ports_) prefetch_send(i, count, now, time);
    const std::size_t port = list_[i];
    const bool could_start = may_start(port);
    if (!ports_[port].send(now, time)) sending_[port >> 6] &= ~(1ULL << (port & 63));
    if (credit_messages_) mark(flush_, port);
    if (!could_start && may_start(port)) arm(port, now);
  }
}

/// In three steps, of which each needs what the one before has brought.
[[gnu::always_inline]] inline void TrafficBank::prefetch_send(std::size_t i, std::size_t count, Cycles now,
                                                              Femtoseconds time) const {
  if (i + 2 * far < count) ports_[list_[i + 2 * far]].prefetch_arrival();
  if (i + far < count && ports_[list_[i + far]].may_send(now, time)) ports_[list_[i + far]].prefetch_send();
  if (i + near < count && ports_[list_[i + near]].may_send(now, time)) ports_[list_[i + near]].prefetch_send_further();
}

/// Credits of a port may leave when one has come to wait, when a flit has made room between two messages, or at the
/// time that the channel names.
void TrafficBank::flush_credits(Cycles now) {
  const std::size_t count = list(flush_);
  std::fill(flush_.begin(), flush_.end(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (many_ports_) prefetch_flush(i, count);
    const std::size_t port = list_[i];
    const Cycles again = ports_[port].flush_credits(now);
    if (again != Cycles::max()) due_.wake(static_cast<int>(port), std::max(again, now + Cycles(1)));
  }
}

[[gnu::always_inline]] inline void TrafficBank::prefetch_flush(std::size_t i, std::size_t count) const {
  if (i + far < count) ports_[list_[i + far]].prefetch_arrival();
  if (i + near < count) ports_[list_[i + near]].out().prefetch_flush();
}

Cycles TrafficBank::step(Cycles now) {
  Inbox::Slot& slot = inbox_->take(now);
  if (many_ports_) {
    take_arrivals<true>(slot, now);
  } else {
    take_arrivals<false>(slot, now);
  }
  inbox_->done(slot);
  take_due(now);
  send(now);
  if (credit_messages_) flush_credits(now);
  for (const auto word : sending_) {
    if (word != 0) return now + Cycles(1);
  }
  return due_.next();
}

std::uint64_t TrafficBank::offer_waiting(std::size_t first, std::size_t count, Recorder& recorder, Cycles now) const {
  std::uint64_t waiting = 0;
  for (std::size_t port = first; port < std::min(first + count, sources_.size()); ++port) {
    OpenLoopSource source = sources_[port];  // a copy: what it would have created is drawn, not taken
    for (; source.next_created() <= now && source.next_created() != Cycles::max(); ++waiting) {
      const NewPacket packet = source.take();
      const OpenLoopClass& kind = traffic_.classes[packet.kind_index];
      recorder.packet_offered(kind.cls, clock_.edge(packet.created), packet.length_flits,
                              std::uint64_t{packet.length_flits} * kind.flit_bytes);
    }
  }
  return waiting;
}

bool TrafficBank::created_all_before(std::size_t first, std::size_t count, Cycles cycle) const {
  for (std::size_t port = first; port < std::min(first + count, sources_.size()); ++port) {
    if (sources_[port].next_created() < cycle) return false;
  }
  return true;
}

std::vector<std::string> TrafficBank::waiting_lines(std::size_t first, std::size_t count) const {
  std::vector<std::string> lines;
  for (const GpuPort& port : ports(first, count)) {
    for (auto& line : port.waiting_lines(*packets_)) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace fs::tlm
