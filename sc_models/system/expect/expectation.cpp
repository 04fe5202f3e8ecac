// SPDX-License-Identifier: Apache-2.0
// Holding results against expectations.
#include "system/expect/expectation.hpp"

#include <fmt/format.h>

#include <cmath>

namespace fs {

namespace {

using nlohmann::ordered_json;

const char* symbol(Comparison comparison) {
  constexpr const char* symbols[] = {"==", "!=", "<", "<=", ">", ">=", "within"};
  return symbols[static_cast<int>(comparison)];
}

std::string brief(const ordered_json& value) {
  if (value.is_number()) return fmt::format("{:.10g}", value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string tolerance_text(const Tolerance& tolerance) {
  return tolerance.relative ? fmt::format("{:.10g}%", 100 * tolerance.amount)
                            : fmt::format("{:.10g}", tolerance.amount);
}

/// The numbers that meet a comparison with one expected number.
struct Limits {
  double low = 0;
  double high = 0;
};

bool met(Comparison is, double value, const Limits& limits) {
  switch (is) {
    case Comparison::equal:
    case Comparison::within:
      return value >= limits.low && value <= limits.high;
    case Comparison::not_equal:
      return value < limits.low || value > limits.high;
    case Comparison::less:
      return value < limits.high;
    case Comparison::less_or_equal:
      return value <= limits.high;
    case Comparison::greater:
      return value > limits.low;
    case Comparison::greater_or_equal:
      return value >= limits.low;
  }
  return false;
}

std::string limit_text(Comparison is, const Limits& limits) {
  switch (is) {
    case Comparison::less:
    case Comparison::less_or_equal:
      return fmt::format("{} {:.6g}", symbol(is), limits.high);
    case Comparison::greater:
    case Comparison::greater_or_equal:
      return fmt::format("{} {:.6g}", symbol(is), limits.low);
    case Comparison::not_equal:
      if (limits.low == limits.high) return fmt::format("!= {:.6g}", limits.low);
      return fmt::format("outside [{:.6g}, {:.6g}]", limits.low, limits.high);
    default:
      if (limits.low == limits.high) return fmt::format("{:.6g}", limits.low);
      return fmt::format("[{:.6g}, {:.6g}]", limits.low, limits.high);
  }
}

Limits limits_of(const Expectation& expectation, const ordered_json& expected) {
  if (expectation.value.size() == 2) return {expectation.value[0].get<double>(), expectation.value[1].get<double>()};
  const double middle = expected.get<double>();
  const auto tolerance = expectation.tolerance.value_or(Tolerance{});
  const double slack = tolerance.relative ? tolerance.amount * std::abs(middle) : tolerance.amount;
  return {middle - slack, middle + slack};
}

/// Checks one value; fills in the outcome's value, limit and why.
void compare(const Expectation& expectation, const ResultPath::Match& match, ordered_json expected,
             ExpectationOutcome& outcome) {
  outcome.value = *match.value;
  // A digest may look like a number.
  if (match.value->is_string() && !expectation.written.empty()) expected = expectation.written;
  if (match.value->is_number() && expected.is_number()) {
    const auto limits = limits_of(expectation, expected);
    outcome.limit = limit_text(*expectation.is, limits);
    outcome.ok = met(*expectation.is, match.value->get<double>(), limits);
  } else if (match.value->type() == expected.type() && !match.value->is_structured() && !match.value->is_null()) {
    outcome.limit = std::string(symbol(*expectation.is)) + ' ' + brief(expected);
    const bool same = *match.value == expected;
    outcome.ok = (same && *expectation.is == Comparison::equal) || (!same && *expectation.is == Comparison::not_equal);
  } else {
    outcome.ok = false;
    outcome.why = match.where + " is of another kind (" + match.value->type_name() +
                  ") than what it is compared with (" + expected.type_name() + ")";
  }
  if (!outcome.ok && outcome.why.empty() && match.where != expectation.path.text()) {
    outcome.why = "first at " + match.where;
  }
}

/// What the path is compared with; nothing when it cannot be had, with the reason in `why`.
std::optional<ordered_json> expected_value(const Expectation& expectation, const ordered_json& result,
                                           std::string& why) {
  if (!expectation.than) return expectation.value.front();
  const auto lookup = expectation.than->find(result);
  if (!lookup.missing.empty()) {
    why = lookup.missing;
    return std::nullopt;
  }
  if (lookup.matches.size() != 1) {
    why = expectation.than->text() + " names " + std::to_string(lookup.matches.size()) + " values; one is wanted";
    return std::nullopt;
  }
  const auto& value = *lookup.matches.front().value;
  if (!value.is_number()) return value;
  return ordered_json(expectation.factor * value.get<double>() + expectation.offset);
}

ExpectationOutcome outcome_of(const Expectation& expectation, const ordered_json& result) {
  ExpectationOutcome outcome;
  outcome.text = expectation.text();
  outcome.position = expectation.position;
  if (expectation.deadlock) {
    outcome.value = deadlocked(result);
    outcome.ok = deadlocked(result) == *expectation.deadlock;
    return outcome;
  }
  const auto lookup = expectation.path.find(result);
  if (!lookup.missing.empty()) {
    outcome.why = lookup.missing;
    return outcome;
  }
  if (!expectation.is) {
    outcome.ok = true;
    outcome.value = *lookup.matches.front().value;
    return outcome;
  }
  const auto expected = expected_value(expectation, result, outcome.why);
  if (!expected) return outcome;
  for (const auto& match : lookup.matches) {
    compare(expectation, match, *expected, outcome);
    if (!outcome.ok) break;
  }
  return outcome;
}

}  // namespace

std::string Expectation::text() const {
  if (deadlock) return *deadlock ? "the fabric deadlocks" : "the fabric does not deadlock";
  if (!is) return path.text() + " exists";
  std::string text = path.text() + ' ' + symbol(*is) + ' ';
  if (value.size() == 2) return text + '[' + brief(value[0]) + ", " + brief(value[1]) + ']';
  if (than) {
    if (factor != 1) text += fmt::format("{:.10g} * ", factor);
    text += than->text();
    if (offset != 0) text += fmt::format(" {} {:.10g}", offset < 0 ? '-' : '+', std::abs(offset));
  } else {
    text += brief(value.front());
  }
  return tolerance ? text + " +- " + tolerance_text(*tolerance) : text;
}

std::vector<ExpectationOutcome> evaluate(const std::vector<Expectation>& expectations, const ordered_json& result) {
  std::vector<ExpectationOutcome> outcomes;
  for (const auto& expectation : expectations) {
    auto outcome = outcome_of(expectation, result);
    const bool only_saves = !expectation.deadlock && !expectation.is;
    if (!only_saves || !outcome.ok) outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

ordered_json expectations_json(const std::vector<ExpectationOutcome>& outcomes) {
  ordered_json list = ordered_json::array();
  for (const auto& outcome : outcomes) {
    ordered_json entry;
    entry["text"] = outcome.text;
    entry["ok"] = outcome.ok;
    entry["value"] = outcome.value;
    if (!outcome.limit.empty()) entry["limit"] = outcome.limit;
    if (!outcome.why.empty()) entry["why"] = outcome.why;
    entry["where"] = to_string(outcome.position);
    list.push_back(std::move(entry));
  }
  return list;
}

bool deadlocked(const ordered_json& result) {
  if (result.contains("deadlock")) return true;
  if (!result.contains("points")) return false;
  for (const auto& point : result["points"]) {
    if (point.contains("deadlock")) return true;
  }
  return false;
}

}  // namespace fs
