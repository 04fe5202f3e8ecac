// SPDX-License-Identifier: Apache-2.0
// A collective as messages between GPUs and what each must wait for: plain data, independent of any network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

enum class Collective : std::uint8_t {
  all_to_all,      ///< GPU i's chunk j goes to GPU j
  all_reduce,      ///< every GPU ends with the sum of all GPUs' buffers
  reduce_scatter,  ///< GPU i ends with chunk i of the sum
  all_gather,      ///< every GPU ends with chunk i of GPU i, for all i
};

enum class Algorithm : std::uint8_t {
  direct,        ///< one step: to every member at once, or from every member
  ring,          ///< n - 1 steps, each to the next member
  hierarchical,  ///< all_reduce only: inside groups, between the groups, inside again
};

struct ScheduleSpec {
  std::string name = "schedule";
  Collective collective = Collective::all_reduce;
  Algorithm algorithm = Algorithm::ring;
  Algorithm inside = Algorithm::ring;   ///< hierarchical: how a group reduces and gathers; direct or ring
  Algorithm between = Algorithm::ring;  ///< hierarchical: how groups exchange; direct or ring
  std::int64_t group = 0;               ///< hierarchical: GPUs a group, >= 2, a divisor of the number of GPUs
  std::vector<NodeId> gpus;             ///< members in the order of the ring; at least two, none twice
  Bytes size{0};                        ///< each GPU's whole buffer (nccl-tests' "size"), >= 1
  std::int64_t slices = 1;              ///< messages a chunk is cut into, so that steps overlap; >= 1
  std::int64_t interleave = 0;          ///< messages a GPU writes in turn; 0: one in a ring, all of a direct step
  std::int64_t window = 256;            ///< writes outstanding a GPU, >= 1
  Bytes access{4096};                   ///< largest write, 1 to 2^32 - 1
  Bytes offset{0};                      ///< where the buffers begin in every GPU's memory
  Femtoseconds start{0};
  Femtoseconds compute{0};      ///< before each iteration's collective, on every GPU
  std::int64_t iterations = 1;  ///< compute and collective, one after the other; >= 1
  std::int64_t buckets = 1;     ///< the buffer is cut into so many, each reduced by itself; >= 1
  bool overlap = false;         ///< bucket b of B is ready after (b + 1) / B of the compute time; else after all of it

  std::int64_t lanes() const { return iterations * buckets; }
};

/// What is wrong with a spec, or an empty string.
std::string schedule_problem(const ScheduleSpec& spec);

/// Bytes an atom, the smallest piece a message can carry: size of a bucket / (n * slices), rounded up to 16.
Bytes atom_bytes(const ScheduleSpec& spec);
/// What every GPU's memory must hold; see Schedule.
std::uint64_t schedule_memory_end(const ScheduleSpec& spec);

/// Chunks are cut into atoms, the smallest piece a message can carry.
struct Message {
  std::uint64_t id = 0;  ///< 1, 2, ...; its place in Schedule::messages plus one
  NodeId src{}, dst{};
  std::uint32_t step = 0;
  std::uint32_t lane = 0;                   ///< iteration * buckets + bucket
  bool reduces = false;                     ///< the receiver adds it to what it holds; else it takes its place
  std::uint32_t first_atom = 0, atoms = 1;  ///< of the sender's buffer
  Bytes bytes{0};
  std::uint64_t offset = 0;          ///< where it is written in the receiver's memory
  std::uint64_t flag_offset = 0;     ///< where its flag is written
  std::vector<std::uint64_t> after;  ///< messages that must have been delivered to `src` before this one starts
};

/// Memory of each GPU, from spec.offset, bucket by bucket: its buffer of `padded` bytes, as much again where chunks to
/// be added (and those of an all_to_all) arrive, then one flag for each message it receives. Iterations use the same.
///
/// Every bucket of every iteration is a lane of its own: the same messages, which wait for nothing of other lanes.
struct Schedule {
  ScheduleSpec spec;
  Bytes atom{0};                                    ///< bytes
  std::uint32_t atoms = 0;                          ///< of a GPU's buffer (a bucket of it)
  Bytes padded{0};                                  ///< atoms * atom: `size` rounded up
  std::uint64_t memory_end = 0;                     ///< what every GPU's memory must hold
  std::vector<std::string> steps;                   ///< names, in order
  std::vector<Message> messages;                    ///< by id
  std::vector<std::vector<std::uint64_t>> sends;    ///< ids by member (place in spec.gpus), in the order to start them
  std::vector<std::vector<std::size_t>> lane_ends;  ///< by member and lane: how many of `sends` are of lanes up to it

  static constexpr std::int64_t flag_bytes = 16;
  static constexpr std::int64_t alignment = 16;  ///< atoms are multiples of this many bytes

  const Message& message(std::uint64_t id) const { return messages[id - 1]; }
};

/// The messages of a spec that schedule_problem() accepts.
///
/// Padding: with n GPUs the buffer is n * slices atoms of ceil(size / (n * slices)) bytes, rounded up to 16.
/// Payload a GPU sends (flags aside), of a padded buffer S: all_to_all, reduce_scatter and all_gather (n - 1) / n S,
/// all_reduce 2 (n - 1) / n S, whatever the algorithm.
Schedule make_schedule(const ScheduleSpec& spec);

}  // namespace fs
