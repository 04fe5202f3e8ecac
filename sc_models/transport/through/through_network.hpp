// SPDX-License-Identifier: Apache-2.0
// Messages between GPUs of several sites whose transports run from NIC to NIC: gateways forward packets.
#pragma once

#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "common/clock.hpp"
#include "common/earliest.hpp"
#include "common/ring.hpp"
#include "observe/digest.hpp"
#include "transport/carrier/message_carrier.hpp"
#include "transport/gateway/nic_gate.hpp"
#include "transport/sites/site_view.hpp"
#include "transport/through/wave_pipe.hpp"

namespace fs {

/// Each pair of GPUs that exchanges messages has a transport of its own, sized by the whole way. A packet leaves its
/// NIC at the NIC's rate, is at the gateway `latency` later, waits there for its wave, crosses it, waits at the other
/// gateway (or is relayed), and goes to its NIC at that one's rate, `latency` away. Gateways store and forward packets
/// in their buffers under the site's flow control; what the fibre or a full buffer loses is the NICs' to send again,
/// over the whole way. Acknowledgements take the same way back; they go first out of a NIC, and no flow control holds
/// them there.
class ThroughNetwork final : public MessageCarrier, public SiteView {
 public:
  /// `spec` has its receive buffers shared out; its `transport` is the NICs'.
  explicit ThroughNetwork(const SiteNetworkSpec& spec);

  void report_to(MessageSink& sink) override { sink_ = &sink; }
  void post(const CarriedMessage& message, Femtoseconds now) override;
  Femtoseconds next_event() const override;
  void advance(Femtoseconds until) override;
  std::uint64_t under_way() const override { return posted_ - delivered_; }

  const SiteNetworkSpec& spec() const override { return spec_; }
  const SiteTraffic& traffic(std::size_t from, std::size_t to) const override {
    return traffic_[from * spec_.sites.size() + to];
  }
  GatewayFacts gateway(std::size_t site) const override;
  NicBytes nic_bytes(std::size_t gpu) const override { return nics_[gpu].bytes; }
  const LongHaulChannel& channel(std::size_t wave, int end) const override { return waves_[wave]->channel(end); }
  WaveDirectionFacts direction(std::size_t wave, int end) const override { return waves_[wave]->facts(end); }
  std::int64_t window_bytes(std::size_t /*wave*/) const override { return 0; }
  SenderCounts sender_counts() const override;
  std::uint64_t duplicates() const override;
  std::uint64_t posted() const override { return posted_; }
  std::uint64_t delivered() const override { return delivered_; }
  std::uint64_t events() const override;
  void check_end() const override;
  const Digest& digest() const { return digest_; }
  /// What the transport of a pair is sized by: the way there and back with the time of a packet on each wire, and the
  /// slowest of these.
  FlowPath path(NodeId from, NodeId to) const;

  /// Pairs of GPUs that may exchange messages: packets name theirs by 16 bits.
  static constexpr std::size_t most_flows = 65'535;

 private:
  using FlowId = std::uint16_t;
  struct Message {
    CarriedMessage posted;
    Femtoseconds at{0};
    bool delivered = false;
  };
  struct Flow {
    NodeId source{}, target{};
    TransportPair transport;
    Ring<Message> messages;  ///< not known to be complete, from number first_message
    std::int64_t first_message = 0;
    std::uint64_t hash = 0;
    bool in_line = false;
    Femtoseconds wakes_at = Femtoseconds::max();
  };
  /// A packet in a gateway.
  struct Held {
    WirePacket packet;
    Femtoseconds available{0};  ///< out of the gateway's memory
    std::size_t wave = 0;       ///< by which it came; none(): from this site
  };
  struct Nic {
    Ring<FlowId> line;  ///< flows that have something to send
    Ring<WirePacket> answers;
    Femtoseconds free_at{0};
    NicGate::Ticket ticket;
    Ring<Held> inbound;  ///< at the port towards it
    Femtoseconds port_free{0};
    NicBytes bytes;
  };
  struct Gateway {
    Gateway(const GatewaySpec& spec, std::int64_t packet, std::int64_t headroom)
        : gate(spec, packet, headroom), memory(spec) {}
    GatewayBuffer& send() { return gate.buffer(); }  ///< towards the waves
    const GatewayBuffer& send() const { return gate.buffer(); }
    NicGate gate;
    GatewayMemory memory;
    Ring<Held> relays;  ///< came by a wave, on to another, without room yet
    std::int64_t receive_level = 0;
    GatewayFacts facts;
  };
  struct WaveQueue {
    Ring<Held> packets;
    std::int64_t bytes = 0;
    Femtoseconds wakes_at = Femtoseconds::max();
  };
  enum class Kind : std::uint8_t { nic, flow, gateway, port, arrival, wave, grant, pause, resume, reroute };
  struct Event {
    Femtoseconds time{0};
    std::uint64_t order = 0;
    WirePacket packet;
    Kind kind = Kind::nic;
    std::uint32_t what = 0;
    std::uint32_t where = 0;
    bool operator<(const Event& other) const {  // the earliest on top
      return time != other.time ? other.time < time : other.order < order;
    }
  };

