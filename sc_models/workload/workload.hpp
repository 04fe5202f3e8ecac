// SPDX-License-Identifier: Apache-2.0
// The `workload:` section of a scenario: what it says, and how it is read.
#pragma once

#include <optional>
#include <vector>

#include "common/quantity.hpp"
#include "config/reader.hpp"
#include "workload/open_loop/open_loop_spec.hpp"
#include "workload/schedule/schedule.hpp"
#include "workload/streams/stream_spec.hpp"

namespace fs {

/// Either open-loop traffic alone, or closed-loop streams and at most one schedule, all running at once.
struct WorkloadSpec {
  std::optional<OpenLoopSpec> open_loop;
  std::vector<StreamSpec> streams;
  std::optional<ScheduleSpec> schedule;
};

/// Reads `workload:`. Keys, units, ranges and defaults: the readers below, and docs/workloads.md.
///   open_loop   mapping, see read_open_loop(); excludes the other two
///   streams     list of mappings, see read_stream(); at least one
///   schedule    mapping, see read_schedule()
/// `node_count`: GPUs of the fabric, >= 1. `memory`: bytes of the smallest GPU memory, or Bytes::max() where it is not
/// known. Throws ConfigError. The caller finishes the reader.
WorkloadSpec read_workload(const Reader& reader, int node_count, Bytes memory = Bytes::max());

/// A set of GPUs is `all`, one number (`5`), a range (`3-7`), or a list of numbers and ranges (`[0, 3-7]`).
///
///   load          flits per cycle and link of each source, 1e-9 to 1; required
///   pattern       uniform | permutation | transpose | bit_complement | tornado | hotspot | neighbour | fixed; uniform
///   self          traffic to oneself allowed; true
///   dims          tornado, neighbour: list of nodes per dimension, first runs fastest; [node_count]
///   hot           hotspot: the hot GPUs; required
///   hot_fraction  hotspot: share of the packets that go to them, in (0, 1]; required
///   destinations  fixed: list of one GPU number for each source; required
///   process       bernoulli | bursty; bernoulli
///   on_rate       bursty: flits per cycle while on, load to 1; 1
///   mean_on       bursty: mean on period, 1 cycle up (`32cycles`); 32 cycles
///   packets       length of every packet, 1 to 65535 (`4flits`), or a list of 1 to 16 {flits, weight, class}; 1 flit
///     flits         1 to 65535; required
///     weight        relative number of packets, 1e-6 to 1e6; 1
///     class         traffic class; the protocol's first
///   sources       set of GPUs that send; all
///   interleave    packets of one link share it flit by flit, each on a VC of its own; true
OpenLoopSpec read_open_loop(const Reader& reader, int node_count);

///   name          results are reported under it; required
///   kind          pointer_chase | read | write | copy | random | atomic; required
///   sources       set of GPUs; all
///   targets       others | all | local | next | set of GPUs; others
///   target_order  round_robin | random; round_robin
///   window        accesses (copy: pairs) outstanding a source, 1 to 1,000,000; 256, pointer_chase 1 and no other
///   access        bytes an access, 1 B to 1 GiB; 128 B; atomic 4, 8 or 16 B; 8 B
///   footprint     bytes walked at each target, access to 64 TiB; 16 MiB
///   region        private (each source has its own footprint at a target) | shared; private
///   offset        where the first region begins in every memory, 0 to 64 TiB; 0 B
///   count, bytes  accesses, or bytes (rounded up to accesses), of each source, 1 up; neither: until the run ends
///   rate          offered by each source (`50GB/s`), an access a second to 1 PB/s; none: as fast as the window lets
///   pacing        with a rate: regular | poisson; regular
///   read_share    random: share of loads, 0 to 1; 1
///   direction     copy: pull (load from the target) | push (store to the target); pull
///   start         nothing is wanted before, 0 s to 2.5 h; 0 s
///   insist        loads and stores to other scale-up domains are meant, whatever they cost; false
StreamSpec read_stream(const Reader& reader, int node_count, Bytes memory = Bytes::max());

///   name          results are reported under it; `schedule`
///   collective    all_to_all | all_reduce | reduce_scatter | all_gather; required
///   algorithm     direct | ring | hierarchical; all_to_all: direct and no other, else ring
///   group         hierarchical: GPUs a group, 2 up, a divisor of their number; required
///   inside        hierarchical: direct | ring; ring
///   between       hierarchical: direct | ring; ring
///   gpus          set of GPUs in the order of the ring; groups are consecutive members; all
///   size          each GPU's whole buffer, 1 B to 1 PiB; required
///   slices        messages a chunk is cut into, 1 to 1024; 1
///   interleave    messages a GPU writes in turn, 0 to 1,000,000; 0: one in a ring, all of a direct step
///   window        writes outstanding a GPU, 1 to 1,000,000; 256
///   access        largest write, 16 B to 1 GiB; 4 KiB
///   offset        where the buffers begin in every memory, 0 to 64 TiB; 0 B
///   start         nothing is issued before, 0 s to 2.5 h; 0 s
///   compute       before each collective, 0 s to 2.5 h; 0 s
///   iterations    compute and collective, so many times, 1 to 10,000; 1
///   buckets       parts of the buffer that are reduced each by itself, 1 to 1024; 1
///   overlap       bucket b of B is ready after (b + 1) / B of `compute`, not after all of it; false
ScheduleSpec read_schedule(const Reader& reader, int node_count, Bytes memory = Bytes::max());

}  // namespace fs
