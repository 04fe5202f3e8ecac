// SPDX-License-Identifier: Apache-2.0
// A product's link under lost codewords, beside what its rule of retry says.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "link/medium.hpp"
#include "link_rig.hpp"
#include "product.hpp"
#include "retry_rule.hpp"

namespace fs::product {

struct RuleTrial {
  double found = 0;          ///< share of a lossless link's data
  double rule = 0;           ///< the same by RetryRule
  double without_timer = 0;  ///< by a rule that lets no replay fail
  std::uint64_t replays = 0, timeouts = 0;
};

/// Writes of 256 bytes one way over 2 m of copper, which loses codewords with probability `lost`; in as many phases of
/// the two directions' codewords as make a mean, and for so long that the scatter of what happens is a third of 1 %.
inline RuleTrial try_rule(const std::string& name, double lost) {
  const Profile p = load(name);
  const Femtoseconds propagation = propagation_delay("copper", Micrometres(2'000'000));
  const Bytes packet = p.packets.write_request + Bytes(256);
  const RetryRule rule(p, packet, propagation, 1);
  RuleTrial trial;
  trial.rule = rule.share(lost);
  trial.without_timer = rule.share(lost, false);

  ChannelConfig config = make_channel_config(p, propagation, 0);
  config.vcs = 1;  // packets of several VCs would share the wire flit by flit
  const std::int64_t flits = p.flits_for(packet);
  const Bytes rest = packet - p.flit * (flits - 1);
  const std::int64_t last = (rest + p.wire_unit - Bytes(1)).value() / p.wire_unit.value() * p.wire_unit.value();
  const auto packets = [&](LinkRig& rig, std::int64_t cycles) {
    const auto before = rig.b.received_packets;
    rig.run(Cycles(cycles));
    return static_cast<double>(rig.b.received_packets - before) / static_cast<double>(cycles);
  };
  const auto offer = [&](LinkRig& rig) {
    rig.a.offer(static_cast<int>(flits), static_cast<int>(p.flit.value()), static_cast<int>(last));
    rig.run(Cycles(3000));
  };

  const double codewords = std::pow((1 - trial.without_timer) / 0.0033, 2) / lost +
                           std::pow((1 - trial.rule / trial.without_timer) / 0.0033, 2) / rule.stalls(lost);
  const Femtoseconds codeword = config.wire.end_of((p.fec.codeword_payload * p.fec.interleave).value());
  const int phases = 16;
  const double cycles = codewords * static_cast<double>(codeword / p.core_clock.period()) / trial.rule / phases;
  const auto each = static_cast<std::int64_t>(std::max(100'000.0, cycles));
  LinkRig clean(config, 1 << 20);
  offer(clean);
  const double lossless = packets(clean, 400'000);
  for (int k = 0; k < phases; ++k) {
    ChannelConfig back = config;
    back.lead = codeword * k / phases;
    LinkRig rig(config, 1 << 20, static_cast<std::uint64_t>(k + 1), back);
    offer(rig);
    rig.ab.layer()->set_errors(std::vector<double>(static_cast<std::size_t>(p.lanes.count), ratio_for(p, lost)), {},
                               rig.now);
    rig.run(Cycles(20'000));
    trial.found += packets(rig, each) / lossless / phases;
    trial.replays += rig.ab.layer()->counters(rig.now).retries;
    trial.timeouts += rig.ab.layer()->counters(rig.now).timeouts;
  }
  return trial;
}

}  // namespace fs::product
