// SPDX-License-Identifier: Apache-2.0
// The `switch:` section of a scenario: a switch core's independent choices.
#pragma once

#include <string>
#include <vector>

#include "config/reader.hpp"
#include "switch/core.hpp"

namespace fs {

/// Keys, all optional:
///   queueing        voq | vc_fifo | output; voq
///   allocator       islip(n) | pim(n), n iterations 1 to 16 (1 when not given) | wavefront | oldest_first |
///                   round_robin; islip(1)
///   vc_allocation   none | before | same_cycle; none
///   switching       cut_through | wormhole | store_and_forward; cut_through
///   input_speedup   flits an input may send into the crossbar a cycle, 1 to 4; 1
///   output_speedup  flits an output may take from it a cycle, 1 to 4; 1
///   pipeline        {input, output}: cycles on top of the base cycle, 0 to 4096 each; 0cycles
///   buffer          private | shared; the protocol's
///   depth           private: flit slots of every VC; shared: the reserve of every VC; the protocol's
///   pool            shared: flit slots a port, reserves included; the protocol's
/// (`core` and `cores` are read where the fabric is known: system/scenario/read_cores.)
struct SwitchChoices {
  SwitchConfig core;        ///< ports, VCs, classes, destinations and buffers still to be filled in
  bool own_buffer = false;  ///< `buffer` was given
  bool shared = false;
  int depth = 0;  ///< 0: the protocol's
  int pool = 0;   ///< 0: the protocol's
};

/// Throws ConfigError. The caller finishes the reader.
SwitchChoices read_switch(const Reader& reader);

}  // namespace fs
