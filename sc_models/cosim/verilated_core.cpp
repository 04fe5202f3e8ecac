// SPDX-License-Identifier: Apache-2.0
#include "cosim/verilated_core.hpp"

#include <verilated.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <stdexcept>

#include "common/check.hpp"
#include "cosim/runtime/messages.hpp"
#include "switch/flit_bits.hpp"

namespace fs::cosim {
namespace {

/// Bits of a number below `count`, and of a vector that holds it: at least one.
int index_bits(int count) {
  int bits = 1;
  while ((1 << bits) < count) ++bits;
  return bits;
}

void set_bit(unsigned char* data, std::size_t bit) { data[bit >> 3] |= static_cast<unsigned char>(1U << (bit & 7)); }

/// `value` of at most 7 bits into bits that are 0.
void put_bits(unsigned char* data, std::size_t bit, unsigned value) {
  const unsigned shifted = value << (bit & 7);
  data[bit >> 3] |= static_cast<unsigned char>(shifted);
  if (shifted > 0xff) data[(bit >> 3) + 1] |= static_cast<unsigned char>(shifted >> 8);
}

unsigned get_bits(const unsigned char* data, std::size_t bit, int bits) {
  unsigned value = static_cast<unsigned>(data[bit >> 3]) >> (bit & 7);
  const int there = 8 - static_cast<int>(bit & 7);
  if (there < bits) value |= static_cast<unsigned>(data[(bit >> 3) + 1]) << there;
  return value & ((1U << bits) - 1);
}

/// A whole pin of any width.
void put_number(unsigned char* data, int bits, std::uint64_t low, std::uint64_t high = 0) {
  for (int bit = 0; bit < bits && bit < 128; ++bit) {
    const std::uint64_t word = bit < 64 ? low : high;
    if ((word >> (bit & 63)) & 1U) set_bit(data, static_cast<std::size_t>(bit));
  }
}

/// Calls f(bit) for each bit set, ascending.
template <class F>
void for_each_bit(const unsigned char* data, std::size_t bytes, F&& f) {
  std::size_t bit = 0;
  for (; bytes >= 8; bytes -= 8, data += 8, bit += 64) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    for (; word != 0; word &= word - 1) f(bit + static_cast<std::size_t>(lowest_bit(word)));
  }
  std::uint64_t word = 0;
  for (std::size_t k = 0; k < bytes; ++k) word |= static_cast<std::uint64_t>(data[k]) << (8 * k);
  for (; word != 0; word &= word - 1) f(bit + static_cast<std::size_t>(lowest_bit(word)));
}

constexpr std::size_t flit_bytes = FlitLayout::bits / 8;
/// route_row_i is {class, destination}, as wide as these fields are in a flit.
constexpr int row_class_bits = 8;
constexpr int row_dst_bits = 16;

}  // namespace

VerilatedCore::VerilatedCore(const SwitchConfig& config, std::string core, std::unique_ptr<PinModel> model)
    : config_(config), core_(std::move(core)), model_(std::move(model)), vc_bits_(index_bits(config.vcs)) {
  find_pins();
  const auto places = static_cast<std::size_t>(config.ports) * static_cast<std::size_t>(config.vcs);
  pulse_place_.reserve(places);
  for (int p = 0; p < config.ports; ++p) {
    for (int v = 0; v < config.vcs; ++v) {
      pulse_place_.push_back({static_cast<std::uint16_t>(p), static_cast<std::uint16_t>(v)});
    }
  }
  buffered_.resize(places);
  credits_.resize(places);
  power_up();
}

VerilatedCore::~VerilatedCore() = default;

Pin VerilatedCore::find(const char* name, bool input, int bits) {
  known_.push_back(name);
  for (int k = 0; k < model_->pin_count(); ++k) {
    const Pin& pin = model_->pins()[k];
    if (std::strcmp(pin.name, name) != 0) continue;
    const auto say = [&](const std::string& what) {
      return std::invalid_argument("core '" + core_ + "': pin " + name + " " + what);
    };
    if (pin.input != input) throw say(input ? "must be an input" : "must be an output");
    if (pin.bits != bits) {
      throw say("has " + std::to_string(pin.bits) + " bits; a switch of " + std::to_string(config_.ports) + " ports, " +
                std::to_string(config_.vcs) + " VCs, " + std::to_string(config_.classes) + " classes and " +
                std::to_string(config_.destinations) + " destinations needs " + std::to_string(bits));
    }
    return pin;
  }
  return {};
}

