// SPDX-License-Identifier: Apache-2.0
#include "link_bench.hpp"

#include <verilated_cov.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <memory>

#include "common/random.hpp"
#include "link_shape.hpp"
#include "rtl_end.hpp"

namespace fs::lockstep {

namespace {

std::string hex(const FrameBits& bits) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (int at = FrameBits::most - 4; at >= 0; at -= 4) {
    const auto digit = bits.get(at, 4);
    if (!text.empty() || digit != 0 || at == 0) text += digits[digit];
  }
  return "'h" + text;
}

std::vector<PinValue> pins_of(const LinkEnd& end, int payload_bits) {
  const LinkEnd::Outputs& out = end.outputs();
  return {{"ready_o", 1, number_bits(out.ready)},
          {"valid_o", 1, number_bits(out.valid)},
          {"payload_o", payload_bits, number_bits(out.payload)},
          {"credit_o", 32, number_bits(out.credit)},
          {"frame_valid_o", 1, number_bits(out.frame_valid)},
          {"frame_o", end.layout().end, out.frame},
          {"exhausted_o", 1, number_bits(out.exhausted)},
          {"expected_o", 32, number_bits(out.expected)},
          {"next_o", 32, number_bits(out.next)},
          {"replaying_o", 1, number_bits(out.replaying)},
          {"count_o", 32, number_bits(out.count)},
          {"replays_o", 32, number_bits(out.replays)},
          {"at_o", 32, number_bits(out.at)},
          {"end_o", 32, number_bits(out.end)},
          {"progress_o", 32, number_bits(out.progress)},
          {"timing_o", 1, number_bits(out.timing)},
          {"news_o", 1, number_bits(out.news)},
          {"began_o", 1, number_bits(out.began)},
          {"expired_o", 1, number_bits(out.expired)},
          {"nack_sent_o", 1, number_bits(out.nack_sent)},
          {"unexpected_o", 32, number_bits(out.unexpected)},
          {"gathered_o", 32, number_bits(out.gathered)},
          {"again_o", 1, number_bits(out.again)},
          {"fresh_o", 32, number_bits(out.fresh)},
          {"freed_o", 64, number_bits(out.freed)},
          {"heard_o", 64, number_bits(out.heard)}};
}

std::string state_of(const LinkEnd& end) {
  const auto tx = end.transmitter().registers();
  const auto rx = end.receiver().registers();
  return "  transmitter: oldest " + std::to_string(tx.oldest) + ", next " + std::to_string(tx.next) +
         (end.transmitter().replaying()
              ? ", replays " + std::to_string(tx.replay_at) + " to " + std::to_string(tx.replay_end)
              : "") +
         ", replays without progress " + std::to_string(tx.replays) + ", timer set at " +
         std::to_string(tx.progress.value()) + "\n  receiver: expects " + std::to_string(rx.expected) +
         (rx.state == RetryReceiver::State::nack_sent ? ", has asked for it" : "") + ", unexpected " +
         std::to_string(rx.unexpected) + "\n";
}

/// What comes out of one end must be what the other took in.
struct Ledger {
  std::uint64_t sent = 0;      ///< flits taken from the core
  std::uint64_t received = 0;  ///< handed to the core, or given up when the link forgot
  std::vector<std::uint64_t> freed, credited;
};

class Bench {
 public:
  /// Waves, unless the file's name is empty, of what comes from cycle `waves_from` on.
  explicit Bench(const LinkTrial& trial, const std::string& waves = {}, std::int64_t waves_from = 0)
      : trial_(trial), config_(link_shape().config), dice_(trial.seed, "link", "lockstep"), waves_from_(waves_from) {
    context_.fatalOnError(false);
    context_.traceEverOn(true);
    if (link_shape().random_initial) context_.randReset(2);
    context_.randSeed(static_cast<int>(trial.seed) + 1);
    const std::string choice = "+mutant=" + std::to_string(trial.mutant);
    const std::vector<const char*> arguments{"link", choice.c_str()};
    context_.commandArgs(static_cast<int>(arguments.size()), const_cast<const char**>(arguments.data()));
    if (trial.reconfigure) trial.reconfigure(config_);
    for (int e = 0; e < 2; ++e) rtl_[e] = make_rtl_end(context_, e == 0 ? "end_a" : "end_b");
    if (!waves.empty()) {
      for (auto& end : rtl_) end->trace(file_);
      file_.open(waves.c_str());
      tracing_ = true;
    }
    fresh();
  }
  ~Bench() {
    if (tracing_) file_.close();
    Verilated::threadContextp(&context_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  LinkOutcome run() {
    for (int edge = 0; edge < 2; ++edge) {
      for (auto& end : rtl_) end->step({}, true);
    }
    for (cycle_ = 0; cycle_ < trial_.cycles && outcome_.agree && outcome_.whole; ++cycle_) step();
    outcome_.cycles = cycle_;
    if (outcome_.agree && outcome_.whole && trial_.quiet_after > 0) look_at_the_end();
    if (!trial_.coverage.empty()) context_.coveragep()->write(trial_.coverage.c_str());
    return outcome_;
  }

 private:
  struct OnWire {
    std::int64_t at;
    FrameBits frame;
  };
  bool chance(int thousandth) { return dice_.below(1000) < static_cast<std::uint64_t>(thousandth); }
  bool rarely(int ten_thousandth) { return dice_.below(10000) < static_cast<std::uint64_t>(ten_thousandth); }
  bool errs() const { return trial_.quiet_after == 0 || cycle_ < trial_.quiet_after; }
  /// Cores send and free slots; for a while after the errors too.
  bool loaded() const { return trial_.quiet_after == 0 || cycle_ < trial_.quiet_after + 200; }
  std::uint64_t payload(int end, std::uint64_t number) const {
    const std::uint64_t mixed = (number * 2 + static_cast<std::uint64_t>(end)) * 0x9e3779b97f4a7c15ULL;
    return config_.payload_bits == 64 ? mixed : mixed >> (64 - config_.payload_bits);
  }

  void fresh() {
    for (int e = 0; e < 2; ++e) {
      model_[e] = std::make_unique<LinkEnd>(config_);
      wire_[e].clear();
      ledger_[e] = Ledger{};
      ledger_[e].freed.resize(static_cast<std::size_t>(config_.vcs));
      ledger_[e].credited.resize(static_cast<std::size_t>(config_.vcs));
    }
  }

  void step() {
    if (errs() && rarely(trial_.traffic.reset)) {
      for (auto& end : rtl_) end->step(junk(), true);
      fresh();
      ++outcome_.resets;
      compare(0);
      return compare(1);
    }
    std::array<LinkEnd::Inputs, 2> in;
    for (int e = 0; e < 2; ++e) in[e] = inputs(e);
    start_anew(in);
    for (int e = 0; e < 2; ++e) {
      const bool was_replaying = model_[e]->outputs().replaying;
      const auto before = model_[e]->outputs();
      model_[e]->step(in[e]);
      rtl_[e]->step(in[e], false);
      const auto& after = model_[e]->outputs();
      if (in[e].valid && in[e].wire_ready && before.ready && !in[e].restart && !in[e].forget) ++ledger_[e].sent;
      outcome_.timeouts_or_requests += !was_replaying && after.replaying ? 1 : 0;
      outcome_.wraps += after.next < before.next ? 1 : 0;
      compare(e);
      if (context_.gotError()) fail(e, "an assertion of the RTL failed");
    }
    context_.timeInc(1);
    if (tracing_ && cycle_ >= waves_from_) file_.dump(static_cast<std::uint64_t>(cycle_));
    for (int e = 0; e < 2; ++e) after_edge(e);
  }

  LinkEnd::Inputs junk() {
    LinkEnd::Inputs in;
    in.valid = chance(500);
    in.payload = payload(0, dice_.next());
    in.frame_valid = chance(500);
    return in;
  }

  LinkEnd::Inputs inputs(int e) {
    LinkEnd::Inputs in;
    in.valid = loaded() && chance(trial_.traffic.offered);
    in.payload = payload(e, ledger_[e].sent);
    in.wire_ready = chance(trial_.traffic.wire_ready);
    auto& frees = ledger_[e];
    for (int v = 0; v < config_.vcs; ++v) {
      // No more than the slots that the other end has been told of.
      const auto vc = static_cast<std::size_t>(v);
      const std::uint64_t told = ledger_[1 - e].credited[vc];
      if (loaded() && frees.freed[vc] - told < static_cast<std::uint64_t>(config_.depth) &&
          chance(trial_.traffic.freed)) {
        in.free |= 1U << v;
        ++frees.freed[vc];
      }
    }
    if (errs() && chance(trial_.traffic.cut) && cut_until_[e] <= cycle_) {
      cut_until_[e] = cycle_ + static_cast<std::int64_t>(dice_.below(
                                   static_cast<std::uint64_t>(6 * link_shape().config.retry.replay_timer.value())));
    }
    if (!wire_[e].empty() && wire_[e].front().at <= cycle_) {
      in.frame = wire_[e].front().frame;
      in.frame_valid = !errs() || cut_until_[e] <= cycle_;
      wire_[e].pop_front();
    } else {
      const int bits = std::min(60, model_[e]->layout().end);
      in.frame.put(0, bits, dice_.next());  // what stands there without valid is nothing
    }
    return in;
  }

  /// The link's state machine: starts both ends anew when one is exhausted, and now and then for no reason.
  void start_anew(std::array<LinkEnd::Inputs, 2>& in) {
    const bool exhausted = model_[0]->outputs().exhausted || model_[1]->outputs().exhausted;
    if (!exhausted && !(errs() && rarely(trial_.traffic.restarted))) return;
    outcome_.exhausted += exhausted ? 1 : 0;
    ++outcome_.restarts;
    const bool forget = !exhausted && chance(500);
    for (int e = 0; e < 2; ++e) {
      in[e].restart = !forget;
      in[e].forget = forget;
      const auto& peer = model_[1 - e]->outputs();
      in[e].peer = forget ? peer.next : peer.expected;
      wire_[e].clear();
      if (forget) ledger_[1 - e].received = ledger_[e].sent;
    }
  }

  void after_edge(int e) {
    const LinkEnd::Outputs& out = model_[e]->outputs();
    if (out.valid) {
      Ledger& mine = ledger_[e];
      if (out.payload != payload(1 - e, mine.received)) return fail(e, "another payload than the next one came out");
      ++mine.received;
      ++outcome_.delivered;
      if (mine.received > ledger_[1 - e].sent) return fail(e, "a payload that never went in came out");
    }
    for (int v = 0; v < config_.vcs; ++v) {
      if ((out.credit >> v & 1U) == 0) continue;
      const auto vc = static_cast<std::size_t>(v);
      ++outcome_.credits;
      if (++ledger_[e].credited[vc] > ledger_[1 - e].freed[vc]) return fail(e, "a credit for no slot");
    }
    if (out.replaying) ++outcome_.replays;
    if (!out.frame_valid) return;
    put_on_wire(e, out.frame);
  }

  void put_on_wire(int e, FrameBits frame) {
    auto& wire = wire_[1 - e];
    std::int64_t at = cycle_ + 1 + trial_.traffic.latency;
    if (!wire.empty()) at = std::max(at, wire.back().at + 1);
    if (errs() && chance(trial_.traffic.dropped)) {
      ++outcome_.dropped;
      return;
    }
    const FrameBits right = frame;
    if (errs() && chance(trial_.traffic.flipped)) {
      spoil(frame);
      ++outcome_.bad;
    }
    wire.push_back({at, frame});
    if (errs() && chance(trial_.traffic.repeated)) {
      wire.push_back({at + 1, right});
      ++outcome_.repeated;
    }
  }

  /// A burst of at most the CRC's bits, anywhere in the frame: its CRC finds every such one.
  void spoil(FrameBits& frame) {
    const int end = model_[0]->layout().end;
    const int length =
        1 + static_cast<int>(dice_.below(static_cast<std::uint64_t>(std::min(link_shape().crc_bits, end))));
    const int begin = static_cast<int>(dice_.below(static_cast<std::uint64_t>(end - length + 1)));
    frame.flip(begin);
    if (length > 1) frame.flip(begin + length - 1);
    for (int k = 1; k < length - 1; ++k) {
      if (chance(500)) frame.flip(begin + k);
    }
  }

  void compare(int e) {
    auto model = pins_of(*model_[e], config_.payload_bits);
    auto rtl = rtl_[e]->pins(model_[e]->layout().end, config_.payload_bits);
    if (e == 0 && trial_.spoil) trial_.spoil(cycle_, rtl);
    std::string differing;
    for (std::size_t k = 0; k < model.size(); ++k) {
      if (model[k].value == rtl[k].value) continue;
      if (outcome_.pin.empty()) outcome_.pin = model[k].name;
      differing += "  " + model[k].name + ": model " + hex(model[k].value) + ", RTL " + hex(rtl[k].value) + "\n";
    }
    if (differing.empty()) return;
    outcome_.agree = false;
    fail(e, "model and RTL differ after cycle " + std::to_string(cycle_) + "\n" + differing);
  }

  void fail(int e, const std::string& what) {
    outcome_.whole = false;
    outcome_.report += "seed " + std::to_string(trial_.seed) + ", cycle " + std::to_string(cycle_) + ", end " +
                       (e == 0 ? "a" : "b") + ": " + what + "\nmodel after that edge:\n" + state_of(*model_[e]) +
                       "again: " + trial_.reproduce + "\n";
  }

  void look_at_the_end() {
    for (int e = 0; e < 2; ++e) {
      outcome_.left += ledger_[1 - e].sent - ledger_[e].received;
      for (std::size_t v = 0; v < ledger_[e].freed.size(); ++v) {
        if (ledger_[e].freed[v] != ledger_[1 - e].credited[v]) fail(e, "credits were lost");
      }
    }
  }

  const LinkTrial& trial_;
  LinkEndConfig config_;
  RandomStream dice_;
  VerilatedContext context_;
  VerilatedFstC file_;
  std::int64_t waves_from_;
  bool tracing_ = false;
  std::array<std::unique_ptr<RtlEnd>, 2> rtl_;
  std::array<std::unique_ptr<LinkEnd>, 2> model_;
  std::array<std::deque<OnWire>, 2> wire_;  ///< by the end that it leads to
  std::array<Ledger, 2> ledger_;            ///< by end: what it sent, and what it received of the other's
  std::array<std::int64_t, 2> cut_until_{};
  std::int64_t cycle_ = 0;
  LinkOutcome outcome_;
};

}  // namespace

LinkOutcome run_link(const LinkTrial& trial) {
  LinkOutcome outcome = Bench(trial).run();
  if (outcome.agree && outcome.whole) return outcome;
  if (trial.mutant != 0) return outcome;
  // Once more, for the waves of what led to it.
  constexpr std::int64_t before = 300;
  std::filesystem::create_directories(trial.folder);
  outcome.waves = trial.folder + "/seed_" + std::to_string(trial.seed) + ".fst";
  Bench(trial, outcome.waves, outcome.cycles - before).run();
  outcome.report += "waves: " + outcome.waves + "\n";
  return outcome;
}

}  // namespace fs::lockstep
