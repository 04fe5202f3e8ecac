// SPDX-License-Identifier: Apache-2.0
// Where the time of a packet or a transaction went: one sum of femtoseconds a cause.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "common/check.hpp"
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
constexpr std::size_t packet_cause_count = 10;  ///< of which a packet uses the first

constexpr const char* cause_name(Cause cause) {
  constexpr const char* names[cause_count] = {
      "source_queue", "serialization",  "propagation", "phy_fec", "switch_pipeline", "allocation", "credit_stall",
      "retry",        "clock_crossing", "gateway",     "memory",  "endpoint",        "reroute"};
  return names[static_cast<std::size_t>(cause)];
}

/// What a wire that is always the same adds to each packet.
struct alignas(32) LedgerOfWire {
  std::int64_t owners = 0;  ///< not of the ledger: whoever keeps this may use the place
  std::int64_t serialization = 0;
  std::int64_t propagation = 0;
  std::int64_t phy_fec = 0;
};

/// One latency by cause. The owner checks that the sum is the latency, to the femtosecond. Slots: at least one a cause
/// that may be used, even.
template <std::size_t Slots>
class alignas(16) LedgerOf {
 public:
  LedgerOf() { clear(); }

  /// A cause that has no slot here ends the run.
  void add(Cause cause, Femtoseconds span) {
    const auto slot = static_cast<std::size_t>(cause);
    FS_CHECK(slot < Slots, "a cause of latency that this ledger has no place for");
    parts_[slot] += span.value();
  }
  // What many packets pass goes by whole vectors, which are also how it is read: a vector that was written piece by
  // piece is late for who reads it soon.
  void add(const LedgerOfWire& wire) {
    Lanes of_wire;
    static_assert(sizeof wire == sizeof of_wire);
    std::memcpy(&of_wire, &wire, sizeof of_wire);
    add_lanes(&parts_[0], of_wire & Lanes{0, -1, -1, -1});
  }
  /// The first entry of a ledger that has none.
  void begin(Femtoseconds source_queue) { write(&parts_[0], Lanes{source_queue.value(), 0, 0, 0}); }
  void add_switch(Femtoseconds pipeline, Femtoseconds allocation) {
    add_lanes(&parts_[4], Lanes{pipeline.value(), allocation.value(), 0, 0});
  }
  Femtoseconds operator[](Cause cause) const {
    const auto slot = static_cast<std::size_t>(cause);
    return slot < Slots ? Femtoseconds(parts_[slot]) : Femtoseconds(0);
  }
  std::int64_t part(std::size_t cause) const { return parts_[cause]; }
  Femtoseconds sum() const {
    Lanes all{};
    for (std::size_t i = 0; i < whole; ++i) {
      Lanes lanes;
      read(&parts_[4 * i], lanes);
      all += lanes;
    }
    std::int64_t rest = 0;
    for (std::size_t i = 4 * whole; i < Slots; ++i) rest += parts_[i];
    return Femtoseconds(all[0] + all[1] + all[2] + all[3] + rest);
  }
  /// Adds one with no more slots.
  template <std::size_t Others>
  LedgerOf& operator+=(const LedgerOf<Others>& other) {
    static_assert(Others <= Slots);
    other.add_to(parts_.data());
    return *this;
  }
  /// Adds the parts to `slots` sums.
  void add_to(std::int64_t* sums) const {
    for (std::size_t i = 0; i < whole; ++i) {
      Lanes lanes;
      read(&parts_[4 * i], lanes);
      add_lanes(sums + 4 * i, lanes);
    }
    for (std::size_t i = 4 * whole; i < Slots; ++i) sums[i] += parts_[i];
  }

  static constexpr std::size_t slots = Slots;
  void clear() {
    for (std::size_t i = 0; i < whole; ++i) write(&parts_[4 * i], Lanes{});
    for (std::size_t i = 4 * whole; i < Slots; ++i) parts_[i] = 0;
  }

 private:
  /// Whole vectors: every packet's ledger is summed, and added to its class's sums, once.
  using Lanes = std::int64_t __attribute__((vector_size(32)));
  static constexpr std::size_t whole = Slots / 4;
  // By copy: a vector's own alignment is more than that of a ledger.
  static void read(const std::int64_t* from, Lanes& lanes) { std::memcpy(&lanes, from, sizeof lanes); }
  static void write(std::int64_t* to, const Lanes& lanes) { std::memcpy(to, &lanes, sizeof lanes); }
  static void add_lanes(std::int64_t* sums, const Lanes& more) {
    Lanes lanes;
    read(sums, lanes);
    lanes += more;
    write(sums, lanes);
  }

  std::array<std::int64_t, Slots> parts_;
};

using Ledger = LedgerOf<16>;  ///< of a transaction: cause_count rounded up to whole vectors
using PacketLedger = LedgerOf<packet_cause_count>;

}  // namespace fs
