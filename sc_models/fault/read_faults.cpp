// SPDX-License-Identifier: Apache-2.0
#include "fault/read_faults.hpp"

#include <algorithm>

#include "fault/places.hpp"

namespace fs {

namespace {

constexpr const char* one_speed = "the protocol's links know one speed: needs `link_layer.training.slower_by`";

struct KindWord {
  const char* name;
  PlaceKind place;
  const char* detection;
};

const KindWord& word_of(FaultKind kind) {
  static constexpr KindWord words[fault_kind_count] = {
      {"bit_errors", PlaceKind::link, "frames that failed, counted in a window"},
      {"lane_loss", PlaceKind::link, "loss of lock on the lane"},
      {"link_down", PlaceKind::link, "loss of signal"},
      {"link_flap", PlaceKind::link, "loss of signal"},
      {"switch_down", PlaceKind::switch_chip, "loss of signal at its neighbours"},
      {"tray_down", PlaceKind::switch_chip, "loss of signal at its neighbours"},
      {"gpu_gone", PlaceKind::gpu, "loss of signal at its neighbours"},
      {"credit_lost", PlaceKind::channel, "the sender's credit timer"},
      {"credit_invented", PlaceKind::channel, "overflow of the receiver's buffer or of the sender's counter"},
      {"stuck_vc", PlaceKind::switch_port, "the output's timer for each VC"},
      {"frozen_arbiter", PlaceKind::switch_port, "the output's timer"},
      {"corrupt_route", PlaceKind::switch_chip, "a packet at a GPU that it is not for"},
      {"speed_loss", PlaceKind::link, "training"},
  };
  return words[static_cast<std::size_t>(kind)];
}

FaultKind read_kind(const Reader& reader) {
  return reader.choice<FaultKind>("kind", {{"bit_errors", FaultKind::bit_errors},
                                           {"lane_loss", FaultKind::lane_loss},
                                           {"link_down", FaultKind::link_down},
                                           {"link_flap", FaultKind::link_flap},
                                           {"switch_down", FaultKind::switch_down},
                                           {"tray_down", FaultKind::tray_down},
                                           {"gpu_gone", FaultKind::gpu_gone},
                                           {"credit_lost", FaultKind::credit_lost},
                                           {"credit_invented", FaultKind::credit_invented},
                                           {"stuck_vc", FaultKind::stuck_vc},
                                           {"frozen_arbiter", FaultKind::frozen_arbiter},
                                           {"corrupt_route", FaultKind::corrupt_route},
                                           {"speed_loss", FaultKind::speed_loss}});
}

void read_where(const Reader& reader, const Graph& graph, FaultSpec& spec) {
  const PlaceKind kind = word_of(spec.kind).place;
  const Node where = reader.node("where");
  const auto known = [&](const std::string& name) {
    if (is_place(graph, kind, name)) return true;
    // A frozen arbiter may be that of a whole switch.
    return spec.kind == FaultKind::frozen_arbiter && is_place(graph, PlaceKind::switch_chip, name);
  };
  const auto take = [&](const Node& node) {
    const std::string name = node.text();
    if (!known(name)) throw node.error("'" + name + "' is not " + place_example(graph, kind));
    spec.choices.push_back(name);
    spec.where += (spec.where.empty() ? "" : ", ") + name;
  };
  spec.together = spec.kind == FaultKind::tray_down;
  if (where.is_list()) {
    for (const Node& node : where.items()) take(node);
    if (spec.choices.empty()) throw where.error("is empty: expected " + place_example(graph, kind));
    return;
  }
  const auto all = places_of(graph, kind, where.text());
  if (!all) return take(where);
  if (spec.together) throw where.error("a tray is a list of switches");
  if (all->empty()) throw where.error("this fabric has none");
  spec.where = where.text();
  spec.choices = *all;
}

/// Only a switch can drop what has no room and go on.
void check_overflowing(const Reader& reader, const Graph& graph, FaultSpec& spec) {
  if (spec.kind != FaultKind::credit_invented) return;
  const auto to_gpu = [&](const std::string& name) {
    return graph.is_gpu(graph.sink(*find_channel(graph, name)).chip);
  };
  auto& names = spec.choices;
  names.erase(std::remove_if(names.begin(), names.end(), to_gpu), names.end());
  if (names.empty()) throw reader.error("where", "must be a channel into a switch");
}

void read_when(const Reader& reader, FaultSpec& spec) {
  spec.at = reader.time("at", Femtoseconds(0), longest_fault_time);
  if (reader.has("until")) {
    spec.until = reader.time("until", Femtoseconds(0), longest_fault_time);
    if (spec.until <= spec.at) throw reader.error("until", "must be after `at`");
    const bool counted = reader.has("count");
    if (counted && reader.has("interval")) throw reader.error("interval", "cannot stand beside `count`");
    if (reader.has("interval")) {
      spec.interval = reader.time("interval", nanoseconds(1), longest_fault_time);
    } else {
      spec.count = reader.integer_or<std::int64_t>("count", 1, 0, 10'000);
    }
  } else {
    for (const char* key : {"count", "interval"}) {
      if (reader.has(key)) throw reader.error(key, "is for faults drawn between `at` and `until`");
    }
    if (spec.choices.size() > 1 && !spec.together) {
      throw reader.error("where", "names several: one of them is drawn only where `until` is given");
    }
  }
  if (spec.kind == FaultKind::gpu_gone && reader.has("for")) {
    throw reader.error("for", "a GPU that is gone stays so: its masters have lost their state");
  }
  if (reader.has("for")) spec.lasts = reader.time("for", Femtoseconds(1), longest_fault_time);
}

void read_errors(const Reader& reader, const Profile& profile, FaultSpec& spec) {
  spec.direction = reader.choice_or<int>("direction", 2, {{"forward", 0}, {"reverse", 1}, {"both", 2}});
  if (reader.has("lane")) spec.lane = reader.integer<int>("lane", 0, static_cast<int>(profile.lanes.count) - 1);
  if (spec.kind != FaultKind::bit_errors) return;
  if (profile.fec.codeword_payload > Bytes(0) && profile.fec.symbols == 0) {
    throw reader.error("the protocol's `fec` names no `code`, so what it corrects is not known");
  }
  spec.to_ratio = reader.number("to", 0, 0.5);
  if (!reader.has("ramp")) return;
  spec.ramp = reader.time("ramp", Femtoseconds(1), longest_fault_time);
  spec.from_ratio = reader.number("from", 1e-30, 0.5);
  spec.steps = reader.integer_or("steps", spec.steps, 1, 1000);
}

int class_number(const Reader& reader, const Profile& profile) {
  const std::string name = reader.text_or("class", profile.classes.front().name);
  std::string all;
  for (std::size_t i = 0; i < profile.classes.size(); ++i) {
    if (profile.classes[i].name == name) return static_cast<int>(i);
    all += (all.empty() ? "" : ", ") + profile.classes[i].name;
  }
  throw reader.error("class", "no class '" + name + "'; the protocol has " + all);
}

void read_route(const Reader& reader, const Topology& topology, const Profile& profile, FaultSpec& spec) {
  spec.traffic_class = class_number(reader, profile);
  const std::string gpu = reader.text("destination");
  const auto chip = find_chip(topology.graph, gpu, ChipKind::gpu);
  if (!chip) throw reader.error("destination", "'" + gpu + "' is not " + place_example(topology.graph, PlaceKind::gpu));
  spec.destination = static_cast<int>(index(topology.graph.chip(*chip).node));
  for (const auto& name : spec.choices) {
    const ChipId at = *find_chip(topology.graph, name, ChipKind::switch_chip);
    if (topology.graph.chip(at).ports < 2) throw reader.error("where", name + " has one port: no output is wrong");
    if (!reader.has("output")) continue;
    spec.output = reader.integer<int>("output", 0, max_ports - 1);
    const bool there = spec.output < topology.graph.chip(at).ports &&
                       topology.graph.peer(at, static_cast<PortId>(spec.output)).has_value();
    if (!there) throw reader.error("output", name + " has no link at that port");
  }
}

void read_own(const Reader& reader, const Topology& topology, const Profile& profile, FaultSpec& spec) {
  const auto vcs = static_cast<int>(profile.vc_count());
  switch (spec.kind) {
    case FaultKind::bit_errors:
    case FaultKind::lane_loss:
      return read_errors(reader, profile, spec);
    case FaultKind::link_flap:
      spec.period = reader.time("period", nanoseconds(10), longest_fault_time);
      spec.down = reader.time("down", nanoseconds(1), longest_fault_time);
      if (spec.down >= spec.period) throw reader.error("down", "must be below `period`");
      spec.flaps = reader.integer("flaps", 1, 10'000);
      return;
    case FaultKind::credit_lost:
    case FaultKind::credit_invented:
      spec.credits = reader.integer_or("credits", spec.credits, 1, 1'000'000);
      [[fallthrough]];
    case FaultKind::stuck_vc:
      spec.vc = reader.integer_or("vc", spec.vc, 0, vcs - 1);
      return;
    case FaultKind::corrupt_route:
      return read_route(reader, topology, profile, spec);
    default:
      return;
  }
}

Reaction read_reaction(const Reader& reader) {
  return reader.choice<Reaction>("reaction", {{"none", Reaction::none},
                                              {"retrain", Reaction::retrain},
                                              {"narrow", Reaction::narrow},
                                              {"slow", Reaction::slow},
                                              {"respread", Reaction::respread},
                                              {"drain", Reaction::drain},
                                              {"reset", Reaction::reset},
                                              {"repair", Reaction::repair},
                                              {"end_domain", Reaction::end_domain}});
}

bool makes_sense(FaultKind kind, Reaction reaction) {
  if (reaction == Reaction::none || reaction == Reaction::end_domain || reaction == Reaction::respread) return true;
  const bool link = word_of(kind).place == PlaceKind::link || word_of(kind).place == PlaceKind::channel ||
                    word_of(kind).place == PlaceKind::switch_port;
  if (reaction == Reaction::retrain) return link;
  if (reaction == Reaction::narrow) return kind == FaultKind::lane_loss || kind == FaultKind::bit_errors;
  if (reaction == Reaction::slow) {
    return kind == FaultKind::bit_errors || kind == FaultKind::speed_loss;
  }
  if (reaction == Reaction::reset) return kind == FaultKind::frozen_arbiter || kind == FaultKind::stuck_vc;
  if (reaction == Reaction::repair) return kind == FaultKind::corrupt_route;
  return kind != FaultKind::gpu_gone;
}

}  // namespace

const char* fault_kind_name(FaultKind kind) { return word_of(kind).name; }
const char* fault_detection(FaultKind kind) { return word_of(kind).detection; }

std::vector<FaultSpec> read_faults(const std::vector<Node>& entries, const Topology& topology, const Profile& profile,
                                   const LinkSpeeds& speeds) {
  std::vector<FaultSpec> faults;
  for (const Node& entry : entries) {
    const Reader reader = entry.reader();
    FaultSpec spec;
    spec.kind = read_kind(reader);
    read_where(reader, topology.graph, spec);
    check_overflowing(reader, topology.graph, spec);
    read_when(reader, spec);
    read_own(reader, topology, profile, spec);
    if (spec.kind == FaultKind::speed_loss && speeds.slower_by.empty()) throw reader.error("kind", one_speed);
    if (reader.has("detect")) spec.detect = reader.time("detect", Femtoseconds(0), longest_fault_time);
    if (reader.has("reaction")) {
      spec.reaction = read_reaction(reader);
      if (!makes_sense(spec.kind, *spec.reaction)) {
        throw reader.error("reaction", std::string("does nothing about ") + fault_kind_name(spec.kind));
      }
      if (spec.reaction == Reaction::slow && speeds.slower_by.empty()) {
        throw reader.error("reaction", one_speed);
      }
    }
    faults.push_back(std::move(spec));
  }
  return faults;
}

}  // namespace fs
