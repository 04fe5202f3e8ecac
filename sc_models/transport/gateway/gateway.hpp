// SPDX-License-Identifier: Apache-2.0
// A gateway's buffer and memory: what stands between the network of a site and its waves.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "common/clock.hpp"
#include "transport/gateway/wave_link.hpp"

namespace fs {

struct GatewaySpec {
  std::int64_t buffer = 8'000'000'000;      ///< bytes towards the waves: queued, and kept until known to have arrived
  std::int64_t receive = 8'000'000'000;     ///< bytes from the waves, in equal shares of each wave
  BitsPerSecond memory{8'000'000'000'000};  ///< bandwidth of the buffer's memory, written and read together
  std::int64_t on_chip = 16'000'000;        ///< bytes that need no memory
  BitsPerSecond port{12'800'000'000'000};   ///< to and from the site's network
  FlowControl flow_control = FlowControl::credits;  ///< of the site's network towards it, and of waves
  std::int64_t xoff = 0;                            ///< pfc: 0: what the headroom leaves
};

/// One side of the buffer, with the memory it shares with the other.
class GatewayBuffer {
 public:
  explicit GatewayBuffer(std::int64_t capacity) : capacity_(capacity) {}
  bool has_room(std::int64_t bytes) const { return level_ + bytes <= capacity_; }
  void take(std::int64_t bytes) {
    level_ += bytes;
    high_water_ = std::max(high_water_, level_);
  }
  void give_back(std::int64_t bytes) { level_ -= bytes; }
  std::int64_t level() const { return level_; }
  std::int64_t capacity() const { return capacity_; }
  std::int64_t high_water() const { return high_water_; }

 private:
  std::int64_t capacity_;
  std::int64_t level_ = 0;
  std::int64_t high_water_ = 0;
};

/// Chunks that find more than `on_chip` before them are written to memory and read again, one after the other.
class GatewayMemory {
 public:
  explicit GatewayMemory(const GatewaySpec& spec) : clock_(spec.memory.value(), 1), on_chip_(spec.on_chip) {}
  /// When a chunk that comes `now`, to a side filled to `level` with it, may leave.
  Femtoseconds pass(std::int64_t bytes, std::int64_t level, Femtoseconds now) {
    if (level <= on_chip_) return now;
    const Femtoseconds span = clock_.end_of(2 * bytes);
    free_at_ = std::max(free_at_, now) + span;
    busy_ += span;
    return free_at_;
  }
  Femtoseconds busy() const { return busy_; }

 private:
  ByteClock clock_;
  std::int64_t on_chip_;
  Femtoseconds free_at_{0};
  Femtoseconds busy_{0};
};

/// Bytes that still reach a buffer once it has told its sender, `one_way` off, to pause: the round trip at `rate`, what
/// both ends have begun to send, and the sender's reaction (pfc_headroom.hpp, without the waste of cells).
std::int64_t pause_headroom(BitsPerSecond rate, Femtoseconds one_way, std::int64_t unit);
/// The sender's reaction by itself.
Femtoseconds pause_response(BitsPerSecond rate);

}  // namespace fs
