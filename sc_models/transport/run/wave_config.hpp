// SPDX-License-Identifier: Apache-2.0
// A wave between two sites as a scenario describes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "optics/catalogue.hpp"
#include "transport/channel/long_haul_channel.hpp"
#include "transport/run/flow_run.hpp"

namespace fs {

struct WaveSpec {
  std::string name;
  TransponderMode mode;
  LongHaulChannel::Spec forward;
  LongHaulChannel::Spec back;  ///< the same cables the other way: what happens to one happens to the other
  std::vector<FlowSpec> flows;
};

/// Reads one entry of `long_haul.wavelengths`; docs/transport.md explains its keys. Throws ConfigError at what is
/// wrong; that includes a transponder that does not work over its line (unless `insist: true`), with those that would,
/// and hop-by-hop retry beyond what its timer and window span.
WaveSpec read_wave(const Reader& reader, const OpticsCatalogue& catalogue, std::uint64_t seed);

/// The same without flows, for waves whose traffic comes from elsewhere.
WaveSpec read_wave_path(const Reader& reader, const OpticsCatalogue& catalogue, std::uint64_t seed);

/// Hop-by-hop retry, go-back-N between neighbours, has to keep a round trip of packets and a timer that outlasts it.
/// Ethernet's has a 16-bit replay timer in ns and at most 524 288 frames (SONiC, doc/llr). `retry.window` and
/// `retry.timeout` are its limits. Says why it cannot span the round trip, and what would work; empty if it can.
/// `glass`: how much of the round trip is fibre of `length`, there and back; the rest is in transponders.
std::string hop_retry_problem(const TransportSpec& retry, const FlowPath& path, Femtoseconds glass, Micrometres length);

}  // namespace fs
