// SPDX-License-Identifier: Apache-2.0
#include "gpu/site.hpp"

#include <stdexcept>

#include "common/check.hpp"

namespace fs {

void GpuSite::send(int link, PacketKind kind, NodeId dst, ClassId cls, Bytes bytes, std::uint16_t payload,
                   TransactionHandle transaction, Femtoseconds now) {
  const PacketHandle handle = context->packets->acquire();
  Packet& p = (*context->packets)[handle];
  p.number = next_packet++;
  p.created = now;
  p.mark = now;
  p.src = node;
  p.dst = dst;
  p.length = static_cast<std::uint16_t>(context->profile.flits_for(bytes));
  p.wire_bytes = static_cast<std::uint16_t>(bytes.value());
  p.payload_bytes = payload;
  p.cls = cls;
  p.kind = kind;
  p.measured = context->measure.contains(now);
  p.transaction = transaction;
  context->observer->packet_created(p, now);
  port(static_cast<std::size_t>(link)).enqueue(handle);
  filled |= 1ULL << link;
}

void find_classes(const Profile& profile, ClassId& request, ClassId& response) {
  if (profile.classes.size() == 1) {
    request = response = ClassId(0);
    return;
  }
  int found = 0;
  for (std::size_t i = 0; i < profile.classes.size(); ++i) {
    if (profile.classes[i].name == "request") request = static_cast<ClassId>(i), found |= 1;
    if (profile.classes[i].name == "response") response = static_cast<ClassId>(i), found |= 2;
  }
  if (found != 3) throw std::invalid_argument("a protocol of several classes needs `request` and `response`");
}

Bytes request_bytes(const Profile& profile, const Transaction& t) {
  const PacketFormats& f = profile.packets;
  const Bytes enables = t.some_bytes ? f.byte_enable : Bytes(0);
  switch (t.kind) {
    case OperationKind::read:
      return f.read_request;
    case OperationKind::atomic:
      return f.atomic_request;
    default:
      return f.write_request + enables + Bytes(t.bytes);
  }
}

Bytes response_bytes(const Profile& profile, const Transaction& t) {
  const PacketFormats& f = profile.packets;
  switch (t.kind) {
    case OperationKind::read:
      return f.read_response + Bytes(is_loss(t.status) ? 0 : t.bytes);
    case OperationKind::atomic:
      return f.atomic_response;
    default:
      return f.write_response;
  }
}

void end_transaction(const GpuSite& site, TransactionHandle handle, Femtoseconds now) {
  const Transaction& t = site.transaction(handle);
  FS_CHECK(t.ledger.sum() == now - t.created, describe(t) + ": its ledger says " +
                                                  std::to_string(t.ledger.sum().value()) + " fs, its latency is " +
                                                  std::to_string((now - t.created).value()) + " fs");
  site.context->observer->transaction_done(t, now);
  site.context->pools->release(handle);
}

void end_journey(TransactionPools& pools, TransactionHandle handle, OperationStatus loss) {
  Transaction& t = pools.transactions[handle];
  t.travelling = false;
  if (loss != OperationStatus::ok) t.loss = loss;
  if (!t.held) pools.release(handle);
}

const char* status_name(OperationStatus status) {
  constexpr const char* names[] = {"ok",        "address error", "command error", "burst error",  "byte enable error",
                                   "error",     "timeout",       "poisoned",      "link lost",    "switch lost",
                                   "misrouted", "unreachable",   "gpu gone",      "domain ended", "posted lost"};
  return names[static_cast<std::size_t>(status)];
}

std::string describe(const Transaction& t) {
  constexpr const char* kinds[] = {"read", "write", "atomic", "send"};
  return "gpu" + std::to_string(index(t.source)) + ": " + kinds[static_cast<std::size_t>(t.kind)] + " #" +
         std::to_string(t.number) + " to gpu" + std::to_string(index(t.target)) + "+" + std::to_string(t.offset);
}

}  // namespace fs
