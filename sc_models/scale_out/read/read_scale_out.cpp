// SPDX-License-Identifier: Apache-2.0
#include "scale_out/read/read_scale_out.hpp"

#include <algorithm>
#include <cmath>

namespace fs {
namespace {

constexpr std::int64_t attometres_a_nanosecond_m = 4900;  // 4.9 ns/m, light in fibre

using FlowControl = EthernetSpec::FlowControl;
using Forwarding = EthernetSpec::Forwarding;
using PathChoice = EthernetSpec::PathChoice;
using Kind = NetTopologySpec::Kind;
using Placement = NetTopologySpec::Placement;

NetLinkSpec read_link_or(const Reader& reader, const std::string& key, const NetLinkSpec& defaults) {
  return read_net_link(reader.section_or_empty(key), defaults);
}

void read_levels(const Reader& reader, NetTopologySpec& spec) {
  spec.placement = reader.choice_or<Placement>("placement", spec.placement,
                                               {{"packed", Placement::packed}, {"rails", Placement::rails}});
  if (spec.placement == Placement::rails) spec.domain = reader.integer("domain", 1, spec.nics);
  spec.leaves = reader.integer("leaves", 1, spec.nics);
  if (spec.kind == Kind::clos3) spec.pods = reader.integer("pods", 2, spec.leaves);
  spec.leaf_link = read_link_or(reader, "leaf_link", spec.nic_link);
  spec.uplinks = reader.integer_or("uplinks", 1, 1, 64);
  if (reader.has("oversubscription")) {
    const double ratio = reader.number("oversubscription", 0.01, 1000);
    if (reader.has("spines")) throw reader.error("oversubscription", "give this or spines, not both");
    spec.spines = 1;
    spec.spines = static_cast<int>(std::ceil(leaf_oversubscription(spec) / ratio - 1e-9));
    if (spec.spines > 4096) throw reader.error("oversubscription", "takes more than 4096 spines");
  } else {
    spec.spines = reader.integer("spines", 1, 4096);
  }
  if (spec.kind != Kind::clos3) return;
  spec.core_link = read_link_or(reader, "core_link", spec.leaf_link);
  spec.cores = reader.integer("cores", 1, 4096);
}

NetTopologySpec read_net_topology(const Reader& reader, std::optional<int> gpus, std::vector<ExtraEndpoint> extra) {
  NetTopologySpec spec;
  spec.extra = std::move(extra);
  spec.kind = reader.choice<Kind>(
      "kind", {{"single_switch", Kind::single_switch}, {"leaf_spine", Kind::leaf_spine}, {"clos3", Kind::clos3}});
  spec.nics = gpus ? *gpus : reader.integer("nics", 2, 60'000);
  spec.nic_link.flight = Femtoseconds(3'000'000 * attometres_a_nanosecond_m / 1000);
  spec.nic_link.phy = nanoseconds(100);
  spec.nic_link = read_link_or(reader, "nic_link", spec.nic_link);
  if (spec.kind != Kind::single_switch) read_levels(reader, spec);
  const std::string problem = topology_problem(spec);
  if (!problem.empty()) throw reader.error(problem);
  return spec;
}

void read_switch(const Reader& reader, EthernetSpec& spec) {
  spec.forwarding = reader.choice_or<Forwarding>(
      "forwarding", spec.forwarding,
      {{"cut_through", Forwarding::cut_through}, {"store_and_forward", Forwarding::store_and_forward}});
  spec.latency = reader.time_or("latency", spec.latency, Femtoseconds(1), one_second());
  spec.header = reader.bytes_or("header", Bytes(spec.header), Bytes(1), Bytes(1024)).value();
  spec.buffer = reader.bytes_or("buffer", Bytes(spec.buffer), Bytes(1), Bytes(1'000'000'000'000)).value();
  spec.alpha = reader.number_or("alpha", spec.alpha, 1.0 / 1024, 1024);
  spec.path = reader.choice_or<PathChoice>(
      "paths", spec.path,
      {{"ecmp", PathChoice::ecmp}, {"spray", PathChoice::spray}, {"adaptive", PathChoice::adaptive}});
  const auto ecn = reader.optional_section("ecn");
  if (!ecn) return;
  spec.ecn = true;
  spec.kmin = ecn->bytes_or("kmin", Bytes(spec.kmin), Bytes(0), Bytes(1'000'000'000)).value();
  spec.kmax = ecn->bytes_or("kmax", Bytes(spec.kmax), Bytes(1), Bytes(1'000'000'000)).value();
  spec.pmax = ecn->ratio_or("pmax", spec.pmax);
  if (spec.kmax <= spec.kmin) throw ecn->error("kmax", "marking rises from kmin to kmax: allowed is more than kmin");
}

void read_flow_control(const Reader& reader, EthernetSpec& spec) {
  spec.flow_control = reader.choice_or<FlowControl>(
      "kind", spec.flow_control,
      {{"none", FlowControl::none}, {"pfc", FlowControl::pfc}, {"credits", FlowControl::credits}});
  spec.resume_below = 2 * spec.mtu;
  spec.credit_every = 4 * spec.mtu;
  if (spec.flow_control == FlowControl::pfc) {
    if (reader.has("headroom")) {
      spec.headroom = reader.bytes("headroom", Bytes(1), Bytes(1'000'000'000)).value();
    }
    spec.resume_below = reader.bytes_or("resume_below", Bytes(spec.resume_below), Bytes(0), Bytes(spec.buffer)).value();
    if (reader.has("response")) spec.pause_response = reader.time("response", Femtoseconds(0), one_second());
  } else if (spec.flow_control == FlowControl::credits) {
    spec.credit_every = reader.bytes_or("every", Bytes(spec.credit_every), Bytes(1), Bytes(spec.buffer)).value();
  }
}

void read_dcqcn(const Reader& reader, NicSpec& spec) {
  spec.dcqcn = reader.choice_or<bool>("kind", false, {{"none", false}, {"dcqcn", true}});
  if (!spec.dcqcn) return;
  DcqcnSpec& rate = spec.congestion;
  const Femtoseconds least = nanoseconds(100);
  const auto bits = [&](const std::string& key, double otherwise) {
    const BitsPerSecond value(static_cast<std::int64_t>(otherwise));
    return static_cast<double>(reader.rate_or(key, value, BitsPerSecond(1)).value());
  };
  rate.g = reader.number_or("g", rate.g, 1e-6, 1);
  rate.alpha_timer = reader.time_or("alpha_timer", rate.alpha_timer, least, one_second());
  rate.increase_timer = reader.time_or("increase_timer", rate.increase_timer, least, one_second());
  rate.byte_counter =
      reader.bytes_or("byte_counter", Bytes(rate.byte_counter), Bytes(1), Bytes(1'000'000'000'000)).value();
  rate.fast_steps = reader.integer_or("fast_steps", rate.fast_steps, 0, 1000);
  rate.additive = bits("additive", rate.additive);
  rate.hyper = bits("hyper", rate.hyper);
  rate.slowest = bits("slowest", rate.slowest);
  rate.notify_every = reader.time_or("notify_every", rate.notify_every, Femtoseconds(0), one_second());
}

NicSpec read_nic(const Reader& reader, bool paths_differ) {
  NicSpec spec;
  spec.send_latency = reader.time_or("send_latency", spec.send_latency, Femtoseconds(0), one_second());
  spec.receive_latency = reader.time_or("receive_latency", spec.receive_latency, Femtoseconds(0), one_second());
  spec.queue_pairs = reader.integer_or("queue_pairs", spec.queue_pairs, 1, 256);
  TransportSpec defaults;
  defaults.header = roce_header;
  if (paths_differ) defaults.reorder = 32;
  if (const auto transport = reader.optional_section("transport")) {
    spec.transport = read_transport(*transport, defaults);
    if (spec.transport.kind != TransportSpec::Kind::go_back_n &&
        spec.transport.kind != TransportSpec::Kind::selective_repeat) {
      throw transport->error("kind", "NICs of a scale-out network have go_back_n or selective_repeat");
    }
    if (spec.transport.hop_retry) throw transport->error("kind", "hop_retry is of a link: allowed is go_back_n");
    if (spec.transport.pace > BitsPerSecond(0)) throw transport->error("pace", "NICs pace by `congestion`");
  } else {
    spec.transport = defaults;
  }
  read_dcqcn(reader.section_or_empty("congestion"), spec);
  return spec;
}

LightInterval read_outage(const Reader& reader, const EthernetSpec& ethernet) {
  LightInterval outage;
  outage.from = reader.time("at", Femtoseconds(0), one_second() * 8000);
  // What is inside a switch when its cable is cut must be known to both ends before they begin anew.
  const Femtoseconds least = ethernet.latency;
  if (reader.has("repair_after")) {
    outage.to = outage.from + reader.time("repair_after", least, one_second() * 8000);
  }
  return outage;
}

NetNodeId read_switch_name(const Reader& reader, const NetGraph& graph) {
  const std::string name = reader.text("switch");
  for (std::size_t node = graph.endpoints; node < graph.nodes.size(); ++node) {
    if (graph.nodes[node].name == name) return static_cast<NetNodeId>(node);
  }
  throw reader.error("switch", "no switch is named '" + name + "'; the first is " + graph.nodes[graph.endpoints].name +
                                   ", the last " + graph.nodes.back().name);
}

/// `{link: leaf0->spine1, at: 10us, repair_after: 1ms}`, either end's name of the cable will do; or `switch: spine1`.
void read_failures(const Reader& section, ScaleOutSpec& spec) {
  if (section.has("recovery")) {
    const Reader recovery = section.section("recovery");
    spec.rerouting = read_line_recovery(recovery);
    const auto kind = spec.rerouting.kind;
    if (kind != LineRecovery::Kind::none && kind != LineRecovery::Kind::rerouting) {
      throw recovery.error("kind", "of cables between switches: expected rerouting or none");
    }
  }
  if (!section.has("failures")) return;
  const NetGraph graph = make_topology(spec.topology);
  const auto names = graph.port_names();
  for (const auto& item : section.list("failures")) {
    const Reader reader = item.reader();
    if (reader.has("switch")) {
      if (reader.has("link")) throw reader.error("link", "a failure is of a link or of a switch, not of both");
      const NetNodeId node = read_switch_name(reader, graph);
      spec.switch_failures.push_back({node, read_outage(reader, spec.ethernet)});
      continue;
    }
    const std::string name = reader.text("link");
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw reader.error(
          "link", "no link is named '" + name + "'; the first is " + names.front() + ", the last " + names.back());
    }
    const auto link = static_cast<std::size_t>(found - names.begin()) / 2;
    spec.failures.push_back({link, read_outage(reader, spec.ethernet)});
  }
}

/// How data priorities share a wire that all of them want.
void read_weights(const Reader& section, EthernetSpec& spec) {
  if (!section.has("weights")) return;
  const auto items = section.list("weights");
  if (static_cast<int>(items.size()) != spec.control_priority()) {
    throw section.error("weights", "wants one for each of " + std::to_string(spec.control_priority()) +
                                       " priorities (see `priorities`)");
  }
  for (std::size_t i = 0; i < items.size(); ++i) spec.weights[i] = items[i].integer(1, 1000);
}

}  // namespace

NetLinkSpec read_net_link(const Reader& reader, const NetLinkSpec& defaults) {
  NetLinkSpec link;
  link.rate = reader.rate_or("rate", defaults.rate, BitsPerSecond(1'000'000'000), BitsPerSecond(100'000'000'000'000));
  const Micrometres length(defaults.flight.value() * 1000 / attometres_a_nanosecond_m);
  const Micrometres given = reader.length_or("length", length, Micrometres(0), Micrometres(100'000'000'000'000));
  link.flight =
      Femtoseconds(static_cast<std::int64_t>(static_cast<Int128>(given.value()) * attometres_a_nanosecond_m / 1000));
  link.phy = reader.time_or("phy", defaults.phy, Femtoseconds(0), one_second());
  return link;
}

ScaleOutSpec read_scale_out(const Reader& section, std::uint64_t seed, std::optional<int> gpus,
                            std::vector<ExtraEndpoint> extra) {
  ScaleOutSpec spec;
  spec.seed = seed;
  spec.topology = read_net_topology(section.section("topology"), gpus, std::move(extra));
  spec.ethernet.priorities = 1 + section.integer_or("priorities", 1, 1, 7);
  read_weights(section, spec.ethernet);
  read_switch(section.section_or_empty("switch"), spec.ethernet);
  spec.nic = read_nic(section.section_or_empty("nic"), spec.ethernet.path != PathChoice::ecmp);
  spec.ethernet.mtu = std::max<std::int64_t>(shortest_frame, spec.nic.transport.packet_bytes());
  read_flow_control(section.section_or_empty("flow_control"), spec.ethernet);
  read_failures(section, spec);
  return spec;
}

}  // namespace fs
