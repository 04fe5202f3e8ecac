// SPDX-License-Identifier: Apache-2.0
#include "workload/read/gpu_set.hpp"
#include "workload/workload.hpp"

namespace fs {
namespace {

constexpr Bytes largest_region{1LL << 46};  // 65536 regions of it still fit in 64 bits
constexpr Bytes largest_access{1LL << 30};
constexpr std::int64_t largest_window = 1'000'000;

void read_targets(const Reader& reader, int node_count, StreamSpec& spec) {
  struct Named {
    const char* name;
    TargetSet set;
  };
  constexpr Named named[] = {
      {"others", TargetSet::others}, {"all", TargetSet::all}, {"local", TargetSet::local}, {"next", TargetSet::next}};
  const auto given = reader.optional_node("targets");
  const auto text = !given ? reader.text_or("targets", "others") : given->is_scalar() ? given->text() : std::string();
  spec.target_set = TargetSet::list;
  for (const auto& entry : named) {
    if (text == entry.name) spec.target_set = entry.set;
  }
  if (spec.target_set == TargetSet::others && node_count == 1) {
    throw reader.error("targets", "others: a fabric of one GPU has no others");
  }
  if (spec.target_set != TargetSet::list) return;
  if (given->is_scalar() && (text.empty() || text[0] < '0' || text[0] > '9')) {
    throw given->error("\"" + text + "\" is not one of others, all, local, next, or a set of GPUs such as [0, 3-7]");
  }
  spec.targets = gpu_list(*given, node_count);
}

void read_sizes(const Reader& reader, Bytes memory, StreamSpec& spec) {
  if (spec.kind == StreamKind::atomic) {
    spec.access = reader.bytes_or("access", Bytes(8), Bytes(4), Bytes(16));
    const auto bytes = spec.access.value();
    if (bytes != 4 && bytes != 8 && bytes != 16) throw reader.error("access", "an atomic has 4, 8 or 16 bytes");
  } else {
    spec.access = reader.bytes_or("access", spec.access, Bytes(1), largest_access);
  }
  spec.footprint = reader.bytes_or("footprint", spec.footprint, Bytes(1), largest_region);
  if (spec.footprint < spec.access) throw reader.error("footprint", "is smaller than one access");
  spec.shared = reader.choice_or<bool>("region", false, {{"private", false}, {"shared", true}});
  spec.offset = reader.bytes_or("offset", spec.offset, Bytes(0), largest_region);
  if (spec.memory_end() > static_cast<std::uint64_t>(memory.value())) {
    throw reader.error("footprint", "the regions of all sources end at byte " + std::to_string(spec.memory_end()) +
                                        ", but a GPU's memory has " + std::to_string(memory.value()) +
                                        ": a smaller footprint, or region: shared");
  }
}

void read_amount(const Reader& reader, StreamSpec& spec) {
  const bool counted = reader.has("count"), sized = reader.has("bytes");
  if (counted && sized) throw reader.error("bytes", "cannot stand beside count: expected one of them");
  constexpr std::int64_t most = 1LL << 62;
  if (counted) spec.count = static_cast<std::uint64_t>(reader.integer<std::int64_t>("count", 1, most));
  if (!sized) return;
  const auto bytes = reader.bytes("bytes", Bytes(1), Bytes(most));
  spec.count = static_cast<std::uint64_t>((bytes + spec.access - Bytes(1)) / spec.access);
}

void read_pace(const Reader& reader, StreamSpec& spec) {
  if (!reader.has("rate")) {
    if (reader.has("pacing")) throw reader.error("pacing", "needs a rate");
    return;
  }
  // Above 1 PB/s the intervals of single bytes would round to nothing.
  spec.rate = reader.rate("rate", BitsPerSecond(1), BitsPerSecond(8'000'000'000'000'000));
  if (spec.access.value() * 8 > spec.rate.value()) throw reader.error("rate", "is less than one access a second");
  spec.pacing =
      reader.choice_or<Pacing>("pacing", Pacing::regular, {{"regular", Pacing::regular}, {"poisson", Pacing::poisson}});
}

}  // namespace

StreamSpec read_stream(const Reader& reader, int node_count, Bytes memory) {
  StreamSpec spec;
  spec.name = reader.text("name");
  if (spec.name.empty()) throw reader.error("name", "is empty");
  spec.kind = reader.choice<StreamKind>("kind", {{"pointer_chase", StreamKind::pointer_chase},
                                                 {"read", StreamKind::read},
                                                 {"write", StreamKind::write},
                                                 {"copy", StreamKind::copy},
                                                 {"random", StreamKind::random},
                                                 {"atomic", StreamKind::atomic}});
  spec.sources = gpus_or_all(reader, "sources", node_count);
  read_targets(reader, node_count, spec);
  spec.target_order =
      reader.choice_or<TargetOrder>("target_order", TargetOrder::round_robin,
                                    {{"round_robin", TargetOrder::round_robin}, {"random", TargetOrder::random}});
  const bool chase = spec.kind == StreamKind::pointer_chase;
  spec.window = reader.integer_or<std::int64_t>("window", chase ? 1 : spec.window, 1, largest_window);
  if (chase && spec.window != 1) {
    throw reader.error("window", "a pointer chase has one load outstanding: expected 1, or kind: random");
  }
  read_sizes(reader, memory, spec);
  read_amount(reader, spec);
  read_pace(reader, spec);
  if (spec.kind == StreamKind::random) spec.read_share = reader.ratio_or("read_share", 1.0);
  if (spec.kind == StreamKind::copy) {
    spec.direction = reader.choice_or<CopyDirection>("direction", CopyDirection::pull,
                                                     {{"pull", CopyDirection::pull}, {"push", CopyDirection::push}});
  }
  spec.start = reader.time_or("start", spec.start, Femtoseconds(0), one_second() * 9'000);
  if (reader.has("insist")) spec.insist = reader.boolean("insist");
  return spec;
}

}  // namespace fs
