// SPDX-License-Identifier: Apache-2.0
// Parts of a network as what they draw and cost: cables, modules, SerDes, switches, adapters, memories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "config/units.hpp"

namespace fs {

/// What a joule was spent on.
enum class EnergyCause : std::uint8_t { serdes, fec, dsp, optics, amplifier, switch_core, nic, memory };
constexpr std::size_t energy_cause_count = 8;
const char* to_string(EnergyCause cause);

/// Which of the three networks a part belongs to; `node`: none of them, it is a memory.
enum class Scale : std::uint8_t { node, scale_up, scale_out, scale_across };
constexpr std::size_t scale_count = 4;
const char* to_string(Scale scale);

enum class PartKind : std::uint8_t { link, serdes, switch_chip, nic, memory, transponder, amplifier, fibre };
const char* to_string(PartKind kind);

/// One thing that draws power in a part. `watts` at the part's full rate; the share `idle` of them flows always, the
/// rest goes with the bits.
struct Draw {
  EnergyCause cause = EnergyCause::serdes;
  double watts = 0;
  double idle = 1;
};

/// A part of `rate`. Something faster takes several of them, something slower a share of one: modules and switches are
/// bought by capacity.
struct Part {
  std::string name;
  PartKind kind = PartKind::link;
  BitsPerSecond rate{0};       ///< of one direction; fibre, amplifier: 0, they are counted by piece and metre
  std::vector<Draw> draws;     ///< link, serdes: of one end
  double price = 0;            ///< link: with both its ends
  double price_per_metre = 0;  ///< link, fibre
  Micrometres reach = Micrometres::max();  ///< link: longest
  std::shared_ptr<const Part> serdes;      ///< link: what drives it at both ends; null: that is in its own draws

  /// Ends of a link draw, each for both directions.
  int ends() const { return kind == PartKind::link || kind == PartKind::serdes ? 2 : 1; }
};
using PartPtr = std::shared_ptr<const Part>;

}  // namespace fs
