// SPDX-License-Identifier: Apache-2.0
// One direction of a wave over a long haul, packet by packet.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/ring.hpp"
#include "optics/time/light_course.hpp"
#include "optics/time/recovery.hpp"
#include "transport/channel/wire_packet.hpp"

namespace fs {

/// Memory and time go with packets, not with kilometres: a packet's future is known when it is sent, for light is a
/// function of time. What is lost is not stored; what arrives waits in a ring. Silence costs nothing.
///
/// With a second line, traffic goes as its LineRecovery says: over both and chosen at the receiver (one_plus_one), or
/// over the one that the sender has selected.
class LongHaulChannel {
 public:
  struct Spec {
    std::string name;                         ///< keys its random draws
    BitsPerSecond rate{800'000'000'000};      ///< payload of the wave
    Femtoseconds latency{0};                  ///< transponders, both ends
    std::shared_ptr<const LightCourse> line;  ///< none: `delay` and no light to lose
    std::shared_ptr<const LightCourse> spare;
    LineRecovery recovery;
    Femtoseconds delay{0};         ///< without a line: the fibre's
    double drop = 0;               ///< packets lost for other reasons, each by itself: 0 .. 1
    bool deliver_damaged = false;  ///< what errors and `drop` take arrives, marked as damaged: a receiver on this hop
    std::uint64_t seed = 1;
  };
  explicit LongHaulChannel(const Spec& spec);

  /// When the wire has taken all that was sent.
  Femtoseconds free_at() const { return free_at_; }
  /// Sends at `now` or when the wire is free, whichever is later. Times of sending never fall.
  void send(Femtoseconds now, const WirePacket& packet);

  /// The next packet to be received, if any; `take` hands it over.
  Femtoseconds next_arrival() const;
  WirePacket take();

  /// From a packet's last byte on the wire to its arrival, on the working line.
  Femtoseconds flight() const { return lines_[0].flight; }
  /// How long a packet of `bytes` keeps the wire.
  Femtoseconds wire_time(std::int64_t bytes) const { return byte_clock_.end_of(bytes); }
  const std::string& name() const { return spec_.name; }
  const Spec& spec() const { return spec_; }

  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t dark = 0;        ///< lost: no light
    std::uint64_t untracked = 0;   ///< lost: polarisation
    std::uint64_t errors = 0;      ///< lost: codewords that could not be corrected
    std::uint64_t dropped = 0;     ///< lost: the `drop` share
    std::uint64_t unselected = 0;  ///< arrived, both copies, on a line that was not selected then
    std::uint64_t twice = 0;       ///< both copies were selected at their times
    std::uint64_t lost() const { return dark + untracked + errors + dropped + unselected; }
  };
  const Counts& counts() const { return counts_; }
  std::uint64_t bytes_sent() const { return bytes_sent_; }
  /// Damaged ones, which are lost, not included.
  std::size_t in_flight() const { return lines_[0].arriving.size() + lines_[1].arriving.size() - damaged_; }
  const Selection* selection() const { return selection_ ? &*selection_ : nullptr; }

 private:
  enum class Fate : std::uint8_t { arrives, dark, untracked, errors };
  struct Arrival {
    Femtoseconds time{0};
    WirePacket packet;
  };
  /// One line with its budget of luck: a unit-exponential draw, used up by the failure rate of what is sent.
  struct LineState {
    const LightCourse* course = nullptr;
    Femtoseconds flight{0};
    Ring<Arrival> arriving;
    Femtoseconds known_until{0};  // the state below holds so long
    LightState state;
    double luck = 0;
    RandomStream draws;
  };

  Fate fate(LineState& line, Femtoseconds begin, Femtoseconds end, std::uint32_t bytes);
  void look(LineState& line, Femtoseconds at);
  void count(Fate fate);
  void put(LineState& line, Femtoseconds end, const WirePacket& packet);
  void send_over_one(LineState& line, Femtoseconds begin, Femtoseconds end, const WirePacket& packet);
  void send_over_both(Femtoseconds begin, Femtoseconds end, const WirePacket& packet);

  Spec spec_;
  ByteClock byte_clock_;
  std::array<LineState, 2> lines_;
  std::optional<Selection> selection_;
  Femtoseconds free_at_{0};
  Femtoseconds busy_since_{0};  // the wire has been busy since then, for `busy_bytes_`
  std::int64_t busy_bytes_ = 0;
  std::uint64_t bytes_sent_ = 0;
  std::size_t damaged_ = 0;  // of what is on its way
  RandomStream drops_;
  Counts counts_;
};

}  // namespace fs
