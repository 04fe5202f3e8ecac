// SPDX-License-Identifier: Apache-2.0
// Messages between GPUs of several sites: from the NIC to the gateway, over waves, from gateway to NIC.
#pragma once

#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "common/earliest.hpp"
#include "common/ring.hpp"
#include "observe/digest.hpp"
#include "observe/latency_histogram.hpp"
#include "transport/carrier/message_carrier.hpp"
#include "transport/gateway/nic_gate.hpp"
#include "transport/sites/site_view.hpp"

namespace fs {

/// Messages are cut into chunks. A chunk crosses a site by the carrier inside (NICs and switches), waits in the
/// gateway's buffer for a wave with credit and window, crosses as a message of the wave's transport, packet by packet,
/// waits at the other gateway, and crosses that site. The sending gateway keeps it until the wave's transport knows
/// that it has arrived. So a wave that loses packets costs its own round trips and nothing else, and what a cut takes
/// is what was on the fibre.
///
/// Where the specification says how routers reroute, a wave without light is left out once they have found out: what it
/// was given and is not known to have arrived is given to others, and sites are routed around it. A chunk that then
/// comes twice is dropped at the receiving gateway.
///
/// Endpoints are the GPUs, then one gateway a site. The carrier inside has them all; it must not lose anything.
class SiteNetwork final : public MessageCarrier, public SiteView, private MessageSink, private WaveOwner {
 public:
  /// `inside` null: a PlainCarrier of the spec's NICs and ports. `spec` has its receive buffers shared out.
  explicit SiteNetwork(const SiteNetworkSpec& spec, std::unique_ptr<MessageCarrier> inside = nullptr);
  ~SiteNetwork() override;

  void report_to(MessageSink& sink) override { sink_ = &sink; }
  void post(const CarriedMessage& message, Femtoseconds now) override;
  Femtoseconds next_event() const override;
  void advance(Femtoseconds until) override;
  std::uint64_t under_way() const override { return posted_ - delivered_; }

  const SiteNetworkSpec& spec() const override { return spec_; }
  const WaveLink& wave(std::size_t number) const { return *waves_[number]; }
  MessageCarrier& inside() { return *inside_; }
  bool left_out(std::size_t wave) const { return left_out_[wave]; }
  const SiteTraffic& traffic(std::size_t from, std::size_t to) const override {
    return traffic_[from * spec_.sites.size() + to];
  }
  GatewayFacts gateway(std::size_t site) const override;
  NicBytes nic_bytes(std::size_t gpu) const override { return nics_[gpu].bytes; }
  const LongHaulChannel& channel(std::size_t wave, int end) const override { return waves_[wave]->channel(end); }
  WaveDirectionFacts direction(std::size_t wave, int end) const override;
  std::int64_t window_bytes(std::size_t wave) const override { return waves_[wave]->window_bytes(); }
  SenderCounts sender_counts() const override;
  std::uint64_t duplicates() const override;
  const Digest& digest() const { return digest_; }
  std::uint64_t posted() const override { return posted_; }
  std::uint64_t delivered() const override { return delivered_; }
  std::uint64_t events() const override;
  /// Throws InvariantError unless, with everything delivered, all buffers towards GPUs are empty, and those towards the
  /// waves hold just what is not known to have arrived.
  void check_end() const override;

