// SPDX-License-Identifier: Apache-2.0
#include "system/faults/fault_log.hpp"

#include <algorithm>

namespace fs {

namespace {

constexpr std::size_t most_bins = 256;
constexpr std::size_t most_named = 16;

}  // namespace

std::size_t FaultLog::add(const Fault& fault) {
  FaultRecord record;
  record.kind = fault_kind_name(fault.kind);
  record.where = fault.where;
  record.gpus = DynamicBits(gpus_);
  records_.push_back(std::move(record));
  settled_.push_back(0);
  return records_.size() - 1;
}

void FaultLog::begin(std::size_t fault, Femtoseconds now) {
  FaultRecord& record = records_[fault];
  if (record.began == not_yet) {
    record.began = now;
    ++open_;
    open_sum_ += fault;
  } else if (record.recovered != not_yet) {
    record.recovered = not_yet;
    ++open_;
    open_sum_ += fault;
  }
  settled_[fault] = 0;
  if (phase_ == Phase::before) {
    const auto p999 = phases_[0].latency.count() > 0 ? phases_[0].latency.percentile(0.999) : Femtoseconds::max();
    slow_above_ = p999;
  }
  enter(Phase::during, now);
}

bool FaultLog::detect(std::size_t fault, Femtoseconds now) {
  if (records_[fault].detected != not_yet) return false;
  records_[fault].detected = now;
  return true;
}

void FaultLog::react(std::size_t fault, Femtoseconds now, const std::string& reaction) {
  FaultRecord& record = records_[fault];
  if (record.reacted != not_yet) return;
  record.reacted = now;
  record.reaction = reaction;
}

void FaultLog::settle(std::size_t fault, Femtoseconds now) {
  settled_[fault] = 1;
  check_recovered(fault, now);
}

void FaultLog::unsettle(std::size_t fault) { settled_[fault] = 0; }

void FaultLog::check_recovered(std::size_t fault, Femtoseconds now) {
  FaultRecord& record = records_[fault];
  if (settled_[fault] == 0 || record.transactions_open > 0 || record.recovered != not_yet) return;
  record.recovered = now;
  open_sum_ -= fault;
  if (--open_ == 0) enter(Phase::after, now);
}

void FaultLog::enter(Phase phase, Femtoseconds now) {
  if (phase == phase_) return;
  count_span(now);
  phase_ = phase;
  changed_at_ = now;
}

void FaultLog::count_span(Femtoseconds now) {
  if (now > phase_since_) phases_[static_cast<std::size_t>(phase_)].span += now - phase_since_;
  phase_since_ = std::max(phase_since_, now);
}

void FaultLog::count(std::vector<std::pair<std::string, std::uint64_t>>& counts, const std::string& what) {
  for (auto& [name, number] : counts) {
    if (name != what) continue;
    ++number;
    return;
  }
  counts.emplace_back(what, 1);
}

void FaultLog::touch(const Transaction& transaction, int fault) {
  if (fault == no_fault) return;
  const auto [entry, first] = touched_.try_emplace(name_of(transaction), fault);
  if (!first) return;
  FaultRecord& record = records_[static_cast<std::size_t>(fault)];
  ++record.transactions_touched;
  ++record.transactions_open;
  if (record.first_touched.size() < most_named)
    record.first_touched.emplace_back(transaction.source, transaction.number);
  touch_gpus(transaction.source, transaction.target, fault);
}

void FaultLog::touch_gpus(NodeId source, NodeId target, int fault) {
  for (const NodeId gpu : {source, target}) {
    records_[static_cast<std::size_t>(fault)].gpus.set(static_cast<int>(index(gpu)));
    touched_gpus_.set(static_cast<int>(index(gpu)));
  }
}

void FaultLog::packet_lost(const Packet& packet, const Transaction* transaction, int fault, const char* cause) {
  count(losses_, cause);
  if (fault != no_fault) ++records_[static_cast<std::size_t>(fault)].packets_lost;
  if (fault != no_fault && transaction == nullptr) touch_gpus(packet.src, packet.dst, fault);
  // One that nobody waits for can end no more: a posted write, or a ghost.
  if (transaction != nullptr && transaction->held && !transaction->answered) touch(*transaction, fault);
}

void FaultLog::packet_wrong(const Packet& packet, const Transaction* transaction, int fault) {
  if (transaction == nullptr || transaction->posted) {
    touch_gpus(packet.src, packet.dst, fault);
  } else if (transaction->held && !transaction->answered) {
    touch(*transaction, fault);
  }
}

void FaultLog::resent(const Transaction& transaction, int fault) {
  ++resends_;
  bytes_resent_ += transaction.bytes;
  touch(transaction, fault);
}

TimelineBin& FaultLog::bin_at(Femtoseconds now) {
  auto bin = static_cast<std::size_t>(now / bin_width_);
  while (bin >= most_bins) {
    for (std::size_t i = 0; i < bins_.size(); i += 2) {
      TimelineBin sum = bins_[i];
      if (i + 1 < bins_.size()) {
        const TimelineBin& next = bins_[i + 1];
        sum.bytes += next.bytes;
        sum.ok += next.ok;
        sum.failed += next.failed;
        sum.latency_sum += next.latency_sum;
        sum.latency_max = std::max(sum.latency_max, next.latency_max);
      }
      bins_[i / 2] = sum;
    }
    bins_.resize((bins_.size() + 1) / 2);
    bin_width_ = bin_width_ * 2;
    bin = static_cast<std::size_t>(now / bin_width_);
  }
  if (bin >= bins_.size()) bins_.resize(bin + 1);
  return bins_[bin];
}

void FaultLog::count_end(Femtoseconds created, Femtoseconds now, std::uint64_t bytes, bool ok) {
  PhaseStats& stats = now < begin_ ? warmup_ : phases_[static_cast<std::size_t>(phase_)];
  TimelineBin& bin = bin_at(now);
  if (!ok) {
    ++stats.failed;
    ++bin.failed;
    return;
  }
  const Femtoseconds latency = now - created;
  ++stats.ok;
  ++bin.ok;
  stats.bytes += bytes;
  bin.bytes += bytes;
  const Phase phase = created < changed_at_ ? Phase::during : phase_;
  if (created >= begin_) phases_[static_cast<std::size_t>(phase)].latency.add(latency);
  bin.latency_sum += latency.value();
  bin.latency_max = std::max(bin.latency_max, latency.value());
}

/// What a fault held up may end when that is over.
void FaultLog::count_slow(NodeId source, Femtoseconds created, Femtoseconds now) {
  const bool met = phase_ == Phase::during || (phase_ == Phase::after && created < changed_at_);
  if (!met || now - created <= slow_above_) return;
  ++slowed_;
  slowed_gpus_.set(static_cast<int>(index(source)));
}

void FaultLog::packet_done(const Packet& packet, bool ok, Femtoseconds now) {
  count_end(packet.created, now, packet.payload_bytes, ok);
  if (ok) count_slow(packet.src, packet.created, now);
}

void FaultLog::transaction_done(const Transaction& transaction, int fault, Femtoseconds now) {
  const bool ok = transaction.status == OperationStatus::ok;
  count_end(transaction.created, now, transaction.bytes, ok);
  if (!ok) {
    count(errors_, status_name(transaction.status));
    touch(transaction, fault);
  }
  const auto entry = touched_.empty() ? touched_.end() : touched_.find(name_of(transaction));
  if (entry == touched_.end()) {
    if (ok) count_slow(transaction.source, transaction.created, now);
    return;
  }
  const auto owner = static_cast<std::size_t>(entry->second);
  touched_.erase(entry);
  FaultRecord& record = records_[owner];
  --record.transactions_open;
  if (!ok) ++record.transactions_failed;
  if (ok && transaction.wrong) ++record.transactions_wrong;
  check_recovered(owner, now);
}

}  // namespace fs
