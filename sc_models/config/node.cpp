// SPDX-License-Identifier: Apache-2.0
// Conversions of one value, and the ranges they keep.
#include "config/node.hpp"

#include <stdexcept>
#include <utility>

#include "config/detail/effective.hpp"
#include "config/detail/reader_state.hpp"
#include "config/detail/value.hpp"
#include "config/reader.hpp"

namespace fs {
namespace {

using detail::Effective;
using detail::Value;

// Runs a parser of units.hpp, giving its complaint a position.
template <class Parse>
auto parse_at(const Node& node, Parse&& parse) {
  try {
    return parse();
  } catch (const std::invalid_argument& wrong) {
    throw node.error(wrong.what());
  }
}

template <class T, class Format>
T check_range(const Node& node, T value, T min, T max, T unlimited, Format&& format) {
  if (!(value < min) && !(max < value)) return value;
  const auto allowed = max == unlimited ? "at least " + format(min) : "between " + format(min) + " and " + format(max);
  throw node.error(format(value) + " is out of range: must be " + allowed);
}

template <class T>
T check_quantity(const Node& node, T value, T min, T max) {
  return check_range(node, value, min, max, T::max(), [](T v) { return format(v); });
}

}  // namespace

Node::Node(std::shared_ptr<const Value> value, std::string path, std::shared_ptr<Effective> effective,
           std::shared_ptr<detail::ReaderState> owner)
    : value_(std::move(value)), path_(std::move(path)), effective_(std::move(effective)), owner_(std::move(owner)) {}

bool Node::is_scalar() const { return value_->kind == Value::Kind::scalar; }
bool Node::is_map() const { return value_->kind == Value::Kind::map; }
bool Node::is_list() const { return value_->kind == Value::Kind::list; }
SourcePosition Node::position() const { return value_->position(); }

ConfigError Node::error(const std::string& message) const {
  return ConfigError(position(), path_.empty() ? message : path_ + ": " + message);
}

const std::string& Node::scalar(const char* wanted) const {
  if (value_->kind == Value::Kind::null) throw error(std::string("has no value: expected ") + wanted);
  if (!is_scalar()) throw error(std::string("is ") + detail::name_of(value_->kind) + ": expected " + wanted);
  return value_->text;
}

std::vector<Node> Node::items() const {
  if (!is_list()) throw error(std::string("is ") + detail::name_of(value_->kind) + ": expected a list");
  if (effective_->kind != Effective::Kind::list) {
    effective_->kind = Effective::Kind::list;
    for (const auto& item : value_->items) effective_->items.push_back(Effective::given(item));
  }
  std::vector<Node> nodes;
  nodes.reserve(value_->items.size());
  for (std::size_t i = 0; i < value_->items.size(); ++i) {
    nodes.push_back(Node(value_->items[i], path_ + "[" + std::to_string(i) + "]", effective_->items[i], owner_));
  }
  return nodes;
}

Reader Node::reader() const {
  if (!is_map()) throw error(std::string("is ") + detail::name_of(value_->kind) + ": expected a mapping");
  if (auto known = effective_->reader.lock()) return Reader(std::move(known));
  effective_->kind = Effective::Kind::map;
  auto state = std::make_shared<detail::ReaderState>(value_, path_, effective_);
  effective_->reader = state;
  if (owner_) owner_->children.push_back(state);
  return Reader(std::move(state));
}

std::string Node::text() const { return scalar("text"); }

bool Node::boolean() const {
  const auto& text = scalar("true or false");
  return parse_at(*this, [&] { return parse_boolean(text); });
}

std::int64_t Node::integer_in(std::int64_t min, std::int64_t max) const {
  const auto& text = scalar("a whole number");
  const auto value = parse_at(*this, [&] { return parse_integer(text); });
  return check_range(*this, value, min, max, std::numeric_limits<std::int64_t>::max(),
                     [](std::int64_t v) { return std::to_string(v); });
}

double Node::number(double min, double max) const {
  const auto& text = scalar("a number");
  const auto value = parse_at(*this, [&] { return parse_number(text); });
  return check_range(*this, value, min, max, std::numeric_limits<double>::max(), [](double v) { return format(v); });
}

Femtoseconds Node::time(Femtoseconds min, Femtoseconds max) const {
  const auto& text = scalar("a time");
  return check_quantity(*this, parse_at(*this, [&] { return parse_time(text); }), min, max);
}

Clock Node::clock() const {
  const auto& text = scalar("a clock frequency");
  return parse_at(*this, [&] { return parse_clock(text); });
}

Bytes Node::bytes(Bytes min, Bytes max) const {
  const auto& text = scalar("a size");
  return check_quantity(*this, parse_at(*this, [&] { return parse_bytes(text); }), min, max);
}

BitsPerSecond Node::rate(BitsPerSecond min, BitsPerSecond max) const {
  const auto& text = scalar("a rate");
  return check_quantity(*this, parse_at(*this, [&] { return parse_rate(text); }), min, max);
}

Micrometres Node::length(Micrometres min, Micrometres max) const {
  const auto& text = scalar("a length");
  return check_quantity(*this, parse_at(*this, [&] { return parse_length(text); }), min, max);
}

std::int64_t Node::count(std::string_view unit, std::int64_t min, std::int64_t max) const {
  const auto& text = scalar(("a number of " + std::string(unit)).c_str());
  const auto value = parse_at(*this, [&] { return parse_count(text, unit); });
  return check_range(*this, value, min, max, std::numeric_limits<std::int64_t>::max(),
                     [unit](std::int64_t v) { return format(v, unit); });
}

double Node::measure(std::string_view unit, double min, double max) const {
  const auto& text = scalar(("a number of " + std::string(unit)).c_str());
  const auto value = parse_at(*this, [&] { return parse_measure(text, unit); });
  if (value >= min && value <= max) return value;
  throw error(text + " is out of range: allowed is " + format(min) + std::string(unit) + " to " + format(max) +
              std::string(unit));
}

std::size_t Node::choice_index(const std::vector<const char*>& names) const {
  std::string allowed;
  for (const auto* name : names) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  const auto& text = scalar(("one of " + allowed).c_str());
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (text == names[i]) return i;
  }
  throw error("\"" + text.substr(0, 40) + "\" is not one of " + allowed);
}

}  // namespace fs
