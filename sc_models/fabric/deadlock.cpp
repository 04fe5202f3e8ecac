// SPDX-License-Identifier: Apache-2.0
#include "fabric/deadlock.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {
namespace {

using Ports = BitSet<max_ports / 64>;

/// Which channels packets use, and what may follow each. Routes do not differ between classes, so nor does this.
struct ChannelUse {
  IdVector<ChannelId, Ports> next;  ///< outputs of the switch at the channel's end that its packets ask for
  IdVector<ChannelId, std::uint8_t> used;
  IdVector<NodeId, Ports> leaves;  ///< ports a GPU sends by
};

/// Follows the packets for every destination from every GPU. With several routes a packet may meet those of any at each
/// chip.
class UseFinder {
 public:
  UseFinder(const Graph& graph, const std::vector<const Routes*>& routes)
      : graph_(graph), routes_(routes), outputs_(graph.chip_count()) {
    use_.next = IdVector<ChannelId, Ports>(graph.channel_count());
    use_.used = IdVector<ChannelId, std::uint8_t>(graph.channel_count(), 0);
    use_.leaves = IdVector<NodeId, Ports>(graph.gpu_count());
    seen_.resize(graph.chip_count());
  }

  ChannelUse find() {
    for (std::size_t n = 0; n < graph_.gpu_count(); ++n) follow(static_cast<NodeId>(n));
    return std::move(use_);
  }

 private:
  void follow(NodeId dst) {
    ++round_;
    for (std::size_t n = 0; n < graph_.gpu_count(); ++n) {
      const auto src = static_cast<NodeId>(n);
      for (const Routes* routes : routes_) {
        for (const auto port : routes->outputs(graph_.gpu(src), dst)) {
          use_.leaves[src].set(static_cast<int>(port));
          enter(graph_.gpu(src), port);
        }
      }
    }
    while (!arrived_.empty()) {
      const auto channel = arrived_.back();
      arrived_.pop_back();
      const auto at = graph_.sink(channel).chip;
      if (graph_.is_gpu(at)) {
        FS_CHECK(at == graph_.gpu(dst), "routes lead through " + graph_.chip(at).name);
        continue;
      }
      if (seen_[at] != round_) open(at, dst);
      use_.next[channel] |= outputs_[at];
    }
  }

  /// The first packet for this destination at a switch: it goes on by every output.
  void open(ChipId at, NodeId dst) {
    seen_[at] = round_;
    outputs_[at].reset();
    for (const Routes* routes : routes_) {
      for (const auto port : routes->outputs(at, dst)) {
        if (outputs_[at].test(static_cast<int>(port))) continue;
        outputs_[at].set(static_cast<int>(port));
        enter(at, port);
      }
    }
  }

  void enter(ChipId chip, PortId port) {
    const auto& peer = graph_.peer(chip, port);
    FS_CHECK(peer.has_value(), "a route leads to " + graph_.end_name({chip, port}) + ", which has no link");
    use_.used[peer->out] = 1;
    arrived_.push_back(peer->out);
  }

  const Graph& graph_;
  const std::vector<const Routes*>& routes_;
  ChannelUse use_;
  IdVector<ChipId, Ports> outputs_;
  IdVector<ChipId, std::uint32_t> seen_;
  std::uint32_t round_ = 0;
  std::vector<ChannelId> arrived_;
};

/// The dependency graph, its edges read off the channels' use. Nodes: channel * classes + class, then one memory a GPU.
class Dependencies {
 public:
  Dependencies(const Graph& graph, const ChannelUse& use, const std::vector<std::string>& class_names,
               const std::vector<MemoryPath>& memory_paths)
      : graph_(graph), use_(use), names_(class_names), requests_(class_names.size(), false) {
    for (const auto& path : memory_paths) {
      requests_[index(path.request)] = true;
      responses_.push_back(index(path.response));
    }
    std::sort(responses_.begin(), responses_.end());
    responses_.erase(std::unique(responses_.begin(), responses_.end()), responses_.end());
  }

  std::size_t size() const { return first_memory() + graph_.gpu_count(); }

  bool in_use(std::size_t node) const {
    return is_memory(node) ? !responses_.empty() : use_.used[channel_of(node)] != 0;
  }

  template <class F>
  void for_each_next(std::size_t node, F&& f) const {
    if (is_memory(node)) {
      const auto gpu = static_cast<NodeId>(node - first_memory());
      use_.leaves[gpu].for_each([&](int port) {
        for (const auto cls : responses_) f(node_at(graph_.gpu(gpu), port, cls));
      });
      return;
    }
    const auto channel = channel_of(node);
    const auto cls = node % names_.size();
    const auto at = graph_.sink(channel).chip;
    if (!graph_.is_gpu(at)) {
      use_.next[channel].for_each([&](int port) { f(node_at(at, port, cls)); });
    } else if (requests_[cls]) {
      f(first_memory() + index(graph_.chip(at).node));
    }
  }

