// SPDX-License-Identifier: Apache-2.0
// Traffic over a scale-out network, from event to event.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "observe/digest.hpp"
#include "scale_out/network/scale_out_network.hpp"
#include "scale_out/traffic/net_traffic.hpp"

namespace fs {

class ScaleOutRun final : public MessageSink {
 public:
  ScaleOutRun(const ScaleOutSpec& network, const NetRunSpec& run);

  /// Runs until `end`, or until all traffic that has an end is delivered and nothing is left to happen. Returns when it
  /// stopped. `tell` is called now and then with the time. May be called again with a later end.
  Femtoseconds run(Femtoseconds end, const std::function<void(Femtoseconds)>& tell = {});
  void delivered(std::uint64_t id, Femtoseconds time) override;

  const ScaleOutNetwork& network() const { return network_; }
  const std::vector<NetTraffic>& classes() const { return classes_; }
  const NetRunSpec& spec() const { return spec_; }
  const Digest& digest() const { return digest_; }
  /// What ports had sent when warm-up ended.
  const IdVector<NetPortId, std::uint64_t>& bytes_before() const { return bytes_before_; }

 private:
  struct Due {
    Femtoseconds time{0};
    std::uint32_t of_class = 0;
    std::uint32_t source = 0;
  };
  struct Posted {
    std::uint32_t of_class = 0;
    std::uint32_t source = 0;
    std::uint64_t number = 0;
    Femtoseconds time{0};
  };
  static bool later(const Due& a, const Due& b);
  void plan(std::uint32_t of_class, std::uint32_t source, Femtoseconds time);
  void post_due(const Due& due);
  void post(std::uint32_t of_class, std::uint32_t source, Femtoseconds now);
  void note_warm();
  bool finished() const;

  NetRunSpec spec_;
  ScaleOutNetwork network_;
  std::vector<NetTraffic> classes_;
  std::vector<Due> due_;  // heap
  std::vector<Posted> posted_;
  std::vector<std::uint32_t> posted_free_;
  IdVector<NetPortId, std::uint64_t> bytes_before_;
  bool warm_ = false;
  Femtoseconds now_{0};
  Digest digest_;
};

}  // namespace fs
