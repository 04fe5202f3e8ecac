// SPDX-License-Identifier: Apache-2.0
#include "optics/transponder/fec_code.hpp"

#include <algorithm>
#include <utility>

#include "common/portable_math.hpp"
#include "common/random.hpp"

namespace fs {
namespace {

constexpr double log_of_target = -34.538776394910684;  // ln 1e-15

struct Tail {
  double codewords = 0;  // sum of P(i), i > t
  double symbols = 0;    // sum of i / n P(i)
};

/// The tail of a binomial, from its first term on by ratios; the first by logarithms.
Tail binomial_tail(int n, int first, double p) {
  if (p <= 0) return {};
  double log_term = first * portable_log(p) + (n - first) * portable_log(1.0 - p);
  for (int i = 0; i < first; ++i) log_term += portable_log(static_cast<double>(n - i) / (i + 1));
  double term = portable_exp(log_term);
  Tail tail;
  for (int i = first; i <= n; ++i) {
    tail.codewords += term;
    tail.symbols += term * i / n;
    term *= static_cast<double>(n - i) / (i + 1) * (p / (1.0 - p));
  }
  return tail;
}

double symbol_failure(const FecCode& code, double before) {
  return 1.0 - portable_exp(code.symbol_bits * portable_log(1.0 - before));
}

Tail reed_solomon(const FecCode& code, double before) {
  const int corrected = (code.symbols - code.payload_symbols) / 2;
  return binomial_tail(code.symbols, corrected + 1, symbol_failure(code, before));
}

double residual_beyond(const FecCode& code, double missing_db, double before) {
  return std::min(portable_exp(log_of_target * (1.0 - missing_db / code.cliff_db)), before);
}

/// Behind a threshold code: log-linear in the signal to noise that is missing.
double threshold_residual(const FecCode& code, Modulation modulation, double before) {
  const double there = to_db(snr_for(modulation, std::max(before, 1e-90)));
  return residual_beyond(code, to_db(snr_for(modulation, code.threshold)) - there, before);
}

}  // namespace

double codeword_failure(const FecCode& code, Modulation modulation, double before) {
  if (before <= 0) return 0;
  if (code.kind == FecCode::Kind::reed_solomon) return std::min(1.0, reed_solomon(code, before).codewords);
  if (code.kind == FecCode::Kind::none) {
    const double bits = code.frames_per_codeword * 64 * 8;
    return 1.0 - portable_exp(bits * portable_log(1.0 - before));
  }
  return std::min(1.0, threshold_residual(code, modulation, before) / before);
}

double residual_bit_errors(const FecCode& code, Modulation modulation, double before) {
  if (code.kind == FecCode::Kind::none || before <= 0) return before;
  if (code.kind == FecCode::Kind::threshold) return threshold_residual(code, modulation, before);
  // A symbol in error has before / P of its bits wrong on average.
  return reed_solomon(code, before).symbols * before / symbol_failure(code, before);
}

double frame_loss(const FecCode& code, Modulation modulation, double before) {
  return frames_lost(code, codeword_failure(code, modulation, before));
}

double codeword_failure_beyond(const FecCode& code, double missing_db, double before) {
  return before <= 0 ? 0 : std::min(1.0, residual_beyond(code, missing_db, before) / before);
}

double frames_lost(const FecCode& code, double codeword_failures) {
  const double frames = code.frames_per_codeword;
  return std::min(1.0, codeword_failures * (1.0 + code.interleave * frames) / frames);
}

double codewords_touched(const FecCode& code, double bytes) { return bytes / code.codeword_bytes + code.interleave; }

double net_coding_gain_db(const FecCode& code, Modulation modulation, double before, double after) {
  return to_db(snr_for(modulation, after)) - to_db(snr_for(modulation, before)) + to_db(code.rate);
}

}  // namespace fs
