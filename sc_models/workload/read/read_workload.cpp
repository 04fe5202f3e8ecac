// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include "workload/workload.hpp"

namespace fs {

WorkloadSpec read_workload(const Reader& reader, int node_count, Bytes memory) {
  WorkloadSpec spec;
  if (const auto section = reader.optional_section("open_loop")) {
    for (const auto* other : {"streams", "schedule"}) {
      if (reader.has(other)) throw reader.error(other, "cannot stand beside open_loop: expected one or the other");
    }
    spec.open_loop = read_open_loop(*section, node_count);
    return spec;
  }
  std::set<std::string> names;
  const auto take_name = [&](const Reader& where, const std::string& name) {
    if (!names.insert(name).second) throw where.error("name", "\"" + name + "\" is already the name of a stream");
  };
  if (const auto list = reader.optional_node("streams")) {
    const auto items = list->items();
    if (items.empty()) throw list->error("is empty: expected at least one stream");
    for (const auto& item : items) {
      const auto section = item.reader();
      spec.streams.push_back(read_stream(section, node_count, memory));
      take_name(section, spec.streams.back().name);
    }
  }
  if (const auto section = reader.optional_section("schedule")) {
    spec.schedule = read_schedule(*section, node_count, memory);
    take_name(*section, spec.schedule->name);
  }
  if (spec.streams.empty() && !spec.schedule) throw reader.error("expected open_loop, streams or schedule");
  return spec;
}

}  // namespace fs
