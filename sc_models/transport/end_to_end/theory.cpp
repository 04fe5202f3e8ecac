// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/theory.hpp"

#include <algorithm>
#include <cmath>

namespace fs {

double go_back_n_efficiency(double loss, double window) { return (1.0 - loss) / (1.0 - loss + loss * window); }
double selective_repeat_efficiency(double loss) { return 1.0 - loss; }
double go_back_n_window(double round_trip, double packet_time, double complaint, bool at_once) {
  const double noticed = (at_once ? 1 : 2) * packet_time;
  return std::ceil((noticed + round_trip + complaint) / packet_time);
}

double window_efficiency(double window, double round_trip, double packet_time) {
  return std::min(1.0, window * packet_time / (round_trip + packet_time));
}

namespace {

/// P(all packets have arrived by x): packet i has had floor((x - t_i) / again) + 1 tries.
double all_there(const RepeatCase& repeat, double x) {
  const auto sent_by = [&](double time) {  // packets with t_i <= time, t_i = i T, i from 1
    const double count = std::floor(time / repeat.packet_time + 1e-9);
    return std::clamp(count, 0.0, static_cast<double>(repeat.packets));
  };
  double logarithm = 0;
  double tried_more = 0;
  for (double tries = std::floor(x / repeat.again) + 1; tries >= 1; --tries) {
    const double tried = sent_by(x - (tries - 1) * repeat.again);
    logarithm += (tried - tried_more) * std::log1p(-std::pow(repeat.loss, tries));
    tried_more = tried;
  }
  return tried_more < static_cast<double>(repeat.packets) ? 0.0 : std::exp(logarithm);
}

}  // namespace

double selective_repeat_time(const RepeatCase& repeat) {
  const double shortest = static_cast<double>(repeat.packets) * repeat.packet_time;
  if (repeat.loss <= 0) return shortest + repeat.round_trip;
  // The integral of P(not all there), which moves while a round's packets are sent and rests until the next round.
  const double moving = std::min(repeat.again, shortest);
  const double step = moving / 200.0;
  double late = 0;
  double missing = 1;
  for (double round = 0; missing > 1e-9; ++round) {
    const double begin = std::max(shortest, round * repeat.again);
    const double end = (round + 1) * repeat.again;
    double x = begin;
    for (; x + step <= std::min(end, round * repeat.again + moving); x += step) {
      missing = 1.0 - all_there(repeat, x + step / 2);
      late += missing * step;
    }
    if (end <= x) continue;
    missing = 1.0 - all_there(repeat, (x + end) / 2);
    late += missing * (end - x);
  }
  return shortest + late + repeat.round_trip;
}

double chunk_loss(double packet_loss, std::int64_t packets) {
  return 1.0 - std::pow(1.0 - packet_loss, static_cast<double>(packets));
}

double mds_success(std::int64_t k, std::int64_t m, double loss) {
  double term = std::pow(1.0 - loss, static_cast<double>(k + m));
  double sum = term;
  for (std::int64_t i = 1; i <= m; ++i) {
    term *= static_cast<double>(k + m - i + 1) / static_cast<double>(i) * loss / (1.0 - loss);
    sum += term;
  }
  return sum;
}

double xor_success(std::int64_t k, std::int64_t m, double loss) {
  const double n = static_cast<double>(k / m + 1);
  const double one = std::pow(1.0 - loss, n) + n * loss * std::pow(1.0 - loss, n - 1.0);
  return std::pow(one, static_cast<double>(m));
}

namespace {

/// Expected number of losses beyond `spare`, of n with probability p each.
double beyond(std::int64_t n, std::int64_t spare, double p) {
  double term = std::pow(1.0 - p, static_cast<double>(n));
  double sum = 0;
  for (std::int64_t i = 1; i <= n; ++i) {
    term *= static_cast<double>(n - i + 1) / static_cast<double>(i) * p / (1.0 - p);
    if (i > spare) sum += static_cast<double>(i - spare) * term;
  }
  return sum;
}

}  // namespace

double mds_wanted(std::int64_t k, std::int64_t m, double loss) { return beyond(k + m, m, loss); }
double xor_wanted(std::int64_t k, std::int64_t m, double loss) {
  return static_cast<double>(m) * beyond(k / m + 1, 1, loss);
}

double erasure_time(const RepeatCase& repeat, const ErasureCase& code) {
  const double fails = 1.0 - std::pow(code.success, code.groups);
  const double sent = static_cast<double>(repeat.packets) + code.parity_packets;
  double time = sent * repeat.packet_time + repeat.round_trip;
  if (fails <= 0) return time;
  RepeatCase again = repeat;
  again.packets = std::max<std::int64_t>(1, std::llround(code.groups * code.wanted_packets / fails));
  return time + fails * selective_repeat_time(again);
}

}  // namespace fs