void VerilatedCore::find_pins() {
  const int ports = config_.ports;
  const auto input = [this](const char* name, int bits) {
    const Pin pin = find(name, true, bits);
    if (pin.data == nullptr) throw std::invalid_argument("core '" + core_ + "': there is no input " + name);
    return Input{pin.data, pin_storage(bits), bits};
  };
  const auto output = [this](const char* name, int bits) {
    const Pin pin = find(name, false, bits);
    if (pin.data == nullptr) throw std::invalid_argument("core '" + core_ + "': there is no output " + name);
    return Output{pin.data, pin_storage(bits)};
  };
  input("clk_i", 1);
  rst_n_ = input("rst_ni", 1);
  rx_valid_ = input("rx_valid_i", ports);
  rx_vc_ = input("rx_vc_i", ports * vc_bits_);
  rx_flit_ = input("rx_flit_i", ports * FlitLayout::bits);
  rx_credit_ = output("rx_credit_o", ports * config_.vcs);
  tx_valid_ = output("tx_valid_o", ports);
  tx_vc_ = output("tx_vc_o", ports * vc_bits_);
  tx_flit_ = output("tx_flit_o", ports * FlitLayout::bits);
  tx_credit_ = input("tx_credit_i", ports * config_.vcs);
  tx_ready_ = input("tx_ready_i", ports);
  route_we_ = input("route_we_i", 1);
  route_row_ = input("route_row_i", row_class_bits + row_dst_bits);
  route_mask_ = input("route_mask_i", ports);
  route_vcs_ = input("route_vcs_i", config_.vcs);
  route_mode_ = input("route_mode_i", 2);
  idle_ = find("idle_o", false, 1).data;
  check_all_known();
}

void VerilatedCore::check_all_known() const {
  for (int k = 0; k < model_->pin_count(); ++k) {
    const Pin& pin = model_->pins()[k];
    // Whatever else a core puts out is its own affair; an input nobody drives is a mistake.
    if (!pin.input) continue;
    const bool known =
        std::any_of(known_.begin(), known_.end(), [&](const char* k2) { return !std::strcmp(k2, pin.name); });
    if (!known) throw std::invalid_argument("core '" + core_ + "': nothing drives its input " + std::string(pin.name));
  }
}

void VerilatedCore::power_up() {
  constexpr int reset_edges = 2;
  take_messages();
  drive_ready(nullptr);
  *rst_n_.data = 0;
  idle_edge(reset_edges);
  *rst_n_.data = 1;
}

void VerilatedCore::idle_edge(int count) {
  for (int k = 0; k < count; ++k) edge(last_cycle_);
}

void VerilatedCore::edge(Cycles cycle) {
  VerilatedContext& context = verilated_context();
  context.time(static_cast<std::uint64_t>(std::max<std::int64_t>(cycle.value(), 0)));
  model_->edge();
  if (context.gotError() || context.gotFinish()) stopped(cycle);
  if (messages_waiting) pass_on_messages();
}

void VerilatedCore::pass_on_messages() const {
  std::istringstream text(take_messages());
  for (std::string line; std::getline(text, line);) std::printf("%s: %s\n", config_.name.c_str(), line.c_str());
}

void VerilatedCore::stopped(Cycles cycle) const {
  verilated_context().gotError(false);
  verilated_context().gotFinish(false);
  std::string text = take_messages();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::string when = cycle < Cycles(0) ? "while it was set up" : "cycle " + std::to_string(cycle.value());
  throw InvariantError("switch " + config_.name + ", core '" + core_ + "', " + when + ": the RTL stopped:\n" + text);
}

void VerilatedCore::reset() {
  drive({});
  *rst_n_.data = 0;
  idle_edge(1);
  *rst_n_.data = 1;
  std::fill(buffered_.begin(), buffered_.end(), 0);
  std::fill(credits_.begin(), credits_.end(), 0);
  owed_ = 0;
  asleep_ = true;
  sampled_ = sent_ = 0;
  quiet_edges_ = 0;
}

void VerilatedCore::write_route(ClassId cls, NodeId dst, const RouteRow& row) {
  const PendingRoute route{cls, dst, row};
  if (!asleep_) {
    routes_.push_back(route);
    return;
  }
  // An edge without input changes nothing else in a core that sleeps.
  drive({});
  drive_route(route);
  idle_edge(1);
}

void VerilatedCore::drive_route(const PendingRoute& route) {
  FS_CHECK(index(route.cls) < static_cast<std::size_t>(config_.classes) &&
               index(route.dst) < static_cast<std::size_t>(config_.destinations),
           "switch " + config_.name + ": a route row for class " + std::to_string(index(route.cls)) + ", destination " +
               std::to_string(index(route.dst)) + ": there is none");
  for (const Input* pin : {&route_row_, &route_mask_, &route_vcs_, &route_mode_}) std::memset(pin->data, 0, pin->bytes);
  put_number(route_row_.data, route_row_.bits, index(route.dst) | index(route.cls) << row_dst_bits);
  for (const PortId port : route.row.outputs) set_bit(route_mask_.data, index(port));
  put_number(route_vcs_.data, route_vcs_.bits, route.row.vcs_low, route.row.vcs_high);
  put_number(route_mode_.data, route_mode_.bits, static_cast<std::uint64_t>(route.row.mode));
  *route_we_.data = 1;
  routing_ = true;
}

void VerilatedCore::drive_ready(const std::uint64_t* ready) {
  const auto ports = static_cast<std::size_t>(config_.ports);
  bool all = true;
  for (std::size_t k = 0; k < tx_ready_.bytes; ++k) {
    const std::size_t left = 8 * k >= ports ? 0 : ports - 8 * k;
    const auto mask = static_cast<unsigned char>(left >= 8 ? 0xff : (1U << left) - 1);
    const auto byte = static_cast<unsigned char>(ready == nullptr ? mask : (ready[k >> 3] >> (8 * (k & 7))) & mask);
    tx_ready_.data[k] = byte;
    all = all && byte == mask;
  }
  all_ready_ = all;
}

