// SPDX-License-Identifier: Apache-2.0
// The YAML of expectations.
#include <map>
#include <stdexcept>

#include "config/units.hpp"
#include "system/expect/expectation.hpp"

namespace fs {

namespace {

using nlohmann::ordered_json;

constexpr double largest = 1e300;

std::optional<double> parsed_number(const std::string& text) {
  try {
    return parse_number(text);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<double> parsed_percent(const std::string& text) {
  if (text.empty() || text.back() != '%') return std::nullopt;
  auto number = text.substr(0, text.size() - 1);
  while (!number.empty() && number.back() == ' ') number.pop_back();
  const auto value = parsed_number(number);
  return value ? std::optional(*value / 100) : std::nullopt;
}

std::optional<double> parsed_nanoseconds(const std::string& text) {
  try {
    return to_nanoseconds(parse_time(text));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<double> parsed_gigabytes_per_second(const std::string& text) {
  try {
    return static_cast<double>(parse_rate(text).value()) / 8e9;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

bool is_a_time(const std::string& path) { return path.find("_ns") != std::string::npos; }

/// A literal as the result document would hold it.
ordered_json literal(const Node& node, const std::string& path) {
  const auto text = node.text();
  if (text == "true" || text == "false") return text == "true";
  if (const auto number = parsed_number(text)) return *number;
  if (const auto share = parsed_percent(text)) return *share;
  if (const auto time = parsed_nanoseconds(text)) {
    if (!is_a_time(path)) throw node.error("a time, but '" + path + "' is not one (those end in _ns)");
    return *time;
  }
  if (const auto rate = parsed_gigabytes_per_second(text)) {
    if (is_a_time(path)) throw node.error("a rate, but '" + path + "' is in ns");
    return *rate;
  }
  return text;
}

double numeric_literal(const Node& node, const std::string& path) {
  const auto value = literal(node, path);
  if (!value.is_number()) throw node.error("'" + node.text() + "' is not a number");
  return value.get<double>();
}

ResultPath path_of(const Node& node) {
  try {
    return ResultPath(node.text());
  } catch (const std::invalid_argument& error) {
    throw node.error(error.what());
  }
}

Tolerance tolerance_of(const Node& node, const std::string& path) {
  Tolerance tolerance;
  const auto share = parsed_percent(node.text());
  tolerance.relative = share.has_value();
  tolerance.amount = share ? *share : numeric_literal(node, path);
  if (tolerance.amount < 0) throw node.error("a tolerance is at least 0");
  return tolerance;
}

class EntryReader {
 public:
  EntryReader(const Node& node, std::map<std::string, ResultPath>& saved) : reader_(node.reader()), saved_(saved) {
    entry_.position = node.position();
  }

  Expectation read() {
    if (const auto deadlock = reader_.optional_node("deadlock")) {
      entry_.deadlock = deadlock->boolean();
    } else {
      read_comparison();
    }
    reader_.finish();
    return entry_;
  }

 private:
  void read_comparison() {
    entry_.path = path_of(reader_.node("path"));
    const auto save_as = reader_.optional_node("save_as");
    const auto value = reader_.optional_node("value");
    const auto than = reader_.optional_node("than");
    if (value && than) throw reader_.error("than", "takes the place of `value`; give one of the two");
    if (value || than) {
      read_limits(value, than);
    } else if (!save_as) {
      throw reader_.error("wants `value`, or `than` (an earlier result), or `save_as` (a name for this one)");
    } else if (const auto is = reader_.optional_node("is")) {
      throw is->error("compares with nothing: `value` or `than` is missing");
    }
    if (save_as) save(*save_as);
  }

  void read_limits(const std::optional<Node>& value, const std::optional<Node>& than) {
    const auto& path = entry_.path.text();
    if (const auto tolerance = reader_.optional_node("tolerance")) entry_.tolerance = tolerance_of(*tolerance, path);
    entry_.is = reader_.choice_or<Comparison>("is", entry_.tolerance ? Comparison::within : Comparison::equal,
                                              {{"==", Comparison::equal},
                                               {"!=", Comparison::not_equal},
                                               {"<", Comparison::less},
                                               {"<=", Comparison::less_or_equal},
                                               {">", Comparison::greater},
                                               {">=", Comparison::greater_or_equal},
                                               {"within", Comparison::within}});
    if (value) read_value(*value, path);
    if (than) read_than(*than, path);
    const bool range = entry_.value.size() == 2;
    if (entry_.is == Comparison::within && !range && !entry_.tolerance) {
      throw reader_.error("is", "`within` wants a `tolerance`, or a range as `value: [low, high]`");
    }
    if (range && entry_.tolerance) throw reader_.error("tolerance", "a range has none");
  }

  void read_value(const Node& value, const std::string& path) {
    if (!value.is_list()) {
      entry_.value.push_back(literal(value, path));
      entry_.written = value.text();
      const bool ordered = entry_.is != Comparison::equal && entry_.is != Comparison::not_equal;
      if ((ordered || entry_.tolerance) && !entry_.value[0].is_number())
        throw value.error("'" + value.text() + "' is not a number");
      return;
    }
    if (entry_.is != Comparison::within) throw value.error("a range goes with `is: within`");
    for (const auto& item : value.items()) entry_.value.emplace_back(numeric_literal(item, path));
    if (entry_.value.size() != 2 || entry_.value[0] > entry_.value[1]) throw value.error("a range is [low, high]");
  }

  void read_than(const Node& than, const std::string& path) {
    const auto named = saved_.find(than.text());
    entry_.than = named != saved_.end() ? named->second : path_of(than);
    entry_.factor = reader_.number_or("factor", 1, -largest, largest);
    if (const auto offset = reader_.optional_node("offset")) entry_.offset = numeric_literal(*offset, path);
  }

  void save(const Node& save_as) {
    entry_.save_as = save_as.text();
    if (!saved_.emplace(entry_.save_as, entry_.path).second) {
      throw save_as.error("'" + entry_.save_as + "' is the name of an earlier result already");
    }
  }

  Reader reader_;
  std::map<std::string, ResultPath>& saved_;
  Expectation entry_;
};

}  // namespace

std::vector<Expectation> read_expectations(const Node& node) {
  std::map<std::string, ResultPath> saved;
  std::vector<Expectation> expectations;
  for (const auto& item : node.items()) expectations.push_back(EntryReader(item, saved).read());
  return expectations;
}

}  // namespace fs
