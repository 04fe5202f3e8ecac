// SPDX-License-Identifier: Apache-2.0
// Where a schedule hands in messages that no flits carry.
#pragma once

#include "transport/carrier/message_carrier.hpp"

namespace fs {

class MessagePort {
 public:
  virtual ~MessagePort() = default;
  /// Whether a message between these GPUs goes by a carrier: no flits lead from one to the other.
  virtual bool carries(NodeId source, NodeId target) const = 0;
  /// Taken at once, sent soon after: what is posted at one instant is sent in the order of ids, whoever posted first.
  virtual void post(const CarriedMessage& message, Femtoseconds now) = 0;
};

}  // namespace fs
