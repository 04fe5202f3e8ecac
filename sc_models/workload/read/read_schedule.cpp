// SPDX-License-Identifier: Apache-2.0
#include "workload/read/gpu_set.hpp"
#include "workload/workload.hpp"

namespace fs {
namespace {

/// The key to blame for what schedule_problem() finds once every value is in its own range.
const char* blamed_key(const ScheduleSpec& spec) {
  if (spec.gpus.size() < 2) return "gpus";
  if (spec.collective == Collective::all_to_all && spec.algorithm != Algorithm::direct) return "algorithm";
  if (spec.algorithm != Algorithm::hierarchical) return "slices";
  if (spec.collective != Collective::all_reduce) return "algorithm";
  return static_cast<std::int64_t>(spec.gpus.size()) % spec.group != 0 ? "group" : "slices";
}

void read_algorithm(const Reader& reader, ScheduleSpec& spec) {
  spec.collective = reader.choice<Collective>("collective", {{"all_to_all", Collective::all_to_all},
                                                             {"all_reduce", Collective::all_reduce},
                                                             {"reduce_scatter", Collective::reduce_scatter},
                                                             {"all_gather", Collective::all_gather}});
  spec.algorithm = reader.choice_or<Algorithm>(
      "algorithm", spec.collective == Collective::all_to_all ? Algorithm::direct : Algorithm::ring,
      {{"direct", Algorithm::direct}, {"ring", Algorithm::ring}, {"hierarchical", Algorithm::hierarchical}});
  if (spec.algorithm != Algorithm::hierarchical) return;
  spec.group = reader.integer<std::int64_t>("group", 2, 65'535);
  for (const auto& [key, algorithm] : {std::pair{"inside", &spec.inside}, {"between", &spec.between}}) {
    *algorithm =
        reader.choice_or<Algorithm>(key, Algorithm::ring, {{"direct", Algorithm::direct}, {"ring", Algorithm::ring}});
  }
}

}  // namespace

ScheduleSpec read_schedule(const Reader& reader, int node_count, Bytes memory) {
  ScheduleSpec spec;
  spec.name = reader.text_or("name", spec.name);
  if (spec.name.empty()) throw reader.error("name", "is empty");
  read_algorithm(reader, spec);
  spec.gpus = gpus_or_all(reader, "gpus", node_count);
  spec.size = reader.bytes("size", Bytes(1), Bytes(1LL << 50));
  spec.slices = reader.integer_or<std::int64_t>("slices", spec.slices, 1, 1024);
  spec.interleave = reader.integer_or<std::int64_t>("interleave", spec.interleave, 0, 1'000'000);
  spec.window = reader.integer_or<std::int64_t>("window", spec.window, 1, 1'000'000);
  spec.access = reader.bytes_or("access", spec.access, Bytes(16), Bytes(1LL << 30));
  spec.offset = reader.bytes_or("offset", spec.offset, Bytes(0), Bytes(1LL << 46));
  spec.start = reader.time_or("start", spec.start, Femtoseconds(0), one_second() * 9'000);
  spec.compute = reader.time_or("compute", spec.compute, Femtoseconds(0), one_second() * 9'000);
  spec.iterations = reader.integer_or<std::int64_t>("iterations", spec.iterations, 1, 10'000);
  spec.buckets = reader.integer_or<std::int64_t>("buckets", spec.buckets, 1, 1024);
  spec.overlap = reader.boolean_or("overlap", spec.overlap);
  if (spec.overlap && spec.buckets == 1) {
    throw reader.error("overlap", "needs buckets: with one, nothing is ready before the computing ends");
  }
  if (spec.overlap && spec.compute == Femtoseconds(0)) {
    throw reader.error("overlap", "needs a `compute` time to overlap with");
  }
  const auto problem = schedule_problem(spec);
  if (!problem.empty()) throw reader.error(blamed_key(spec), problem);
  const auto needed = schedule_memory_end(spec);
  if (needed > static_cast<std::uint64_t>(memory.value())) {
    throw reader.error("size", "the buffers end at byte " + std::to_string(needed) + ", but a GPU's memory has " +
                                   std::to_string(memory.value()));
  }
  return spec;
}

}  // namespace fs