void VerilatedCore::drive(const CoreInputs& in) {
  std::memset(rx_valid_.data, 0, rx_valid_.bytes);
  std::memset(rx_vc_.data, 0, rx_vc_.bytes);
  std::memset(tx_credit_.data, 0, tx_credit_.bytes);
  for (int k = 0; k < in.rx_count; ++k) {
    const PortFlit& rx = in.rx[k];
    const std::size_t port = index(rx.port);
    set_bit(rx_valid_.data, port);
    put_bits(rx_vc_.data, port * static_cast<std::size_t>(vc_bits_), static_cast<unsigned>(index(rx.vc)));
    const FlitBits bits = pack_flit(rx.flit);
    std::memcpy(rx_flit_.data + port * flit_bytes, &bits.low, 8);
    std::memcpy(rx_flit_.data + port * flit_bytes + 8, &bits.high, 8);
    ++buffered_[place(rx.port, rx.vc)];
  }
  owed_ += in.rx_count;
  sampled_ += static_cast<std::uint64_t>(in.rx_count);
  for (int k = 0; k < in.tx_credit_count; ++k) {
    const std::size_t bit = place(in.tx_credit[k].port, in.tx_credit[k].vc);
    set_bit(tx_credit_.data, bit);
    ++credits_[bit];
  }
  // Pins and 64-bit words agree on bytes (little-endian); only what lies beyond the last port has to be masked.
  drive_ready(in.tx_ready);
  if (routing_) {
    *route_we_.data = 0;
    routing_ = false;
  }
  if (!routes_.empty()) {
    drive_route(routes_.front());
    routes_.erase(routes_.begin());
  }
}

void VerilatedCore::read(CoreOutputs& out) {
  for_each_bit(tx_valid_.data, tx_valid_.bytes, [&](std::size_t port) {
    PortFlit& tx = out.tx[out.tx_count++];
    tx.port = static_cast<PortId>(port);
    tx.vc = static_cast<VcId>(get_bits(tx_vc_.data, port * static_cast<std::size_t>(vc_bits_), vc_bits_));
    FlitBits bits;
    std::memcpy(&bits.low, tx_flit_.data + port * flit_bytes, 8);
    std::memcpy(&bits.high, tx_flit_.data + port * flit_bytes + 8, 8);
    tx.flit = unpack_flit(bits);
    --credits_[place(tx.port, tx.vc)];
  });
  sent_ += static_cast<std::uint64_t>(out.tx_count);
  for_each_bit(rx_credit_.data, rx_credit_.bytes, [&](std::size_t bit) {
    const Place at = pulse_place_[bit];
    out.rx_credit[out.rx_credit_count++] = {static_cast<PortId>(at.port), static_cast<VcId>(at.vc)};
    --buffered_[bit];
  });
  owed_ -= out.rx_credit_count;
}

Cycles VerilatedCore::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  last_cycle_ = cycle;
  drive(in);
  edge(cycle);
  out.tx_count = out.rx_credit_count = 0;
  read(out);
  const bool quiet = in.rx_count + in.tx_credit_count + out.tx_count + out.rx_credit_count == 0;
  const Cycles next = next_step(cycle, quiet);
  asleep_ = next == Cycles::max();
  return next;
}

Cycles VerilatedCore::next_step(Cycles cycle, bool quiet) {
  const Cycles next = cycle + Cycles(1);
  if (!routes_.empty() || routing_) return next;
  if (idle_ != nullptr) {
    // tx_ready_i wakes nobody: while it holds anything back, only an empty core may sleep.
    return *idle_ != 0 && (all_ready_ || sampled_ == sent_) ? Cycles::max() : next;
  }
  // Long enough for credits and routes to have been taken in.
  constexpr int settled = 4;
  quiet_edges_ = quiet ? quiet_edges_ + 1 : 0;
  return sampled_ == sent_ && owed_ == 0 && quiet_edges_ >= settled ? Cycles::max() : next;
}

CoreCounts VerilatedCore::counts() const {
  CoreCounts counts;
  counts.flits_inside = sampled_ - sent_;
  counts.grants = sent_;
  return counts;
}

int VerilatedCore::occupancy(PortId port, VcId vc) const { return buffered_[place(port, vc)]; }
int VerilatedCore::credits(PortId port, VcId vc) const { return credits_[place(port, vc)]; }

std::vector<HeadWait> VerilatedCore::waiting() const {
  std::vector<HeadWait> waits;
  for (std::size_t i = 0; i < buffered_.size(); ++i) {
    if (buffered_[i] == 0) continue;
    HeadWait wait;
    wait.input = pulse_place_[i].port;
    wait.vc = pulse_place_[i].vc;
    wait.flits = buffered_[i];
    waits.push_back(wait);
  }
  return waits;
}

void VerilatedCore::trace(VerilatedFstC& file, int levels) { model_->trace(file, levels); }

}  // namespace fs::cosim
