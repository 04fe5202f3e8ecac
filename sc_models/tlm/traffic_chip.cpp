// SPDX-License-Identifier: Apache-2.0
#include "tlm/traffic_chip.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs::tlm {

TrafficChip::TrafficChip(const Config& config, PacketPool& packets, Inbox& inbox, Recorder& recorder)
    : config_(config), packets_(&packets), inbox_(&inbox), recorder_(&recorder) {}

void TrafficChip::add_sources(const OpenLoopPlan& plan, std::vector<OpenLoopClass> classes, Cycles last_cycle) {
  FS_CHECK(ports_.size() <= 64, "a GPU has at most 64 links");
  open_loop_classes_ = std::move(classes);
  last_cycle_ = last_cycle;
  interleave_ = plan.interleave;
  for (std::size_t link = 0; link < ports_.size(); ++link) {
    sources_.emplace_back(plan, config_.node, static_cast<int>(link));
    next_created_.push_back(sources_.back().next_created());
  }
}

void TrafficChip::take_arrivals(const Inbox::Slot& slot, Cycles now) {
  for (const auto& pulse : slot.credits) {
    GpuPort& port = ports_[index(pulse.port)];
    port.credit(pulse.vc);
    if (port.waiting() > 0) sending_ |= 1ULL << index(pulse.port);
  }
  for (const auto& arrival : slot.flits) {
    GpuPort& port = ports_[index(arrival.port)];
    const PacketHandle handle = port.receive(arrival, now);
    if (handle == PacketHandle::none) continue;
    const Packet& packet = (*packets_)[handle];
    port.consume(packet, arrival.vc, now);
    recorder_->packet_delivered(packet, config_.clock.edge(now));
    packets_->release(handle);
  }
}

void TrafficChip::create_packet(std::size_t link, Cycles now) {
  OpenLoopSource& source = sources_[link];
  const std::uint64_t number = source.taken() * sources_.size() + link;
  const NewPacket made = source.take();
  next_created_[link] = source.next_created() <= last_cycle_ ? source.next_created() : Cycles::max();
  const OpenLoopClass& kind = open_loop_classes_[made.kind_index];
  const PacketHandle handle = packets_->acquire();
  Packet& packet = (*packets_)[handle];
  packet.number = number;
  packet.created = config_.clock.edge(made.created);
  packet.src = config_.node;
  packet.dst = made.dst;
  packet.length = made.length_flits;
  packet.wire_bytes = static_cast<std::uint16_t>(made.length_flits * kind.flit_bytes);
  packet.payload_bytes = packet.wire_bytes;
  packet.cls = kind.cls;
  recorder_->packet_created(packet);
  if (ports_[link].send_at_once(handle, packet, now, config_.clock.edge(now))) return;
  ports_[link].enqueue(handle);
  sending_ |= 1ULL << link;
}

void TrafficChip::create_packets(Cycles now) {
  next_due_ = Cycles::max();
  for (std::size_t link = 0; link < next_created_.size(); ++link) {
    // A packet is taken at the edge after its creation, and only when the one before it has begun to leave
    // (left, where packets do not interleave).
    if (may_start(link) && next_created_[link] < now) create_packet(link, now);
    if (may_start(link)) next_due_ = std::min(next_due_, next_created_[link]);
  }
}

void TrafficChip::send(Cycles now) {
  const Femtoseconds time = config_.clock.edge(now);
  for (std::uint64_t word = sending_; word != 0; word &= word - 1) {
    const auto link = static_cast<std::size_t>(lowest_bit(word));
    if (!ports_[link].send(now, time)) sending_ &= ~(1ULL << link);
    if (may_start(link)) next_due_ = std::min(next_due_, next_created_[link]);
  }
}

std::uint64_t TrafficChip::offer_waiting(Recorder& recorder, Cycles now) const {
  std::uint64_t waiting = 0;
  for (OpenLoopSource source : sources_) {  // a copy: what it would have created is drawn, not taken
    for (; source.next_created() <= now && source.next_created() != Cycles::max(); ++waiting) {
      const NewPacket packet = source.take();
      const OpenLoopClass& kind = open_loop_classes_[packet.kind_index];
      recorder.packet_offered(kind.cls, config_.clock.edge(packet.created), packet.length_flits,
                              std::uint64_t{packet.length_flits} * kind.flit_bytes);
    }
  }
  return waiting;
}

bool TrafficChip::created_all_before(Cycles cycle) const {
  return std::all_of(sources_.begin(), sources_.end(), [&](const auto& s) { return s.next_created() >= cycle; });
}

std::vector<std::string> TrafficChip::waiting_lines(Femtoseconds) const {
  std::vector<std::string> lines;
  for (const auto& port : ports_) {
    for (auto& line : port.waiting_lines(*packets_)) lines.push_back(std::move(line));
  }
  return lines;
}

Cycles TrafficChip::step(Cycles now) {
  Inbox::Slot& slot = inbox_->take(now);
  take_arrivals(slot, now);
  slot.clear();
  if (next_due_ < now) create_packets(now);
  if (sending_ != 0) send(now);
  if (credit_messages_) flush_credits(now);
  if (sending_ != 0) return now + Cycles(1);
  const Cycles next = std::min(next_due_, credit_deadline_);
  return next == Cycles::max() ? next : std::max(next, now) + Cycles(1);
}

void TrafficChip::flush_credits(Cycles now) {
  credit_deadline_ = Cycles::max();
  for (auto& port : ports_) credit_deadline_ = std::min(credit_deadline_, port.flush_credits(now) - Cycles(1));
}

}  // namespace fs::tlm
