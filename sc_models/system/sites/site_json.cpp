// SPDX-License-Identifier: Apache-2.0
#include "system/sites/site_json.hpp"

#include <algorithm>

#include "system/long_haul/wave_json.hpp"
#include "system/scale_out/network_json.hpp"

namespace fs {
namespace {

double gbytes(std::int64_t bits_per_second) { return static_cast<double>(bits_per_second) / 8e9; }

Json route_json(const SiteView& network, std::size_t from, std::size_t to) {
  const auto& traffic = network.traffic(from, to);
  const auto& sites = network.spec().sites;
  const double span = traffic.delivered > 0 ? to_nanoseconds(traffic.last - traffic.first) : 0.0;
  return {{"name", from == to ? sites[from].name : sites[from].name + "-" + sites[to].name},
          {"from", sites[from].name},
          {"to", sites[to].name},
          {"posted", traffic.posted},
          {"delivered", traffic.delivered},
          {"bytes", traffic.bytes},
          {"first_posted_ns", to_nanoseconds(traffic.first)},
          {"last_delivered_ns", to_nanoseconds(traffic.last)},
          {"gbytes_per_s", span > 0 ? static_cast<double>(traffic.bytes) / span : 0.0},
          {"latency_ns", histogram_json(traffic.latency)}};
}

/// Of all transports, and where they end.
Json transport_json(const SiteView& network) {
  const SenderCounts counts = network.sender_counts();
  return {{"ends", network.spec().transport ? "nics" : "gateways"},
          {"sent", counts.sent},
          {"repeated", counts.repeated},
          {"parity", counts.parity},
          {"probes", counts.probes},
          {"timeouts", counts.timeouts},
          {"duplicates", network.duplicates()}};
}

Json gateway_json(const SiteView& network, std::size_t site) {
  const auto& spec = network.spec().sites[site];
  const auto facts = network.gateway(site);
  return {{"name", spec.name},
          {"buffer_bytes", spec.gateway.buffer},
          {"buffer_high_water_bytes", facts.buffer_high_water},
          {"headroom_bytes", nic_headroom(network.spec(), site)},
          {"memory_busy_ns", to_nanoseconds(facts.memory_busy)},
          {"pauses", facts.pauses},
          {"dropped_chunks", facts.dropped_chunks},
          {"relayed_chunks", facts.relayed_chunks},
          {"rerouted_chunks", facts.rerouted_chunks},
          {"duplicate_chunks", facts.duplicate_chunks},
          {"bytes_to_site", facts.bytes_out}};
}

/// One direction: what its sender, the fibre and its receiver did.
Json direction_json(const SiteView& network, std::size_t number, int end, Femtoseconds span) {
  const auto& channel = network.channel(number, end);
  const auto facts = network.direction(number, end);
  const double seconds = to_seconds(span);
  const double rate = static_cast<double>(channel.spec().rate.value());
  return {{"chunks", facts.chunks},
          {"arrived", facts.arrived},
          {"used", seconds > 0 ? static_cast<double>(channel.bytes_sent()) * 8 / (rate * seconds) : 0.0},
          {"bytes_sent", channel.bytes_sent()},
          {"packets_sent", channel.counts().sent},
          {"packets_received", channel.counts().received},
          {"in_flight", channel.in_flight()},
          {"lost", lost_json(channel.counts())},
          {"repeated", facts.sender.repeated},
          {"timeouts", facts.sender.timeouts},
          {"duplicates", facts.duplicates},
          {"overflowed", facts.overflowed},
          {"pauses", facts.pauses},
          {"credit_probes", facts.credit_probes},
          {"starved_ns", to_nanoseconds(facts.starved)},
          {"receive_high_water_bytes", facts.receive_high_water}};
}

Json link_json(const SitesPlan& plan, const SiteView& network, std::size_t number, Femtoseconds span) {
  const WaveSpec& spec = plan.waves[number];
  const SiteWave& ends = plan.network.waves[number];
  const LightCourse& line = *spec.forward.line;
  return {{"name", spec.name},
          {"from", plan.network.sites[ends.a].name},
          {"to", plan.network.sites[ends.b].name},
          {"transponder", spec.mode.name},
          {"length_km", static_cast<double>(line.totals().length.value()) * 1e-9},
          {"one_way_ns", to_nanoseconds(network.channel(number, 0).flight())},
          {"gsnr_db", line.design().gsnr_db},
          {"margin_db", line.design().margin_db},
          {"reach_km", line.reach_km()},
          {"rate_gbytes_per_s", gbytes(spec.mode.rate.value())},
          {"window_bytes", network.window_bytes(number)},
          {"receive_bytes", Json::array({ends.link.room[0], ends.link.room[1]})},
          {"watts", 2 * spec.mode.watts},
          {"price", 2 * spec.mode.price},
          {"there", direction_json(network, number, 0, span)},
          {"back", direction_json(network, number, 1, span)}};
}

/// Packets and ports of one site's scale-out network.
Json packets_json(const std::string& name, const ScaleOutNetwork& network, Femtoseconds end) {
  const NetPacketCounts counts = network.packet_counts();
  const SenderCounts senders = network.nics().queue_pairs().sender_counts();
  return {{"name", name},
          {"packet_events", network.events()},
          {"packets",
           {{"created", counts.created},
            {"delivered", counts.delivered},
            {"flow_control", counts.heeded},
            {"dropped", {{"all", counts.lost()}}},
            {"inside", counts.inside}}},
          {"transport", {{"sent", senders.sent}, {"repeated", senders.repeated}, {"timeouts", senders.timeouts}}},
          {"port_groups", port_groups_json(network, {Femtoseconds(0), end, nullptr})}};
}

void put_waves(Json& result, const SitesPlan& plan, const SiteView& network, Femtoseconds end) {
  Json waves = Json::array();
  for (std::size_t w = 0; w < plan.waves.size(); ++w) {
    waves.push_back(link_json(plan, network, w, end));
    for (auto& event : wave_events(plan.waves[w].name, network.channel(w, 0), end)) {
      result["events"].push_back(std::move(event));
    }
    for (const auto& out : wave_left_out(plan.network, w)) {
      const auto add = [&](Femtoseconds time, const char* what) {
        if (time > end) return;
        result["events"].push_back({{"time_ns", to_nanoseconds(time)}, {"what", what}, {"where", plan.waves[w].name}});
      };
      add(out.from, "left out by routers");
      add(out.to, "used again by routers");
    }
  }
  result["wavelengths"] = std::move(waves);
  std::stable_sort(result["events"].begin(), result["events"].end(), [](const Json& a, const Json& b) {
    return a["time_ns"].get<double>() < b["time_ns"].get<double>();
  });
}

}  // namespace

void put_sites(Json& result, const SitesPlan& plan, const SiteCarrier& carrier, Femtoseconds end) {
  const std::size_t sites = plan.network.sites.size();
  if (!carrier.networks.empty()) {
    Json networks = Json::array();
    for (std::size_t s = 0; s < sites; ++s) {
      networks.push_back(packets_json(plan.network.sites[s].name, *carrier.networks[s], end));
    }
    result["networks"] = std::move(networks);
  }
  if (carrier.sites == nullptr) return;
  const SiteView& network = *carrier.sites;
  Json routes = Json::array();
  for (std::size_t from = 0; from < sites; ++from) {
    for (std::size_t to = 0; to < sites; ++to) {
      if (network.traffic(from, to).posted > 0) routes.push_back(route_json(network, from, to));
    }
  }
  result["messages"] = {{"posted", network.posted()},
                        {"delivered", network.delivered()},
                        {"under_way", network.posted() - network.delivered()},
                        {"packet_events", network.events()},
                        {"transport", transport_json(network)},
                        {"routes", std::move(routes)}};
  Json gateways = Json::array();
  for (std::size_t s = 0; s < sites; ++s) gateways.push_back(gateway_json(network, s));
  result["gateways"] = std::move(gateways);
  put_waves(result, plan, network, end);
}

}  // namespace fs
