// SPDX-License-Identifier: Apache-2.0
// One output under Poisson arrivals of equal packets is an M/D/1 queue.
#include <gtest/gtest.h>

#include "networks.hpp"

namespace fs::test {
namespace {

class OneOutput : public testing::TestWithParam<int> {};

TEST_P(OneOutput, WaitsAsMD1Does) {
  const double load = GetParam() / 100.0;
  constexpr int sources = 64;
  ScaleOutSpec spec = one_switch(sources + 1);
  spec.nic.transport.window = 4096;
  spec.nic.transport.kind = TransportSpec::Kind::go_back_n;  // selective repeat's probes would be load, too
  NetTrafficSpec flows = traffic(NetTrafficSpec::Pattern::incast, nodes(1, sources));
  flows.targets = {NodeId{0}};
  flows.bytes = 4096;
  flows.load = load / sources * 4096 / 4178;  // of the wire, headers included
  const Femtoseconds end = microseconds(20'000);
  ScaleOutRun run(spec, run_of(flows, end, microseconds(200)));
  run.run(end);
  const double packet = 4178 * 0.02;  // ns
  const double alone = to_nanoseconds(time_of(spec, NodeId{1}, NodeId{0}, 4096));
  const double waited = run.classes()[0].latency().mean() * 1e-6 - alone;
  const auto wait = [&](double rho) { return packet * rho / (2 * (1 - rho)); };
  // A source's own packets wait for each other before its wire, too.
  EXPECT_NEAR(waited / (wait(load) + wait(load / sources)), 1.0, 0.04) << waited << " ns";
}

INSTANTIATE_TEST_SUITE_P(Loads, OneOutput, testing::Values(30, 50, 70, 80));

}  // namespace
}  // namespace fs::test
