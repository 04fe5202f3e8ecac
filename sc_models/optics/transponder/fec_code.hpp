// SPDX-License-Identifier: Apache-2.0
// Forward error correction as ratios: from bit errors before it to codewords and frames lost behind it.
#pragma once

#include <cstdint>
#include <string>

#include "optics/transponder/modulation.hpp"

namespace fs {

/// A code. Reed-Solomon codes are computed exactly for independent errors. Codes whose decoder has no closed form
/// (staircase, open FEC, LDPC) are given by their threshold and by how steeply they fail beyond it.
struct OpticalCode {
  enum class Kind : std::uint8_t { none, reed_solomon, threshold };
  std::string name = "none";
  Kind kind = Kind::none;
  double rate = 1;  ///< payload over line, 0 < rate <= 1
  // Reed-Solomon: n symbols of `symbol_bits`, of which k are payload; (n - k) / 2 are corrected.
  int symbols = 544;
  int payload_symbols = 514;
  int symbol_bits = 10;
  // Threshold: bit error ratio before correction at which 1e-15 is left behind it, and the fall in signal to noise
  // from there to the point where nothing is corrected. Between, log10 of the ratio left is linear in dB.
  double threshold = 1.25e-2;
  double cliff_db = 0.5;
  double codeword_bytes = 642.5;  ///< payload of one; Reed-Solomon: k symbols
  // How codewords meet frames.
  int interleave = 1;              ///< codewords a frame is spread over (X), 1, 2 or 4
  double frames_per_codeword = 8;  ///< MFC: 64-byte frames in a codeword of RS(544,514)
};

/// Probability that a codeword cannot be corrected. `before` is the bit error ratio before correction; errors are
/// independent. Reed-Solomon: P = 1 - (1-p)^m, sum over i > t of C(n,i) P^i (1-P)^(n-i). Without a code: 0 for p = 0.
double codeword_failure(const OpticalCode& code, Modulation modulation, double before);
/// Bit error ratio left behind the decoder.
double residual_bit_errors(const OpticalCode& code, Modulation modulation, double before);
/// Probability that a frame is lost: CER (1 + X MFC) / MFC, at most 1 (SONiC, port FEC FLR).
double frame_loss(const OpticalCode& code, Modulation modulation, double before);

/// Codeword failures of a threshold code, by how many dB of signal to noise are missing to its threshold (negative: to
/// spare).
double codeword_failure_beyond(const OpticalCode& code, double missing_db, double before);
/// Frame loss from codeword failures: frames of 64 bytes, by the formula above.
double frames_lost(const OpticalCode& code, double codeword_failures);
/// Codewords that a packet of `bytes` touches on average: bytes / codeword + interleave.
double codewords_touched(const OpticalCode& code, double bytes);

/// Net coding gain in dB at `after`: snr(after, uncoded) - snr(before) + 10 log10(rate).
double net_coding_gain_db(const OpticalCode& code, Modulation modulation, double before, double after);

}  // namespace fs
