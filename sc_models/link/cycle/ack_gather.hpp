// SPDX-License-Identifier: Apache-2.0
// What a receiver has to say, and when it is due. RTL twin: rtl/link/fs_ack_gather.sv.
#pragma once

#include <algorithm>
#include <cstdint>

namespace fs::cycle {

class AckGather {
 public:
  AckGather(std::int64_t every, std::int64_t wait) : every_(every), wait_(wait) {}

  bool due(std::int64_t now) const {
    return nack_ || again_ || gathered_ == every_ || (gathered_ != 0 && now - since_ >= wait_);
  }
  /// What goes now is a request.
  bool nack() const { return nack_; }
  // Registers
  std::int64_t gathered() const { return gathered_; }
  bool again() const { return again_; }

  // Within an edge in this order.
  void report() {
    gathered_ = 0;
    again_ = nack_ = false;
  }
  void accept(std::int64_t now) {
    if (gathered_ == 0) since_ = now;
    gathered_ = std::min(gathered_ + 1, every_);
  }
  void duplicate() { again_ = true; }
  void request() { nack_ = true; }
  /// The link starts anew: nothing is left to say.
  void clear() { report(); }

 private:
  std::int64_t every_;
  std::int64_t wait_;
  std::int64_t gathered_ = 0;
  std::int64_t since_ = 0;  ///< when the first of those was taken
  bool again_ = false;
  bool nack_ = false;
};

}  // namespace fs::cycle
