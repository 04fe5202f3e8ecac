// SPDX-License-Identifier: Apache-2.0
// The shipped protocols side by side on one link of 2 m: what a lossless link carries, what a lost frame costs, and
// what is left when frames are lost. docs/protocols.md holds these figures, and is held against them.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "flit/profile/wire_cost.hpp"
#include "link/medium.hpp"
#include "link_rig.hpp"
#include "product.hpp"
#include "support/project.hpp"

using namespace fs;
using product::load;
using product::ratio_for;

namespace {

/// Writes of 256 bytes in one direction, as fast as the link takes them.
struct ProfileRig : LinkRig {
  explicit ProfileRig(const Profile& p)
      : LinkRig(make_channel_config(p, propagation_delay("copper", Micrometres(2'000'000)), 4), 4096), profile(p) {
    const Bytes packet = p.packets.write_request + Bytes(256);
    const auto flits = p.flits_for(packet);
    const auto rest = packet - p.flit * (flits - 1);
    const auto last = (rest.value() + p.wire_unit.value() - 1) / p.wire_unit.value() * p.wire_unit.value();
    a.offer(static_cast<int>(flits), static_cast<int>(p.flit.value()), static_cast<int>(last));
    run(Cycles(3000));
  }
  /// Payload over what the line could carry without its code's redundancy.
  double efficiency(Cycles cycles) {
    const auto before = b.received_packets;
    run(cycles);
    const double seconds = static_cast<double>((profile.core_clock.period() * cycles.value()).value()) * 1e-15;
    const double rate = static_cast<double>(profile.payload_rate_numerator()) /
                        static_cast<double>(profile.payload_rate_denominator()) / 8;
    return static_cast<double>((b.received_packets - before) * 256) / (seconds * rate);
  }
  Profile profile;
};

/// What the last of the frames behind a lost one waits: one loop.
double loop_ns(const Profile& p) {
  ProfileRig rig(p);
  rig.b.keep_latencies = true;
  rig.ab.layer()->set_errors(std::vector<double>(static_cast<std::size_t>(p.lanes.count), 0.5), {}, rig.now);
  while (rig.ab.layer()->counters(rig.now).frames_lost == 0) rig.run(Cycles(1));
  rig.set_errors(0.0);
  rig.run(Cycles(4000));
  return to_nanoseconds(*std::max_element(rig.b.retry_times.begin(), rig.b.retry_times.end()));
}

std::string row(const std::string& name) {
  const Profile p = load(name);
  ProfileRig clean(p);
  const double lossless = clean.efficiency(Cycles(40000));
  const auto high_water = clean.ab.layer()->counters(clean.now).replay_high_water;
  ProfileRig lossy(p);
  lossy.set_errors(ratio_for(p, 1e-3));
  const double with_losses = lossy.efficiency(Cycles(4'000'000));
  char text[256];
  std::snprintf(text, sizeof text, "| %s | %.1f %% | %.0f ns | %llu of %lld | %.1f %% |", name.c_str(), 100 * lossless,
                loop_ns(p), static_cast<unsigned long long>(high_water), static_cast<long long>(p.retry.window),
                100 * with_losses);
  return text;
}

}  // namespace

TEST(Profiles, StandInTheDocumentationAsTheyRun) {
  std::ifstream file(fs::project_file("docs/protocols.md"));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const char* name : {"nvlink4", "nvlink5", "ualink200", "esun", "sue"}) {
    const std::string line = row(name);
    EXPECT_NE(text.find(line), std::string::npos) << "docs/protocols.md should say\n" << line;
  }
}

TEST(Profiles, OfUalinkCarries628Of640Bytes) {
  // Flits back to back without headers of packets: a one-flit packet of 64 bytes.
  const Profile p = load("ualink200");
  LinkRig rig(make_channel_config(p, propagation_delay("copper", Micrometres(2'000'000)), 0), 4096);
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(3000));
  const auto before = rig.b.received_flits;
  rig.run(Cycles(100000));
  const double bytes = static_cast<double>(rig.b.received_flits - before) * 64;
  const double seconds = static_cast<double>((p.core_clock.period() * 100000).value()) * 1e-15;
  EXPECT_NEAR(bytes / (seconds * 100e9), 628.0 / 640.0, 0.001) << "credits and acknowledgements go the other way";
}
