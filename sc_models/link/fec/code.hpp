// SPDX-License-Identifier: Apache-2.0
// Block codes over symbols: how likely a codeword is lost, from how likely its bits are wrong.
//
// Every function here is built from IEEE additions, multiplications and divisions of positive terms: the same bits on
// every compiler, and full relative precision down to 1e-300, where 1 - (1 - p) would give nothing.
#pragma once

#include <string>
#include <vector>

namespace fs {

/// A code of `symbols` symbols of `symbol_bits` bits that corrects up to `correctable` wrong ones. A single symbol of 8
/// bits with nothing correctable stands for no FEC: then the unit is a byte, lost when any of its bits is.
struct FecCode {
  int symbols = 1;      ///< n, 1 .. 4096
  int correctable = 0;  ///< t = (n - k) / 2, 0 .. n - 1
  int symbol_bits = 8;  ///< m, 1 .. 16
};

/// By name: `rs544_514` (IEEE 802.3 clause 91 "KP4": n 544, t 15, m 10), `rs272_258` (25G/50G Ethernet Consortium,
/// Low Latency RS-FEC 1.0: t 7), `rs272_257` (the same with one symbol less of data: t 7), `none`.
/// Throws std::invalid_argument for another name.
FecCode fec_code(const std::string& name);

/// 1 - (1 - p)^n for p in [0, 1], n >= 0, without cancellation.
double at_least_one(double p, int n);
/// p^n for n >= 0.
double power(double p, int n);

/// Probability that more than `correctable` of the code's symbols are wrong when each is, independently, with
/// probability `symbol_error` in [0, 1]: the binomial tail.
double codeword_failure(const FecCode& code, double symbol_error);
/// The same when symbol i travels on lane i mod L, L = symbol_errors.size(), whose symbols are wrong with their own
/// probability each: the tail of a sum of L binomials, by convolution.
double codeword_failure(const FecCode& code, const std::vector<double>& symbol_errors);
/// The same from bit error ratios in [0, 0.5], one a lane; all equal: one binomial.
double codeword_failure_at(const FecCode& code, const std::vector<double>& bit_errors);

/// Share of frames lost when codewords fail with probability `failure` each: failure x (ways + 1 / frames), for frames
/// that lie behind each other across `ways` interleaved codewords, `frames` frames to a codeword's payload (IEEE
/// 802.3: frame loss ratio; UEC Specification 1.0.3: FLR = UCR (CIR + 1/FPC)). A union bound: exact while failure is
/// small.
double frame_loss_ratio(double failure, int ways, double frames);

}  // namespace fs
