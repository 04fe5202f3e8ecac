// SPDX-License-Identifier: Apache-2.0
// What a run's parts drew and cost, worked out at its end from what it moved.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "energy/catalogue.hpp"
#include "energy/part.hpp"

namespace fs {

/// All of one part at one scale.
struct AccountRow {
  PartPtr part;
  Scale scale = Scale::scale_up;
  double pieces = 0;  ///< links, chips, modules as the fabric has them
  double units = 0;   ///< of the part's rate, to carry them
  double bits = 0;    ///< moved by all of them
  double metres = 0;  ///< units x length
  bool fec = true;    ///< false: draws of cause fec are not there
  double watts_idle() const;
  /// Energy over `seconds` for one cause.
  double joules(const Draw& draw, double seconds) const;
  double capital() const { return units * part->price + metres * part->price_per_metre; }
};

/// Whoever moves bits says at the end of a run what moved them. A bit counts once: a link's bits are those of both
/// directions together, a switch's those it forwarded, an adapter's those of its busier direction, a memory's those
/// read and written. At full load bits a second are then the rate of a switch, and twice that of a link, whose two ends
/// draw.
class EnergyAccount {
 public:
  /// A link of `rate` a direction and what drives it. `fec`: its code is worked out at both ends.
  void add_link(const PartPtr& part, Scale scale, double rate, Micrometres length, double bits, bool fec);
  /// A switch, adapter or memory of `rate`: of all its ports together, one direction.
  void add_chip(const PartPtr& part, Scale scale, double rate, double bits);
  /// `pieces` of something that is bought by piece: transponders, amplifiers. `share`: how much of each is for this.
  void add_pieces(const PartPtr& part, Scale scale, double pieces, double share, double bits);
  /// A share of a fibre.
  void add_fibre(const PartPtr& part, Scale scale, Micrometres length, double share);

  const std::vector<AccountRow>& rows() const { return rows_; }
  bool empty() const { return rows_.empty(); }

 private:
  AccountRow& row(const PartPtr& part, Scale scale, bool fec = true);
  std::vector<AccountRow> rows_;
};

/// The account over a time, against what was delivered in it.
struct EnergyReport {
  EnergyReport(const EnergyAccount& account, double seconds, double delivered_bytes);

  double seconds = 0;
  double delivered_bytes = 0;
  std::array<double, energy_cause_count> by_cause{};  ///< J
  std::array<double, scale_count> by_scale{};         ///< J
  double idle_joules = 0;                             ///< what flows whether or not bits do
  double bit_joules = 0;                              ///< what went with the bits
  double capital = 0;
  std::array<double, scale_count> capital_by_scale{};

  double joules() const { return idle_joules + bit_joules; }
  double watts() const { return seconds > 0 ? joules() / seconds : 0; }
  /// 0 where nothing was delivered.
  double joules_per_bit() const { return delivered_bytes > 0 ? joules() / (8 * delivered_bytes) : 0; }
  /// Capital written off over the lifetime, at the rate of delivery of this run.
  double capital_per_byte(const CostTerms& terms) const;
  double electricity_per_byte(const CostTerms& terms) const;
};

}  // namespace fs
