// SPDX-License-Identifier: Apache-2.0
// What the ends of a protocol do about packets that never arrive: `recovery:` of a profile. Plain data.
#pragma once

#include <cstdint>

#include "common/quantity.hpp"

namespace fs {

/// When the tag of a transaction whose packets may still be under way is given out again.
enum class TagReuse : std::uint8_t {
  drain,       ///< not before `drain` has passed since it was given up or resent for the last time
  generation,  ///< at once, with the next generation in its packets; a ghost is known by an old one
};

/// Who learns that a posted write was lost.
enum class PostedLoss : std::uint8_t {
  flush,   ///< the next request with a response, by the same source, to the same target and over the same link: it ends
           ///< with the error `posted_lost`
  silent,  ///< nobody; it is counted
};

/// Timers run only where a fabric can lose something. Where no source is named, a default is an assumption.
struct RecoveryFormat {
  /// From the request packet's start to giving it up; 0: no timer. SUE requires a round trip below 2 us (RM104, 1.0),
  /// so that ten of them leave room for queues.
  Femtoseconds request_timeout = microseconds(20);
  std::int64_t retries = 0;  ///< times the source sends a request again before it reports an error, 0 .. 15
  TagReuse tag_reuse = TagReuse::drain;
  Femtoseconds drain = microseconds(20);  ///< longer than any packet lives
  std::int64_t generation_bits = 2;       ///< 1 .. 8
  PostedLoss posted_loss = PostedLoss::flush;
};

}  // namespace fs
