// SPDX-License-Identifier: Apache-2.0
// Ways back from a failure, by the times they take.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/quantity.hpp"
#include "config/reader.hpp"
#include "optics/time/damping.hpp"
#include "optics/time/light_course.hpp"

namespace fs {

/// How a pair of lines survives the loss of one. Times are defaults that a scenario overrides.
struct LineRecovery {
  enum class Kind : std::uint8_t {
    none,          ///< frames are lost until repair
    one_plus_one,  ///< sent on both lines; the receiver switches by itself. ITU-T G.873.1: <= 10 ms detect, <= 50 ms
                   ///< switch
    ring,          ///< receiver tells the sender the other way round, which switches. ITU-T G.841, the same times
    restoration,   ///< a controller lights another route: 8 s (ARROW, SIGCOMM 2021)
    rerouting,     ///< routers find out by BFD (3 x 300 ms, SONiC) and send another way
  };
  Kind kind = Kind::none;
  Femtoseconds detection{0};        ///< from the last light to the alarm
  Femtoseconds switching{0};        ///< from the alarm (ring: from word of it) to the other line
  Femtoseconds wait_to_restore{0};  ///< after repair, before the way back; 0: stay
  std::optional<LinkDamping::Spec>
      damping;  ///< the way back waits, too, until the working line has flapped little enough
  /// The time a receiver goes without, on lines of equal delay. Kinds in which the sender switches add the way of the
  /// word of it, `signalling`.
  Femtoseconds interruption(Femtoseconds signalling) const;
  bool sender_switches() const { return kind != Kind::none && kind != Kind::one_plus_one; }
};
/// The defaults of a kind, above.
LineRecovery default_line_recovery(LineRecovery::Kind kind);
/// Reads {kind, detection, switching, wait_to_restore, damping {penalty, suppress, reuse, half_life, longest}}; what is
/// missing takes the kind's default.
LineRecovery read_line_recovery(const Reader& reader);

/// Which line carries traffic when: computed once from both lines' failures.
class Selection {
 public:
  struct Change {
    Femtoseconds time{0};  ///< one_plus_one: at the receiver; else at the sender
    int line = 0;          ///< 0 working, 1 protecting
  };
  /// A failure shorter than the detection time goes unnoticed. With both lines failed the selection waits for the first
  /// that comes back.
  Selection(const LineRecovery& recovery, const LightCourse& working, const LightCourse& protecting);

  const std::vector<Change>& changes() const { return changes_; }
  int at(Femtoseconds time) const;

 private:
  std::vector<Change> changes_{{Femtoseconds(0), 0}};
};

/// When nothing arrives by a pair of lines, whichever is selected; by `working` alone where `protecting` is null. Times
/// at the receiver, ascending and apart.
std::vector<LightInterval> outages(const LineRecovery& recovery, const LightCourse& working,
                                   const LightCourse* protecting);

/// When routers leave a way out that has these outages: each that lasts longer than the detection time, from detection,
/// switching and `signalling`, the word of it, after its begin, until `signalling` after the way is good again and has
/// been for wait_to_restore, or longer where damping holds it down. Ascending and apart.
std::vector<LightInterval> left_out(const LineRecovery& rerouting, const std::vector<LightInterval>& outages,
                                    Femtoseconds signalling);

/// Time to the next failure that is one for at least `detection`, as loss of signal sees it; times at the receiver.
/// Empty interval [max, max) where none begins at or after `from`, or holds then.
LightInterval next_alarm(const LightCourse& course, Femtoseconds from, Femtoseconds detection);

}  // namespace fs
