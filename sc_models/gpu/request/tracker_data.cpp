// SPDX-License-Identifier: Apache-2.0
// Tracker: what goes from an operation into its transactions, and comes back.
#include <cstring>

#include "gpu/request/tracker.hpp"

namespace fs {

void Tracker::attach_data(Transaction& t, const Operation& operation, std::uint32_t position) {
  if (operation.timing_only || operation.data == nullptr || t.kind == OperationKind::send) return;
  auto& pool = site_->context->pools->data;
  TransactionRest& rest = site_->context->pools->rest(t);
  rest.position = position;
  rest.data = pool.acquire();
  if (t.kind == OperationKind::read) return;
  const bool compares = operation.atomic == AtomicKind::compare_swap;
  std::memcpy(pool[rest.data].bytes.data(), operation.data + position, compares ? 2U * t.bytes : t.bytes);
  if (operation.enables == nullptr) return;
  t.some_bytes = true;
  rest.enables = pool.acquire();
  for (std::uint32_t i = 0; i < t.bytes; ++i) {
    pool[rest.enables].bytes[i] = operation.enables[(position + i) % operation.enable_length];
  }
}

/// One that lived on in its only transaction.
OperationRecord Tracker::operation_of(const Transaction& t) const {
  OperationRecord r;
  r.operation.kind = t.kind;
  r.operation.atomic = t.atomic;
  r.operation.timing_only = true;
  r.operation.address = site_->context->map.global(t.target, t.offset);
  r.operation.bytes = t.bytes;
  r.operation.message = t.message;
  r.operation.cookie = t.cookie;
  r.created = t.created;
  r.offset = t.offset;
  r.next = t.bytes;
  r.socket = t.socket;
  r.target = t.target;
  r.status = t.status;
  return r;
}

void Tracker::bring_back(const Transaction& t, const Operation& operation) {
  if (t.kind != OperationKind::read && t.kind != OperationKind::atomic) return;
  const std::uint8_t* from = site_->context->pools->data_of(t);
  if (from == nullptr) return;
  const std::uint32_t position = site_->context->pools->rests[t.rest].position;
  std::uint8_t* to = operation.data + position;
  if (operation.enables == nullptr) {
    std::memcpy(to, from, t.bytes);
    return;
  }
  for (std::uint32_t i = 0; i < t.bytes; ++i) {
    if (operation.enables[(position + i) % operation.enable_length] != 0) to[i] = from[i];
  }
}

}  // namespace fs
