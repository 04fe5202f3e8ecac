// SPDX-License-Identifier: Apache-2.0
// The one translation unit that sees a core's generated headers; pins.inc lists the top module's ports as declared,
// clock.inc says whether the fall of clk_i matters.
#include <Vcore.h>
#include <clock.inc>
#if FARSPAN_RISING_EDGE_ONLY
#include <Vcore___024root.h>
#endif
#include <verilated_fst_c.h>

#include <vector>

#include "cosim/pin_model.hpp"
#include "cosim/runtime/clock.hpp"

namespace {

class Model final : public fs::cosim::PinModel {
 public:
  Model(VerilatedContext& context, const char* name) : core_(&context, name) {
#define FARSPAN_INPUT(pin, bits) pins_.push_back({#pin, true, bits, reinterpret_cast<unsigned char*>(&core_.pin)});
#define FARSPAN_OUTPUT(pin, bits) pins_.push_back({#pin, false, bits, reinterpret_cast<unsigned char*>(&core_.pin)});
#include <pins.inc>
  }
  ~Model() override { core_.final(); }

  const fs::cosim::Pin* pins() const override { return pins_.data(); }
  int pin_count() const override { return static_cast<int>(pins_.size()); }
  void edge() override {
#if FARSPAN_RISING_EDGE_ONLY
    fs::cosim::rising_edge(core_);
#else
    core_.clk_i = 1;
    core_.eval();
    core_.clk_i = 0;
    core_.eval();
#endif
  }
  void trace(VerilatedFstC& file, int levels) override { core_.trace(&file, levels); }

 private:
  Vcore core_;
  std::vector<fs::cosim::Pin> pins_;
};

fs::cosim::PinModel* create(VerilatedContext& context, const char* name) { return new Model(context, name); }

}  // namespace

extern "C" __attribute__((visibility("default")))
const fs::cosim::PluginEntry farspan_core_plugin = {fs::cosim::plugin_interface, FARSPAN_VERILATOR_VERSION, &create};
