// SPDX-License-Identifier: Apache-2.0
// Codeword failure ratios against published and independently computed ones.
#include <cmath>

#include <gtest/gtest.h>

#include "link/errors/bit_errors.hpp"
#include "link/errors/error_process.hpp"
#include "link/fec/code.hpp"

using namespace fs;

namespace {

const FecCode rs544 = fec_code("rs544_514");
const FecCode rs272 = fec_code("rs272_258");

double at(const FecCode& code, double ber) { return codeword_failure_at(code, {ber}); }

/// Within three digits.
void expect_digits(double found, double wanted, const char* what) {
  EXPECT_NEAR(found / wanted, 1.0, 0.005) << what << ": " << found << " against " << wanted;
}

}  // namespace

TEST(Fec, FailsAsOftenAsPublished) {
  // Columns of the reference: raw BER, P(codeword lost).
  expect_digits(at(rs544, 1e-4), 1.36e-18, "1e-4");
  expect_digits(at(rs544, 2.4e-4), 8.15e-13, "2.4e-4");
  expect_digits(at(rs544, 5e-4), 2.79e-8, "5e-4");
  EXPECT_NEAR(at(rs544, 1e-5) / 2.1e-34, 1.0, 0.03) << "two digits published";
  EXPECT_NEAR(at(rs544, 1.5e-4) / 6.9e-16, 1.0, 0.01);
  EXPECT_NEAR(at(rs544, 2.0e-4) / 5.4e-14, 1.0, 0.01);
  EXPECT_NEAR(at(rs544, 3.0e-4) / 2.1e-11, 1.0, 0.03);
  expect_digits(at(rs544, 3.7677e-4), 5.59e-10, "LL-FEC, RS(544,514)");
  expect_digits(at(rs272, 9.9248e-5), 4.98e-10, "LL-FEC, RS(272,258)");
}

TEST(Fec, LosesFramesAsOftenAsPublished) {
  const double lost = at(rs544, 2.4e-4);
  EXPECT_NEAR(frame_loss_ratio(lost, 1, 8) / 9.2e-13, 1.0, 0.005) << "802.3cd, one way";
  EXPECT_NEAR(frame_loss_ratio(lost, 2, 8) / 1.73e-12, 1.0, 0.005) << "802.3bs, two ways";
  EXPECT_NEAR(frame_loss_ratio(at(rs544, 3.7677e-4), 1, 8) / 6.29e-10, 1.0, 0.005);
  EXPECT_NEAR(frame_loss_ratio(at(rs272, 9.9248e-5), 1, 4) / 6.22e-10, 1.0, 0.005);
}

TEST(Fec, KeepsItsPrecisionWhereOneMinusWouldNot) {
  EXPECT_NEAR(at_least_one(1e-18, 10) / 1e-17, 1.0, 1e-12);
  // Far from the cliff the first term of the tail is all: C(544, 16) q^16.
  double first = 1;
  for (int i = 1; i <= 16; ++i) first *= (545.0 - i) / i * 1e-11;
  EXPECT_NEAR(codeword_failure(rs544, 1e-11) / first, 1.0, 1e-8);
  EXPECT_EQ(codeword_failure(rs544, 0.0), 0.0);
  EXPECT_DOUBLE_EQ(codeword_failure(rs544, 1.0), 1.0);
  EXPECT_NEAR(codeword_failure(rs544, 0.5), 1.0, 1e-12);
}

TEST(Fec, WithoutACodeAByteIsLostWithAnyOfItsBits) {
  EXPECT_NEAR(codeword_failure_at(FecCode{}, {1e-6}), 8e-6, 1e-10);
  EXPECT_NEAR(codeword_failure_at(FecCode{}, {1e-6, 3e-6}), 16e-6, 1e-9) << "lanes share the bytes";
}

TEST(Fec, SumsLanesOfDifferentQuality) {
  EXPECT_NEAR(codeword_failure_at(rs544, {3e-4, 3e-4}) / at(rs544, 3e-4), 1.0, 1e-9);
  const double mixed = codeword_failure_at(rs544, {1e-4, 5e-4});
  EXPECT_GT(mixed, at(rs544, 2e-4));
  EXPECT_LT(mixed, at(rs544, 5e-4));
  // Two lanes of 272 symbols by brute force.
  const double qa = at_least_one(1e-4, 10);
  const double qb = at_least_one(5e-4, 10);
  const auto choose = [](int n, int k) {
    return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
  };
  double tail = 0;
  for (int i = 0; i <= 60; ++i) {
    for (int k = 0; k <= 60; ++k) {
      if (i + k < 16) continue;
      tail += choose(272, i) * std::pow(qa, i) * std::pow(1 - qa, 272 - i) * choose(272, k) * std::pow(qb, k) *
              std::pow(1 - qb, 272 - k);
    }
  }
  EXPECT_NEAR(mixed / tail, 1.0, 1e-9);
  // A lane that is dead loses every codeword.
  EXPECT_NEAR(codeword_failure_at(rs544, {0.0, 0.5}), 1.0, 1e-12);
}

