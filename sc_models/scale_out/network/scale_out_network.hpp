// SPDX-License-Identifier: Apache-2.0
// NICs, switches and links as one: messages from endpoint to endpoint, packet by packet.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scale_out/fabric/ethernet_switches.hpp"
#include "scale_out/network/scale_out_spec.hpp"
#include "scale_out/nic/nics.hpp"
#include "transport/carrier/message_carrier.hpp"

namespace fs {

/// Where all packets are. created = delivered + heeded + dropped + inside, and inside is what lies in queues and on
/// wires; check_conservation() goes and looks.
struct NetPacketCounts {
  std::uint64_t created = 0;
  std::uint64_t delivered = 0;  ///< to NICs
  std::uint64_t heeded = 0;     ///< flow control's own, by neighbours
  std::uint64_t dropped[net_drops] = {};
  std::uint64_t inside = 0;
  std::uint64_t lost() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t cause : dropped) sum += cause;
    return sum;
  }
};

enum class LinkChange : std::uint32_t { cut, mended, left_out, used_again, switch_down, switch_up };
const char* to_string(LinkChange change);

class ScaleOutNetwork final : public MessageCarrier {
 public:
  /// Throws std::invalid_argument for what cannot be built, saying why.
  explicit ScaleOutNetwork(const ScaleOutSpec& spec);
  ~ScaleOutNetwork() override;

  void report_to(MessageSink& sink) override { sink_ = &sink; }
  void post(const CarriedMessage& message, Femtoseconds now) override;
  void post(const NetMessage& message, Femtoseconds now);
  Femtoseconds next_event() const override;
  void advance(Femtoseconds until) override;
  std::uint64_t under_way() const override;

  const ScaleOutSpec& spec() const { return spec_; }
  const NetGraph& graph() const { return graph_; }
  const Wires& wires() const { return *wires_; }
  const Nics& nics() const { return *nics_; }
  const EthernetSwitches& switches() const { return *switches_; }
  NetPacketCounts packet_counts() const;
  /// What will happen to cables and routes, all of it, in the order of time: light and routers are functions of time.
  struct PlannedChange {
    Femtoseconds time{0};
    std::size_t place = 0;  ///< a link's number; switch_down, switch_up: a node's
    LinkChange change = LinkChange::cut;
    bool of_switch = false;  ///< a link's, because the switch at its end failed or is back
    bool about_switch() const { return change == LinkChange::switch_down || change == LinkChange::switch_up; }
  };
  const std::vector<PlannedChange>& planned_changes() const { return planned_; }
  std::uint64_t events() const { return events_; }
  /// Round trip without waiting, and rate, of the path between two endpoints.
  FlowPath path(NodeId from, NodeId to) const;
  /// Throws InvariantError where packets or room in buffers are not accounted for.
  void check_conservation() const;

 private:
  void happen(const NetEvent& event);
  bool lost_on_the_way(const NetEvent& event) {
    if (left_out_.empty()) return false;
    const auto port = static_cast<NetPortId>(event.a);
    const auto packet = static_cast<NetPacketId>(event.b);
    return wires_->lost_on_the_way(port, packet) || switches_->lost_inside(port, packet);
  }
  void control_acts(NetPortId port, NetPacketId id);
  void plan_failures();
  void change(std::size_t place, LinkChange change);

  ScaleOutSpec spec_;
  NetGraph graph_;
  NetRoutes routes_;
  std::unique_ptr<const NetRoutes> design_;  ///< with all links, where some fail
  std::vector<bool> left_out_;               ///< by link; empty where none fails
  std::vector<PlannedChange> planned_;
  std::size_t next_planned_ = 0;
  bool routes_are_old_ = false;
  std::unique_ptr<Wires> wires_;
  std::unique_ptr<EthernetSwitches> switches_;
  std::unique_ptr<Nics> nics_;
  MessageSink* sink_ = nullptr;
  std::uint64_t heeded_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace fs
