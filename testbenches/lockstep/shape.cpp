// SPDX-License-Identifier: Apache-2.0
// Every value comes from the command line of CMakeLists.txt, which gives the same to Verilator.
#include "shape.hpp"

#include <memory>

#include "rtl_side.hpp"
#include "verilated_side.hpp"
#include FS_MODEL_HEADER
#include FS_MODEL_ROOT_HEADER

namespace fs::lockstep {

const Shape& shape() {
  static const Shape shape = [] {
    Shape s;
    s.name = std::to_string(FS_PORTS) + "x" + std::to_string(FS_VCS);
    SwitchConfig& c = s.config;
    c.ports = FS_PORTS;
    c.vcs = FS_VCS;
    c.classes = FS_CLASSES;
    c.destinations = FS_DESTS;
    c.buffer = BufferKind::shared_pool;
    c.pool_depth = FS_POOL;
    c.depth = {FS_RESERVE};
    c.allocator = AllocatorKind::islip;
    c.iterations = FS_ITERATIONS;
    c.input_pipeline = FS_INPUT_PIPELINE;
    c.output_pipeline = FS_OUTPUT_PIPELINE;
    c.longest_packet.assign(FS_CLASSES, FS_LONGEST);
    c.peer_shared_pool = FS_PEER_SHARED != 0;
    c.peer_reserve = {FS_PEER_RESERVE};
    c.name = s.name;
    s.longest = FS_LONGEST;
    s.peer_depth = FS_PEER_DEPTH;
    s.seeds = FS_SEEDS;
    s.cycles = FS_CYCLES;
    s.random_initial = FS_RANDOM_INITIAL != 0;
    return s;
  }();
  return shape;
}

std::unique_ptr<RtlSide> make_rtl_side(std::uint64_t initial) {
  return std::make_unique<VerilatedSide<FS_MODEL>>(FS_PORTS, FS_VCS, initial);
}

}  // namespace fs::lockstep
