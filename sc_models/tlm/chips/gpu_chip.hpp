// SPDX-License-Identifier: Apache-2.0
// A GPU with memory and masters: the plain core, stepped by its clock domain and woken by its faces.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gpu/gpu_core.hpp"
#include "link/inbox.hpp"
#include "tlm/chips/chip.hpp"
#include "tlm/chips/endpoint_chip.hpp"
#include "tlm/clock_domain.hpp"

namespace fs::tlm {

class GpuChip final : public Chip, public EndpointChip, public StepRequest {
 public:
  /// `number`: this chip's place in `domain`, to which the owner adds it.
  GpuChip(const GpuContext& context, const GpuSetup& setup, std::vector<GpuPort> ports, MemoryPort& memory,
          Inbox& inbox, ClockDomain& domain, int number)
      : ports_(std::move(ports)),
        core_(context, setup, ports_, memory),
        inbox_(&inbox),
        domain_(&domain),
        number_(number) {
    core_.set_step_request(*this);
  }

  GpuCore& core() { return core_; }
  const GpuCore& core() const { return core_; }

  Cycles step(Cycles now) override {
    Inbox::Slot& slot = inbox_->take(now);
    const Cycles next = core_.step(now, slot);
    inbox_->done(slot);
    return next;
  }
  void step_at(Cycles cycle) override { domain_->wheel().wake(number_, cycle); }

  PortRange ports() const override { return {ports_.data(), ports_.size()}; }
  std::uint64_t offer_waiting(Recorder&, Cycles) const override { return 0; }
  bool created_all_before(Cycles) const override { return true; }
  std::vector<std::string> waiting_lines(Femtoseconds now) const override { return core_.waiting_lines(now); }

 private:
  std::vector<GpuPort> ports_;
  GpuCore core_;
  Inbox* inbox_;
  ClockDomain* domain_;
  int number_;
};

}  // namespace fs::tlm
