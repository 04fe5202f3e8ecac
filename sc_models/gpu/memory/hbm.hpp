// SPDX-License-Identifier: Apache-2.0
// A GPU's local memory in time: an L2 before interleaved HBM channels, each a pipe of exact rate. Deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/ring.hpp"
#include "gpu/memory/l2_tags.hpp"
#include "gpu/memory/memory_port.hpp"
#include "gpu/memory/storage.hpp"

namespace fs {

/// Defaults describe one B200.
struct HbmConfig {
  Bytes size{std::int64_t{192} << 30};          ///< B200: 192 GB of HBM3E (NVIDIA, Blackwell architecture brief)
  std::int64_t channels = 128;                  ///< 8 stacks of 16 channels (JEDEC JESD238, HBM3)
  BitsPerSecond bandwidth{64'000'000'000'000};  ///< of all channels: 8 TB/s (NVIDIA, Blackwell architecture brief)
  Bytes interleave{256};                        ///< consecutive bytes of one channel; assumption
  Femtoseconds latency = nanoseconds(438);      ///< an idle miss, from request to data, L2 look-up included. B200: 860
                                                ///< cycles at 1.965 GHz (markdewing/AI_kernels, latency/README.md)
  Bytes burst{32};                              ///< without an L2: accesses round up to this; a sector of 32 bytes
  std::int64_t queue = 128;                     ///< accesses a channel may hold; full: refuse. Assumption
  L2Config l2;
};

/// Timing: an access waits for its channel, then takes bytes / rate there and `latency` on top. Lines held by the L2
/// take the L2's latency and no channel. The L2 writes back and allocates on writes without fetching (it keeps byte
/// masks); a dirty line that leaves takes its channel and a place in its queue, and nobody waits for it. Atomics are
/// done in the L2: they fetch their line on a miss. An access to a line on its way waits for it.
class Hbm {
 public:
  /// Throws std::invalid_argument naming what is out of range.
  explicit Hbm(const HbmConfig& config);

  struct Outcome {
    bool accepted = false;
    Femtoseconds time{};  ///< when it is done; when refused, the earliest time at which it can be accepted
  };
  /// `now` never decreases. 0 < bytes, offset + bytes <= size.
  Outcome access(Femtoseconds now, std::uint64_t offset, std::uint64_t bytes, OperationKind kind);

  bool contains(std::uint64_t offset, std::uint64_t bytes) const {
    const auto size = static_cast<std::uint64_t>(config_.size.value());
    return offset < size && bytes <= size - offset;
  }
  Storage& storage() { return storage_; }
  const HbmConfig& config() const { return config_; }

  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }
  std::uint64_t channel_bytes() const { return channel_bytes_; }

 private:
  struct Channel {
    std::int64_t next_byte = 0;  ///< first byte of its wire not yet booked
    Ring<Femtoseconds> open{4};  ///< completion times, ascending
  };

  /// A line that the L2 holds already, but whose data is still on its way.
  struct Fill {
    std::uint64_t line = ~0ULL;
    Femtoseconds done{};
  };
  static constexpr std::size_t recent_fills = 1024;

  /// Consecutive pieces of `interleave` bytes take the channels in turn; each round begins at another one, drawn by
  /// hash, so that no stride meets one channel only.
  Channel& channel_of(std::uint64_t offset) {
    const std::uint64_t piece = offset / interleave_;
    const std::uint64_t round = piece / channels_.size();
    return channels_[static_cast<std::size_t>((piece + mix64(round)) % channels_.size())];
  }
  Femtoseconds transfer(Channel& channel, Femtoseconds now, std::uint64_t bytes);
  bool full(Channel& channel, Femtoseconds now) const;
  bool cached(std::uint64_t begin, std::uint64_t end) const;
  Femtoseconds touch_line(Femtoseconds now, std::uint64_t line, OperationKind kind);
  Femtoseconds touch_channel(Femtoseconds now, std::uint64_t offset, std::uint64_t bytes);

  HbmConfig config_;
  std::uint64_t interleave_;
  std::uint64_t grain_;  ///< line, or burst without an L2
  ByteClock wire_;       ///< of one channel
  std::vector<Channel> channels_;
  std::optional<L2Tags> l2_;
  std::vector<Fill> fills_;  ///< by line, the newest of those that share a place
  Storage storage_;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
  std::uint64_t channel_bytes_ = 0;
};

/// Checks, moves the data and times it: what both faces of an HBM do with an access.
MemoryAnswer perform(Hbm& hbm, MemoryAccess& access, Femtoseconds now);

/// The HBM core as a GPU's memory without a socket between.
class HbmPort : public MemoryPort {
 public:
  explicit HbmPort(Hbm& hbm) : hbm_(&hbm) {}
  MemoryAnswer access(MemoryAccess& access, Femtoseconds now) override { return perform(*hbm_, access, now); }

 private:
  Hbm* hbm_;
};

}  // namespace fs
