// SPDX-License-Identifier: Apache-2.0
// Where the time of a packet or a transaction went: one sum of femtoseconds a cause.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/quantity.hpp"

namespace fs {

/// Causes of latency. A packet uses the first ten; a transaction adds the last three.
enum class Cause : std::uint8_t {
  source_queue,     ///< created, not yet on its way: behind earlier packets of its source
  serialization,    ///< on and before the wire: its own bytes, those of flits before it, the receive FIFO
  propagation,      ///< the medium: length times delay per metre
  phy_fec,          ///< PHY, filling the FEC codeword, decoding it, waiting for the frame's check
  switch_pipeline,  ///< a switch's declared pipeline
  allocation,       ///< waiting in a switch for VC, output or crossbar while credit was there
  credit_stall,     ///< waiting while the chosen output had no credit
  retry,            ///< waiting while the chosen output's link was retrying or training; resends
  clock_crossing,   ///< from arrival to the receiving clock's next edge
  gateway,          ///< inside a gateway
  memory,           ///< HBM or L2 at the target
  endpoint,         ///< the GPU's own pipeline, at both ends
  reroute,          ///< lost to a change of routes
};
constexpr std::size_t cause_count = 13;

constexpr const char* cause_name(Cause cause) {
  constexpr const char* names[cause_count] = {
      "source_queue", "serialization",  "propagation", "phy_fec", "switch_pipeline", "allocation", "credit_stall",
      "retry",        "clock_crossing", "gateway",     "memory",  "endpoint",        "reroute"};
  return names[static_cast<std::size_t>(cause)];
}

/// One latency by cause. The owner checks that the sum is the latency, to the femtosecond.
class alignas(32) Ledger {
 public:
  void add(Cause cause, Femtoseconds span) { parts_[static_cast<std::size_t>(cause)] += span.value(); }
  Femtoseconds operator[](Cause cause) const { return Femtoseconds(parts_[static_cast<std::size_t>(cause)]); }
  std::int64_t part(std::size_t cause) const { return parts_[cause]; }
  Femtoseconds sum() const {
    // Four partial sums, so that the compiler adds whole vectors.
    std::int64_t lane[4] = {};
    for (std::size_t i = 0; i < slots; i += 4) {
      for (std::size_t k = 0; k < 4; ++k) lane[k] += parts_[i + k];
    }
    return Femtoseconds(lane[0] + lane[1] + lane[2] + lane[3]);
  }
  Ledger& operator+=(const Ledger& other) {
    for (std::size_t i = 0; i < slots; ++i) parts_[i] += other.parts_[i];
    return *this;
  }
  /// Adds the parts to `slots` sums.
  void add_to(std::int64_t* sums) const {
    for (std::size_t i = 0; i < slots; ++i) sums[i] += parts_[i];
  }

  static constexpr std::size_t slots = 16;  ///< cause_count rounded up to whole vectors
  void clear() { parts_ = {}; }

 private:
  std::array<std::int64_t, slots> parts_{};
};

}  // namespace fs
