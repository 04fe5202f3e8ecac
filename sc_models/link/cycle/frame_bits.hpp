// SPDX-License-Identifier: Apache-2.0
// A frame as the bits of a circuit's pins, bit 0 first; and its CRC. RTL twin of Crc: rtl/link/fs_crc.sv.
#pragma once

#include <array>
#include <cstdint>

#include "common/check.hpp"

namespace fs {

/// Up to 256 bits; what lies beyond the bits in use is 0.
class FrameBits {
 public:
  static constexpr int most = 256;

  bool get(int bit) const { return (words_[word(bit)] >> (bit & 63) & 1U) != 0; }
  void flip(int bit) { words_[word(bit)] ^= 1ULL << (bit & 63); }
  /// `count` bits from `at` on, at most 64.
  std::uint64_t get(int at, int count) const {
    std::uint64_t value = 0;
    for (int k = 0; k < count; ++k) value |= static_cast<std::uint64_t>(get(at + k)) << k;
    return value;
  }
  void put(int at, int count, std::uint64_t value) {
    for (int k = 0; k < count; ++k) {
      if (get(at + k) != ((value >> k & 1U) != 0)) flip(at + k);
    }
  }
  const std::uint64_t* words() const { return words_.data(); }
  std::uint64_t* words() { return words_.data(); }
  bool operator==(const FrameBits& other) const { return words_ == other.words_; }
  bool operator!=(const FrameBits& other) const { return !(*this == other); }

 private:
  static std::size_t word(int bit) {
    FS_CHECK(bit >= 0 && bit < most, "a frame of more bits than there are");
    return static_cast<std::size_t>(bit) >> 6;
  }
  std::array<std::uint64_t, most / 64> words_{};
};

/// A generator polynomial without its highest term, x^0 in bit 0.
struct CrcPolynomial {
  int bits = 0;
  std::uint64_t terms = 0;
};

/// The generator used for a CRC of so many bits, 0 bits when there is none. Published are 8 (CRC-8/SMBUS's), 16
/// (CCITT), 24 (OpenPGP, RFC 4880) and 32 (Castagnoli, RFC 3720). That of 25 bits is ours: (x + 1)(x^24 + x^7 + x^2 + x
/// + 1), so every odd number of wrong bits is found, and any two; the polynomials of products with 25 bits are not
/// public.
constexpr CrcPolynomial crc_polynomial(std::int64_t bits) {
  switch (bits) {
    case 8:
      return {8, 0x07};
    case 16:
      return {16, 0x1021};
    case 24:
      return {24, 0x864cfb};
    case 25:
      return {25, 0x1000189};
    case 32:
      return {32, 0x1edc6f41};
    default:
      return {};
  }
}

/// The CRC of the lowest `count` bits, which pass the register from bit 0 on. What follows them on the wire is the term
/// of the highest power first: bit 0 of the result.
inline std::uint64_t crc_of(const CrcPolynomial& polynomial, const FrameBits& frame, int count) {
  const std::uint64_t mask = polynomial.bits == 64 ? ~0ULL : (1ULL << polynomial.bits) - 1;
  std::uint64_t crc = mask;
  for (int k = 0; k < count; ++k) {
    const bool high = (crc >> (polynomial.bits - 1) & 1U) != 0;
    crc = (crc << 1 ^ (high != frame.get(k) ? polynomial.terms : 0)) & mask;
  }
  std::uint64_t reversed = 0;
  for (int k = 0; k < polynomial.bits; ++k) reversed |= (crc >> k & 1U) << (polynomial.bits - 1 - k);
  return reversed;
}

}  // namespace fs