  std::string name(std::size_t node) const {
    if (is_memory(node)) return graph_.chip(graph_.gpu(static_cast<NodeId>(node - first_memory()))).name + " memory";
    return graph_.channel_name(channel_of(node)) + " " + names_[node % names_.size()];
  }

 private:
  std::size_t first_memory() const { return graph_.channel_count() * names_.size(); }
  bool is_memory(std::size_t node) const { return node >= first_memory(); }
  ChannelId channel_of(std::size_t node) const { return static_cast<ChannelId>(node / names_.size()); }
  std::size_t node_at(ChipId chip, int port, std::size_t cls) const {
    return index(graph_.peer(chip, static_cast<PortId>(port))->out) * names_.size() + cls;
  }

  const Graph& graph_;
  const ChannelUse& use_;
  const std::vector<std::string>& names_;
  std::vector<bool> requests_;
  std::vector<std::size_t> responses_;
};

/// A shortest cycle through `start` among the nodes with edges left, or nothing.
std::vector<std::size_t> shortest_cycle(const Dependencies& graph, std::size_t start,
                                        const std::vector<std::size_t>& waiting) {
  constexpr auto none = static_cast<std::size_t>(-1);
  std::vector<std::size_t> from(graph.size(), none);
  std::vector<std::size_t> queue{start};
  for (std::size_t i = 0; i < queue.size() && from[start] == none; ++i) {
    graph.for_each_next(queue[i], [&](std::size_t next) {
      if (waiting[next] == 0 || from[next] != none) return;
      from[next] = queue[i];
      if (next != start) queue.push_back(next);
    });
  }
  if (from[start] == none) return {};
  std::vector<std::size_t> cycle{start};
  for (auto node = from[start]; node != start; node = from[node]) cycle.push_back(node);
  std::reverse(cycle.begin() + 1, cycle.end());
  return cycle;
}

/// `waiting[n]` predecessors of n could not be ordered: walking back through such nodes must come round.
std::size_t node_on_cycle(const Dependencies& graph, const std::vector<std::size_t>& waiting) {
  std::vector<std::size_t> before(graph.size());
  std::size_t start = 0;
  for (std::size_t n = graph.size(); n-- > 0;) {
    if (waiting[n] == 0) continue;
    graph.for_each_next(n, [&](std::size_t next) { before[next] = n; });
    start = n;
  }
  std::vector<bool> passed(graph.size(), false);
  auto node = start;
  for (; !passed[node]; node = before[node]) passed[node] = true;
  return node;
}

}  // namespace

std::string DeadlockReport::text() const {
  if (free) {
    return "no deadlock: " + std::to_string(nodes) + " channels and memories with " + std::to_string(edges) +
           " dependencies can be ordered, the longest chain has " + std::to_string(longest_chain);
  }
  std::string lines = "deadlock possible: each of these may wait for the next, and the last for the first";
  for (const auto& step : cycle) lines += "\n  " + step;
  return lines;
}

DeadlockReport check_deadlock(const Graph& graph, const Routes& routes, const std::vector<std::string>& class_names,
                              const std::vector<MemoryPath>& memory_paths) {
  return check_mixed_routes(graph, {&routes}, class_names, memory_paths);
}

DeadlockReport check_mixed_routes(const Graph& graph, const std::vector<const Routes*>& routes,
                                  const std::vector<std::string>& class_names,
                                  const std::vector<MemoryPath>& memory_paths) {
  FS_CHECK(static_cast<int>(class_names.size()) == routes.front()->plan().classes(), "one name a class");
  const auto use = UseFinder(graph, routes).find();
  const Dependencies dependencies(graph, use, class_names, memory_paths);

  // 1. Count what each node is waited for by.
  DeadlockReport report;
  std::vector<std::size_t> waiting(dependencies.size(), 0);
  std::vector<std::size_t> order;
  for (std::size_t n = 0; n < dependencies.size(); ++n) {
    if (!dependencies.in_use(n)) continue;
    ++report.nodes;
    dependencies.for_each_next(n, [&](std::size_t next) {
      ++waiting[next];
      ++report.edges;
    });
  }
  // 2. Remove nodes nothing left waits for (Kahn): what stays holds a cycle.
  std::vector<std::size_t> chain(dependencies.size(), 1);
  for (std::size_t n = 0; n < dependencies.size(); ++n) {
    if (dependencies.in_use(n) && waiting[n] == 0) order.push_back(n);
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    report.longest_chain = std::max(report.longest_chain, chain[order[i]]);
    dependencies.for_each_next(order[i], [&](std::size_t next) {
      chain[next] = std::max(chain[next], chain[order[i]] + 1);
      if (--waiting[next] == 0) order.push_back(next);
    });
  }
  if (order.size() == report.nodes) return report;
  // 3. Name it.
  report.free = false;
  report.longest_chain = 0;
  for (const auto node : shortest_cycle(dependencies, node_on_cycle(dependencies, waiting), waiting)) {
    report.cycle.push_back(dependencies.name(node));
  }
  return report;
}

}  // namespace fs
