// SPDX-License-Identifier: Apache-2.0
// The link layer's part of a protocol profile: retry, acknowledgements, training. Plain data.
#pragma once

#include <cstdint>

#include "common/quantity.hpp"

namespace fs {

enum class RetryMode : std::uint8_t {
  none,              ///< frames are delivered as they come; what errors hit is poisoned
  go_back_n,         ///< the receiver takes frames in order only; the sender repeats all from the lost one on
  selective_repeat,  ///< the receiver keeps what comes out of order; the sender repeats what is asked for
};

/// When a receiver asks for a replay.
enum class ReplayRequest : std::uint8_t {
  never,         ///< positive acknowledgement only: the sender's replay timer finds every loss
  once_per_gap,  ///< at the first bad or unexpected frame; then not again until the missing one has come
  every_loss,  ///< for every loss of the frame expected next, failed replays included: an ideal receiver that can tell
               ///< which frame it was that errors destroyed
};

/// How a link gives its frames numbers, acknowledges and replays them.
struct RetryFormat {
  RetryMode mode = RetryMode::none;
  std::int64_t window = 256;   ///< frames that may be unacknowledged: the replay buffer, 1 .. 2^20
  Bytes window_bytes{0};       ///< the same in wire bytes; 0: no such limit
  std::int64_t numbers = 512;  ///< sequence numbers, modulo; at least 2 x window, go back n 2 x window - 1
  std::int64_t crc_bits = 32;  ///< a destroyed frame that the decoder lets pass has a good CRC with 2^-crc_bits
  ReplayRequest request = ReplayRequest::once_per_gap;
  std::int64_t request_again = 0;  ///< once_per_gap: unexpected frames after which it asks again; 0: never
  Bytes message{0};                ///< bytes of an acknowledgement or request on the reverse wire; 0: side band
  std::int64_t ack_every = 1;      ///< frames gathered before an acknowledgement of its own is sent ...
  Femtoseconds ack_wait{0};        ///< ... unless the oldest has waited this long
  bool ack_piggyback = false;      ///< every frame of the reverse wire carries one, free
  Femtoseconds replay_timer{0};    ///< without progress for this long, the sender replays by itself; 0: no timer
  Femtoseconds replay_setup{0};    ///< from a request's arrival to the first replayed frame
  std::int64_t replay_limit = 0;   ///< replays without progress before the link starts anew; 0: no limit
};

/// What a link does beside carrying frames.
struct TrainingFormat {
  Femtoseconds train{0};           ///< from off or down to up, signal present
  Femtoseconds retrain{0};         ///< of a link that was up: width or speed change, signal regained, command
  Femtoseconds restart{0};         ///< of retry alone after the replay limit, both directions held
  Femtoseconds signal_lost{0};     ///< from a cut to its detection
  Femtoseconds give_up{0};         ///< recovering for this long without signal: down
  std::int64_t min_lanes = 1;      ///< fewer good lanes than this: down
  bool power_of_two_lanes = true;  ///< widths are powers of two; else any number of lanes
  bool auto_up = true;             ///< a restored wire trains by itself
};

}  // namespace fs
