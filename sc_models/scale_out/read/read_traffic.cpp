// SPDX-License-Identifier: Apache-2.0
#include "scale_out/read/read_scale_out.hpp"
#include "workload/read/gpu_set.hpp"

namespace fs {
namespace {

using Pattern = NetTrafficSpec::Pattern;

void read_ends(const Reader& reader, NetTrafficSpec& spec, int nics) {
  spec.sources = gpus_or_all(reader, "sources", nics);
  if (spec.pattern == Pattern::pairs) {
    spec.targets = gpu_list(reader.node("targets"), nics, true);
    if (spec.targets.size() != spec.sources.size()) {
      throw reader.error("targets",
                         "pairs want a target for each of " + std::to_string(spec.sources.size()) + " sources");
    }
  } else if (spec.pattern == Pattern::incast) {
    spec.targets = {static_cast<NodeId>(reader.integer("target", 0, nics - 1))};
  } else if (spec.sources.size() < 2) {
    throw reader.error("sources", "this pattern wants at least two");
  }
  if (spec.pattern == Pattern::permutation && reader.has("shift")) {
    spec.shift = reader.integer("shift", 1, static_cast<int>(spec.sources.size()) - 1);
  }
  for (std::size_t i = 0; i < spec.sources.size(); ++i) {
    const bool itself = spec.pattern == Pattern::pairs
                            ? spec.sources[i] == spec.targets[i]
                            : spec.pattern == Pattern::incast && spec.sources[i] == spec.targets.front();
    if (itself) throw reader.error("NIC " + std::to_string(index(spec.sources[i])) + " would send to itself");
  }
}

NetTrafficSpec read_one(const Reader& reader, const ScaleOutSpec& network) {
  NetTrafficSpec spec;
  spec.name = reader.text("name");
  spec.pattern = reader.choice<Pattern>("pattern", {{"pairs", Pattern::pairs},
                                                    {"incast", Pattern::incast},
                                                    {"permutation", Pattern::permutation},
                                                    {"uniform", Pattern::uniform},
                                                    {"all_to_all", Pattern::all_to_all}});
  read_ends(reader, spec, network.topology.nics);
  spec.bytes = reader.bytes_or("message", Bytes(spec.bytes), Bytes(1), Bytes(1'000'000'000'000)).value();
  if (reader.has("load")) {
    spec.load = reader.number("load", 1e-6, 10);
    spec.periodic = reader.choice_or<bool>("arrivals", false, {{"poisson", false}, {"periodic", true}});
  } else {
    spec.outstanding = reader.integer_or("outstanding", spec.outstanding, 1, 100'000);
  }
  if (reader.has("messages")) {
    spec.messages = reader.count("messages", "messages", 1, 1'000'000'000);
  }
  spec.start = reader.time_or("start", spec.start);
  if (reader.has("stop")) spec.stop = reader.time("stop", spec.start + Femtoseconds(1));
  spec.priority = reader.integer_or("priority", 0, 0, network.ethernet.control_priority() - 1);
  return spec;
}

}  // namespace

NetRunSpec read_net_run(const Reader& section, const ScaleOutSpec& network) {
  NetRunSpec run;
  run.duration = section.time("duration", Femtoseconds(1), one_second() * 8000);
  run.warmup = section.time_or("warmup", run.warmup, Femtoseconds(0), run.duration - Femtoseconds(1));
  for (const auto& item : section.list("traffic")) {
    const Reader reader = item.reader();
    run.traffic.push_back(read_one(reader, network));
    for (std::size_t i = 0; i + 1 < run.traffic.size(); ++i) {
      if (run.traffic[i].name == run.traffic.back().name) throw reader.error("name", "two classes have this name");
    }
  }
  if (run.traffic.empty()) throw section.error("traffic", "give at least one");
  return run;
}

}  // namespace fs
