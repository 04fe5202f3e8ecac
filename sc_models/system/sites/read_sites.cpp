// SPDX-License-Identifier: Apache-2.0
#include "system/sites/read_sites.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "optics/catalogue.hpp"
#include "scale_out/network/scale_out_network.hpp"
#include "scale_out/read/read_scale_out.hpp"
#include "workload/workload.hpp"

namespace fs {
namespace {

constexpr Bytes largest_buffer{100'000'000'000'000};

GatewaySpec read_gateway(const Reader& reader) {
  GatewaySpec spec;
  spec.buffer = reader.bytes_or("buffer", Bytes(spec.buffer), Bytes(1), largest_buffer).value();
  spec.receive = reader.bytes_or("receive", Bytes(spec.buffer), Bytes(1), largest_buffer).value();
  spec.memory = reader.rate_or("memory", spec.memory, BitsPerSecond(1'000'000));
  spec.on_chip = reader.bytes_or("on_chip", Bytes(spec.on_chip), Bytes(0), largest_buffer).value();
  spec.port = reader.rate_or("port", spec.port, BitsPerSecond(1'000'000));
  spec.flow_control = reader.choice_or<FlowControl>(
      "flow_control", spec.flow_control,
      {{"credits", FlowControl::credits}, {"pfc", FlowControl::pfc}, {"lossy", FlowControl::lossy}});
  if (reader.has("xoff")) {
    if (spec.flow_control != FlowControl::pfc) throw reader.error("xoff", "is for flow_control: pfc");
    spec.xoff = reader.bytes("xoff", Bytes(1), Bytes(spec.buffer)).value();
  }
  return spec;
}

/// `domains: 3` or `domains: [0, 1]`.
void place_domains(const Reader& reader, const Topology& topology, std::size_t site, SiteNetworkSpec& network) {
  const Node node = reader.node("domains");
  std::vector<Node> items{node};
  if (node.is_list()) items = node.items();
  if (items.empty()) throw reader.error("domains", "names none: expected at least one");
  for (const auto& item : items) {
    const auto domain = item.integer<std::int64_t>(0, topology.domains() - 1);
    const auto gpus = static_cast<std::int64_t>(network.site_of.size()) / topology.domains();
    for (auto g = domain * gpus; g < (domain + 1) * gpus; ++g) {
      auto& place = network.site_of[static_cast<std::size_t>(g)];
      if (place != SIZE_MAX) {
        throw item.error("domain " + std::to_string(domain) + " is already in site " + network.sites[place].name);
      }
      place = site;
    }
  }
}

void read_site(const Reader& reader, const Topology& topology, bool has_network, SiteNetworkSpec& network) {
  SiteSpec site;
  site.name = reader.text("name");
  for (const auto& other : network.sites) {
    if (other.name == site.name) throw reader.error("name", "two sites have this name");
  }
  if (!has_network) {
    const Reader nic = reader.section_or_empty("nic");
    site.nic.rate = nic.rate_or("rate", site.nic.rate, BitsPerSecond(1'000'000));
    site.nic.latency = nic.time_or("latency", site.nic.latency, nanoseconds(1), one_second());
  } else if (reader.has("nic")) {
    throw reader.error("nic", "the NICs are those of `scale_out`");
  }
  site.gateway = read_gateway(reader.section_or_empty("gateway"));
  network.sites.push_back(site);
  place_domains(reader, topology, network.sites.size() - 1, network);
}

std::size_t read_end(const Reader& reader, const char* key, const SiteNetworkSpec& network) {
  const std::string name = reader.text(key);
  std::string known;
  for (std::size_t s = 0; s < network.sites.size(); ++s) {
    if (network.sites[s].name == name) return s;
    known += (known.empty() ? "" : ", ") + network.sites[s].name;
  }
  throw reader.error(key, "no site is named '" + name + "'; there are " + known);
}

/// One that makes losses good; `where` it runs, for the error's text.
TransportSpec read_end_to_end(const Reader& section, const TransportSpec& defaults, const char* where) {
  const TransportSpec spec = read_transport(section, defaults);
  using Kind = TransportSpec::Kind;
  const bool fits = spec.kind == Kind::go_back_n || spec.kind == Kind::selective_repeat || spec.kind == Kind::erasure;
  if (!fits || spec.hop_retry) {
    throw section.error("kind", std::string(where) +
                                    ": expected go_back_n, selective_repeat or erasure; what pauses senders is the "
                                    "gateway's flow_control");
  }
  return spec;
}

TransportSpec read_wave_transport(const Reader& reader, const SiteNetworkSpec& network) {
  if (network.transport) {
    if (reader.has("transport")) {
      throw reader.error("transport", "transports run from NIC to NIC here (messages.transport): a wave has none");
    }
    return *network.transport;
  }
  if (!reader.has("transport")) {
    reader.section_or_empty("transport").text_or("kind", "selective_repeat");
    return {};
  }
  return read_end_to_end(reader.section("transport"), {}, "between gateways");
}

/// `messages:`: how messages are cut, and between what their transports run.
void read_messages(const Reader& root, SiteNetworkSpec& network) {
  const Reader messages = root.section_or_empty("messages");
  network.in_order = messages.boolean_or("in_order", network.in_order);
  if (!messages.has("transport")) {
    network.chunk = messages.bytes_or("chunk", Bytes(network.chunk), Bytes(64), Bytes(1 << 30)).value();
    return;
  }
  if (root.has("scale_out")) {
    throw messages.error("transport", "NICs of `scale_out` have theirs (scale_out.nic.transport), within a site");
  }
  if (messages.has("chunk")) throw messages.error("chunk", "is for gateways that transports end at");
  network.spray_waves = messages.choice_or<bool>("waves", false, {{"hashed", false}, {"sprayed", true}});
  TransportSpec defaults;
  if (network.spray_waves) defaults.reorder = 32;
  const Reader section = messages.section("transport");
  network.transport = read_end_to_end(section, defaults, "between NICs of sites");
  if (network.spray_waves && network.transport->kind != TransportSpec::Kind::selective_repeat) {
    throw messages.error("waves", "packets overtake each other when sprayed: allowed with selective_repeat");
  }
  network.chunk = network.transport->packet_bytes();
}

/// One entry of `long_haul.wavelengths`: so many waves alike in one cable.
void read_waves(const Reader& reader, const OpticsCatalogue& catalogue, std::uint64_t seed, SitesPlan& plan) {
  SiteNetworkSpec& network = plan.network;
  SiteWave wave;
  wave.a = read_end(reader, "from", network);
  wave.b = read_end(reader, "to", network);
  if (wave.a == wave.b) throw reader.error("to", "a wave leads from one site to another");
  const WaveSpec read = read_wave_path(reader, catalogue, seed);
  wave.link.transport = read_wave_transport(reader, network);
  const int count = reader.integer_or("count", 1, 1, 400);
  if (network.sites[wave.a].gateway.flow_control != network.sites[wave.b].gateway.flow_control) {
    throw reader.error("to", "the gateways at its ends have different flow_control: expected the same");
  }
  for (const auto& other : plan.waves) {
    if (other.name == read.name || other.name == read.name + ".0")
      throw reader.error("name", "two waves have this name");
  }
  for (int i = 0; i < count; ++i) {
    WaveSpec one = read;
    if (count > 1) one.name += "." + std::to_string(i);
    one.forward.name = one.name + ".there";
    one.back.name = one.name + ".back";
    wave.link.name = one.name;
    wave.link.there = one.forward;
    wave.link.back = one.back;
    network.waves.push_back(wave);
    plan.waves.push_back(std::move(one));
  }
}

LineRecovery read_rerouting(const Reader& section) {
  LineRecovery rerouting;
  const auto reader = section.optional_section("recovery");
  if (!reader) return rerouting;
  rerouting = read_line_recovery(*reader);
  if (rerouting.kind == LineRecovery::Kind::none || rerouting.kind == LineRecovery::Kind::rerouting) return rerouting;
  throw reader->error("kind",
                      "of waves between sites together: expected rerouting or none; a spare line belongs to a "
                      "wave (wavelengths[].spare and .recovery)");
}

/// Every site has a network of its own, all alike but for the number of GPUs. Latencies for credits and headroom are
/// those of its empty way to the gateway.
void read_inside(const Reader& root, std::uint64_t seed, SitesPlan& plan) {
  if (!root.has("scale_out")) return;
  const Reader section = root.section("scale_out");
  for (std::size_t s = 0; s < plan.network.sites.size(); ++s) {
    SiteSpec& site = plan.network.sites[s];
    const auto& site_of = plan.network.site_of;
    const auto gpus = static_cast<int>(std::count(site_of.begin(), site_of.end(), s));
    std::vector<ExtraEndpoint> extra;
    if (!plan.direct) extra.push_back({site.name + "_gateway", {site.gateway.port, Femtoseconds(0), nanoseconds(100)}});
    auto spec = std::make_shared<const ScaleOutSpec>(read_scale_out(section, seed, gpus, extra));
    try {
      const ScaleOutNetwork network(*spec);
      const auto far = static_cast<NodeId>(plan.direct ? gpus - 1 : gpus);
      site.nic.rate = spec->topology.nic_link.rate;
      site.nic.latency = network.path(NodeId{0}, far).round_trip / 2;
    } catch (const std::invalid_argument& problem) {
      throw root.error("scale_out", problem.what());
    }
    plan.inside.push_back(std::move(spec));
  }
}

/// `scale_out` alone: one site, and nothing beyond it.
std::shared_ptr<const SitesPlan> read_one_network(const Reader& root, const Topology& topology, std::uint64_t seed) {
  if (topology.domain_gpus == 0) {
    throw root.error("scale_out", "it joins scale-up domains: needs topology: {kind: domains, ...}, or no topology");
  }
  SitesPlan plan;
  plan.direct = true;
  plan.network.sites.resize(1);
  plan.network.sites[0].name = "site";
  plan.network.site_of.assign(topology.graph.gpu_count(), 0);
  read_inside(root, seed, plan);
  return std::make_shared<const SitesPlan>(std::move(plan));
}

void check_buffers(const Reader& root, SiteNetworkSpec& network) {
  share_receive_buffers(network);
  std::size_t site = 0;
  const std::string problem = buffer_problem(network, site);
  if (problem.empty()) return;
  throw root.list("sites")[site].reader().error("gateway", network.sites[site].name + ": " + problem);
}

}  // namespace

std::shared_ptr<const SitesPlan> read_sites(const Reader& root, const Topology& topology, std::uint64_t seed) {
  if (!root.has("sites")) {
    if (root.has("long_haul")) {
      throw root.error("long_haul", "beside a topology, waves join `sites`: say which domains live where");
    }
    return root.has("scale_out") ? read_one_network(root, topology, seed) : nullptr;
  }
  if (topology.domain_gpus == 0) {
    throw root.error("sites", "they hold scale-up domains: needs topology: {kind: domains, ...}");
  }
  SitesPlan plan;
  SiteNetworkSpec& network = plan.network;
  network.site_of.assign(topology.graph.gpu_count(), SIZE_MAX);
  for (const auto& item : root.list("sites")) read_site(item.reader(), topology, root.has("scale_out"), network);
  const auto homeless = std::find(network.site_of.begin(), network.site_of.end(), SIZE_MAX);
  if (homeless != network.site_of.end()) {
    const auto gpu = static_cast<NodeId>(homeless - network.site_of.begin());
    throw root.error("sites",
                     "domain " + std::to_string(topology.domain_of(gpu)) + " lives nowhere: name it in a site");
  }
  read_inside(root, seed, plan);
  read_messages(root, network);
  if (root.has("long_haul")) {
    const Reader section = root.section("long_haul");
    const OpticsCatalogue catalogue = read_optics_catalogue(section.section("catalogue"));
    network.rerouting = read_rerouting(section);
    for (const auto& item : section.list("wavelengths")) read_waves(item.reader(), catalogue, seed, plan);
  }
  check_buffers(root, network);
  return std::make_shared<const SitesPlan>(std::move(plan));
}

namespace {

/// Least time one way; max(): there is none.
Femtoseconds delay_between(const SitesPlan& plan, NodeId from, NodeId to) {
  return one_way_delay(plan.network, plan.network.site_of[index(from)], plan.network.site_of[index(to)]);
}

/// Domains joined by the loads and stores of streams that insist.
std::vector<std::pair<NodeId, NodeId>> insisted_pairs(const Reader& root, const Topology& topology) {
  std::vector<std::pair<NodeId, NodeId>> pairs;
  if (!root.has("workload")) return pairs;
  const auto gpus = static_cast<int>(topology.graph.gpu_count());
  const Reader workload = root.section("workload");
  if (!workload.has("streams")) return pairs;
  for (const auto& item : workload.list("streams")) {
    const StreamSpec stream = read_stream(item.reader(), gpus);
    if (!stream.insist) continue;
    for (const NodeId source : stream.sources) {
      for (const NodeId target : targets_of(stream, source, gpus)) {
        const auto a = std::min(topology.domain_of(source), topology.domain_of(target));
        const auto b = std::max(topology.domain_of(source), topology.domain_of(target));
        const bool known = std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
          return topology.domain_of(pair.first) == a && topology.domain_of(pair.second) == b;
        });
        if (a != b && !known) pairs.emplace_back(std::min(source, target), std::max(source, target));
      }
    }
  }
  return pairs;
}

}  // namespace

