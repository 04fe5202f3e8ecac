// SPDX-License-Identifier: Apache-2.0
#include "switch/switch_config.hpp"

#include <cstdlib>

namespace fs {
namespace {

struct NamedAllocator {
  const char* name;
  AllocatorKind kind;
  bool iterates;
};
constexpr NamedAllocator allocators[] = {
    {"islip", AllocatorKind::islip, true},
    {"pim", AllocatorKind::pim, true},
    {"wavefront", AllocatorKind::wavefront, false},
    {"oldest_first", AllocatorKind::oldest_first, false},
    {"round_robin", AllocatorKind::round_robin, false},
};

/// `islip(4)`: a name, and for some a number of iterations.
void read_allocator(const Reader& reader, SwitchConfig& core) {
  constexpr int most_iterations = 16;
  const std::string text = reader.text_or("allocator", "islip(1)");
  const auto open = text.find('(');
  const std::string name = text.substr(0, open);
  for (const auto& allocator : allocators) {
    if (name != allocator.name) continue;
    core.allocator = allocator.kind;
    core.iterations = 1;
    if (open == std::string::npos) return;
    char* end = nullptr;
    const long n = std::strtol(text.c_str() + open + 1, &end, 10);
    if (allocator.iterates && n >= 1 && n <= most_iterations && std::string(end) == ")") {
      core.iterations = static_cast<int>(n);
      return;
    }
    break;
  }
  throw reader.error("allocator", "no allocator '" + text +
                                      "'; allowed are islip(n) and pim(n) with 1 to 16 iterations, wavefront, "
                                      "oldest_first, round_robin");
}

void read_buffer(const Reader& reader, SwitchChoices& choices) {
  constexpr int deepest = 1 << 20;
  choices.depth = static_cast<int>(reader.has("depth") ? reader.count("depth", "flits", 1, deepest) : 0);
  choices.pool = static_cast<int>(reader.has("pool") ? reader.count("pool", "flits", 1, deepest) : 0);
  choices.own_buffer = reader.has("buffer");
  if (choices.own_buffer) {
    choices.shared = reader.choice<bool>("buffer", {{"private", false}, {"shared", true}});
    if (choices.depth == 0)
      throw reader.error("buffer", "needs depth: slots (private) or reserve (shared) of every VC");
    if (choices.shared && choices.pool == 0) throw reader.error("buffer", "shared needs pool: flit slots a port");
  }
  if (choices.pool != 0 && choices.own_buffer && !choices.shared) {
    throw reader.error("pool", "belongs to a shared buffer");
  }
}

}  // namespace

SwitchChoices read_switch(const Reader& reader) {
  SwitchChoices choices;
  SwitchConfig& core = choices.core;
  core.queueing = reader.choice_or<Queueing>(
      "queueing", Queueing::voq,
      {{"voq", Queueing::voq}, {"vc_fifo", Queueing::vc_fifo}, {"output", Queueing::output}});
  read_allocator(reader, core);
  core.vc_allocation = reader.choice_or<VcAllocation>(
      "vc_allocation", VcAllocation::none,
      {{"none", VcAllocation::none}, {"before", VcAllocation::before}, {"same_cycle", VcAllocation::same_cycle}});
  core.switching = reader.choice_or<Switching>("switching", Switching::cut_through,
                                               {{"cut_through", Switching::cut_through},
                                                {"wormhole", Switching::wormhole},
                                                {"store_and_forward", Switching::store_and_forward}});
  core.input_speedup = reader.integer_or("input_speedup", 1, 1, 4);
  core.output_speedup = reader.integer_or("output_speedup", 1, 1, 4);
  const Reader pipeline = reader.section_or_empty("pipeline");
  constexpr Cycles longest(4096);
  core.input_pipeline = static_cast<int>(pipeline.cycles_or("input", Cycles(0), Cycles(0), longest).value());
  core.output_pipeline = static_cast<int>(pipeline.cycles_or("output", Cycles(0), Cycles(0), longest).value());
  read_buffer(reader, choices);
  return choices;
}

}  // namespace fs
