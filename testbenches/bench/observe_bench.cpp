// SPDX-License-Identifier: Apache-2.0
// What observing one delivery costs: digest, histogram, ledger, batches, and all of a class.
#include <benchmark/benchmark.h>

#include <array>

#include "common/random.hpp"
#include "observe/class_stats.hpp"
#include "observe/digest.hpp"
#include "observe/occupancy.hpp"

namespace {

using fs::Femtoseconds;

constexpr std::size_t sample_count = 4096;

/// Latencies from 200 ns to 2.2 us, as a loaded switch gives them.
std::array<Femtoseconds, sample_count> latencies() {
  fs::RandomStream random(1, "bench", "latency");
  std::array<Femtoseconds, sample_count> values;
  for (auto& v : values) v = Femtoseconds(200'000'000 + static_cast<std::int64_t>(random.below(2'000'000'000)));
  return values;
}

fs::Ledger ledger_of(Femtoseconds latency) {
  fs::Ledger ledger;
  for (std::size_t i = 0; i < 8; ++i) ledger.add(static_cast<fs::Cause>(i), latency / 8);
  ledger.add(fs::Cause::endpoint, latency % Femtoseconds(8));
  return ledger;
}

void digest_add(benchmark::State& state) {
  fs::Digest digest;
  std::uint64_t n = 0;
  for (auto _ : state) {
    digest.add(fs::NodeId{5}, n, Femtoseconds(static_cast<std::int64_t>(n) * 751'880), fs::Outcome::delivered);
    ++n;
  }
  benchmark::DoNotOptimize(digest);
}
BENCHMARK(digest_add);

void histogram_add(benchmark::State& state) {
  const auto values = latencies();
  fs::LatencyHistogram histogram;
  std::size_t n = 0;
  for (auto _ : state) histogram.add(values[n++ % sample_count]);
  benchmark::DoNotOptimize(histogram);
}
BENCHMARK(histogram_add);

void ledger_sum_add(benchmark::State& state) {
  std::array<fs::Ledger, 64> ledgers;
  for (std::size_t i = 0; i < ledgers.size(); ++i) ledgers[i] = ledger_of(latencies()[i]);
  fs::LedgerSum sum;
  std::size_t n = 0;
  for (auto _ : state) sum.add(ledgers[n++ % ledgers.size()]);
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(ledger_sum_add);

void class_delivery(benchmark::State& state) {
  const auto values = latencies();
  const auto ledger = ledger_of(values[0]);
  fs::ClassStats stats("request", Femtoseconds(0), fs::one_second());
  fs::Digest digest;
  std::size_t n = 0;
  for (auto _ : state) {
    const auto created = Femtoseconds(static_cast<std::int64_t>(n) * 10'000);
    const auto now = created + values[n % sample_count];
    stats.delivered(created, now, ledger, 5, 256);
    digest.add(fs::NodeId{5}, n++, now, fs::Outcome::delivered);
  }
  benchmark::DoNotOptimize(stats);
  benchmark::DoNotOptimize(digest);
}
BENCHMARK(class_delivery);

void occupancy_set(benchmark::State& state) {
  fs::Occupancy buffer(64);
  std::int64_t n = 0;
  for (auto _ : state) {
    buffer.set(n, static_cast<int>(n & 63));
    ++n;
  }
  benchmark::DoNotOptimize(buffer);
}
BENCHMARK(occupancy_set);

}  // namespace
