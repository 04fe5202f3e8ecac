// SPDX-License-Identifier: Apache-2.0
#include "system/waves/save_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "cosim/verilated_core.hpp"
#include "system/report/output.hpp"
#include "system/waves/fst_tools.hpp"

namespace fs {
namespace {

// Flags of a trace in a save file (GTKWave's analyzer.h), as it writes them itself.
constexpr const char* flags_bit = "@28";
constexpr const char* flags_hex = "@22";
constexpr const char* flags_text = "@820";
constexpr const char* flags_names = "@100000028";
constexpr const char* flags_steps = "@88024";    // decimal, analog in steps
constexpr const char* flags_stretch = "@20000";  // one more row for the analog trace above
constexpr const char* flags_open = "@800200";
constexpr const char* flags_open_end = "@1000200";
constexpr const char* flags_folded = "@c00200";
constexpr const char* flags_folded_end = "@1401200";
constexpr const char* flags_blank = "@200";

enum class Colour { normal, red, orange, yellow, green, blue, indigo, violet };

constexpr std::size_t most_busy = 6;        ///< links shown in full besides the journey
constexpr std::size_t most_folded = 48;     ///< links in folded groups
constexpr std::size_t most_of_model = 40;   ///< signals shown of one Verilated model
constexpr std::size_t most_rtl_links = 32;  ///< ends of links in RTL
constexpr int most_markers = 26;
constexpr std::size_t most_events = 16;  ///< of these
constexpr double view_frames = 5.5;      // of 200 pixels each, which GTKWave's zoom counts in
constexpr Femtoseconds widest_view = nanoseconds(40);

struct Marker {
  Femtoseconds time{0};
  std::string name;
};

class SaveWriter {
 public:
  SaveWriter(const SaveFile& save, const RunningFabric& fabric, const FabricSignals& signals, const FstFile& fst)
      : save_(save), graph_(fabric.plan().topology.graph), signals_(signals), fst_(fst) {
    if (save.event) markers_.push_back({*save.event, save.event_name});
    mark_events(fabric.events());
    for (const cosim::VerilatedCore* core : fabric.verilated_cores()) rtl_.insert(core->hierarchy());
    choose_journey();
  }

  std::string text(const std::filesystem::path& save_file) {
    trace(flags_text, Colour::red, "events", fst_.path(signals_.events()));
    show_journey();
    if (save_.closed) show_models();
    show_links();
    show_chips();
    return header(save_file) + body_;
  }

 private:
  std::string chip(ChipId id) const {
    return graph_.is_gpu(id) ? 'g' + std::to_string(index(graph_.chip(id).node)) : graph_.chip(id).name;
  }
  std::string title(std::size_t place) const {
    const ChannelId id = signals_.channels()[place].channel;
    return fmt::format("{}->{}", chip(graph_.source(id).chip), chip(graph_.sink(id).chip));
  }

  void mark_events(const EventBoard& events) {
    for (const EventMark& event : events.marks()) {
      if (markers_.size() >= most_events) return;
      if (save_.event && event.name == save_.event_name && event.time >= *save_.event) continue;
      mark(event.time, event.where.empty() ? event.name : event.name + ' ' + event.where);
    }
  }

  ChipId end_of(const JourneyStep& step) const { return graph_.sink(signals_.channels()[step.channel].channel).chip; }
  /// The step that brings it to a switch in RTL; nothing: none does.
  const JourneyStep* into_rtl(const Journey& journey) const {
    const auto step = std::find_if(journey.steps.begin(), journey.steps.end(), [&](const JourneyStep& s) {
      return s.arrived >= Femtoseconds(0) && rtl_.count(graph_.chip(end_of(s)).name) != 0;
    });
    return step == journey.steps.end() ? nullptr : &*step;
  }

  /// The journey seen over most links, of those through RTL where there are any; of equals the first.
  void choose_journey() {
    const auto& journeys = signals_.journeys();
    const auto length = [&](const Journey& j) {
      const bool complete = j.steps.empty() || j.steps.back().arrived >= Femtoseconds(0);
      return std::make_pair(into_rtl(j) != nullptr, 2 * j.steps.size() - (complete ? 0 : 1));
    };
    const auto longest = std::max_element(journeys.begin(), journeys.end(),
                                          [&](const auto& a, const auto& b) { return length(a) < length(b); });
    if (longest == journeys.end()) return;
    journey_ = &*longest;
    for (const auto& step : journey_->steps) {
      mark(step.sent, chip(graph_.source(signals_.channels()[step.channel].channel).chip) + " out");
      if (step.arrived >= Femtoseconds(0)) mark(step.arrived, chip(end_of(step)) + " in");
    }
  }
  void mark(Femtoseconds time, const std::string& name) {
    if (time < save_.from || time > save_.to || markers_.size() >= most_markers) return;
    markers_.push_back({time, name});
  }

