// SPDX-License-Identifier: Apache-2.0
// RtlSide for a class that Verilator made of fs_switch_core.
#pragma once

#include <verilated.h>
#include <verilated_fst_c.h>

#include <cstring>
#include <memory>
#include <string>

#include "cosim/runtime/clock.hpp"
#include "cosim/runtime/messages.hpp"
#include "rtl_side.hpp"

namespace fs::lockstep {

/// A pin of any width as bits; Verilator keeps them in words, low bits first.
class PinBits {
 public:
  template <class Pin>
  explicit PinBits(Pin& pin) : data_(reinterpret_cast<unsigned char*>(&pin)), bytes_(sizeof(Pin)) {}

  void clear() { std::memset(data_, 0, bytes_); }
  void put(std::size_t bit, int width, std::uint64_t value) {
    for (int k = 0; k < width; ++k, ++bit) {
      data_[bit >> 3] = static_cast<unsigned char>((data_[bit >> 3] & ~(1U << (bit & 7))) |
                                                   static_cast<unsigned>((value >> k) & 1U) << (bit & 7));
    }
  }
  std::uint64_t get(std::size_t bit, int width) const {
    std::uint64_t value = 0;
    for (int k = 0; k < width; ++k, ++bit)
      value |= static_cast<std::uint64_t>((data_[bit >> 3] >> (bit & 7)) & 1U) << k;
    return value;
  }
  /// Whole flits lie on whole bytes.
  void put_flit(std::size_t port, const FlitBits& flit) { std::memcpy(data_ + 16 * port, &flit, 16); }
  FlitBits flit(std::size_t port) const {
    FlitBits flit;
    std::memcpy(&flit, data_ + 16 * port, 16);
    return flit;
  }

 private:
  unsigned char* data_;
  std::size_t bytes_;
};
static_assert(sizeof(FlitBits) == 16);

template <class Model>
class VerilatedSide final : public RtlSide {
 public:
  VerilatedSide(int ports, int vcs, std::uint64_t initial) : ports_(ports), vcs_(vcs) {
    while ((1 << vc_bits_) < vcs) ++vc_bits_;
    context_.randReset(2);
    context_.randSeed(static_cast<int>(initial & 0x7fffffff));
    model_ = std::make_unique<Model>(&context_, "core");
    model_->clk_i = 0;  // the first evaluation sees no edge
    model_->eval();
  }
  ~VerilatedSide() override { close_waves(); }

  void edge(const InputPins& in, OutputPins& out) override {
    drive(in);
    if (waves_) {
      level(1);
      level(0);
    } else {
      cosim::rising_edge(*model_);
      context_.timeInc(10);
    }
    read(out);
  }
  bool idle() const override { return model_->idle_o != 0; }

  void open_waves(const std::string& file) override {
    waves_ = std::make_unique<VerilatedFstC>();
    model_->trace(waves_.get(), 99);
    waves_->open(file.c_str());
  }
  void close_waves() override {
    if (!waves_) return;
    waves_->close();
    waves_.reset();
  }
  std::string take_messages() override { return cosim::take_messages(); }

 private:
  /// Half a cycle, both halves evaluated: waves show the clock.
  void level(CData clock) {
    model_->clk_i = clock;
    model_->eval();
    context_.timeInc(5);
    waves_->dump(context_.time());
  }
  void drive(const InputPins& in) {
    Model& m = *model_;
    m.rst_ni = in.rst_n;
    PinBits valid(m.rx_valid_i), vc(m.rx_vc_i), flit(m.rx_flit_i), credit(m.tx_credit_i), ready(m.tx_ready_i);
    for (int p = 0; p < ports_; ++p) {
      const auto i = static_cast<std::size_t>(p);
      valid.put(i, 1, in.rx_valid[i]);
      ready.put(i, 1, in.tx_ready[i]);
      vc.put(i * static_cast<std::size_t>(vc_bits_), vc_bits_, in.rx_vc[i]);
      flit.put_flit(i, in.rx_flit[i]);
    }
    for (std::size_t k = 0; k < in.tx_credit.size(); ++k) credit.put(k, 1, in.tx_credit[k]);
    m.route_we_i = in.route.has_value();
    PinBits mask(m.route_mask_i);
    mask.clear();
    if (!in.route) {
      // A row that is not written: noise, within the table every other time.
      noise_ = noise_ * 6364136223846793005ULL + 1442695040888963407ULL;
      const auto draw = static_cast<IData>(noise_ >> 32);
      m.route_row_i = draw & (draw & 1U ? 0xffffffU : 0x10003U);
      for (int p = 0; p < ports_; ++p) mask.put(static_cast<std::size_t>(p), 1, (draw >> (p % 31)) & 1U);
      PinBits(m.route_vcs_i).put(0, vcs_, draw >> 8);
      m.route_mode_i = static_cast<CData>((draw >> 16) & 3U);
      return;
    }
    m.route_row_i = static_cast<IData>(in.route->cls << 16 | in.route->dst);
    for (const PortId port : in.route->row.outputs) mask.put(index(port), 1, 1);
    PinBits(m.route_vcs_i).put(0, vcs_, in.route->row.vcs_low);
    m.route_mode_i = static_cast<CData>(in.route->row.mode);
  }
  void read(OutputPins& out) {
    Model& m = *model_;
    const PinBits valid(m.tx_valid_o), vc(m.tx_vc_o), flit(m.tx_flit_o), credit(m.rx_credit_o);
    for (int p = 0; p < ports_; ++p) {
      const auto i = static_cast<std::size_t>(p);
      out.tx_valid[i] = static_cast<std::uint8_t>(valid.get(i, 1));
      out.tx_vc[i] = static_cast<std::uint8_t>(vc.get(i * static_cast<std::size_t>(vc_bits_), vc_bits_));
      out.tx_flit[i] = flit.flit(i);
    }
    for (std::size_t k = 0; k < out.rx_credit.size(); ++k) {
      out.rx_credit[k] = static_cast<std::uint8_t>(credit.get(k, 1));
    }
  }

  int ports_;
  int vcs_;
  int vc_bits_ = 1;
  std::uint64_t noise_ = 1;
  VerilatedContext& context_ = cosim::verilated_context();
  std::unique_ptr<Model> model_;
  std::unique_ptr<VerilatedFstC> waves_;
};

}  // namespace fs::lockstep
