// SPDX-License-Identifier: Apache-2.0
// What a run keeps of its packets: statistics a class, the digest, and the check that every ledger adds up.
#pragma once

#include <string>
#include <vector>

#include "common/check.hpp"
#include "flit/packet.hpp"
#include "observe/class_stats.hpp"
#include "observe/digest.hpp"
#include "observe/measure_window.hpp"

namespace fs {

/// Told of every packet that ends.
class PacketWatch {
 public:
  virtual ~PacketWatch() = default;
  virtual void packet_ended(const Packet& packet, Femtoseconds now, Outcome outcome) = 0;
};

class Recorder {
 public:
  Recorder(const std::vector<std::string>& class_names, MeasureWindow window) : window_(window) {
    for (const auto& name : class_names) classes_.emplace_back(name, window.begin, window.end);
  }

  /// From now on `watch` is told; null: nobody.
  void watch_packets(PacketWatch* watch) { watch_ = watch; }

  void packet_created(const Packet& packet) {
    ++created_;
    if (!window_.contains(packet.created)) return;  // nor do its class's statistics count it
    ++measured_inside_;
    classes_[index(packet.cls)].created_inside(packet.length, packet.payload_bytes);
  }
  /// A packet that its source never came to make before the run ended.
  void packet_offered(ClassId cls, Femtoseconds created, std::uint64_t flits, std::uint64_t bytes) {
    if (window_.contains(created)) classes_[index(cls)].offered_too(1, flits, bytes);
  }
  /// `packet` ended at `now`. Throws InvariantError when its ledger does not sum to its latency.
  void packet_delivered(const Packet& packet, Femtoseconds now, Outcome outcome = Outcome::delivered) {
    if (packet.ledger.sum() != now - packet.created) ledger_broken(packet, now);
    ++delivered_;
    wrong_ += static_cast<std::uint64_t>(packet.wrong);
    const bool measured = window_.contains(packet.created);
    measured_inside_ -= static_cast<std::uint64_t>(measured);
    digest_.add(packet.src, packet.number, now, packet.wrong ? Outcome::wrong : outcome);
    ClassStats& statistics = classes_[index(packet.cls)];
    statistics.arrived(now, packet.length, packet.payload_bytes);
    if (measured) statistics.measured(packet.created, now, packet.ledger);
    if (watch_ != nullptr) watch_->packet_ended(packet, now, packet.wrong ? Outcome::wrong : outcome);
  }

  /// `packet` ended at `now` without being delivered.
  void packet_dropped(const Packet& packet, Femtoseconds now) {
    ++dropped_;
    if (window_.contains(packet.created)) --measured_inside_;
    digest_.add(packet.src, packet.number, now, Outcome::dropped);
    if (watch_ != nullptr) watch_->packet_ended(packet, now, Outcome::dropped);
  }
  /// The same for one that reached its destination without all of its bytes.
  void packet_poisoned(const Packet& packet, Femtoseconds now) {
    ++poisoned_;
    if (window_.contains(packet.created)) --measured_inside_;
    digest_.add(packet.src, packet.number, now, Outcome::poisoned);
    if (watch_ != nullptr) watch_->packet_ended(packet, now, Outcome::poisoned);
  }

  const std::vector<ClassStats>& classes() const { return classes_; }
  const MeasureWindow& window() const { return window_; }
  const Digest& digest() const { return digest_; }
  std::uint64_t created() const { return created_; }
  std::uint64_t delivered() const { return delivered_; }
  /// Of these, with wrong data that nobody noticed.
  std::uint64_t wrong() const { return wrong_; }
  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t poisoned() const { return poisoned_; }
  /// Packets that have come to an end, whatever it was.
  std::uint64_t ended() const { return delivered_ + dropped_ + poisoned_; }
  /// Packets created inside the window and still on their way.
  std::uint64_t measured_inside() const { return measured_inside_; }

 private:
  [[noreturn]] static void ledger_broken(const Packet& packet, Femtoseconds now);

  MeasureWindow window_;
  PacketWatch* watch_ = nullptr;
  std::vector<ClassStats> classes_;
  Digest digest_;
  std::uint64_t created_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t poisoned_ = 0;
  std::uint64_t wrong_ = 0;
  std::uint64_t measured_inside_ = 0;
};

}  // namespace fs
