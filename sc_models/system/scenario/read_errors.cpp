// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/read_errors.hpp"

#include <string>

#include "common/name_pattern.hpp"

namespace fs {
namespace {

BurstModel read_burst(const Reader& reader) {
  BurstModel burst;
  using Kind = BurstModel::Kind;
  burst.kind =
      reader.choice<Kind>("kind", {{"gilbert_elliott", Kind::gilbert_elliott}, {"propagation", Kind::propagation}});
  if (burst.kind == Kind::propagation) {
    burst.propagation = reader.number("probability", 0.0, 0.99);
    return burst;
  }
  burst.bad_ber = reader.number("bad_ber", 0.0, 0.5);
  burst.good_bits = reader.number("good_bits", 1.0, 1e18);
  burst.bad_bits = reader.number("bad_bits", 1.0, 1e18);
  return burst;
}

LinkErrors read_entry(const Reader& entry, const Profile& profile) {
  LinkErrors errors;
  errors.ber = entry.number("ber", 0.0, 0.5);
  errors.direction =
      entry.choice_or<int>("direction", errors.direction, {{"forward", 0}, {"backward", 1}, {"both", 2}});
  if (entry.has("lane")) errors.lane = entry.integer<int>("lane", 0, static_cast<int>(profile.lanes.count) - 1);
  if (const auto burst = entry.optional_section("burst")) errors.burst = read_burst(*burst);
  return errors;
}

}  // namespace

std::vector<LinkErrors> read_link_errors(const Reader& root, const Graph& graph, const Profile& profile) {
  std::vector<LinkErrors> all;
  for (const auto& item : root.list_or_empty("errors")) {
    const Reader entry = item.reader();
    if (profile.fec.codeword_payload > Bytes(0) && profile.fec.symbols == 0) {
      throw item.error("the protocol's `fec` names no `code`, so what it corrects is not known");
    }
    LinkErrors errors = read_entry(entry, profile);
    const std::string pattern = entry.text("link");
    bool found = false;
    for (std::size_t i = 0; i < graph.link_count(); ++i) {
      errors.link = static_cast<LinkId>(i);
      if (!matches(pattern, graph.link(errors.link).name)) continue;
      found = true;
      all.push_back(errors);
    }
    if (!found) {
      throw entry.error("link", "no link is named '" + pattern + "'; `*` stands for any characters, as in gpu0.*-sw*");
    }
  }
  return all;
}

}  // namespace fs
