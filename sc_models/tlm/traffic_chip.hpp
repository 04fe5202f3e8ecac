// SPDX-License-Identifier: Apache-2.0
// A GPU under open-loop traffic: its links, their sources, what arrives for it. No memory, no masters.
#pragma once

#include <string>
#include <vector>

#include "flit/profile.hpp"
#include "gpu/port.hpp"
#include "link/inbox.hpp"
#include "observe/recorder.hpp"
#include "tlm/endpoint_chip.hpp"
#include "workload/open_loop/open_loop.hpp"

namespace fs::tlm {

/// How open-loop packets look on the wire.
struct OpenLoopClass {
  ClassId cls{};
  std::uint16_t flit_bytes = 64;
};

class TrafficChip final : public EndpointChip {
 public:
  struct Config {
    NodeId node{};
    Clock clock;
  };

  TrafficChip(const Config& config, PacketPool& packets, Inbox& inbox, Recorder& recorder);

  void add_port(GpuPort port) {
    credit_messages_ = credit_messages_ || port.out().config().credits.message > Bytes(0);
    ports_.push_back(std::move(port));
  }
  /// One source a link, in the order of the links. `classes`: by kind_index of the packets.
  void add_sources(const OpenLoopPlan& plan, std::vector<OpenLoopClass> classes, Cycles last_cycle);
  Cycles step(Cycles now) override;

  const Config& config() const { return config_; }
  const std::vector<GpuPort>& ports() const override { return ports_; }
  std::uint64_t offer_waiting(Recorder& recorder, Cycles now) const override;
  bool created_all_before(Cycles cycle) const override;
  std::vector<std::string> waiting_lines(Femtoseconds now) const override;

 private:
  void take_arrivals(const Inbox::Slot& slot, Cycles now);
  bool may_start(std::size_t link) const {
    return (interleave_ ? ports_[link].unstarted() : ports_[link].waiting()) == 0;
  }
  void create_packets(Cycles now);
  void create_packet(std::size_t link, Cycles now);
  void send(Cycles now);
  void flush_credits(Cycles now);

  Config config_;
  PacketPool* packets_;
  Inbox* inbox_;
  Recorder* recorder_;
  std::vector<GpuPort> ports_;
  std::vector<OpenLoopSource> sources_;
  std::vector<Cycles> next_created_;  ///< by link: the source's next packet, read every step
  std::vector<OpenLoopClass> open_loop_classes_;
  Cycles last_cycle_ = Cycles::max();
  bool interleave_ = true;        ///< a packet may start before the tail of the one before it has left
  std::uint64_t sending_ = 0;     ///< bit a port: send() may find something there
  Cycles next_due_{-1};           ///< the earliest of next_created_ whose port could take it; before it is known, -1
  bool credit_messages_ = false;  ///< credits travel as messages of this GPU's channels
  Cycles credit_deadline_ = Cycles::max();
};

}  // namespace fs::tlm
