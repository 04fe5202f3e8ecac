// SPDX-License-Identifier: Apache-2.0
#include "link/fec/code.hpp"

#include <algorithm>
#include <stdexcept>

namespace fs {
namespace {

/// Distribution of the number of wrong symbols among n: size n + 1.
std::vector<double> binomial(int n, double q) {
  std::vector<double> p(static_cast<std::size_t>(n) + 1, 0.0);
  p[0] = 1.0;
  for (int i = 0; i < n; ++i) {
    for (int k = i + 1; k > 0; --k) {
      p[static_cast<std::size_t>(k)] =
          p[static_cast<std::size_t>(k)] * (1.0 - q) + p[static_cast<std::size_t>(k) - 1] * q;
    }
    p[0] *= 1.0 - q;
  }
  return p;
}

std::vector<double> convolve(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sum(a.size() + b.size() - 1, 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == 0.0) continue;
    for (std::size_t k = 0; k < b.size(); ++k) sum[i + k] += a[i] * b[k];
  }
  return sum;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
}

}  // namespace

FecCode fec_code(const std::string& name) {
  if (name == "none") return {};
  if (name == "rs544_514") return {544, 15, 10};
  if (name == "rs272_258") return {272, 7, 10};
  if (name == "rs272_257") return {272, 7, 10};
  throw std::invalid_argument("code '" + name + "': allowed are none, rs544_514, rs272_258, rs272_257");
}

double power(double p, int n) {
  double result = 1.0;
  for (double square = p; n > 0; n >>= 1, square *= square) {
    if ((n & 1) != 0) result *= square;
  }
  return result;
}

double at_least_one(double p, int n) {
  // p ((1-p)^0 + ... + (1-p)^(n-1)): positive terms only.
  double sum = 0.0;
  double survive = 1.0;
  for (int i = 0; i < n; ++i, survive *= 1.0 - p) sum += survive;
  return std::min(1.0, p * sum);
}

double codeword_failure(const FecCode& code, double symbol_error) {
  const double q = symbol_error;
  const int n = code.symbols;
  if (q <= 0.0) return 0.0;
  if (q >= 1.0) return code.correctable < n ? 1.0 : 0.0;
  // Term t + 1 as a product that interleaves small and large factors, then term by term.
  double term = 1.0;
  for (int i = 1; i <= code.correctable + 1; ++i) term *= static_cast<double>(n + 1 - i) / i * q;
  term *= power(1.0 - q, n - code.correctable - 1);
  if (term == 0.0 && q > 0.1) {  // (1-q)^n underflows: nearly everything fails
    double tail = 0.0;
    const auto p = binomial(n, q);
    for (std::size_t i = static_cast<std::size_t>(code.correctable) + 1; i < p.size(); ++i) tail += p[i];
    return std::min(1.0, tail);
  }
  double tail = 0.0;
  for (int i = code.correctable + 1; i <= n; ++i) {
    tail += term;
    term *= static_cast<double>(n - i) / (i + 1) * (q / (1.0 - q));
    if (term < tail * 1e-18 && term * n < tail * 1e-16) break;
  }
  return std::min(1.0, tail);
}

double codeword_failure(const FecCode& code, const std::vector<double>& symbol_errors) {
  if (symbol_errors.empty()) return 0.0;
  if (all_equal(symbol_errors)) return codeword_failure(code, symbol_errors.front());
  const auto lanes = static_cast<int>(symbol_errors.size());
  std::vector<double> wrong{1.0};
  for (int lane = 0; lane < lanes; ++lane) {
    const int share = code.symbols / lanes + (lane < code.symbols % lanes ? 1 : 0);
    wrong = convolve(wrong, binomial(share, symbol_errors[static_cast<std::size_t>(lane)]));
  }
  double tail = 0.0;
  for (std::size_t i = wrong.size(); i-- > static_cast<std::size_t>(code.correctable) + 1;) tail += wrong[i];
  return std::min(1.0, tail);
}

double codeword_failure_at(const FecCode& code, const std::vector<double>& bit_errors) {
  if (code.symbols < static_cast<int>(bit_errors.size())) {
    // Fewer symbols than lanes (no FEC): bytes are spread evenly, so a byte sees the mean of the lanes.
    double sum = 0.0;
    for (const double ber : bit_errors) sum += codeword_failure(code, at_least_one(ber, code.symbol_bits));
    return sum / static_cast<double>(bit_errors.size());
  }
  std::vector<double> symbols;
  for (const double ber : bit_errors) symbols.push_back(at_least_one(ber, code.symbol_bits));
  return codeword_failure(code, symbols);
}

double frame_loss_ratio(double failure, int ways, double frames) {
  return std::min(1.0, failure * (ways + 1.0 / frames));
}

}  // namespace fs
