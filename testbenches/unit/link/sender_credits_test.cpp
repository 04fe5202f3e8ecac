// SPDX-License-Identifier: Apache-2.0
#include "link/sender_credits.hpp"

#include <gtest/gtest.h>

using namespace fs;

namespace {

constexpr VcId a{0}, b{1};

}  // namespace

TEST(SenderCredits, StartAtZeroAndLiveOnPulses) {
  SenderCredits credits(2);
  EXPECT_EQ(credits.available(a), 0);
  for (int i = 0; i < 3; ++i) credits.pulse(a);
  EXPECT_EQ(credits.available(a), 3);
  EXPECT_EQ(credits.available(b), 0);
  credits.use(a, 2);
  EXPECT_EQ(credits.available(a), 1);
}

TEST(SenderCredits, FillTheReserveBeforeTheSharedPart) {
  SenderCredits credits(std::vector<int>{2, 2});
  for (int i = 0; i < 6; ++i) credits.pulse(a);  // 2 reserved for a, 4 shared
  EXPECT_EQ(credits.available(a), 6);
  EXPECT_EQ(credits.available(b), 4);
  credits.pulse(b);
  EXPECT_EQ(credits.available(b), 5);
}

TEST(SenderCredits, RepayTheSharedPartBeforeTheReserve) {
  SenderCredits credits(std::vector<int>{2, 2});
  for (int i = 0; i < 4; ++i) credits.pulse(a);
  for (int i = 0; i < 2; ++i) credits.pulse(b);
  credits.use(a, 4);  // its reserve and both shared slots
  EXPECT_EQ(credits.available(b), 2);
  credits.pulse(a);
  EXPECT_EQ(credits.available(b), 3) << "the loan is repaid first";
  EXPECT_EQ(credits.available(a), 1);
}

TEST(SenderCredits, NeverLoseASlot) {
  SenderCredits credits(std::vector<int>{3, 1});
  for (int i = 0; i < 8; ++i) credits.pulse(a);
  credits.pulse(b);
  const int all = credits.total();
  int held[2] = {0, 0};
  for (int i = 0; i < 1000; ++i) {
    const VcId vc = (i * 7) % 3 == 0 ? a : b;
    if (i % 2 == 0 && credits.available(vc) > 0) {
      credits.use(vc, 1);
      ++held[index(vc)];
    } else if (held[index(vc)] > 0) {
      credits.pulse(vc);
      --held[index(vc)];
    }
    EXPECT_EQ(credits.total() + held[0] + held[1], all);
  }
}

TEST(SenderCredits, CountMoreVcsThanStandInPlace) {
  SenderCredits credits(11);
  for (int vc = 0; vc < 11; ++vc) {
    for (int i = 0; i <= vc; ++i) credits.pulse(static_cast<VcId>(vc));
  }
  credits.use(static_cast<VcId>(10), 4);
  EXPECT_EQ(credits.available(static_cast<VcId>(0)), 1);
  EXPECT_EQ(credits.available(static_cast<VcId>(10)), 7);
  EXPECT_EQ(credits.total(), 66 - 4);
}

TEST(SenderCredits, NameTheVcsWithCreditAsASet) {
  SenderCredits own(3);
  EXPECT_EQ(own.with_credit(), 0U);
  own.pulse(VcId(0));
  own.pulse(VcId(2));
  EXPECT_EQ(own.with_credit(), 0b101U);
  own.use(VcId(0), 1);
  EXPECT_EQ(own.with_credit(), 0b100U);

  SenderCredits pooled(std::vector<int>{1, 0});
  pooled.pulse(a);
  EXPECT_EQ(pooled.with_credit() & 0b11U, 0b01U) << "a's reserve is a's alone";
  pooled.pulse(a);
  EXPECT_EQ(pooled.with_credit() & 0b11U, 0b11U) << "what is shared serves both";
}
