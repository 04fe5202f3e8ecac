// SPDX-License-Identifier: Apache-2.0
#include "neighbours.hpp"

#include <algorithm>

namespace fs::lockstep {

Neighbours::Neighbours(const Shape& shape, std::uint64_t seed)
    : shape_(shape),
      config_(shape.config),
      random_(seed, "lockstep", shape.name),
      in_(shape.config.ports, shape.config.vcs) {
  power_up();
}

void Neighbours::power_up() {
  const auto pairs = static_cast<std::size_t>(config_.ports) * static_cast<std::size_t>(config_.vcs);
  packets_.assign(pairs, Packet());
  rooms_.assign(static_cast<std::size_t>(config_.ports), Room());
  receivers_.assign(static_cast<std::size_t>(config_.ports), Receiver());
  for (auto& room : rooms_) {
    room.own = config_.depth;
    room.borrowed.assign(config_.depth.size(), 0);
    room.shared = config_.pool_depth;
    for (const int reserve : config_.depth) room.shared -= reserve;
  }
  for (auto& receiver : receivers_) {
    receiver.held.assign(config_.depth.size(), 0);
    if (!config_.peer_shared_pool) {
      receiver.to_lend.assign(config_.depth.size(), shape_.peer_depth);
      continue;
    }
    receiver.to_lend = config_.peer_reserve;
    int shared = shape_.peer_depth;
    for (const int reserve : config_.peer_reserve) shared -= reserve;
    for (; shared > 0; --shared) ++receiver.to_lend[static_cast<std::size_t>(below(config_.vcs))];
  }
  new_mood();
}

void Neighbours::new_mood() {
  Mood m;
  m.pattern = static_cast<Mood::Pattern>(below(4));
  m.hot = below(config_.destinations);
  const double loads[] = {0.05, 0.3, 0.7, 1, 1};
  m.load = loads[below(5)];
  m.gap = below(3) == 0 ? 0.3 : 0;
  m.burst = below(2) == 0 ? 0.9 : 0;
  m.single = below(4) == 0;
  const double rates[] = {0, 0, 0.1, 0.5, 0.9};
  m.not_ready = rates[below(5)];
  m.stuck = below(4) == 0 ? 0.3 : 0;
  const double returns[] = {1, 1, 0.5, 0.1};
  m.give_back = returns[below(4)];
  m.withheld = below(4) == 0 ? 0.4 : 0;
  m.rewrite = below(3) == 0 ? 0.2 : 0;
  m.reset = below(6) == 0 ? 0.01 : 0;
  m.duration = 50 + below(300);
  mood_ = m;
  mood_left_ = m.duration;
  for (auto& receiver : receivers_) {
    receiver.stuck = chance(m.stuck);
    receiver.withheld = chance(m.withheld);
  }
}

/// Everything on the pins is noise, and the neighbours start anew.
void Neighbours::reset_cycle() {
  --reset_left_;
  in_.rst_n = false;
  for (auto& bit : in_.rx_valid) bit = static_cast<std::uint8_t>(below(2));
  for (auto& vc : in_.rx_vc) vc = static_cast<std::uint8_t>(below(config_.vcs));
  for (auto& flit : in_.rx_flit) flit = {random_.next(), random_.next()};
  for (auto& bit : in_.tx_credit) bit = static_cast<std::uint8_t>(below(2));
  power_up();
}

const InputPins& Neighbours::next() {
  ++cycle_;
  std::fill(in_.rx_valid.begin(), in_.rx_valid.end(), std::uint8_t{0});
  std::fill(in_.tx_credit.begin(), in_.tx_credit.end(), std::uint8_t{0});
  in_.rst_n = true;
  in_.route.reset();
  if (mood_left_-- == 0) new_mood();

  // Rows are written one a cycle: the whole table first, before the first packet; later, now and then.
  const auto rows = static_cast<std::size_t>(config_.classes) * static_cast<std::size_t>(config_.destinations);
  const bool filling = rows_written_ < rows;
  if (filling) {
    const auto row = static_cast<int>(rows_written_++);
    in_.route = random_row(row / config_.destinations, row % config_.destinations);
  } else if (chance(mood_.rewrite)) {
    in_.route = random_row(below(config_.classes), below(config_.destinations));
  }
  for (int p = 0; p < config_.ports; ++p) {
    const auto i = static_cast<std::size_t>(p);
    in_.tx_ready[i] = !receivers_[i].stuck && !chance(mood_.not_ready);
  }
  if (reset_left_ == 0 && chance(mood_.reset)) reset_left_ = 1 + below(3);
  if (reset_left_ > 0) {
    reset_cycle();
    return in_;
  }
  for (int p = 0; p < config_.ports; ++p) {
    lend_and_return(p);
    if (!filling) send(p);
  }
  return in_;
}

RoutePins Neighbours::random_row(int cls, int dst) {
  RoutePins pins{cls, dst, {}};
  // Half the rows have one output; others a few, or all.
  const int kind = below(4);
  for (int p = 0; p < config_.ports; ++p) {
    if (kind == 3 || (kind == 2 && chance(3.0 / config_.ports))) pins.row.outputs.push_back(static_cast<PortId>(p));
  }
  if (pins.row.outputs.empty()) pins.row.outputs.push_back(static_cast<PortId>((dst + below(2)) % config_.ports));
  const std::uint64_t all = (1ULL << config_.vcs) - 1;
  pins.row.vcs_low = below(2) == 0 ? all : random_.next() & all;
  if (pins.row.vcs_low == 0) pins.row.vcs_low = all;
  pins.row.mode = static_cast<RouteMode>(below(3));
  return pins;
}

int Neighbours::pick_destination(int port, int vc) {
  const int before = packets_[at(port, vc)].dst;
  if (chance(mood_.burst)) return before;
  switch (mood_.pattern) {
    case Mood::Pattern::hot_spot:
      return chance(0.5) ? mood_.hot : below(config_.destinations);
    case Mood::Pattern::one_destination:
      return mood_.hot;
    case Mood::Pattern::own_destination:
      return port % config_.destinations;
    case Mood::Pattern::uniform:
      break;
  }
  return below(config_.destinations);
}

bool Neighbours::take_room(Room& room, int vc, int count) {
  const auto v = static_cast<std::size_t>(vc);
  if (room.own[v] + room.shared < count) return false;
  const int from_own = std::min(room.own[v], count);
  room.own[v] -= from_own;
  room.borrowed[v] += count - from_own;
  room.shared -= count - from_own;
  return true;
}

/// A packet begins only with room for all of it, as cut-through senders do.
bool Neighbours::begin(int port, int vc) {
  Packet& packet = packets_[at(port, vc)];
  const int length = mood_.single ? 1 : 1 + below(shape_.longest);
  const int sent = length > 1 && chance(mood_.cut) ? 1 + below(length - 1) : length;
  if (!take_room(rooms_[static_cast<std::size_t>(port)], vc, sent)) return false;
  packet.dst = pick_destination(port, vc);
  packet.under_way = true;
  packet.left = sent;
  Flit f;
  f.handle = static_cast<PacketHandle>(next_name_++);
  f.hash_key = static_cast<std::uint32_t>(random_.next());
  f.dst = static_cast<NodeId>(packet.dst);
  f.cls = static_cast<ClassId>(below(config_.classes));
  f.length = static_cast<std::uint16_t>(length);
  f.wire_bytes = static_cast<std::uint16_t>(below(65536));
  f.flags = Flit::head_flag;
  packet.flit = f;
  return true;
}

void Neighbours::send(int port) {
  const int first = below(config_.vcs);
  for (int k = 0; k < config_.vcs; ++k) {
    const int v = (first + k) % config_.vcs;
    Packet& packet = packets_[at(port, v)];
    if (packet.under_way ? chance(mood_.gap) : !chance(mood_.load) || !begin(port, v)) continue;
    Flit f = packet.flit;
    packet.flit.flags = 0;
    if (--packet.left == 0) {
      packet.under_way = false;
      f.flags |= Flit::tail_flag;
      if (chance(mood_.cut)) f.flags |= Flit::poison_flag;
    }
    const auto i = static_cast<std::size_t>(port);
    in_.rx_valid[i] = 1;
    in_.rx_vc[i] = static_cast<std::uint8_t>(v);
    in_.rx_flit[i] = pack_flit(f);
    ++sent_;
    return;
  }
}

void Neighbours::lend_and_return(int port) {
  Receiver& receiver = receivers_[static_cast<std::size_t>(port)];
  for (int v = 0; v < config_.vcs; ++v) {
    const auto i = static_cast<std::size_t>(v);
    // First credits trickle in while traffic already flows.
    auto& slots =
        receiver.held[i] > 0 && !receiver.withheld && chance(mood_.give_back) ? receiver.held[i] : receiver.to_lend[i];
    if (slots == 0 || (&slots == &receiver.to_lend[i] && !chance(0.3))) continue;
    --slots;
    in_.tx_credit[at(port, v)] = 1;
  }
}

void Neighbours::observe(const OutputPins& out) {
  for (int p = 0; p < config_.ports; ++p) {
    const auto i = static_cast<std::size_t>(p);
    if (out.tx_valid[i] != 0) {
      ++receivers_[i].held[out.tx_vc[i]];
      ++received_;
    }
    Room& room = rooms_[i];
    for (int v = 0; v < config_.vcs; ++v) {
      if (out.rx_credit[at(p, v)] == 0) continue;
      const auto k = static_cast<std::size_t>(v);
      if (room.borrowed[k] > 0) {
        --room.borrowed[k];
        ++room.shared;
      } else {
        ++room.own[k];
      }
    }
  }
}

}  // namespace fs::lockstep
