// SPDX-License-Identifier: Apache-2.0
// The route table: for a class and destination, the outputs, the VCs allowed there and how to choose.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "switch/core.hpp"

namespace fs {

/// The VCs of a port. Contract: v < 128.
using AnyVcSet = BitSet<2>;

/// Rows packed to eight bytes: equal output lists and VC masks are stored once.
class RouteTable {
 public:
  enum class Choice : std::uint8_t { none, single, hashed, sprayed, adaptive };
  struct Row {
    Choice choice = Choice::none;
    std::uint8_t output = 0;  ///< the one output of a single row
    std::uint8_t vcs = 0;     ///< which VC mask
    std::uint32_t list = 0;   ///< which output list
  };

  /// All counts as in SwitchConfig; `name` is for messages.
  RouteTable(int ports, int vcs, int classes, int destinations, std::string name);

  /// Throws InvariantError when class, destination, an output or a VC is out of range, or the row is empty.
  void write(ClassId cls, NodeId dst, const RouteRow& row);

  /// Throws InvariantError when the row was never written.
  const Row& row(const Flit& flit) const {
    const auto i = index(flit.cls) * destinations_ + index(flit.dst);
    if (index(flit.dst) >= destinations_ || i >= rows_.size() || rows_[i].choice == Choice::none) missing(flit);
    return rows_[i];
  }
  /// Ascending.
  const std::vector<std::uint8_t>& outputs(const Row& row) const { return lists_[row.list]; }
  const AnyVcSet& vcs(std::uint8_t mask) const { return masks_[mask]; }
  std::size_t mask_count() const { return masks_.size(); }
  /// All rows written so far allow the same VCs.
  bool one_mask() const { return masks_.size() <= 1; }

  /// The hashed choice: output number floor(hash_key * n / 2^32) of the row's n outputs.
  static std::size_t hashed(std::uint32_t hash_key, std::size_t n) {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(hash_key) * n) >> 32);
  }
  /// The adaptive choice: least occupancy(output); ties go to the first from the hashed choice on, wrapping.
  template <class Occupancy>
  static int least(const std::vector<std::uint8_t>& outputs, std::uint32_t hash_key, Occupancy&& occupancy) {
    const std::size_t n = outputs.size();
    std::size_t k = hashed(hash_key, n);
    std::uint32_t best = ~0U;
    int chosen = outputs[k];
    for (std::size_t seen = 0; seen < n; ++seen, k = k + 1 == n ? 0 : k + 1) {
      const std::uint32_t here = occupancy(outputs[k]);
      if (here >= best) continue;
      best = here;
      chosen = outputs[k];
    }
    return chosen;
  }
  /// The sprayed choice: the first output at or after the pointer, wrapping; the pointer then stands one past it.
  static int sprayed(const std::vector<std::uint8_t>& outputs, std::uint16_t& pointer, int ports) {
    int chosen = outputs.front();
    for (const auto o : outputs) {
      if (o >= pointer) {
        chosen = o;
        break;
      }
    }
    pointer = static_cast<std::uint16_t>(chosen + 1 == ports ? 0 : chosen + 1);
    return chosen;
  }

 private:
  [[noreturn, gnu::cold, gnu::noinline]] void missing(const Flit& flit) const;
  void check(ClassId cls, NodeId dst, const RouteRow& row) const;

  int ports_;
  int vcs_;
  int classes_;
  std::size_t destinations_;
  std::string name_;
  std::vector<Row> rows_;
  std::vector<std::vector<std::uint8_t>> lists_;
  std::vector<AnyVcSet> masks_;
};

}  // namespace fs