void join_for_insisted_loads(const Reader& root, const Reader& topology_reader, const SitesPlan* sites,
                             ReadTopology& fabric) {
  if (fabric.topology.domain_gpus == 0) return;
  const auto pairs = insisted_pairs(root, fabric.topology);
  if (pairs.empty()) return;
  auto& domains = std::get<Domains>(fabric.spec.shape);
  for (const auto& [from, to] : pairs) {
    const Femtoseconds delay = sites ? delay_between(*sites, from, to) : Femtoseconds::max();
    if (delay == Femtoseconds::max()) {
      throw root.error("workload", "a stream insists on loads from " + std::to_string(index(from)) + " to " +
                                       std::to_string(index(to)) + ", but no way leads there: needs `sites` and waves");
    }
    Domains::Bridge bridge;
    bridge.a = fabric.topology.domain_of(from);
    bridge.b = fabric.topology.domain_of(to);
    bridge.cable = {Micrometres(0), "fibre", delay};
    domains.bridges.push_back(bridge);
  }
  fabric.topology = build_read_topology(topology_reader, fabric.spec);
}

std::string cost_of_load(const Topology& topology, const SitesPlan* sites, const StreamSpec& stream, NodeId from,
                         NodeId to) {
  const std::string where = fmt::format("gpu{} is in another scale-up domain ({}) than gpu{} ({})", index(to),
                                        topology.domain_of(to), index(from), topology.domain_of(from));
  const std::string instead = "; between domains go messages (workload.schedule)";
  const Femtoseconds delay = sites ? delay_between(*sites, from, to) : Femtoseconds::max();
  if (delay == Femtoseconds::max()) return where + ", and nothing leads there" + instead + " over `sites`";
  const double round_trip = to_nanoseconds(2 * delay);
  const double window = static_cast<double>(stream.window) * static_cast<double>(stream.access.value());
  return fmt::format(
      "{}, {:.4g} us away there and back: a load would take that long at least, and {} of {} B under way would bring "
      "{:.3g} GB/s a source (window / round trip){}; `insist: true` runs it over flit links of that length",
      where, round_trip * 1e-3, stream.window, stream.access.value(), window / round_trip, instead);
}

}  // namespace fs
