// SPDX-License-Identifier: Apache-2.0
// The digest as text and back.
#include "observe/digest.hpp"

#include <stdexcept>

namespace fs {

namespace {

constexpr int digits_per_half = 16;

void append_hex(std::string& text, std::uint64_t value) {
  for (int shift = 4 * (digits_per_half - 1); shift >= 0; shift -= 4) text += "0123456789abcdef"[(value >> shift) & 15];
}

std::uint64_t parse_hex(const std::string& text, std::size_t from) {
  std::uint64_t value = 0;
  for (std::size_t i = from; i < from + digits_per_half; ++i) {
    const auto digit = std::string("0123456789abcdef").find(text[i]);
    if (digit == std::string::npos) throw std::invalid_argument("not a digest: " + text);
    value = value << 4 | digit;
  }
  return value;
}

}  // namespace

std::string Digest::hex() const {
  std::string text;
  append_hex(text, high_);
  append_hex(text, low_);
  return text;
}

Digest Digest::from_hex(const std::string& text) {
  if (text.size() != 2 * digits_per_half) throw std::invalid_argument("not a digest: " + text);
  Digest digest;
  digest.high_ = parse_hex(text, 0);
  digest.low_ = parse_hex(text, digits_per_half);
  return digest;
}

}  // namespace fs