  /// Where to look first: at the event, else as the journey comes to RTL, else as it begins.
  std::pair<Femtoseconds, Femtoseconds> view() const {
    const Femtoseconds length = std::min(widest_view, std::max(save_.to - save_.from, nanoseconds(1)));
    Femtoseconds begin = save_.from;
    if (save_.event) {
      begin = *save_.event - length / 2;
    } else if (journey_ != nullptr && !journey_->steps.empty()) {
      const JourneyStep* step = into_rtl(*journey_);
      begin = (step != nullptr ? step->arrived : journey_->steps.front().sent) - length / 8;
    }
    begin = std::max(save_.from, std::min(begin, save_.to - length));
    return {begin, length};
  }

  std::string header(const std::filesystem::path& save_file) const {
    const auto [begin, length] = view();
    std::string text = "[*] farspan\n";
    text += fmt::format("[dumpfile] \"{}\"\n", std::filesystem::absolute(save_.file).lexically_normal().string());
    text += fmt::format("[savefile] \"{}\"\n", std::filesystem::absolute(save_file).lexically_normal().string());
    text += fmt::format("[timestart] {}\n[size] 1600 1000\n[pos] -1 -1\n", begin.value());
    const double zoom = std::log2(static_cast<double>(length.value()) / view_frames);
    text += fmt::format("*-{:.6f} {}", std::max(0.0, zoom), markers_.empty() ? -1 : markers_.front().time.value());
    for (int i = 0; i < most_markers; ++i) {
      const auto place = static_cast<std::size_t>(i);
      text += fmt::format(" {}", place < markers_.size() ? markers_[place].time.value() : -1);
    }
    text += '\n';
    for (std::size_t i = 0; i < markers_.size(); ++i) {
      text += fmt::format("[markername] {}{}\n", static_cast<char>('A' + i), markers_[i].name);
    }
    std::set<std::string> trees;
    if (journey_ != nullptr) {
      for (const auto& step : journey_->steps) {
        const auto& scope = signals_.channels()[step.channel].scope;
        if (trees.insert(scope.substr(0, scope.find('.'))).second)
          text += fmt::format("[treeopen] {}.\n", *trees.rbegin());
      }
    }
    text += "[sst_width] 220\n[signals_width] 260\n[sst_expanded] 1\n[sst_vpaned_height] 300\n";
    return text;
  }

  void line(const std::string& text) { body_ += text + '\n'; }
  void trace(const char* flags, Colour colour, const std::string& alias, const std::string& path) {
    line(flags);
    if (colour != Colour::normal) line(fmt::format("[color] {}", static_cast<int>(colour)));
    line(alias.empty() ? path : fmt::format("+{{{}}} {}", alias, path));
  }
  void steps(Colour colour, const std::string& alias, const std::string& path, int rows) {
    trace(flags_steps, colour, alias, path);
    line(flags_stretch);
    for (int i = 0; i < rows; ++i) line("-");
  }
  void open(const std::string& name, bool folded) {
    line(folded ? flags_folded : flags_open);
    line('-' + name);
  }
  void close(const std::string& name, bool folded) {
    line(folded ? flags_folded_end : flags_open_end);
    line('-' + name);
  }
  void blank() {
    line(flags_blank);
    line("-");
  }

  /// What the VC carries on which the packet goes, and what arrives.
  void lanes(const JourneyStep& step) {
    const ChannelSignals& c = signals_.channels()[step.channel];
    const SignalId tx = c.packets.empty() ? c.tx : c.packets[index(step.vc)];
    trace(flags_text, Colour::green, title(step.channel) + ' ' + last(tx), fst_.path(tx));
    trace(flags_text, Colour::yellow, title(step.channel) + " rx", fst_.path(c.rx));
  }
  std::string last(SignalId id) const {
    const std::string& path = fst_.path(id);
    const auto name = path.substr(path.rfind('.') + 1);
    return name.substr(0, name.find('['));
  }

  void everything(std::size_t place) {
    const ChannelSignals& c = signals_.channels()[place];
    trace(flags_text, Colour::green, title(place) + " tx", fst_.path(c.tx));
    trace(flags_names, Colour::green, "kind", fst_.path(c.kind));
    trace(flags_names, Colour::green, "vc", fst_.path(c.vc));
    for (const SignalId id : c.packets) trace(flags_text, Colour::green, last(id), fst_.path(id));
    for (const SignalId id : c.credits) steps(Colour::orange, last(id), fst_.path(id), 1);
    trace(flags_text, Colour::yellow, title(place) + " rx", fst_.path(c.rx));
    for (const SignalId id : c.fill) steps(Colour::yellow, last(id), fst_.path(id), 1);
    trace(flags_names, Colour::violet, "link", fst_.path(c.state));
  }

  void show_journey() {
    if (journey_ == nullptr) return;
    const std::string name = "the way of " + journey_->name;
    open(name, false);
    for (const auto& step : journey_->steps) {
      lanes(step);
      shown_.insert(step.channel);
    }
    close(name, false);
    blank();
  }