 private:
  using ChunkId = std::uint32_t;
  struct Message {
    CarriedMessage posted;
    Femtoseconds at{0};
    std::int64_t unsent = 0, undelivered = 0;  ///< bytes
    std::uint64_t place = 0;                   ///< in_order: among those of the pair
  };
  struct Chunk {
    std::uint32_t message = 0;
    std::int64_t bytes = 0;
    std::size_t site = 0;       ///< where it is, or where it leaves from
    std::size_t wave = 0;       ///< by which it came
    std::size_t target = 0;     ///< its message's site: the message may be through before all copies are
    Femtoseconds available{0};  ///< out of the gateway's memory
    std::uint32_t copies = 0;   ///< who has it in hand: a NIC or queue, and of each wave the sender and the receiver
    bool out = false;           ///< on the way from the gateway to its GPU
    bool known = false;         ///< to have arrived at the next site
    bool arrived = false;       ///< there
    bool again = false;         ///< waits to be given once more
  };
  struct Nic {
    std::vector<Ring<std::uint32_t>> queues;  ///< messages by target site
    Ring<ChunkId> again;                      ///< chunks that the gateway dropped
    std::size_t turn = 0;
    Femtoseconds free_at{0};
    std::int64_t in_flight = 0;
    NicGate::Ticket ticket;
    Ring<ChunkId> arrivals;  ///< at this GPU's gateway, to be sent to it
    std::int64_t arriving = 0;
    NicBytes bytes;
  };
  struct Gateway {
    Gateway(const GatewaySpec& spec, std::int64_t chunk, std::int64_t headroom)
        : gate(spec, chunk, headroom), memory(spec) {}
    GatewayBuffer& send() { return gate.buffer(); }  ///< towards the waves
    const GatewayBuffer& send() const { return gate.buffer(); }
    NicGate gate;
    GatewayMemory memory;
    std::vector<Ring<ChunkId>> queues;  ///< towards the waves, by next site
    std::vector<Ring<ChunkId>> again;   ///< the same, of what waves have that were left out: these go first
    std::int64_t given_twice = 0;       ///< bytes that several waves keep, or that one keeps for nothing
    Ring<ChunkId> relays;               ///< arrived by a wave, on to another, without room yet
    std::int64_t receive_level = 0;
    GatewayFacts facts;
  };
  enum class Kind : std::uint8_t { nic, grant, pause, resume, again, inside_done, leave, arrival, reroute };
  struct Event {
    Femtoseconds time{0};
    std::uint64_t order = 0;
    Kind kind = Kind::nic;
    std::uint32_t what = 0;
    std::uint32_t where = 0;
    bool operator<(const Event& other) const {  // the earliest on top
      return time != other.time ? other.time < time : other.order < order;
    }
  };

  void delivered(std::uint64_t chunk, Femtoseconds time) override;  // by the carrier inside
  void chunk_arrived(std::size_t wave, int end, std::uint64_t tag, Femtoseconds now) override;
  void chunk_known(std::size_t wave, int end, std::uint64_t tag, Femtoseconds now) override;

  void at(Femtoseconds time, Kind kind, std::size_t what, std::size_t where = 0) {
    events_.push({time, order_++, kind, static_cast<std::uint32_t>(what), static_cast<std::uint32_t>(where)});
  }
  void happen(const Event& event);
  void move_to(Femtoseconds now);
  NodeId gateway_endpoint(std::size_t site) const { return static_cast<NodeId>(spec_.site_of.size() + site); }

  void pump_nic(std::size_t gpu);
  ChunkId cut(std::uint32_t message);
  void send_inside(ChunkId id, NodeId from, NodeId to);
  void reach_gateway(ChunkId id);
  void enqueue(std::size_t site, ChunkId id);
  void pump_waves(std::size_t site, std::size_t next);
  Ring<ChunkId>& waiting_for_waves(std::size_t site, std::size_t next);
  std::size_t choose_wave(std::size_t site, std::size_t next, std::int64_t bytes);
  void plan_rerouting();
  void reroute(std::size_t wave, bool out);
  void take_back(std::size_t wave);
  void sort_queues_anew();
  void room_freed(std::size_t site);
  void tell_nics(std::size_t site, Kind pause_or_resume);
  void pump_out(std::size_t gpu);
  void reach_gpu(ChunkId id);
  void complete(std::uint32_t place);
  void release(ChunkId id);
  void set_wave_time(std::size_t wave) { wave_times_.set(wave, waves_[wave]->next_event()); }

  SiteNetworkSpec spec_;
  std::vector<std::vector<std::size_t>> routes_;
  std::vector<bool> left_out_;  ///< by wave
  std::unique_ptr<MessageCarrier> inside_;
  MessageSink* sink_ = nullptr;
  std::vector<std::unique_ptr<WaveLink>> waves_;
  Earliest wave_times_;                                         ///< by wave
  std::vector<std::vector<std::vector<std::size_t>>> between_;  ///< [site][next]: the waves that join them
  std::vector<Gateway> gateways_;
  std::vector<Nic> nics_;
  std::vector<Message> messages_;
  std::vector<std::uint32_t> free_messages_;
  std::vector<Chunk> chunks_;
  std::vector<ChunkId> free_chunks_;
  struct Pair {
    std::uint64_t posted = 0, next = 0;
    std::map<std::uint64_t, std::uint32_t> waiting;
  };
  std::map<std::uint64_t, Pair> pairs_;  ///< in_order: by source and target
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  Femtoseconds now_{0};
  std::vector<ByteClock> nic_clocks_;  ///< by site
  std::vector<SiteTraffic> traffic_;
  Digest digest_;
  std::uint64_t posted_ = 0, delivered_ = 0;
  std::uint64_t happened_ = 0;
};

}  // namespace fs
