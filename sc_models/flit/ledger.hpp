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
  Ledger() { clear(); }

  /// What a wire that is always the same adds to each packet: by cause up to phy_fec.
  struct alignas(32) Wire {
    std::array<std::int64_t, 4> parts{};
  };
  static Wire wire(Femtoseconds serialization, Femtoseconds propagation, Femtoseconds phy_fec) {
    return {{0, serialization.value(), propagation.value(), phy_fec.value()}};
  }
  void add(const Wire& wire) { lanes(0) += *reinterpret_cast<const Lanes*>(wire.parts.data()); }
  void add(Cause cause, Femtoseconds span) { parts_[static_cast<std::size_t>(cause)] += span.value(); }
  Femtoseconds operator[](Cause cause) const { return Femtoseconds(parts_[static_cast<std::size_t>(cause)]); }
  std::int64_t part(std::size_t cause) const { return parts_[cause]; }
  Femtoseconds sum() const {
    const Lanes all = lanes(0) + lanes(1) + lanes(2) + lanes(3);
    return Femtoseconds(all[0] + all[1] + all[2] + all[3]);
  }
  Ledger& operator+=(const Ledger& other) {
    other.add_to(parts_.data());
    return *this;
  }
  /// Adds the parts to `slots` sums, 32-byte aligned.
  void add_to(std::int64_t* sums) const {
    auto* to = reinterpret_cast<Lanes*>(sums);
    for (std::size_t i = 0; i < slots / 4; ++i) to[i] += lanes(i);
  }

  static constexpr std::size_t slots = 16;  ///< cause_count rounded up to whole vectors
  void clear() {
    for (std::size_t i = 0; i < slots / 4; ++i) lanes(i) = Lanes{};
  }

 private:
  /// Whole vectors: every packet's ledger is summed, and added to its class's sums, once.
  using Lanes = std::int64_t __attribute__((vector_size(32), may_alias));
  const Lanes& lanes(std::size_t i) const { return reinterpret_cast<const Lanes*>(parts_.data())[i]; }
  Lanes& lanes(std::size_t i) { return reinterpret_cast<Lanes*>(parts_.data())[i]; }

  std::array<std::int64_t, slots> parts_;
};

}  // namespace fs
