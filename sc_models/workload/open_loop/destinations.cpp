// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/destinations.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/check.hpp"

namespace fs {
namespace {

using Table = std::vector<std::int64_t>;

/// The root of a square, or 0.
std::int64_t exact_root(std::int64_t n) {
  std::int64_t root = 0;
  while (root * root < n) ++root;
  return root * root == n ? root : 0;
}

bool has_fixed_point(const Table& table) {
  for (std::size_t s = 0; s < table.size(); ++s) {
    if (table[s] == static_cast<std::int64_t>(s)) return true;
  }
  return false;
}

/// Fisher-Yates; drawn again until no node sends to itself where that is not allowed (e times on average).
Table random_permutation(std::int64_t count, std::uint64_t seed, bool self) {
  RandomStream stream(seed, "workload", "permutation");
  Table table(static_cast<std::size_t>(count));
  do {
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::int64_t>(i);
    for (std::size_t i = table.size(); i > 1; --i) std::swap(table[i - 1], table[stream.below(i)]);
  } while (!self && has_fixed_point(table));
  return table;
}

/// Each coordinate moves by tornado's or the neighbour's distance in its own dimension.
Table shifted(std::int64_t count, std::vector<std::int64_t> dims, bool tornado) {
  if (dims.empty()) dims.push_back(count);
  Table table;
  for (std::int64_t s = 0; s < count; ++s) {
    std::int64_t d = 0, stride = 1;
    for (const auto k : dims) {
      const std::int64_t step = tornado ? (k + 1) / 2 - 1 : 1;
      d += ((s / stride) % k + step) % k * stride;
      stride *= k;
    }
    table.push_back(d);
  }
  return table;
}

/// Empty for the patterns that draw.
Table table_of(const PatternSpec& pattern, std::int64_t count, std::uint64_t seed) {
  Table table;
  switch (pattern.kind) {
    case PatternKind::uniform:
    case PatternKind::hotspot:
      break;
    case PatternKind::permutation:
      return random_permutation(count, seed, pattern.self);
    case PatternKind::transpose: {
      const auto root = exact_root(count);
      for (std::int64_t s = 0; s < count; ++s) table.push_back(s / root + s % root * root);
      break;
    }
    case PatternKind::bit_complement:
      for (std::int64_t s = 0; s < count; ++s) table.push_back(count - 1 - s);
      break;
    case PatternKind::tornado:
    case PatternKind::neighbour:
      return shifted(count, pattern.dims, pattern.kind == PatternKind::tornado);
    case PatternKind::fixed:
      for (const auto d : pattern.destinations) table.push_back(static_cast<std::int64_t>(index(d)));
      break;
  }
  return table;
}

std::string shape_problem(const PatternSpec& pattern, std::int64_t count) {
  const auto nodes = std::to_string(count) + " nodes";
  switch (pattern.kind) {
    case PatternKind::transpose:
      if (exact_root(count) == 0) return "transpose needs a square number of nodes, the fabric has " + nodes;
      break;
    case PatternKind::bit_complement:
      if ((count & (count - 1)) != 0) return "bit_complement needs a power of two of nodes, the fabric has " + nodes;
      break;
    case PatternKind::tornado:
    case PatternKind::neighbour: {
      std::int64_t product = 1;
      for (const auto k : pattern.dims) {
        if (k < 1 || k > count) return "each of dims must lie between 1 and " + nodes;
        product *= k;
        if (product > count) break;
      }
      if (!pattern.dims.empty() && product != count) return "the product of dims is not the fabric's " + nodes;
      break;
    }
    case PatternKind::hotspot:
      if (pattern.hot.empty()) return "hotspot needs at least one hot node";
      if (!(pattern.hot_fraction > 0.0 && pattern.hot_fraction <= 1.0)) return "the hot fraction must lie in (0, 1]";
      for (const auto h : pattern.hot) {
        if (static_cast<std::int64_t>(index(h)) >= count) {
          return "hot node " + std::to_string(index(h)) + " is not one of the fabric's " + nodes;
        }
      }
      break;
    case PatternKind::fixed:
      if (static_cast<std::int64_t>(pattern.destinations.size()) != count) {
        return "fixed needs one destination a node: " + nodes + ", " + std::to_string(pattern.destinations.size()) +
               " destinations";
      }
      for (const auto d : pattern.destinations) {
        if (static_cast<std::int64_t>(index(d)) >= count) {
          return "destination " + std::to_string(index(d)) + " is not one of the fabric's " + nodes;
        }
      }
      break;
    default:
      break;
  }
  return {};
}

}  // namespace

std::string pattern_problem(const PatternSpec& pattern, int node_count) {
  if (node_count < 1 || node_count > std::numeric_limits<std::uint16_t>::max())
    return "a pattern needs 1 to 65535 nodes";
  auto problem = shape_problem(pattern, node_count);
  if (!problem.empty() || pattern.self) return problem;
  if (node_count == 1) return "a single node has nobody else to send to";
  if (pattern.kind == PatternKind::permutation) return {};
  const auto table = table_of(pattern, node_count, 0);
  bool silent = !table.empty();
  for (std::size_t s = 0; s < table.size(); ++s) silent = silent && table[s] == static_cast<std::int64_t>(s);
  return silent ? "every node would send to itself, which `self: false` forbids" : std::string();
}

Destinations::Destinations(const PatternSpec& pattern, int node_count, std::uint64_t seed)
    : self_(pattern.self), count_(static_cast<std::uint64_t>(node_count)) {
  const auto problem = pattern_problem(pattern, node_count);
  FS_CHECK(problem.empty(), problem);
  if (pattern.kind == PatternKind::hotspot) {
    kind_ = Kind::hotspot;
    hot_ = pattern.hot;
    hot_threshold_ = pattern.hot_fraction < 1.0 ? static_cast<std::uint64_t>(pattern.hot_fraction * 0x1.0p64)
                                                : std::numeric_limits<std::uint64_t>::max();
    return;
  }
  const auto table = table_of(pattern, node_count, seed);
  if (table.empty()) return;
  kind_ = Kind::table;
  for (const auto d : table) table_.push_back(static_cast<NodeId>(d));
}

}  // namespace fs
