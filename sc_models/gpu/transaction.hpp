// SPDX-License-Identifier: Apache-2.0
// The transaction: one part of an operation that fits one packet, from the master's call to its end.
#pragma once

#include <array>
#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "flit/ledger.hpp"
#include "flit/pool.hpp"
#include "gpu/operation.hpp"

namespace fs {

/// Addresses are kept in order, and hashed over the links, in regions of this size; no packet crosses one.
constexpr std::uint64_t region_bytes = 256;

/// Data of one transaction under way.
struct DataBlock {
  std::array<std::uint8_t, region_bytes> bytes;
};
enum class DataHandle : std::uint32_t { none = 0xffffffff };

/// Named (source, number). Its ledger takes over at every `mark`: the request packet, the memory, the endpoints, the
/// response packet; their sum is the latency.
struct Transaction {
  std::uint64_t number = 0;   ///< counts from 0 at each source
  std::uint64_t offset = 0;   ///< in the target's memory
  std::uint64_t message = 0;  ///< Operation::message
  Femtoseconds created{};     ///< the master's call
  Femtoseconds mark{};        ///< up to where the ledger explains the time
  Femtoseconds sent{};        ///< when the request of this attempt was queued at its link
  NodeId source{};
  NodeId target{};
  std::uint16_t bytes = 0;       ///< of memory touched, 1 .. 256
  std::uint16_t socket = 0;      ///< of its source, through which the operation came
  std::uint16_t arrived_by = 0;  ///< the target's link by which the request came
  OperationKind kind = OperationKind::read;
  AtomicKind atomic = AtomicKind::none;
  OperationStatus status = OperationStatus::ok;
  // A record is one journey: a resend has a record of its own, with the same name. It lives while its source waits for
  // it (`held`) or something refers to it on its way (`travelling`).
  OperationStatus loss = OperationStatus::ok;         ///< what ended its journey in the fabric
  std::uint8_t attempt = 0;                           ///< resends before this one
  bool travelling = true;                             ///< in a packet or in the target's memory
  bool held = false;                                  ///< the latest attempt of an open transaction
  bool answered = false;                              ///< its response is in the source's pipeline
  bool replayed = false;                              ///< answered from a completion record: not performed again
  bool loss_learned = false;                          ///< it found posted writes before it missing
  std::uint32_t posted_before = 0;                    ///< posted writes sent to its target by its link before it
  bool posted = false;                                ///< ends at the target: no response
  bool measured = false;                              ///< created inside the measurement window
  std::uint8_t generation = 0;                        ///< of its tag, as its packets carry it
  bool wrong = false;                                 ///< errors that nobody noticed have hit a packet of it
  bool mistakable = false;                            ///< a ghost with tag and generation of a later transaction
  std::uint32_t tag = 0;                              ///< the place it holds in its source's window
  std::uint32_t position = 0;                         ///< of its first byte in the operation's data
  OperationHandle operation = OperationHandle::none;  ///< at the source; none once that is done
  DataHandle data = DataHandle::none;                 ///< none: timing only
  DataHandle enables = DataHandle::none;
  Ledger ledger;

  bool local() const { return source == target; }
  /// Books the time since `mark` up to `until`.
  void account(Cause cause, Femtoseconds until) {
    ledger.add(cause, until - mark);
    mark = until;
  }
};

/// An operation under way at its source.
struct OperationRecord {
  Operation operation;
  Femtoseconds created{};
  std::uint64_t offset = 0;      ///< in the target's memory
  std::uint32_t next = 0;        ///< first byte not yet in a transaction
  std::uint32_t parts_open = 0;  ///< transactions not yet done
  int socket = 0;
  int link = -1;  ///< chosen for the next part, which waits
  NodeId target{};
  OperationStatus status = OperationStatus::ok;
};

using TransactionPool = Pool<Transaction, TransactionHandle>;

/// Shared by the GPUs of a simulation.
struct TransactionPools {
  TransactionPool transactions;
  Pool<OperationRecord, OperationHandle> operations;
  Pool<DataBlock, DataHandle> data;

  void release(TransactionHandle handle) {
    Transaction& t = transactions[handle];
    if (t.data != DataHandle::none) data.release(t.data);
    if (t.enables != DataHandle::none) data.release(t.enables);
    transactions.release(handle);
  }
};

}  // namespace fs