TEST(BitErrors, BurstsOfOneBitAreNoBursts) {
  BurstModel none;
  none.kind = BurstModel::Kind::propagation;
  none.propagation = 0.0;
  // With no propagation, a wrong bit is never followed by another: nearly independent at this ratio.
  const double p = group_chain(rs544, 1, {3e-4}, none).failure();
  EXPECT_NEAR(p / at(rs544, 3e-4), 1.0, 0.06);
}

TEST(BitErrors, PropagationMovesTheCliff) {
  BurstModel dfe;
  dfe.kind = BurstModel::Kind::propagation;
  dfe.propagation = 0.75;
  const double with = group_chain(rs544, 1, {1e-4}, dfe).failure();
  EXPECT_GT(with, 100 * at(rs544, 1e-4)) << "bursts of four bits cross symbols";
}

TEST(BitErrors, TwoEqualStatesAreOne) {
  BurstModel ge;
  ge.kind = BurstModel::Kind::gilbert_elliott;
  ge.bad_ber = 3e-4;
  ge.good_bits = 1e5;
  ge.bad_bits = 1e4;
  const GroupChain chain = group_chain(rs544, 1, {3e-4}, ge);
  EXPECT_EQ(chain.states, 2);
  EXPECT_NEAR(chain.failure() / at(rs544, 3e-4), 1.0, 1e-6);
}

TEST(BitErrors, LongSojournsAreAMixture) {
  BurstModel ge;
  ge.kind = BurstModel::Kind::gilbert_elliott;
  ge.bad_ber = 1e-3;
  ge.good_bits = 9e9;
  ge.bad_bits = 1e9;
  const GroupChain chain = group_chain(rs544, 1, {1e-5}, ge);
  EXPECT_NEAR(chain.failure() / (0.1 * at(rs544, 1e-3)), 1.0, 0.01);
}

TEST(ErrorProcess, FailsAsOftenAsItsChainSays) {
  ErrorProcess errors(RandomStream(7, "link", "bit errors"));
  GroupChain chain;
  chain.from[0].fail[0] = chain.from[0].leave = 1e-3;
  errors.change(chain, 0);
  const int events = 20000;
  for (int i = 0; i < events; ++i) {
    EXPECT_TRUE(errors.next_fails());
    errors.pass();
  }
  EXPECT_NEAR(static_cast<double>(errors.next()) * 1e-3 / events, 1.0, 0.02);
}

TEST(ErrorProcess, FollowsItsStates) {
  BurstModel ge;
  ge.kind = BurstModel::Kind::gilbert_elliott;
  ge.bad_ber = 1e-3;
  ge.good_bits = 2e6;
  ge.bad_bits = 2e5;
  const GroupChain chain = group_chain(rs544, 1, {1e-5}, ge);
  ErrorProcess errors(RandomStream(3, "link", "bit errors"));
  errors.change(chain, 0);
  int failures = 0;
  while (failures < 20000) {
    failures += errors.next_fails() ? 1 : 0;
    errors.pass();
  }
  EXPECT_NEAR(static_cast<double>(errors.next()) * chain.failure() / failures, 1.0, 0.03);
}

TEST(ErrorProcess, KeepsItsDrawWhenTheRatioChanges) {
  const auto chain_of = [](double p) {
    GroupChain chain;
    chain.from[0].fail[0] = chain.from[0].leave = p;
    return chain;
  };
  ErrorProcess steady(RandomStream(5, "link", "bit errors"));
  steady.change(chain_of(1e-6), 0);
  const auto first = steady.next();
  // The same ratio set again and again is no change.
  ErrorProcess touched(RandomStream(5, "link", "bit errors"));
  touched.change(chain_of(1e-6), 0);
  for (std::int64_t g = 1000; g < first; g += first / 50 + 1) touched.change(chain_of(1e-6), g);
  EXPECT_NEAR(static_cast<double>(touched.next()), static_cast<double>(first), 2.0);
  // Ten times the ratio from half way on: the rest takes a tenth.
  ErrorProcess ramped(RandomStream(5, "link", "bit errors"));
  ramped.change(chain_of(1e-6), 0);
  ramped.change(chain_of(1e-5), first / 2);
  const double expected = static_cast<double>(first) / 2 + static_cast<double>(first - first / 2) / 10;
  EXPECT_NEAR(static_cast<double>(ramped.next()) / expected, 1.0, 1e-4);
  // An error-free wire never errs, and the draw outlives it.
  ErrorProcess paused(RandomStream(5, "link", "bit errors"));
  paused.change(chain_of(1e-6), 0);
  paused.change(chain_of(0.0), first / 2);
  EXPECT_EQ(paused.next(), ErrorProcess::never);
  paused.change(chain_of(1e-6), first);
  EXPECT_NEAR(static_cast<double>(paused.next()), static_cast<double>(first) * 1.5, 3.0);
}
