// SPDX-License-Identifier: Apache-2.0
// Can this fabric deadlock? The channel dependency graph, and a cycle in it or the proof that there is none.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fabric/graph.hpp"
#include "fabric/routes.hpp"

namespace fs {

/// Requests of one class end in the target's memory, which answers in another (or, at risk, the same) class.
struct MemoryPath {
  ClassId request{};
  ClassId response{};
};

struct DeadlockReport {
  bool free = true;
  std::size_t nodes = 0;          ///< (channel, class) pairs in use, and memories
  std::size_t edges = 0;          ///< "may have to wait for"
  std::size_t longest_chain = 0;  ///< nodes on the longest path; 0 when there is a cycle
  std::vector<std::string>
      cycle;  ///< `gpu0.1->sw1.0 request`, `gpu0 memory`, ...; each waits for the next, the last for the first

  /// One line when free, else one line a step.
  std::string text() const;
};

/// A fabric cannot deadlock if its channel dependency graph has no cycle (Dally and Seitz, IEEE Trans. Computers 1987).
///
/// A node is a channel and class: a packet may take any VC its class is allowed, the same at every hop, so these VCs
/// share all their edges. (c, k) waits for (d, k) when packets that really arrive over channel c are routed on to d.
/// At a GPU, a request waits for the memory, and the memory for room in every channel its responses may leave by.
/// Responses, and classes without a MemoryPath, are always consumed on arrival.
///
/// class_names: one a class, for the report.
DeadlockReport check_deadlock(const Graph& graph, const Routes& routes, const std::vector<std::string>& class_names,
                              const std::vector<MemoryPath>& memory_paths);

/// The same while routes change: each row may be that of any of `routes`, and packets under way may have followed any.
/// Free of cycles, no order of writing the rows can deadlock, nor send a packet in circles.
DeadlockReport check_mixed_routes(const Graph& graph, const std::vector<const Routes*>& routes,
                                  const std::vector<std::string>& class_names,
                                  const std::vector<MemoryPath>& memory_paths);

}  // namespace fs
