// SPDX-License-Identifier: Apache-2.0
// Completion times of single messages over 25 ms of round trip at 400 Gb/s, against closed forms.
#include <gtest/gtest.h>

#include <ostream>

#include "paths.hpp"
#include "support/project.hpp"
#include "transport/end_to_end/theory.hpp"
#include "transport/run/flow_run.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

constexpr double round_trip = 0.025;
constexpr double packet_time = 4096 * 8 / 400e9;

/// Mean milliseconds until the sender knows, messages one after another.
double mean_ms(const TransportSpec& transport, std::int64_t bytes, double loss, std::int64_t messages) {
  FlowSpec flow;
  flow.transport = transport;
  flow.bytes = bytes;
  flow.messages = messages;
  flow.outstanding = 1;
  const Femtoseconds delay = microseconds(12'500);
  auto back = plain("back", delay, 0);
  FlowRun run(plain("there", delay, loss), back, {flow});
  run.run(Femtoseconds::max());
  EXPECT_TRUE(run.finished());
  EXPECT_EQ(run.result(0).completed, static_cast<std::uint64_t>(messages));
  return run.result(0).at_sender.mean() * 1e-12;
}

TransportSpec spec_of(TransportSpec::Kind kind) {
  TransportSpec spec;
  spec.kind = kind;
  spec.header = 0;
  return spec;
}

RepeatCase case_of(std::int64_t bytes, double loss, double again) {
  RepeatCase repeat;
  repeat.packets = (bytes + 4095) / 4096;
  repeat.loss = loss;
  repeat.packet_time = packet_time;
  repeat.round_trip = round_trip;
  repeat.again = again;
  return repeat;
}

struct Case {
  std::int64_t bytes;
  double loss;
  std::int64_t messages;
};
std::ostream& operator<<(std::ostream& out, const Case& point) { return out << point.bytes << "B,loss=" << point.loss; }

}  // namespace

TEST(Completion, WithoutLossIsThatOfTheTable) {
  for (const auto& row : read_csv(fs::project_file("testbenches/reference/transport/lossless.csv"))) {
    const auto bytes = static_cast<std::int64_t>(row.number("bytes"));
    if (bytes > 200 * mib) continue;  // the same arithmetic, at length
    for (const auto kind : {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat}) {
      EXPECT_NEAR(mean_ms(spec_of(kind), bytes, 0, 2), row.number("time_ms"), 0.001) << bytes;
    }
  }
}

class NegativeAcknowledgement : public ::testing::TestWithParam<Case> {};
TEST_P(NegativeAcknowledgement, CompletesWithinTwoPercentOfTheory) {
  const Case point = GetParam();
  const double theory = 1e3 * selective_repeat_time(case_of(point.bytes, point.loss, round_trip + packet_time));
  const double mean = mean_ms(spec_of(TransportSpec::Kind::selective_repeat), point.bytes, point.loss, point.messages);
  EXPECT_NEAR(mean / theory, 1.0, 0.02) << mean << " ms against " << theory;
}
INSTANTIATE_TEST_SUITE_P(Sizes, NegativeAcknowledgement,
                         ::testing::Values(Case{128 * kib, 1e-2, 3000}, Case{mib, 1e-3, 3000}, Case{mib, 1e-2, 2000},
                                           Case{8 * mib, 1e-4, 1500}, Case{128 * mib, 1e-3, 40}));

class Timer : public ::testing::TestWithParam<Case> {};
TEST_P(Timer, CompletesWithinTwoPercentOfTheory) {
  const Case point = GetParam();
  TransportSpec spec = spec_of(TransportSpec::Kind::selective_repeat);
  spec.negative_acknowledgement = false;
  const double theory = 1e3 * selective_repeat_time(case_of(point.bytes, point.loss, 3 * (round_trip + packet_time)));
  const double mean = mean_ms(spec, point.bytes, point.loss, point.messages);
  EXPECT_NEAR(mean / theory, 1.0, 0.02) << mean << " ms against " << theory;
}
INSTANTIATE_TEST_SUITE_P(Sizes, Timer,
                         ::testing::Values(Case{128 * kib, 1e-2, 10000}, Case{mib, 1e-3, 6000}, Case{mib, 1e-2, 2000}));

struct CodedCase {
  TransportSpec::Parity code;
  std::int64_t bytes;
  double loss;
  std::int64_t messages;
  std::int64_t chunk;
};
std::ostream& operator<<(std::ostream& out, const CodedCase& point) {
  return out << (point.code == TransportSpec::Parity::mds ? "mds," : "xor,") << point.bytes << "B,loss=" << point.loss
             << ",chunks_of=" << point.chunk;
}
class Erasure : public ::testing::TestWithParam<CodedCase> {};
TEST_P(Erasure, CompletesWithinTwoPercentOfTheory) {
  const CodedCase point = GetParam();
  TransportSpec spec = spec_of(TransportSpec::Kind::erasure);
  spec.code = point.code;
  spec.chunk = point.chunk;
  const bool mds = point.code == TransportSpec::Parity::mds;
  const double lost_chunk = chunk_loss(point.loss, point.chunk);
  RepeatCase repeat = case_of(point.bytes, point.loss, round_trip + packet_time);
  ErasureCase code;
  code.groups = static_cast<double>(repeat.packets) / static_cast<double>(32 * point.chunk);
  code.parity_packets = static_cast<double>(repeat.packets) / 4;
  code.success = mds ? mds_success(32, 8, lost_chunk) : xor_success(32, 8, lost_chunk);
  // Of a chunk that is lost, few packets are.
  code.wanted_packets = (mds ? mds_wanted(32, 8, lost_chunk) : xor_wanted(32, 8, lost_chunk)) *
                        static_cast<double>(point.chunk) * point.loss / lost_chunk;
  const double theory = 1e3 * erasure_time(repeat, code);
  const double mean = mean_ms(spec, point.bytes, point.loss, point.messages);
  EXPECT_NEAR(mean / theory, 1.0, 0.02) << mean << " ms against " << theory;
}
INSTANTIATE_TEST_SUITE_P(Codes, Erasure,
                         ::testing::Values(CodedCase{TransportSpec::Parity::mds, 128 * mib, 1e-2, 10, 1},
                                           CodedCase{TransportSpec::Parity::mds, 8 * mib, 0.1, 1000, 1},
                                           CodedCase{TransportSpec::Parity::xor_groups, 2 * mib, 1e-2, 1000, 1},
                                           CodedCase{TransportSpec::Parity::xor_groups, 8 * mib, 5e-3, 500, 1},
                                           CodedCase{TransportSpec::Parity::mds, 8 * mib, 3e-3, 400, 16}));
