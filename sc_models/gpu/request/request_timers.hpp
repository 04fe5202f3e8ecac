// SPDX-License-Identifier: Apache-2.0
// A timer a tag. All run for the same time, so that they end in the order in which they were started.
#pragma once

#include <cstdint>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

/// A list through the tags, oldest first: starting and stopping take constant time, nothing is polled.
class RequestTimers {
 public:
  /// Tags are below `tags`; `time` > 0.
  void enable(std::size_t tags, Cycles time) {
    nodes_.assign(tags, Node{});
    time_ = time;
  }
  bool enabled() const { return !nodes_.empty(); }

  /// `tag` must not be running. `now` never decreases.
  void start(std::uint32_t tag, Cycles now) {
    Node& node = nodes_[tag];
    node = {now + time_, none, last_, true};
    (last_ == none ? first_ : nodes_[last_].next) = tag;
    last_ = tag;
  }
  /// Nothing happens when it is not running.
  void stop(std::uint32_t tag) {
    if (nodes_.empty() || !nodes_[tag].running) return;
    Node& node = nodes_[tag];
    (node.previous == none ? first_ : nodes_[node.previous].next) = node.next;
    (node.next == none ? last_ : nodes_[node.next].previous) = node.previous;
    node.running = false;
  }
  bool running() const { return first_ != none; }
  /// The tag that ends first, and when; running() must hold.
  std::uint32_t first() const { return first_; }
  Cycles first_due() const { return nodes_[first_].due; }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct Node {
    Cycles due{0};
    std::uint32_t next = none;
    std::uint32_t previous = none;
    bool running = false;
  };
  std::vector<Node> nodes_;
  Cycles time_{0};
  std::uint32_t first_ = none;
  std::uint32_t last_ = none;
};

}  // namespace fs
