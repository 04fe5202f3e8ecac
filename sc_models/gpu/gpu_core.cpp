// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_core.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/bits.hpp"
#include "common/check.hpp"

namespace fs {

namespace {

GpuSite make_site(const GpuContext& context, const GpuSetup& setup, std::vector<GpuPort>& ports) {
  if (ports.size() > 64) throw std::invalid_argument("a GPU has 0 to 64 links");
  GpuSite site;
  site.context = &context;
  site.node = setup.node;
  site.name = setup.name;
  site.clock = context.profile.core_clock;
  site.next_packet = setup.first_packet;
  site.ports = &ports;
  find_classes(context.profile, site.request_class, site.response_class);
  return site;
}

}  // namespace

GpuCore::GpuCore(const GpuContext& context, const GpuSetup& setup, std::vector<GpuPort>& ports, MemoryPort& memory)
    : site_(make_site(context, setup, ports)),
      tracker_(site_, setup.config),
      target_(site_, tracker_, setup.config, memory) {
  for (GpuPort& port : ports) port.stay();
}

void GpuCore::request_step(Femtoseconds after) {
  if (site_.step_request != nullptr) site_.step_request->step_at(site_.clock.at_or_after(after + Femtoseconds(1)));
}

void GpuCore::submit(int socket, const Operation& operation, Femtoseconds now) {
  tracker_.submit(socket, operation, now);
  request_step(now);
}

void GpuCore::memory_done(TransactionHandle transaction, OperationStatus status, Femtoseconds now) {
  target_.memory_done(transaction, status, now);
  request_step(now);
}

void GpuCore::memory_ready(Femtoseconds now) {
  target_.memory_ready(now);
  request_step(now);
}

Cycles GpuCore::step(Cycles now, const Inbox::Slot& arrivals) {
  // 1. Credits and flits from the pins; packets whose tail is here go to where they are consumed.
  for (const CreditPulse& pulse : arrivals.credits) {
    GpuPort& port = site_.port(index(pulse.port));
    port.credit(pulse.vc);
    if (port.waiting() > 0) sending_ |= 1ULL << index(pulse.port);
  }
  for (const PortFlit& arrival : arrivals.flits) {
    site_.credited |= 1ULL << index(arrival.port);
    const PacketHandle handle = site_.port(index(arrival.port)).receive(arrival, now);
    if (handle != PacketHandle::none) deliver(handle, arrival, now);
  }
  // 2. What has been waiting for this edge, then new work.
  work(now);
  // 3. Out: at most one flit a link, and the credits of what was consumed.
  sending_ |= take_filled();
  const Cycles sends = send(now);
  return std::min(sends, next(now));
}

void GpuCore::work(Cycles now) {
  const Femtoseconds time = site_.edge(now);
  tracker_.take_submissions(now, time);
  target_.take_memory_answers(now, time);
  tracker_.complete_responses(now, time);
  tracker_.recover(now, time);
  target_.serve(now, time);
  tracker_.issue(now, time);
}

void GpuCore::deliver(PacketHandle handle, const PortFlit& arrival, Cycles now) {
  const Femtoseconds time = site_.edge(now);
  const Packet& p = (*site_.context->packets)[handle];
  if (p.dst != site_.node) return lose(handle, arrival, OperationStatus::misrouted, now);
  FS_CHECK(p.ledger.sum() == time - p.created, "packet " + std::to_string(index(p.src)) + "#" +
                                                   std::to_string(p.number) + ": its ledger says " +
                                                   std::to_string(p.ledger.sum().value()) + " fs, its latency is " +
                                                   std::to_string((time - p.created).value()) + " fs");
  if (arrival.flit.poison() || p.poisoned) return lose(handle, arrival, OperationStatus::poisoned, now);
  ++delivered_;
  site_.context->observer->packet_delivered(p, time);
  const TransactionHandle transaction = p.transaction;
  if (transaction != TransactionHandle::none) {
    Transaction& t = site_.transaction(transaction);
    FS_CHECK(t.mark() == p.created, describe(t) + ": its packet was created at another time than its ledger says");
    t.ledger += p.ledger;
    if (p.wrong) take_wrong(p, t);
  }
  const PacketKind kind = p.kind;
  const bool request =
      kind == PacketKind::read_request || kind == PacketKind::write_request || kind == PacketKind::atomic_request;
  if (request) return target_.request_arrived(handle, static_cast<int>(index(arrival.port)), arrival.vc, now);
  site_.port(index(arrival.port)).consume(p, arrival.vc, now);
  site_.context->packets->release(handle);
  if (transaction == TransactionHandle::none) return;
  if (kind != PacketKind::raw) return tracker_.response_arrived(transaction, now, time);
  site_.context->observer->data_visible(site_.transaction(transaction), time);
  end_transaction(site_, transaction, time);
}

/// A bit of the data that the packet brings is wrong, a different one each time.
void GpuCore::take_wrong(const Packet& p, Transaction& t) {
  t.wrong = true;
  const bool brings_data = p.kind == PacketKind::read_response || p.kind == PacketKind::write_request ||
                           p.kind == PacketKind::atomic_request || p.kind == PacketKind::atomic_response;
  std::uint8_t* const data = site_.context->pools->data_of(t);
  if (!brings_data || data == nullptr) return;
  const std::uint32_t bit = p.hash_key() % (8U * t.bytes);
  data[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
}

void GpuCore::lose(PacketHandle handle, const PortFlit& arrival, OperationStatus loss, Cycles now) {
  const Femtoseconds time = site_.edge(now);
  const Packet p = (*site_.context->packets)[handle];
  FS_CHECK(loss != OperationStatus::misrouted || site_.context->lossy,
           site_.name + ": a packet for gpu" + std::to_string(index(p.dst)) + " arrived here");
  const auto port = static_cast<int>(index(arrival.port));
  site_.port(index(arrival.port)).consume(p, arrival.vc, now);
  site_.context->packets->release(handle);
  site_.context->observer->packet_lost(p, loss, time);
  if (p.transaction == TransactionHandle::none) return;
  Transaction& t = site_.transaction(p.transaction);
  if (loss != OperationStatus::poisoned || p.kind == PacketKind::raw) {
    return end_journey(*site_.context->pools, p.transaction, loss);
  }
  t.ledger += p.ledger;
  const bool request =
      p.kind == PacketKind::read_request || p.kind == PacketKind::write_request || p.kind == PacketKind::atomic_request;
  if (request) return target_.refuse_poisoned(p.transaction, port, now, time);
  t.status = OperationStatus::poisoned;
  tracker_.response_arrived(p.transaction, now, time);
}

void GpuCore::end_all(OperationStatus status, Femtoseconds now) {
  const Cycles edge = site_.clock.at_or_after(now);
  tracker_.end_all(status, edge, site_.edge(edge));
}

Cycles GpuCore::send(Cycles now) {
  const Femtoseconds time = site_.edge(now);
  for (std::uint64_t links = sending_; links != 0; links &= links - 1) {
    const int link = lowest_bit(links);
    if (!site_.port(static_cast<std::size_t>(link)).send(now, time)) sending_ &= ~(1ULL << link);
  }
  Cycles next = sending_ != 0 ? now + Cycles(1) : Cycles::max();
  for (std::uint64_t links = site_.credited; links != 0; links &= links - 1) {
    const int link = lowest_bit(links);
    const Cycles deadline = site_.port(static_cast<std::size_t>(link)).flush_credits(now);
    if (deadline == Cycles::max()) site_.credited &= ~(1ULL << link);
    next = std::min(next, deadline);
  }
  return next;
}

bool GpuCore::idle() const {
  if (tracker_.operations() > 0 || target_.in_memory() > 0) return false;
  for (std::size_t i = 0; i < site_.ports->size(); ++i) {
    if (site_.port(i).waiting() > 0 || target_.waiting(static_cast<int>(i)) > 0) return false;
  }
  return true;
}

std::vector<std::string> GpuCore::waiting_lines(Femtoseconds now) const {
  std::vector<std::string> lines = tracker_.waiting_lines(now);
  for (const auto& line : target_.waiting_lines()) lines.push_back(line);
  for (const auto& port : *site_.ports) {
    for (const auto& line : port.waiting_lines(*site_.context->packets)) lines.push_back(line);
  }
  return lines;
}

}  // namespace fs
