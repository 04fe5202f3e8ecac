// SPDX-License-Identifier: Apache-2.0
#include "link/errors/bit_errors.hpp"

#include <algorithm>
#include <numeric>

namespace fs {
namespace {

/// Two hidden states; entry [i][j] is a probability of going from i to j.
struct Matrix {
  double at[2][2] = {{1.0, 0.0}, {0.0, 1.0}};
  friend Matrix operator*(const Matrix& a, const Matrix& b) {
    Matrix c;
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) c.at[i][j] = a.at[i][0] * b.at[0][j] + a.at[i][1] * b.at[1][j];
    }
    return c;
  }
  friend Matrix operator+(const Matrix& a, const Matrix& b) {
    Matrix c;
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) c.at[i][j] = a.at[i][j] + b.at[i][j];
    }
    return c;
  }
};

Matrix power(Matrix base, std::int64_t n) {
  Matrix result;
  for (; n > 0; n >>= 1, base = base * base) {
    if ((n & 1) != 0) result = result * base;
  }
  return result;
}

/// One step of the chain, split by whether it made an error.
struct Step {
  Matrix ok;
  Matrix wrong;
};

Step bit_step(const BurstModel& burst, double ber) {
  Step s;
  if (burst.kind == BurstModel::Kind::propagation) {
    s.ok = Matrix{{{1.0 - ber, 0.0}, {1.0 - burst.propagation, 0.0}}};
    s.wrong = Matrix{{{0.0, ber}, {0.0, burst.propagation}}};
    return s;
  }
  const double to_bad = 1.0 / burst.good_bits;
  const double to_good = 1.0 / burst.bad_bits;
  const double e[2] = {ber, burst.bad_ber};
  const double move[2][2] = {{1.0 - to_bad, to_bad}, {to_good, 1.0 - to_good}};
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 2; ++j) {
      s.ok.at[i][j] = (1.0 - e[i]) * move[i][j];
      s.wrong.at[i][j] = e[i] * move[i][j];
    }
  }
  return s;
}

/// `bits` steps: a symbol is wrong when any bit is. Sums positive terms by the place of the first wrong bit.
Step symbol_step(const Step& bit, int bits) {
  Step s;
  const Matrix any = bit.ok + bit.wrong;
  s.ok = power(bit.ok, bits);
  s.wrong = Matrix{{{0.0, 0.0}, {0.0, 0.0}}};
  for (int first = 0; first < bits; ++first) {
    s.wrong = s.wrong + power(bit.ok, first) * bit.wrong * power(any, bits - 1 - first);
  }
  return s;
}

/// Numbers of wrong symbols 0 .. cap - 1 and "cap or more", by hidden state.
using Counts = std::vector<std::array<double, 2>>;

/// `symbols` symbols, each after `skipped` others of which nothing is asked.
Counts count_wrong(const Step& symbol, int symbols, int skipped, int cap, std::array<double, 2> start) {
  const Matrix skip = power(symbol.ok + symbol.wrong, skipped);
  const Matrix ok = symbol.ok * skip;
  const Matrix wrong = symbol.wrong * skip;
  Counts counts(static_cast<std::size_t>(cap) + 1, {0.0, 0.0});
  counts[0] = start;
  const auto last = static_cast<std::size_t>(cap);
  for (int n = 0; n < symbols; ++n) {
    Counts next(counts.size(), {0.0, 0.0});
    for (std::size_t k = 0; k <= last; ++k) {
      const std::size_t more = std::min(k + 1, last);
      for (int j = 0; j < 2; ++j) {
        next[k][j] += counts[k][0] * ok.at[0][j] + counts[k][1] * ok.at[1][j];
        next[more][j] += counts[k][0] * wrong.at[0][j] + counts[k][1] * wrong.at[1][j];
      }
    }
    counts.swap(next);
  }
  return counts;
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0.0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

GroupChain memoryless(double codeword, int ways) {
  GroupChain chain;
  chain.from[0].fail[0] = at_least_one(codeword, ways);
  chain.from[0].leave = chain.from[0].fail[0];
  return chain;
}

GroupChain gilbert_elliott(const FecCode& code, int ways, double ber, const BurstModel& burst) {
  const Step symbol = symbol_step(bit_step(burst, ber), code.symbol_bits);
  const Matrix whole = power(symbol.ok + symbol.wrong, std::int64_t{code.symbols} * ways);
  const auto lost = static_cast<std::size_t>(code.correctable) + 1;
  GroupChain chain;
  chain.states = 2;
  for (int s = 0; s < 2; ++s) {
    GroupChain::From& from = chain.from[static_cast<std::size_t>(s)];
    const std::array<double, 2> start{s == 0 ? 1.0 : 0.0, s == 1 ? 1.0 : 0.0};
    const Counts counts = count_wrong(symbol, code.symbols, ways - 1, static_cast<int>(lost), start);
    const int other = 1 - s;
    if (ways == 1) {
      from.fail = counts[lost];
      for (std::size_t k = 0; k < lost; ++k) from.ok_other += counts[k][static_cast<std::size_t>(other)];
    } else {
      const double failure = at_least_one(counts[lost][0] + counts[lost][1], ways);
      from.fail = {failure * whole.at[s][0], failure * whole.at[s][1]};
      from.ok_other = (1.0 - failure) * whole.at[s][other];
    }
    from.leave = from.fail[0] + from.fail[1] + from.ok_other;
  }
  return chain;
}

double with_propagation(const FecCode& code, const std::vector<double>& bers, const BurstModel& burst) {
  const auto lanes = static_cast<int>(std::max<std::size_t>(1, bers.size()));
  const int cap = code.correctable + 1;
  std::vector<double> wrong{1.0};
  for (int lane = 0; lane < lanes; ++lane) {
    const Step symbol = symbol_step(bit_step(burst, bers[static_cast<std::size_t>(lane)]), code.symbol_bits);
    const int share = code.symbols / lanes + (lane < code.symbols % lanes ? 1 : 0);
    const Counts counts = count_wrong(symbol, share, 0, cap, {1.0, 0.0});
    std::vector<double> sum(static_cast<std::size_t>(cap) + 1, 0.0);
    for (std::size_t i = 0; i < wrong.size(); ++i) {
      for (std::size_t k = 0; k < counts.size(); ++k) {
        sum[std::min(i + k, static_cast<std::size_t>(cap))] += wrong[i] * (counts[k][0] + counts[k][1]);
      }
    }
    wrong.swap(sum);
  }
  return std::min(1.0, wrong[static_cast<std::size_t>(cap)]);
}

}  // namespace

double GroupChain::failure() const {
  const double first = from[0].fail[0] + from[0].fail[1];
  if (states == 1) return first;
  const double to_bad = from[0].ok_other + from[0].fail[1];
  const double to_good = from[1].ok_other + from[1].fail[0];
  const double bad = to_bad + to_good > 0.0 ? to_bad / (to_bad + to_good) : 0.0;
  return first * (1.0 - bad) + (from[1].fail[0] + from[1].fail[1]) * bad;
}

GroupChain group_chain(const FecCode& code, int ways, const std::vector<double>& bers, const BurstModel& burst) {
  switch (burst.kind) {
    case BurstModel::Kind::gilbert_elliott:
      return gilbert_elliott(code, ways, mean(bers), burst);
    case BurstModel::Kind::propagation:
      return memoryless(with_propagation(code, bers, burst), ways);
    case BurstModel::Kind::none:
      break;
  }
  return memoryless(codeword_failure_at(code, bers), ways);
}

}  // namespace fs
