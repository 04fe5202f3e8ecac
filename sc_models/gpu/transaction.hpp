// SPDX-License-Identifier: Apache-2.0
// The transaction: one part of an operation that fits one packet, from the master's call to its end.
#pragma once

#include <array>
#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "flit/pool.hpp"
#include "gpu/operation.hpp"
#include "gpu/transaction_ledger.hpp"

namespace fs {

/// Addresses are kept in order, and hashed over the links, in regions of this size; no packet crosses one.
constexpr std::uint64_t region_bytes = 256;

/// Data of one transaction under way.
struct DataBlock {
  std::array<std::uint8_t, region_bytes> bytes;
};
enum class DataHandle : std::uint32_t { none = 0xffffffff };

/// What few transactions need: those that move data, and all where the fabric can lose some.
struct TransactionRest {
  Femtoseconds sent{};              ///< when the request of this attempt was queued at its link
  std::uint32_t posted_before = 0;  ///< posted writes sent to its target by its link before it
  std::uint32_t position = 0;       ///< of its first byte in the operation's data
  DataHandle data = DataHandle::none;
  DataHandle enables = DataHandle::none;
};
enum class RestHandle : std::uint32_t { none = 0xffffffff };

/// Named (source, number). Its ledger takes over at every `mark`: the request packet, the memory, the endpoints, the
/// response packet; their sum is the latency. Hundreds of thousands are under way: two cache lines.
struct alignas(64) Transaction {
  // What follows up to `offset` stands in the order in which it fills a cache line.
  TransactionLedger ledger;
  std::uint64_t number = 0;   ///< counts from 0 at each source
  std::uint64_t offset = 0;   ///< in the target's memory
  std::uint64_t message = 0;  ///< Operation::message
  /// Of an operation that lives on in this, its only transaction (`operation` is none): Operation::cookie.
  std::uint64_t cookie = 0;
  Femtoseconds created{};                             ///< the master's call
  std::uint32_t tag = 0;                              ///< the place it holds in its source's window
  OperationHandle operation = OperationHandle::none;  ///< at the source
  RestHandle rest = RestHandle::none;                 ///< of TransactionPools
  NodeId source{};
  NodeId target{};
  std::uint16_t bytes = 0;      ///< of memory touched, 1 .. 256
  std::uint16_t socket = 0;     ///< of its source, through which the operation came
  std::uint8_t arrived_by = 0;  ///< the target's link by which the request came
  OperationKind kind = OperationKind::read;
  AtomicKind atomic = AtomicKind::none;
  OperationStatus status = OperationStatus::ok;
  // A record is one journey: a resend has a record of its own, with the same name. It lives while its source waits for
  // it (`held`) or something refers to it on its way (`travelling`).
  OperationStatus loss = OperationStatus::ok;  ///< what ended its journey in the fabric
  std::uint8_t attempt = 0;                    ///< resends before this one
  std::uint8_t generation = 0;                 ///< of its tag, as its packets carry it
  bool travelling : 1;                         ///< in a packet or in the target's memory
  bool held : 1;                               ///< the latest attempt of an open transaction
  bool answered : 1;                           ///< its response is in the source's pipeline
  bool replayed : 1;                           ///< answered from a completion record: not performed again
  bool loss_learned : 1;                       ///< it found posted writes before it missing
  bool posted : 1;                             ///< ends at the target: no response
  bool measured : 1;                           ///< created inside the measurement window
  bool wrong : 1;                              ///< errors that nobody noticed have hit a packet of it
  bool mistakable : 1;                         ///< a ghost with tag and generation of a later transaction
  bool some_bytes : 1;                         ///< its request carries byte enables

  Transaction()
      : travelling(true),
        held(false),
        answered(false),
        replayed(false),
        loss_learned(false),
        posted(false),
        measured(false),
        wrong(false),
        mistakable(false),
        some_bytes(false) {}

  bool local() const { return source == target; }
  /// Up to where the ledger explains the time.
  Femtoseconds mark() const { return created + ledger.sum(); }
  /// Books the time since `mark` up to `until`.
  void account(Cause cause, Femtoseconds until) { ledger.add(cause, until - mark()); }
  /// Forgets what was booked: all the time up to `until` has this one cause.
  void account_all(Cause cause, Femtoseconds until) {
    ledger.clear();
    ledger.add(cause, until - created);
  }
};
static_assert(sizeof(Transaction) == 128);

/// An operation under way at its source.
struct OperationRecord {
  Operation operation;
  Femtoseconds created{};
  std::uint64_t offset = 0;      ///< in the target's memory
  std::uint32_t next = 0;        ///< first byte not yet in a transaction
  std::uint32_t parts_open = 0;  ///< transactions not yet done, and one for those not yet made
  std::uint16_t socket = 0;
  std::int16_t link = -1;  ///< chosen for the next part, which waits
  NodeId target{};
  OperationStatus status = OperationStatus::ok;
  bool moved = false;  ///< lives on in its only transaction: Transaction::cookie
};

using TransactionPool = Pool<Transaction, TransactionHandle>;

/// Shared by the GPUs of a simulation.
struct TransactionPools {
  TransactionPool transactions;
  Pool<OperationRecord, OperationHandle> operations;
  Pool<DataBlock, DataHandle, 6> data;
  Pool<TransactionRest, RestHandle, 6> rests;

  /// The rest of a transaction, made when first asked for.
  TransactionRest& rest(Transaction& t) {
    if (t.rest == RestHandle::none) t.rest = rests.acquire();
    return rests[t.rest];
  }
  /// Its data, and for each byte 0xff or 0; null: timing only, all bytes.
  std::uint8_t* data_of(const Transaction& t) {
    return t.rest == RestHandle::none ? nullptr : bytes_of(rests[t.rest].data);
  }
  std::uint8_t* enables_of(const Transaction& t) {
    return t.rest == RestHandle::none ? nullptr : bytes_of(rests[t.rest].enables);
  }
  void release(TransactionHandle handle) {
    Transaction& t = transactions[handle];
    if (t.rest != RestHandle::none) {
      const TransactionRest& rest = rests[t.rest];
      if (rest.data != DataHandle::none) data.release(rest.data);
      if (rest.enables != DataHandle::none) data.release(rest.enables);
      rests.release(t.rest);
    }
    t.ledger.clear();
    transactions.release(handle);
  }

 private:
  std::uint8_t* bytes_of(DataHandle handle) { return handle == DataHandle::none ? nullptr : data[handle].bytes.data(); }
};

}  // namespace fs
