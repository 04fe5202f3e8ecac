// SPDX-License-Identifier: Apache-2.0
#include "optics/transponder/fec_code.hpp"

#include <algorithm>
#include <utility>

#include "common/portable_math.hpp"
#include "common/random.hpp"
#include "link/fec/code.hpp"

namespace fs {
namespace {

constexpr double log_of_target = -34.538776394910684;  // ln 1e-15

double symbol_errors(const OpticalCode& code, double before) { return at_least_one(before, code.symbol_bits); }
/// The block code, or what is left to be wrong and to correct when `fewer` of its symbols are known to be wrong.
FecCode block_code(const OpticalCode& code, int fewer) {
  return {code.symbols - fewer, (code.symbols - code.payload_symbols) / 2 - fewer, code.symbol_bits};
}

double residual_beyond(const OpticalCode& code, double missing_db, double before) {
  return std::min(portable_exp(log_of_target * (1.0 - missing_db / code.cliff_db)), before);
}

/// Behind a threshold code: log-linear in the signal to noise that is missing.
double threshold_residual(const OpticalCode& code, Modulation modulation, double before) {
  const double there = to_db(snr_for(modulation, std::max(before, 1e-90)));
  return residual_beyond(code, to_db(snr_for(modulation, code.threshold)) - there, before);
}

}  // namespace

double codeword_failure(const OpticalCode& code, Modulation modulation, double before) {
  if (before <= 0) return 0;
  if (code.kind == OpticalCode::Kind::reed_solomon)
    return codeword_failure(block_code(code, 0), symbol_errors(code, before));
  if (code.kind == OpticalCode::Kind::none) {
    const double bits = code.frames_per_codeword * 64 * 8;
    return 1.0 - portable_exp(bits * portable_log(1.0 - before));
  }
  return std::min(1.0, threshold_residual(code, modulation, before) / before);
}

double residual_bit_errors(const OpticalCode& code, Modulation modulation, double before) {
  if (code.kind == OpticalCode::Kind::none || before <= 0) return before;
  if (code.kind == OpticalCode::Kind::threshold) return threshold_residual(code, modulation, before);
  // Of a symbol that is wrong, before / P of the bits are; and the sum of i / n C(n,i) P^i (1-P)^(n-i) over i > t is P
  // times the tail of one symbol less.
  return before * codeword_failure(block_code(code, 1), symbol_errors(code, before));
}

double frame_loss(const OpticalCode& code, Modulation modulation, double before) {
  return frames_lost(code, codeword_failure(code, modulation, before));
}

double codeword_failure_beyond(const OpticalCode& code, double missing_db, double before) {
  return before <= 0 ? 0 : std::min(1.0, residual_beyond(code, missing_db, before) / before);
}

double frames_lost(const OpticalCode& code, double codeword_failures) {
  return frame_loss_ratio(codeword_failures, code.interleave, code.frames_per_codeword);
}

double codewords_touched(const OpticalCode& code, double bytes) {
  return bytes / code.codeword_bytes + code.interleave;
}

double net_coding_gain_db(const OpticalCode& code, Modulation modulation, double before, double after) {
  return to_db(snr_for(modulation, after)) - to_db(snr_for(modulation, before)) + to_db(code.rate);
}

}  // namespace fs
