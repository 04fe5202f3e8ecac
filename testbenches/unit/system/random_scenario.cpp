// SPDX-License-Identifier: Apache-2.0
#include "random_scenario.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <vector>

namespace fs::test {
namespace {

/// Shrinks towards `low`.
int between(int low, int high) { return *rc::gen::inRange(low, high + 1); }
bool coin() { return between(0, 1) == 1; }
/// Shrinks towards the first.
std::string pick(const std::vector<std::string>& choices) {
  return choices[static_cast<std::size_t>(between(0, static_cast<int>(choices.size()) - 1))];
}

struct Shape {
  std::string text;
  int gpus = 0;
  bool one_path = false;  ///< no switch ever chooses among outputs
};

std::string cable() {
  return fmt::format("{{length: {}m, medium: {}}}", pick({"0", "1.5", "20"}), pick({"copper", "fibre", "pcb"}));
}

Shape draw_mesh() {
  std::string dims;
  int gpus = 1;
  const int count = between(1, 3);
  for (int d = 0; d < count; ++d) {
    const int size = between(2, 3);
    dims += (d == 0 ? "" : ", ") + std::to_string(size);
    gpus *= size;
  }
  return {fmt::format("{{kind: mesh, dims: [{}], gpu_link: {}, trunk: {}}}", dims, cable(), cable()), gpus, true};
}

/// GPUs on a line of switches, and a link straight between the first two where there are just two.
Shape draw_explicit() {
  const int switches = between(1, 3);
  if (coin()) {
    return {"{kind: explicit, gpus: [{name: a, ports: 1}, {name: b, ports: 1}], links: [{a: a.0, b: b.0}]}", 2, true};
  }
  std::string gpus, cores, links;
  for (int i = 0; i < switches; ++i) {
    gpus += fmt::format("{{name: left{}, ports: 1}}, {{name: right{}, ports: 1}}, ", i, i);
    cores += fmt::format("{{name: core{}, ports: 5}}, ", i);
    links += fmt::format("{{a: left{}.0, b: core{}.1}}, {{a: right{}.0, b: core{}.4, length: 3m}}, ", i, i, i, i);
    if (i > 0) links += fmt::format("{{a: core{}.3, b: core{}.2, length: 7m, medium: fibre}}, ", i - 1, i);
  }
  return {fmt::format("{{kind: explicit, gpus: [{}], switches: [{}], links: [{}]}}", gpus, cores, links), 2 * switches,
          true};
}

Shape draw_shape() {
  switch (between(0, 5)) {
    case 0: {
      const int gpus = between(2, 6), links = between(1, 3);
      return {fmt::format("{{kind: single_switch, gpus: {}, links_per_gpu: {}, gpu_link: {}}}", gpus, links, cable()),
              gpus, links == 1};
    }
    case 1: {
      const int gpus = between(2, 5), links = between(1, 2);
      return {fmt::format("{{kind: planes, gpus: {}, switches: {}, links_per_switch: {}, gpu_link: {}}}", gpus,
                          between(1, 4), links, cable()),
              gpus, links == 1};
    }
    case 2: {
      const int gpus = between(1, 3), trunks = between(1, 3);
      return {fmt::format("{{kind: two_boards, gpus_per_board: {}, switches_per_board: {}, trunks_per_switch: {}, "
                          "gpu_link: {}, trunk: {}}}",
                          gpus, between(1, 3), trunks, cable(), cable()),
              2 * gpus, trunks == 1};
    }
    case 3: {
      const int leafs = between(1, 3), gpus = between(1, 3);
      return {fmt::format("{{kind: leaf_spine, leafs: {}, spines: {}, gpus_per_leaf: {}, links_per_gpu: {}, "
                          "links_per_pair: {}, gpu_link: {}, trunk: {}}}",
                          leafs, between(1, 3), std::max(gpus, leafs == 1 ? 2 : 1), between(1, 2), between(1, 2),
                          cable(), cable()),
              leafs * std::max(gpus, leafs == 1 ? 2 : 1), false};
    }
    case 4:
      return draw_mesh();
    default:
      return draw_explicit();
  }
}

/// What a draw has to know of its protocol.
struct Wire {
  std::string text;    ///< lines below `protocol:`, classes and buffers left out
  int slots_a_vc = 0;  ///< of every VC
  bool shared = false;
};

std::string draw_credits(const std::string& unit) {
  if (coin()) return fmt::format("{{return: side_band, delay: {}cycles}}", between(0, 6));
  return fmt::format("{{return: messages, delay: ~, message: {}, coalesce: {}, max_wait: {}cycles, piggyback: {}}}",
                     unit, between(1, 8), between(0, 32), coin());
}

std::string draw_frame() {
  return pick({"{kind: none}", "{kind: flit, overhead: 4B}", "{kind: packet, overhead: 6B}",
               "{kind: fixed, payload: 256B, overhead: 8B}", "{kind: fixed, payload: 64B, overhead: 0B}"});
}

std::string draw_fec() {
  return pick({"{}", "{codeword_payload: 256B, decode_latency: 10ns}",
               "{codeword_payload: 192B, interleave: 2, decode_latency: 0ns}"});
}

/// Lines of a protocol: a shipped one, or `generic` with every layer redrawn.
std::string draw_wire() {
  const std::string base = pick({"generic", "redrawn", "nvlink2", "nvlink4", "nvlink5"});
  if (base != "redrawn") return "  base: " + base + "\n";
  const std::string unit = pick({"64B", "16B"});
  return fmt::format(
      "  base: generic\n  wire_unit: {}\n  lanes: {{count: {}, line_rate: {}Gbps, code: [{}], phy_latency: {}ns}}\n"
      "  frame: {}\n  fec: {}\n  credits: {}\n",
      unit, between(1, 3), pick({"160", "100", "37.5"}), pick({"1/1", "128/130", "64/66, 514/544"}), between(1, 9),
      draw_frame(), draw_fec(), draw_credits(unit));
}

std::string draw_buffers(const std::string& wire, int vcs, int slots) {
  const bool leave_out_pool = wire.find("nvlink") != std::string::npos;  // theirs is shared
  if (coin()) return fmt::format("  buffers: {{kind: private{}}}\n", leave_out_pool ? ", pool: ~" : "");
  return fmt::format("  buffers: {{kind: shared, pool: {}flits}}\n", vcs * slots + between(0, 20));
}

std::string draw_switch(bool whole_packets_fit, bool packets_keep_their_vc) {
  std::string switching = whole_packets_fit ? pick({"cut_through", "wormhole", "store_and_forward"}) : "wormhole";
  const std::string queueing = switching == "wormhole" ? "vc_fifo" : pick({"voq", "vc_fifo", "output"});
  const bool ideal = queueing == "output";
  return fmt::format(
      "switch: {{queueing: {}, allocator: {}, vc_allocation: {}, switching: {}, input_speedup: {}, output_speedup: {}, "
      "pipeline: {{input: {}cycles, output: {}cycles}}}}\n",
      queueing, pick({"islip(1)", "islip(3)", "pim(2)", "wavefront", "oldest_first", "round_robin"}),
      ideal || packets_keep_their_vc ? "none" : pick({"none", "before", "same_cycle"}), switching,
      ideal ? 1 : between(1, 2), ideal ? 1 : between(1, 2), between(0, 7), between(0, 5));
}

std::string draw_routing() { return fmt::format("routing: {{mode: {}}}\n", pick({"hashed", "sprayed", "adaptive"})); }

std::string draw_stream(int i) {
  const std::string kind = pick({"read", "write", "pointer_chase", "copy", "random", "atomic"});
  std::string text = fmt::format("    - {{name: s{}, kind: {}, targets: {}, count: {}", i, kind,
                                 pick({"others", "all", "local", "next"}), between(1, 40));
  if (kind != "pointer_chase") text += fmt::format(", window: {}", between(1, 64));
  if (kind == "atomic") {
    text += fmt::format(", access: {}B, footprint: 64B, region: shared", pick({"4", "8", "16"}));
  } else {
    text += fmt::format(", access: {}B, footprint: 1MiB", pick({"64", "1", "128", "300", "1000"}));
  }
  if (kind == "random") text += ", read_share: 0.5";
  if (kind == "copy") text += ", direction: " + pick({"pull", "push"});
  if (kind != "pointer_chase" && between(0, 3) == 3) text += ", rate: 10GB/s, pacing: " + pick({"regular", "poisson"});
  return text + "}\n";
}

std::string draw_schedule() {
  return fmt::format("  schedule: {{collective: {}, size: {}B, slices: {}, access: 256B}}\n",
                     pick({"all_reduce", "all_to_all", "reduce_scatter", "all_gather"}), between(1, 3000),
                     between(1, 3));
}

std::string draw_gpu(bool ordered_to_destination, bool ordered) {
  const std::string striping = ordered_to_destination ? std::string("destination")
                               : ordered              ? pick({"region", "destination"})
                                                      : pick({"region", "destination", "round_robin", "random"});
  return fmt::format(
      "gpu: {{window: {}, source_queue: {}, submit_depth: {}, response_queue: {}, request_latency: {}ns, "
      "target_latency: {}ns, response_latency: {}ns, striping: {}, hbm: {{size: 1GiB, channels: {}, bandwidth: "
      "200GB/s, "
      "latency: {}ns, queue: {}, l2: {{size: {}}}}}}}\n",
      between(1, 40), between(1, 8), between(1, 16), between(1, 16), between(0, 60), between(0, 40), between(0, 60),
      striping, between(1, 4), between(0, 300), between(1, 16), pick({"0B", "64KiB"}));
}

}  // namespace

std::string draw_open_loop_scenario() {
  std::string drawn;
  const Shape shape = draw_shape();
  const int vcs = between(1, 4);
  const int slots = between(10, 24);  // requests of a shipped protocol's packet formats fit: 288 bytes at most
  const std::string wire = draw_wire();
  const bool whole = wire.find("nvlink2") != std::string::npos || wire.find("kind: packet") != std::string::npos;
  const bool fits = whole || between(0, 3) != 3;
  const int longest = fits ? between(1, slots) : between(1, 60);
  const int percent = between(1, 90);
  drawn = "scenario: open\nseed: " + std::to_string(between(1, 1000)) + "\nprotocol:\n" + wire +
          fmt::format("  order: none\n  classes: [{{name: data, vcs: {}, slots: {}flits}}]\n", vcs, slots) +
          draw_buffers(wire, vcs, slots) + "topology: " + shape.text + "\ncore_limited: true\n" +
          draw_switch(longest <= slots, false) + draw_routing();
  // Across a link straight to another GPU nothing comes back to its sender.
  const bool no_switch =
      shape.text.find("explicit") != std::string::npos && shape.text.find("switches") == std::string::npos;
  drawn += fmt::format(
      "workload:\n  open_loop:\n    load: {}\n    {}\n    self: {}\n    interleave: {}\n    process: {}\n    packets: "
      "[{{flits: 1, "
      "weight: 2}}, {{flits: {}}}]\n",
      percent / 100.0,
      no_switch ? pick({"pattern: uniform", "pattern: permutation", "pattern: neighbour"})
                : pick({"pattern: uniform", "pattern: permutation", "pattern: tornado", "pattern: neighbour",
                        "pattern: hotspot\n    hot: [0]\n    hot_fraction: 0.3"}),
      !no_switch, coin(), pick({"bernoulli", "bursty"}), longest);
  drawn += "measure: {warmup: 100ns, window: 1us, drain: 8000us}\nwatchdog: 200us\n";
  return drawn;
}

std::string draw_memory_scenario() {
  std::string drawn;
  const Shape shape = draw_shape();
  const std::string order = shape.one_path ? pick({"none", "region", "destination"}) : std::string("none");
  const int vcs = order == "region" ? 1 : between(1, 3);
  const int slots = between(10, 24);
  const std::string wire = draw_wire();
  drawn = "scenario: memory\nseed: " + std::to_string(between(1, 1000)) + "\nprotocol:\n" + wire;
  if (order != "none" && coin()) drawn += "  packets: {posted_writes: true}\n";
  drawn += fmt::format(
      "  order: {}\n  classes: [{{name: request, vcs: {}, slots: {}flits}}, {{name: response, "
      "vcs: {}, slots: {}flits}}]\n",
      order, vcs, slots, vcs, slots);
  drawn += draw_buffers(wire, 2 * vcs, slots) + "topology: " + shape.text + "\ncore_limited: true\n" +
           draw_switch(true, order == "destination" && vcs > 1) + (order == "none" ? draw_routing() : std::string()) +
           draw_gpu(order == "destination", order == "region") + "workload:\n  streams:\n";
  const int streams = between(1, 3);
  for (int i = 0; i < streams; ++i) drawn += draw_stream(i);
  if (coin()) drawn += draw_schedule();
  drawn += "watchdog: 200us\n";
  return drawn;
}

}  // namespace fs::test