  void at(Femtoseconds time, Kind kind, std::size_t what, std::size_t where = 0, const WirePacket& packet = {}) {
    events_.push({time, order_++, packet, kind, static_cast<std::uint32_t>(what), static_cast<std::uint32_t>(where)});
  }
  void happen(const Event& event);
  std::size_t none() const { return waves_.size(); }
  std::size_t site_of(NodeId gpu) const { return spec_.site_of[index(gpu)]; }
  NodeId goes_to(const WirePacket& packet) const {
    const Flow& flow = *flows_[packet.flow];
    return packet.kind == WirePacket::Kind::acknowledgement ? flow.source : flow.target;
  }
  NodeId comes_from(const WirePacket& packet) const {
    const Flow& flow = *flows_[packet.flow];
    return packet.kind == WirePacket::Kind::acknowledgement ? flow.target : flow.source;
  }
  FlowId flow_of(NodeId source, NodeId target);
  std::int64_t crowd(std::size_t from, std::size_t to) const;

  // through_nics.cpp
  void refresh(FlowId id);
  void pump_nic(std::size_t gpu);
  bool next_packet(std::size_t gpu, WirePacket& packet);
  void leave_nic(std::size_t gpu, const WirePacket& packet);
  void reach_nic(std::size_t gpu, const WirePacket& packet);
  void complete(Flow& flow, std::int64_t number);

  // through_gateways.cpp
  void reach_gateway(std::size_t site, const WirePacket& packet);
  void enqueue(std::size_t site, Held held);
  std::size_t choose_wave(std::size_t site, const WirePacket& packet) const;
  void pump_wave(std::size_t wave, int end);
  void room_freed(std::size_t site);
  void tell_nics(std::size_t site, Kind pause_or_resume);
  void came_by_wave(std::size_t wave, int end, const WirePacket& packet);
  void to_port(std::size_t gpu, Held held);
  void pump_port(std::size_t gpu);
  void reroute(std::size_t wave, bool out);
  void set_wave_time(std::size_t wave) { wave_times_.set(wave, waves_[wave]->next_event()); }
  WaveQueue& queue_of(std::size_t wave, int end) { return queues_[2 * wave + static_cast<std::size_t>(end)]; }
  std::size_t site_at(std::size_t wave, int end) const { return end == 0 ? spec_.waves[wave].a : spec_.waves[wave].b; }

  SiteNetworkSpec spec_;
  std::vector<std::vector<std::size_t>> routes_;
  std::vector<bool> left_out_;
  std::vector<std::unique_ptr<WavePipe>> waves_;
  Earliest wave_times_;                                         ///< by wave
  std::vector<std::vector<std::vector<std::size_t>>> between_;  ///< [site][next]: the waves that join them
  std::vector<WaveQueue> queues_;                               ///< by wave and end that sends
  std::vector<Gateway> gateways_;
  std::vector<Nic> nics_;
  std::vector<ByteClock> nic_clocks_;  ///< by site
  std::vector<std::unique_ptr<Flow>> flows_;
  std::map<std::uint64_t, FlowId> by_ends_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  Femtoseconds now_{0};
  MessageSink* sink_ = nullptr;
  std::vector<SiteTraffic> traffic_;
  Digest digest_;
  std::uint64_t posted_ = 0, delivered_ = 0;
  std::uint64_t happened_ = 0;
};

}  // namespace fs
