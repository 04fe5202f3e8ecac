// SPDX-License-Identifier: Apache-2.0
// What a master asks of its GPU: one memory operation, as the cores know it. The TLM-2.0 payload stays in the shell.
#pragma once

#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

enum class OperationKind : std::uint8_t {
  read,
  write,
  atomic,  ///< read-modify-write at the target's L2; brings back the old value
  send,    ///< bytes consumed on arrival, without memory: messages and synthetic traffic; complete once queued
};

/// Operands are little-endian integers of 4, 8 or 16 bytes; min and max are unsigned.
enum class AtomicKind : std::uint8_t { none, add, swap, compare_swap, bit_and, bit_or, bit_xor, min, max };

enum class OperationStatus : std::uint8_t {
  ok,
  address_error,      ///< outside the address map
  command_error,      ///< a command or atomic that does not exist
  burst_error,        ///< a shape that is not supported: empty, across two GPUs, atomic of a wrong width
  byte_enable_error,  ///< byte enables where they cannot be, as on an atomic
  generic_error,      ///< no link to the target, or the memory refused without saying why
  // What a fabric that fails does to a transaction.
  timeout,       ///< no response within the profile's time, and nobody knows why
  poisoned,      ///< request or response reached its end without all of its bytes
  link_lost,     ///< dropped by a link that was down
  switch_lost,   ///< inside a switch when that died
  misrouted,     ///< arrived at a GPU that it was not for
  unreachable,   ///< no link leads to the target any more
  gpu_gone,      ///< its own GPU went away
  domain_ended,  ///< the fabric manager ended the domain
  posted_lost,   ///< posted writes sent before it on its link never arrived: a flush learns of them
};

/// The end of a word in an error's text: "link lost".
const char* status_name(OperationStatus status);
/// A loss in the fabric, which a resend may cure.
constexpr bool is_loss(OperationStatus status) {
  return status >= OperationStatus::timeout && status <= OperationStatus::misrouted;
}

/// One call. Pointers must stay valid until the operation is done; those of a posted one until it is done at its
/// source.
struct Operation {
  std::uint64_t address = 0;              ///< global (address_map.hpp)
  std::uint8_t* data = nullptr;           ///< source or sink, `bytes` long; an atomic: operand in, old value out;
                                          ///< compare_swap: the new value, then the value compared with
  const std::uint8_t* enables = nullptr;  ///< 0xff: this byte takes part, 0: it does not; null: all do
  std::uint64_t message = 0;              ///< a message's name, carried for its receiver; 0: none
  std::uint64_t cookie = 0;               ///< the caller's, returned untouched
  std::uint32_t bytes = 0;                ///< of memory touched, >= 1; an atomic: its width, 4, 8 or 16
  std::uint32_t enable_length = 0;        ///< length of `enables`, which repeats over the data
  OperationKind kind = OperationKind::read;
  AtomicKind atomic = AtomicKind::none;
  bool timing_only = false;  ///< no data moves; `data` may be null
};

enum class OperationHandle : std::uint32_t { none = 0xffffffff };

/// Who submitted operations through one socket.
class OperationSink {
 public:
  virtual ~OperationSink() = default;
  /// Called once per operation at one of the GPU's edges; may submit more.
  virtual void operation_done(const Operation& operation, OperationStatus status, Femtoseconds now) = 0;
  /// The socket has room again after has_room() was false; may submit.
  virtual void room_freed(int socket, Femtoseconds now) = 0;
};

}  // namespace fs
