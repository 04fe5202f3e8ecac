// SPDX-License-Identifier: Apache-2.0
// The model against queueing theory. Sources: Karol, Hluchyj, Morgan, IEEE Trans. Commun. 35(12), 1987 (input and
// output queueing); Anderson et al., ACM TOCS 11(4), 1993 (PIM); McKeown, ToN 7(2), 1999 (iSLIP); M/D/1 from any
// textbook.
#include <gtest/gtest.h>

#include "slots.hpp"

namespace fs::testing {
namespace {

void expect_within(double measured, double expected, double share) {
  EXPECT_NEAR(measured, expected, expected * share) << "measured " << measured << ", theory " << expected;
}

double fifo_saturation(int ports) {
  Slots slots(slotted(ports, Queueing::vc_fifo, AllocatorKind::islip, 1, 16));
  slots.saturate_fifos(2000);
  slots.forget();
  slots.saturate_fifos(3'000'000 / ports);
  return slots.throughput();
}

TEST(Theory, SingleFifosSaturateAsKarolFound) {
  const double expected[] = {0.7500, 0.6825, 0.6553, 0.6399, 0.6302, 0.6234, 0.6184};
  for (int n = 2; n <= 8; ++n) expect_within(fifo_saturation(n), expected[n - 2], 0.005);
  expect_within(fifo_saturation(16), 0.6013, 0.005);
}

double voq_saturation(AllocatorKind allocator, int iterations) {
  Slots slots(slotted(16, Queueing::voq, allocator, iterations, 200));
  slots.saturate_voqs(3000);
  slots.forget();
  slots.saturate_voqs(60'000);
  return slots.throughput();
}

TEST(Theory, ParallelIterativeMatchingSaturatesAsItsAuthorsFound) {
  expect_within(voq_saturation(AllocatorKind::pim, 1), 0.644, 0.03);
  expect_within(voq_saturation(AllocatorKind::pim, 2), 0.882, 0.03);
  expect_within(voq_saturation(AllocatorKind::pim, 4), 0.997, 0.03);
}

double mean_wait(Queueing queueing, AllocatorKind allocator, int iterations, double load, int slots_measured) {
  Slots slots(slotted(16, queueing, allocator, iterations, 4000));
  slots.bernoulli(load, 20'000);
  slots.forget();
  slots.bernoulli(load, slots_measured);
  return slots.mean_wait();
}

/// Queues so long that they do not fill: what leaves at full load is what the allocator can carry.
double throughput_at_full_load(AllocatorKind allocator, int iterations) {
  Slots slots(slotted(16, Queueing::voq, allocator, iterations, 20'000));
  slots.bernoulli(1.0, 100'000);
  slots.forget();
  slots.bernoulli(1.0, 200'000);
  return slots.throughput();
}

TEST(Theory, IslipWaitsAsLongAsReferenceSimulationsSay) {
  expect_within(mean_wait(Queueing::voq, AllocatorKind::islip, 1, 0.8, 600'000), 44.6, 0.03);
  expect_within(mean_wait(Queueing::voq, AllocatorKind::islip, 2, 0.8, 300'000), 4.6, 0.03);
  expect_within(mean_wait(Queueing::voq, AllocatorKind::islip, 4, 0.8, 300'000), 3.75, 0.03);
}

TEST(Theory, OneIterationOfIslipCarriesUniformTraffic) {
  EXPECT_NEAR(throughput_at_full_load(AllocatorKind::islip, 1), 0.994, 0.006);
}

TEST(Theory, WavefrontWaitsAndSaturatesAsReferenceSimulationsSay) {
  expect_within(mean_wait(Queueing::voq, AllocatorKind::wavefront, 1, 0.9, 400'000), 10.8, 0.03);
  EXPECT_NEAR(throughput_at_full_load(AllocatorKind::wavefront, 1), 0.995, 0.005);
}

TEST(Theory, OutputQueuesWaitAsKarolFound) {
  const double share = 15.0 / 16.0;
  expect_within(mean_wait(Queueing::output, AllocatorKind::islip, 1, 0.8, 300'000), share * 0.8 / (2 * 0.2), 0.01);
  expect_within(mean_wait(Queueing::output, AllocatorKind::islip, 1, 0.9, 600'000), share * 0.9 / (2 * 0.1), 0.01);
}

/// Many inputs, one output: arrivals are nearly Poisson and service is one slot. With N Bernoulli sources the exact
/// mean wait is (N - 1) / N of M/D/1's; no matching can lose a slot here.
TEST(Theory, OneOutputOfManyInputsIsAnMd1Queue) {
  constexpr int ports = 72;
  for (const double load : {0.5, 0.8, 0.9}) {
    Slots slots(slotted(ports, Queueing::voq, AllocatorKind::islip, 1, 200));
    slots.bernoulli(load / ports, 50'000, 1);
    slots.forget();
    slots.bernoulli(load / ports, 2'000'000, 1);
    expect_within(slots.mean_wait(), (ports - 1.0) / ports * load / (2 * (1 - load)), 0.02);
  }
}

}  // namespace
}  // namespace fs::testing
