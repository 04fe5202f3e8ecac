// SPDX-License-Identifier: Apache-2.0
// How a GPU asks its local memory, whatever that is: the plain HBM core, or a TLM-2.0 target behind an initiator
// socket.
#pragma once

#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "gpu/operation.hpp"

namespace fs {

enum class MemoryAnswer : std::uint8_t {
  done_at,  ///< the access is done at `time`, with `status`; data has moved
  later,    ///< memory_done() will be called
  refused,  ///< not taken: ask again at `time`, or after memory_ready() when that is Femtoseconds::max()
};

struct MemoryAccess {
  OperationKind kind = OperationKind::read;  ///< read, write or atomic
  AtomicKind atomic = AtomicKind::none;
  std::uint64_t offset = 0;               ///< in this GPU's memory
  std::uint32_t bytes = 0;                ///< 1 .. 256
  std::uint8_t* data = nullptr;           ///< null: timing only; an atomic: operands in, old value out
  const std::uint8_t* enables = nullptr;  ///< for writes: 0xff or 0 a byte, `bytes` long; null: all
  TransactionHandle transaction =
      TransactionHandle::none;  ///< to hand back in memory_done(); data stays valid until then
  // The answer.
  Femtoseconds time{};
  OperationStatus status = OperationStatus::ok;
};

/// A memory answers in any order, but moves data in the order of acceptance.
class MemoryPort {
 public:
  virtual ~MemoryPort() = default;
  /// Offers an access at time `now`, one of the GPU's edges.
  virtual MemoryAnswer access(MemoryAccess& access, Femtoseconds now) = 0;
};

/// Where a memory that answers later reports. May be called at any time; taken at the GPU's next edge strictly after.
class MemoryClient {
 public:
  virtual ~MemoryClient() = default;
  virtual void memory_done(TransactionHandle transaction, OperationStatus status, Femtoseconds now) = 0;
  virtual void memory_ready(Femtoseconds now) = 0;
};

}  // namespace fs
