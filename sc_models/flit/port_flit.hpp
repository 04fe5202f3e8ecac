// SPDX-License-Identifier: Apache-2.0
// What crosses a chip's pins in one cycle: a flit or a credit pulse at a port and VC.
#pragma once

#include "common/ids.hpp"
#include "flit/flit.hpp"

namespace fs {

/// A flit on a port's pins, towards the core (rx) or away from it (tx).
struct PortFlit {
  Flit flit;
  PortId port{};
  VcId vc{};
};

/// One buffer slot freed, at a port and VC.
struct CreditPulse {
  PortId port{};
  VcId vc{};
};

}  // namespace fs
