// SPDX-License-Identifier: Apache-2.0
// A closed-loop master: what asks for memory accesses at one GPU, and learns when they are done.
#pragma once

#include <cstdint>
#include <optional>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

enum class AccessOp : std::uint8_t { read, write, atomic };

/// What a master knows an access by when it ends. It is kept while the access is under way, of which there are
/// hundreds of thousands at once.
struct AccessName {
  std::uint64_t tag = 0;      ///< the master's own
  std::uint64_t message = 0;  ///< not 0: when this write has been performed, the target's masters get delivered()
  std::uint32_t bytes = 0;    ///< >= 1
  AccessOp op = AccessOp::read;
};

/// One memory access, as a master wants it; splitting at the protocol's maximum is the GPU's work.
struct Access : AccessName {
  NodeId target{};           ///< whose memory; may be the master's own GPU
  std::uint64_t offset = 0;  ///< bytes from the start of the target's memory
  Femtoseconds due{};        ///< when the access was wanted: its rate's time, or when the one it depends on was done;
                             ///< without a rate, when next() gave it. Never later than that
};

/// One a stream (or schedule) and GPU; virtual, since it is asked once a transaction, not once a flit. Times never
/// decrease from call to call.
class Master {
 public:
  virtual ~Master() = default;

  /// The next access that may be issued at `now`, or nothing. Asked again until there is nothing.
  virtual std::optional<Access> next(Femtoseconds now) = 0;
  /// An access that next() gave has ended; not ok: with an error response.
  virtual void completed(const AccessName& access, bool ok, Femtoseconds now) = 0;
  /// A remote write that carried `message` was performed in this GPU's memory.
  virtual void delivered(std::uint64_t message, Femtoseconds now) = 0;
  /// When to ask next() again if nothing completes and nothing is delivered before: `now` if it would give an access
  /// at once, Femtoseconds::max() if only a completion or delivery can help.
  virtual Femtoseconds next_time(Femtoseconds now) const = 0;
  /// Nothing more will be issued and nothing is outstanding. Never true of a stream without a count.
  virtual bool finished() const = 0;

  std::uint64_t issued() const { return issued_; }
  std::uint64_t completed_ok() const { return completed_ok_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t outstanding() const { return issued_ - completed_ok_ - failed_; }

 protected:
  void count_completion(bool ok) { ++(ok ? completed_ok_ : failed_); }
  std::uint64_t issued_ = 0;

 private:
  std::uint64_t completed_ok_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace fs
