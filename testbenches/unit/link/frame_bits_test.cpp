// SPDX-License-Identifier: Apache-2.0
// Bits of frames, and CRCs against published check values.
#include <gtest/gtest.h>

#include <string>

#include "link/cycle/frame_bits.hpp"

using namespace fs;

TEST(FrameBits, PutsAndGetsFieldsAcrossWords) {
  FrameBits frame;
  frame.put(60, 20, 0xabcde);
  EXPECT_EQ(frame.get(60, 20), 0xabcdeU);
  EXPECT_EQ(frame.words()[0], 0xe000000000000000U);
  EXPECT_EQ(frame.words()[1], 0xabcdU);
  frame.put(60, 20, 0x12345);
  EXPECT_EQ(frame.get(60, 20), 0x12345U);
  EXPECT_EQ(frame.get(0, 60), 0U);
  EXPECT_EQ(frame.get(80, 64), 0U);
  EXPECT_THROW(frame.flip(FrameBits::most), InvariantError);
}

/// The catalogue's value for "123456789": bits lowest first, a register of ones, no final inversion.
TEST(Crc, HasThePublishedCheckValues) {
  FrameBits frame;
  const std::string text = "123456789";
  for (std::size_t k = 0; k < text.size(); ++k) {
    frame.put(static_cast<int>(8 * k), 8, static_cast<unsigned char>(text[k]));
  }
  const auto bits = static_cast<int>(8 * text.size());
  EXPECT_EQ(crc_of(crc_polynomial(8), frame, bits), 0xd0U) << "CRC-8/ROHC";
  EXPECT_EQ(crc_of(crc_polynomial(16), frame, bits), 0x6f91U) << "CRC-16/MCRF4XX";
  EXPECT_EQ(crc_of(crc_polynomial(32), frame, bits), 0xe3069283U ^ 0xffffffffU) << "CRC-32/ISCSI, not inverted";
}

/// The generator of 25 bits has the factor x + 1: every odd number of wrong bits is found. Any two are found as well.
TEST(Crc, Of25BitsFindsOneTwoAndThreeWrongBits) {
  const CrcPolynomial polynomial = crc_polynomial(25);
  constexpr int body = 60;
  FrameBits frame;
  frame.put(0, body, 0x123456789abcdef);
  frame.put(body, 25, crc_of(polynomial, frame, body));
  const auto passes = [&](const FrameBits& f) { return crc_of(polynomial, f, body) == f.get(body, 25); };
  ASSERT_TRUE(passes(frame));
  for (int a = 0; a < body + 25; ++a) {
    frame.flip(a);
    EXPECT_FALSE(passes(frame)) << a;
    for (int b = a + 1; b < body + 25; ++b) {
      frame.flip(b);
      EXPECT_FALSE(passes(frame)) << a << ' ' << b;
      const int c = (a + b) % (body + 25);
      if (c != a && c != b) {
        frame.flip(c);
        EXPECT_FALSE(passes(frame)) << a << ' ' << b << ' ' << c;
        frame.flip(c);
      }
      frame.flip(b);
    }
    frame.flip(a);
  }
}
