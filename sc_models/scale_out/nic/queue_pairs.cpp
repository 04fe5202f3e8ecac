// SPDX-License-Identifier: Apache-2.0
#include "scale_out/nic/queue_pairs.hpp"

#include <algorithm>

#include "common/random.hpp"

namespace fs {

QueuePairId QueuePairs::create(NodeId source, NodeId target, int priority, std::uint32_t lane) {
  auto pair = std::make_unique<QueuePair>();
  pair->source = source;
  pair->target = target;
  pair->priority = static_cast<std::uint8_t>(priority);
  pair->lane = lane;
  pair->flow =
      mix64(mix64(index(source) << 32U | index(target)) + (static_cast<std::uint64_t>(priority) << 16U | lane));
  const FlowPath path = path_of_(source, target);
  TransportSpec transport = sized_for(spec_.transport, path);
  if (spec_.transport.timeout == Femtoseconds(0)) transport.timeout = std::max(roce_timeout, transport.timeout);
  pair->transport = make_transport(transport, path, 0);
  if (spec_.dcqcn) pair->rate = Dcqcn(spec_.congestion, static_cast<double>(path.rate.value()));
  if (free_.empty()) {
    pairs_.push_back(std::move(pair));
    high_water_ = pairs_.size();
    return static_cast<QueuePairId>(pairs_.size() - 1);
  }
  const QueuePairId id = free_.back();
  free_.pop_back();
  pairs_[index(id)] = std::move(pair);
  return id;
}

QueuePairId QueuePairs::find(NodeId source, NodeId target, int priority) {
  Lanes& lanes = by_ends_[key_of(source, target, priority)];
  if (lanes.pairs.size() < static_cast<std::size_t>(spec_.queue_pairs)) {
    ++known_;
    lanes.pairs.push_back(create(source, target, priority, static_cast<std::uint32_t>(lanes.pairs.size())));
    return lanes.pairs.back();
  }
  const std::uint32_t lane = lanes.turn;
  lanes.turn = (lanes.turn + 1) % static_cast<std::uint32_t>(lanes.pairs.size());
  if (lanes.pairs[lane] == QueuePairId::none) lanes.pairs[lane] = create(source, target, priority, lane);
  return lanes.pairs[lane];
}

/// A new one would do from here on just what this one will.
bool QueuePairs::idle(const QueuePair& pair, Femtoseconds now) const {
  if (!pair.messages.empty() || pair.in_network > 0 || pair.ready) return false;
  const SenderCounts& counts = pair.transport.sender->counts();
  if (pair.lost_packets || counts.repeated + counts.rounds + counts.timeouts > 0)
    return false;  // its ends remember that
  if (pair.rate.limited() || pair.paced > now) return false;
  if (pair.notified >= Femtoseconds(0) && now - pair.notified < spec_.congestion.notify_every) return false;
  return pair.transport.sender->ready_at(now) == Femtoseconds::max();
}

void QueuePairs::settle(QueuePairId id, Femtoseconds now) {
  QueuePair& pair = (*this)[id];
  if (!pair.resting && pair.in_network == 0 && idle(pair, now)) {
    pair.resting = true;
    resting_.push(id);
  }
  if (resting_.size() <= spec_.keep_idle) return;
  const QueuePairId oldest = resting_.pop();
  (*this)[oldest].resting = false;
  if (idle((*this)[oldest], now)) give_up(oldest);
}

void QueuePairs::give_up(QueuePairId id) {
  const QueuePair& pair = (*this)[id];
  past_ += pair.transport.sender->counts();
  past_duplicates_ += pair.transport.receiver->duplicates();
  by_ends_.at(key_of(pair.source, pair.target, pair.priority)).pairs[pair.lane] = QueuePairId::none;
  pairs_[index(id)].reset();
  free_.push_back(id);
}

SenderCounts QueuePairs::sender_counts() const {
  SenderCounts sum = past_;
  for (const auto& pair : pairs_) {
    if (pair) sum += pair->transport.sender->counts();
  }
  return sum;
}

std::uint64_t QueuePairs::duplicates() const {
  std::uint64_t sum = past_duplicates_;
  for (const auto& pair : pairs_) {
    if (pair) sum += pair->transport.receiver->duplicates();
  }
  return sum;
}

}  // namespace fs
