// SPDX-License-Identifier: Apache-2.0
#include "switch/config_check.hpp"

#include <numeric>
#include <stdexcept>
#include <string>

namespace fs {

namespace {

void require(bool condition, const std::string& message) {
  if (!condition) throw std::invalid_argument(message);
}

void in_range(const char* field, int value, int low, int high) {
  require(value >= low && value <= high, std::string(field) + ": " + std::to_string(value) + " is not in " +
                                             std::to_string(low) + " .. " + std::to_string(high));
}

/// Slot indices are 16 bits with one value for `none`.
constexpr int most_slots = 65534;

void check_buffers(const SwitchConfig& c) {
  require(c.depth.size() == static_cast<std::size_t>(c.vcs), "depth: one value a VC is needed");
  const bool shared = c.buffer == BufferKind::shared_pool;
  for (const int depth : c.depth) in_range("depth", depth, shared ? 0 : 1, most_slots);
  const auto sum = std::accumulate(c.depth.begin(), c.depth.end(), std::int64_t{0});
  require(sum <= most_slots, "depth: an input has at most " + std::to_string(most_slots) + " flit slots");
  if (shared) {
    in_range("pool_depth", c.pool_depth, 1, most_slots);
    require(sum <= c.pool_depth, "pool_depth: " + std::to_string(c.pool_depth) + " is below the sum of the reserves, " +
                                     std::to_string(sum));
  }
  if (c.peer_shared_pool) {
    require(c.peer_reserve.size() == static_cast<std::size_t>(c.vcs), "peer_reserve: one value a VC is needed");
    for (const int reserve : c.peer_reserve) in_range("peer_reserve", reserve, 0, most_slots);
  }
  if (c.switching == Switching::wormhole || c.longest_packet.empty()) return;
  const int longest = *std::max_element(c.longest_packet.begin(), c.longest_packet.end());
  const int shortest = *std::min_element(c.longest_packet.begin(), c.longest_packet.end());
  int deepest = 0;
  for (const int depth : c.depth) {
    const int room = shared ? depth + c.pool_depth - static_cast<int>(sum) : depth;
    deepest = std::max(deepest, room);
    require(room >= shortest, "depth: a VC with room for " + std::to_string(room) +
                                  " flits holds no class's longest packet (" + std::to_string(shortest) +
                                  " flits), which this switching needs");
  }
  require(deepest >= longest, "depth: no VC has room for the longest packet of " + std::to_string(longest) +
                                  " flits, which this switching needs");
}

}  // namespace

void check_switch_config(const SwitchConfig& c) {
  in_range("ports", c.ports, 1, 256);
  in_range("vcs", c.vcs, 1, 128);
  in_range("classes", c.classes, 1, 256);
  in_range("destinations", c.destinations, 1, 65536);
  in_range("iterations", c.iterations, 1, 16);
  in_range("input_speedup", c.input_speedup, 1, 4);
  in_range("output_speedup", c.output_speedup, 1, 4);
  in_range("input_pipeline", c.input_pipeline, 0, 4096);
  in_range("output_pipeline", c.output_pipeline, 0, 4096);
  require(crossbar_ports(c) <= 256, "speedup: ports times speedup must not exceed 256");
  require(c.longest_packet.empty() || c.longest_packet.size() == static_cast<std::size_t>(c.classes),
          "longest_packet: one value a class is needed");
  for (const int length : c.longest_packet) in_range("longest_packet", length, 1, 65535);
  // Behind one VC's credits stand queues for several outputs: a packet's body may be unable to arrive because packets
  // for another output fill the buffer, and those may wait for a packet in the same state. Room for whole packets,
  // which cut-through and store-and-forward senders wait for, rules that out; wormhole does not.
  const bool several_flits =
      c.longest_packet.empty() || *std::max_element(c.longest_packet.begin(), c.longest_packet.end()) > 1;
  require(c.switching != Switching::wormhole || c.queueing == Queueing::vc_fifo || !several_flits,
          "switching: wormhole with packets of several flits needs queueing vc_fifo");
  if (c.queueing == Queueing::output) {
    require(c.vc_allocation == VcAllocation::none, "vc_allocation: an output-queued switch has none");
    require(c.input_speedup == 1 && c.output_speedup == 1, "speedup: an output-queued switch needs none");
  }
  check_buffers(c);
}

}  // namespace fs
