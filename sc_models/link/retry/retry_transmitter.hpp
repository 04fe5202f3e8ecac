// SPDX-License-Identifier: Apache-2.0
// The sending half of link-level retry as a state machine that steps on events: frames are numbers here, nothing else.
// Numbers on the wire are cyclic; inside, they are counted from 0 and never wrap.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/quantity.hpp"
#include "common/ring.hpp"
#include "flit/profile/link_layer_format.hpp"
#include "link/retry/cyclic.hpp"

namespace fs {

enum class RetryTransmitterState : std::uint8_t {
  advance,  ///< new frames may go
  replay,   ///< frames are being sent again; new ones wait
  stopped,  ///< the link is not carrying: nothing goes
};

/// All that a transmitter holds, but for what selective repeat has been asked for.
struct RetryTransmitterRegisters {
  RetryTransmitterState state = RetryTransmitterState::advance;
  std::uint64_t next = 0;
  std::uint64_t oldest = 0;
  std::uint64_t replay_at = 0;   ///< while it replays: the next to send again ...
  std::uint64_t replay_end = 0;  ///< ... and the first not to
  std::uint64_t replays = 0;
  Femtoseconds progress{0};
};

/// Takes a transmitter's decisions in its place: another implementation of the same machine, such as RTL.
class RetryTransmitterDeputy {
 public:
  enum class Event : std::uint8_t { new_frame, replay, ack, request, timer, restart, forget };
  virtual ~RetryTransmitterDeputy() = default;
  /// `number`: the wire number that an ack, a request or a restart names. `registers`: before the event, and after it.
  /// Returns what the event's function does.
  virtual bool take(Event event, std::uint32_t number, Femtoseconds now, RetryTransmitterRegisters& registers) = 0;
};

class RetryTransmitter {
 public:
  using State = RetryTransmitterState;
  using Registers = RetryTransmitterRegisters;

  explicit RetryTransmitter(const RetryFormat& format)
      : numbers_(static_cast<std::uint64_t>(format.numbers)),
        go_back_(format.mode == RetryMode::go_back_n),
        window_(static_cast<std::uint64_t>(format.window)),
        limit_(static_cast<std::uint64_t>(format.replay_limit)),
        timer_(format.replay_timer) {}

  // --- state, as registers of a circuit would hold it ---
  State state() const { return state_; }
  /// Frames sent at least once, in all.
  std::uint64_t next() const { return next_; }
  /// The oldest that is not acknowledged.
  std::uint64_t oldest() const { return oldest_; }
  std::uint64_t unacknowledged() const { return next_ - oldest_; }
  bool window_full() const { return unacknowledged() >= window_; }
  std::uint32_t wire_number(std::uint64_t frame) const { return static_cast<std::uint32_t>(cyclic(frame, numbers_)); }
  Registers registers() const { return {state_, next_, oldest_, replay_at_, replay_end_, replays_, progress_}; }
  /// From now on `deputy` takes the decisions (go back n only); null: this machine.
  void depute(RetryTransmitterDeputy* deputy) { deputy_ = deputy; }

  // --- events ---
  /// A new frame starts at `now`; returns its number. The window must have room.
  std::uint64_t send_new(Femtoseconds now) {
    if (deputy_ != nullptr) return send_new_by_deputy(now);
    if (unacknowledged() == 0) progress_ = now;
    return next_++;
  }
  /// Everything before wire number `before` has been received. True when that was news.
  bool on_ack(std::uint32_t before, Femtoseconds now);
  /// The frame with this wire number is missing; everything before it has been received (go back n). True when a replay
  /// begins or grows.
  bool on_request(std::uint32_t missing, Femtoseconds now);
  /// True when the replay timer has run out at `now` and a replay begins.
  bool on_timer(Femtoseconds now);
  /// Replays without progress have reached the limit: the link has to start anew.
  bool exhausted() const { return limit_ != 0 && replays_ > limit_; }
  void stop() { state_ = State::stopped; }
  /// Starts anew after stop(): all from `first` on, what the receiver expects, is sent again.
  void restart(std::uint64_t first, Femtoseconds now);
  /// Everything sent so far is forgotten: the link went down.
  void forget(Femtoseconds now);

  // --- replay ---
  bool replaying() const { return state_ == State::replay; }
  /// The next frame to send again at `now`; replay ends after the last.
  std::uint64_t replay_next(Femtoseconds now);
  /// When the timer runs out if nothing comes before; Femtoseconds::max() without timer or with nothing to wait for.
  Femtoseconds deadline() const {
    if (timer_ == Femtoseconds(0) || unacknowledged() == 0 || state_ != State::advance) return Femtoseconds::max();
    return progress_ + timer_;
  }

 private:
  bool by_deputy(RetryTransmitterDeputy::Event event, std::uint32_t number, Femtoseconds now);
  std::uint64_t send_new_by_deputy(Femtoseconds now);
  void load(const Registers& registers);
  std::uint64_t absolute(std::uint32_t wire) const {
    return oldest_ + cyclic(wire + numbers_ - cyclic(oldest_, numbers_), numbers_);
  }
  void begin_replay();
  void skip_acknowledged();

  // What every frame and acknowledgement touches comes first.
  std::uint64_t numbers_;
  std::uint64_t next_ = 0;
  std::uint64_t oldest_ = 0;
  std::uint64_t replays_ = 0;  ///< begun without progress since
  Femtoseconds progress_{0};   ///< when the timer was last set
  RetryTransmitterDeputy* deputy_ = nullptr;
  State state_ = State::advance;
  bool go_back_;
  std::uint64_t window_;
  std::uint64_t limit_;
  Femtoseconds timer_;
  std::uint64_t replay_at_ = 0;   ///< go back n: the next to send again
  std::uint64_t replay_end_ = 0;  ///< ... and the first not to
  Ring<std::uint64_t> wanted_;    ///< selective repeat: frames asked for
};

}  // namespace fs
