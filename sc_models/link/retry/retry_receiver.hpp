// SPDX-License-Identifier: Apache-2.0
// The receiving half of link-level retry as a state machine that steps on frames.
#pragma once

#include <cstdint>

#include "common/ring.hpp"
#include "flit/profile/link_layer_format.hpp"
#include "link/retry/cyclic.hpp"

namespace fs {

enum class RetryReceiverState : std::uint8_t {
  send_acks,  ///< in order so far
  nack_sent,  ///< something is missing and has been asked for
};

enum class RetryVerdict : std::uint8_t {
  accept,     ///< the frame expected: handed on, with all kept behind it
  keep,       ///< selective repeat: good, but an earlier one is missing
  duplicate,  ///< seen before: dropped, and acknowledged once more
  discard,    ///< bad, or (go back n) not the one expected
};

struct RetryAnswer {
  RetryVerdict verdict = RetryVerdict::accept;
  std::uint32_t requests = 0;  ///< frames to ask for, from `missing` on; go back n: at most 1
  std::uint32_t missing = 0;   ///< wire number
  std::uint32_t accepted = 0;  ///< frames handed on by this event, in order
};

/// All that a receiver holds, but for what selective repeat keeps.
struct RetryReceiverRegisters {
  RetryReceiverState state = RetryReceiverState::send_acks;
  std::uint64_t expected = 0;
  std::uint64_t unexpected = 0;
};

/// Takes a receiver's decisions in its place: another implementation of the same machine, such as RTL. Each function
/// does what the receiver's does; `registers` are those before the event, and after it.
class RetryReceiverDeputy {
 public:
  virtual ~RetryReceiverDeputy() = default;
  virtual RetryAnswer on_frame(std::uint32_t number, bool good, RetryReceiverRegisters& registers) = 0;
  virtual void forget(std::uint64_t next, RetryReceiverRegisters& registers) = 0;
  virtual void restart(RetryReceiverRegisters& registers) = 0;
};

class RetryReceiver {
 public:
  using State = RetryReceiverState;
  using Verdict = RetryVerdict;
  using Answer = RetryAnswer;
  using Registers = RetryReceiverRegisters;

  explicit RetryReceiver(const RetryFormat& format)
      : numbers_(static_cast<std::uint64_t>(format.numbers)),
        go_back_(format.mode == RetryMode::go_back_n),
        rule_(format.request),
        again_(static_cast<std::uint64_t>(format.request_again)),
        window_(static_cast<std::uint64_t>(format.window)) {}

  State state() const { return state_; }
  /// Frames handed on, which is the number expected next; numbers inside never wrap.
  std::uint64_t expected() const { return expected_; }
  std::uint32_t wire_number(std::uint64_t frame) const { return static_cast<std::uint32_t>(cyclic(frame, numbers_)); }
  Registers registers() const { return {state_, expected_, unexpected_}; }
  /// From now on `deputy` takes the decisions (go back n only); null: this machine.
  void depute(RetryReceiverDeputy* deputy) {
    deputy_ = deputy;
    note_order();
  }
  /// The fast way for a good frame that is the one expected, with nothing kept or missing. Not for deputies.
  bool in_order() const { return in_order_; }
  void accept() { ++expected_; }

  /// A frame came, `good` or destroyed. Of a destroyed one `number` is known to the rule every_loss alone.
  Answer on_frame(std::uint32_t number, bool good);
  /// The link went down: the sender starts anew at `next`.
  void forget(std::uint64_t next);
  /// The link starts anew with frames kept: asks as if it never had.
  void restart();

 private:
  template <class F>
  void by_deputy(F&& event) {
    Registers all = registers();
    event(all);
    state_ = all.state;
    expected_ = all.expected;
    unexpected_ = all.unexpected;
  }
  void note_order() { in_order_ = state_ == State::send_acks && kept_.empty() && deputy_ == nullptr; }
  std::uint64_t ahead(std::uint32_t number) const {
    return cyclic(number + numbers_ - cyclic(expected_, numbers_), numbers_);
  }
  Answer judge(std::uint32_t number, bool good);
  Answer take_expected();
  Answer on_bad(std::uint64_t distance);
  Answer on_early(std::uint64_t distance);
  void ask(Answer& answer, std::uint64_t distance, std::uint32_t count) const {
    answer.requests = count;
    answer.missing = wire_number(expected_ + distance);
  }

  // What every frame touches comes first.
  std::uint64_t expected_ = 0;
  std::uint64_t numbers_;
  bool in_order_ = true;
  State state_ = State::send_acks;
  bool go_back_;
  ReplayRequest rule_;
  std::uint64_t again_;
  std::uint64_t window_;
  std::uint64_t unexpected_ = 0;  ///< frames since the request that were not the one asked for
  RetryReceiverDeputy* deputy_ = nullptr;
  Ring<char> kept_;  ///< selective repeat: entry i says whether frame expected() + i is here
};

}  // namespace fs
