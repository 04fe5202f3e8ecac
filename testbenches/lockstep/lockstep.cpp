// SPDX-License-Identifier: Apache-2.0
#include "lockstep.hpp"

#include <memory>

#include "common/check.hpp"
#include "model_side.hpp"
#include "neighbours.hpp"
#include "rtl_side.hpp"
#include "wave_state.hpp"

namespace fs::lockstep {

namespace {

/// Both sides and what surrounds them, from the start.
class Pair {
 public:
  Pair(const Shape& shape, const Trial& run)
      : shape_(shape),
        run_(run),
        model_config_(shape.config),
        neighbours_(shape, run.seed),
        random_(run.seed, "lockstep", "sleep"),
        rtl_(make_rtl_side(run.random_initial ? run.seed : 0)),
        model_out_(shape.config.ports, shape.config.vcs),
        rtl_out_(model_out_) {
    if (run.reconfigure) run.reconfigure(model_config_);
    model_ = std::make_unique<ModelSide>(model_config_);
  }

  /// One edge of both; what differs after it.
  std::vector<Difference> step() {
    const InputPins& in = neighbours_.next();
    model_->edge(cycle_, in, model_out_);
    if (run_.spoil) run_.spoil(cycle_, model_out_);
    // Before its first reset the RTL's outputs may be anything.
    if (run_.sleep && powered_ && rtl_->idle() && in.quiet() && random_.chance(0.5)) {
      ++slept;
    } else {
      rtl_->edge(in, rtl_out_);
    }
    powered_ = true;
    ++cycle_;
    auto list = differences(model_out_, rtl_out_, shape_.config.vcs);
    std::string said = rtl_->take_messages();
    if (!said.empty()) list.insert(list.begin(), {"an assertion", "silent", std::move(said), 0});
    if (list.empty()) neighbours_.observe(model_out_);
    return list;
  }
  std::int64_t cycle() const { return cycle_; }
  std::uint64_t flits() const { return neighbours_.received(); }
  const ModelSide& model() const { return *model_; }
  RtlSide& rtl() { return *rtl_; }
  std::uint64_t slept = 0;

 private:
  const Shape& shape_;
  const Trial& run_;
  SwitchConfig model_config_;
  Neighbours neighbours_;
  RandomStream random_;
  std::unique_ptr<ModelSide> model_;
  std::unique_ptr<RtlSide> rtl_;
  OutputPins model_out_, rtl_out_;
  std::int64_t cycle_ = 0;
  bool powered_ = false;
};

/// The same run again up to the difference, with its last cycles in a waveform.
std::string record(const Shape& shape, const Trial& run, std::int64_t until) {
  const std::string file = run.folder + "/lockstep_" + shape.name + "_" + std::to_string(run.seed) + ".fst";
  Pair pair(shape, run);
  while (pair.cycle() + run.wave_cycles < until) pair.step();
  pair.rtl().open_waves(file);
  while (pair.cycle() < until) pair.step();
  pair.rtl().close_waves();
  return file;
}

std::string report(const Shape& shape, const Trial& run, const Pair& pair, const std::vector<Difference>& list,
                   const std::string& waves) {
  std::string text = "model and RTL (" + shape.name + ") differ after cycle " + std::to_string(pair.cycle() - 1) +
                     ", " + std::to_string(list.size()) + " pins:\n";
  for (std::size_t k = 0; k < list.size() && k < 8; ++k) {
    text += "  " + list[k].pin + ": model " + list[k].model + ", RTL " + list[k].rtl + "\n";
  }
  text += "model after that edge:\n" + pair.model().state();
  text += "RTL after that edge, registers that are not zero:\n" + last_registers(waves);
  text += "waveform of the last " + std::to_string(run.wave_cycles) + " cycles: " + waves + "\n";
  text += "again: " + run.reproduce + "\n";
  return text;
}

}  // namespace

Outcome run_lockstep(const Shape& shape, const Trial& run) {
  Pair pair(shape, run);
  Outcome outcome;
  while (pair.cycle() < run.cycles) {
    const auto list = pair.step();
    if (list.empty()) continue;
    outcome.agree = false;
    outcome.pin = list.front().pin;
    if (run.wave_cycles == 0) break;
    outcome.waves = record(shape, run, pair.cycle());
    outcome.report = report(shape, run, pair, list, outcome.waves);
    break;
  }
  outcome.cycles = pair.cycle();
  outcome.flits = pair.flits();
  outcome.slept = pair.slept;
  return outcome;
}

}  // namespace fs::lockstep