  /// Both directions of the link that the event happened to, or all links of its chip.
  std::vector<std::size_t> of_event() const {
    std::vector<std::size_t> places;
    if (!save_.event || save_.event_where.empty()) return places;
    for (std::size_t i = 0; i < signals_.channels().size(); ++i) {
      const ChannelId id = signals_.channels()[i].channel;
      const std::array names = {graph_.link(link_of(id)).name, graph_.channel_name(id),
                                graph_.chip(graph_.source(id).chip).name, graph_.chip(graph_.sink(id).chip).name};
      if (std::find(names.begin(), names.end(), save_.event_where) != names.end()) places.push_back(i);
    }
    return places;
  }

  /// The links of the event first, then those of the journey, then those that carried most. The first is open; both
  /// directions are, of an event on a link.
  void show_links() {
    std::vector<std::size_t> places = of_event();
    const std::size_t opened = places.size() == 2 ? 2 : 1;
    if (journey_ != nullptr) {
      for (const auto& step : journey_->steps) places.push_back(step.channel);
    }
    std::vector<std::size_t> by_flits(signals_.channels().size());
    for (std::size_t i = 0; i < by_flits.size(); ++i) by_flits[i] = i;
    std::stable_sort(by_flits.begin(), by_flits.end(), [&](std::size_t a, std::size_t b) {
      return signals_.channels()[a].flits > signals_.channels()[b].flits;
    });
    for (std::size_t i = 0; i < std::min(most_busy, by_flits.size()); ++i) places.push_back(by_flits[i]);
    std::set<std::size_t> done;
    for (const std::size_t place : places) {
      if (!done.insert(place).second) continue;
      const std::string name = signals_.channels()[place].scope;
      open(name, done.size() > opened);
      everything(place);
      close(name, done.size() > opened);
    }
    shown_ = done;
    blank();
  }

  /// Folded, a group a chip: the other links of the chips on the journey, or of all where there are few.
  void show_chips() {
    std::map<std::size_t, std::vector<std::size_t>> of_chip;
    std::set<std::size_t> wanted;
    if (journey_ != nullptr) {
      for (const auto& step : journey_->steps) {
        wanted.insert(index(graph_.source(signals_.channels()[step.channel].channel).chip));
      }
    }
    const bool all = signals_.channels().size() <= most_folded;
    std::size_t count = 0;
    for (std::size_t i = 0; i < signals_.channels().size() && count < most_folded; ++i) {
      const std::size_t from = index(graph_.source(signals_.channels()[i].channel).chip);
      if (shown_.count(i) != 0 || !(all || wanted.count(from) != 0)) continue;
      of_chip[from].push_back(i);
      ++count;
    }
    for (const auto& [id, places] : of_chip) {
      const std::string name = "more of " + chip(static_cast<ChipId>(id));
      open(name, true);
      for (const std::size_t place : places) everything(place);
      close(name, true);
    }
  }

  /// What the file has and this writer did not declare: signals of Verilated models, by their outermost scopes. Those
  /// of links are folded.
  void show_models() {
    std::set<std::string> own = {"run"};
    for (const auto& c : signals_.channels()) own.insert(c.scope);
    std::map<std::string, std::vector<FstVariable>> of_scope;
    for (auto& variable : list_variables(save_.file)) {
      if (own.count(variable.scope) == 0) of_scope[variable.scope].push_back(variable);
    }
    std::set<std::string> tops;
    std::size_t links = 0;
    for (const auto& [scope, variables] : of_scope) {
      const bool below = std::any_of(tops.begin(), tops.end(), [&s = scope](const std::string& top) {
        return s.compare(0, top.size() + 1, top + '.') == 0;
      });
      if (below) continue;
      tops.insert(scope);
      const bool link = rtl_.count(scope.substr(0, scope.find('.'))) == 0;
      if (link && ++links > most_rtl_links) continue;
      const std::string name = "RTL " + scope;
      open(name, link);
      for (std::size_t i = 0; i < std::min(most_of_model, variables.size()); ++i) {
        const FstVariable& v = variables[i];
        trace(v.bits == 0   ? flags_text
              : v.bits == 1 ? flags_bit
                            : flags_hex,
              Colour::normal, "", scope.empty() ? v.name : scope + '.' + v.name);
      }
      close(name, link);
      if (!link) blank();
    }
  }

  const SaveFile& save_;
  const Graph& graph_;
  const FabricSignals& signals_;
  const FstFile& fst_;
  const Journey* journey_ = nullptr;
  std::set<std::string> rtl_;  ///< names of switches
  std::vector<Marker> markers_;
  std::set<std::size_t> shown_;
  std::string body_;
};

}  // namespace

void write_save_file(const SaveFile& save, const RunningFabric& fabric, const FabricSignals& signals,
                     const FstFile& fst, const std::filesystem::path& save_file) {
  write_file(save_file, SaveWriter(save, fabric, signals, fst).text(save_file));
}

}  // namespace fs
