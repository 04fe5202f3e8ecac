// SPDX-License-Identifier: Apache-2.0
// Keys of a mapping: found, defaulted, recorded, and refused when nobody knows them.
#include "config/reader.hpp"

#include <utility>

#include "config/detail/effective.hpp"
#include "config/detail/reader_state.hpp"
#include "config/document.hpp"

namespace fs {
namespace {

using detail::Effective;
using detail::ReaderState;
using detail::Value;

std::string with_path(const std::string& path, const std::string& message) {
  return path.empty() ? message : path + ": " + message;
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out.empty() ? "none" : out;
}

std::vector<std::string> key_names(const Value& mapping) {
  std::vector<std::string> names;
  names.reserve(mapping.members.size());
  for (const auto& member : mapping.members) names.push_back(member.key);
  return names;
}

void finish_state(const ReaderState& state) {
  for (const auto& member : state.value->members) {
    if (state.is_read(member)) continue;
    const auto* close = ReaderState::nearest(member.key, state.known);
    auto message = "unknown key '" + member.key + "'";
    if (close != nullptr && *close == member.key) {  // asked for, and then not needed
      message = "key '" + member.key + "' has no effect here";
    } else if (close != nullptr) {
      message += " (did you mean '" + *close + "'?)";
    }
    message += "; allowed here: " + join(state.known);
    throw ConfigError(state.value->position(member), with_path(state.path, message));
  }
  for (const auto& child : state.children) finish_state(*child);
}

}  // namespace

std::optional<Node> Reader::find(const std::string& key) const {
  const auto* member = state_->ask(key);
  if (member == nullptr) return std::nullopt;
  state_->mark_read(*member);
  auto& slot = state_->slot(key);
  if (!slot) slot = Effective::given(member->value);
  return Node(member->value, state_->path_of(key), slot, state_);
}

Node Reader::node(const std::string& key) const {
  if (auto given = find(key)) return *given;
  auto message = "missing key '" + key + "'";
  const auto names = key_names(*state_->value);
  if (const auto* close = ReaderState::nearest(key, names)) message += " (there is '" + *close + "')";
  throw error(message);
}

void Reader::record(const std::string& key, const std::string& text) const {
  state_->slot(key) = Effective::scalar(text);
}

double Reader::number_or(const std::string& key, double otherwise, double min, double max) const {
  if (const auto given = find(key)) return given->number(min, max);
  record(key, format(otherwise));
  return otherwise;
}

bool Reader::boolean_or(const std::string& key, bool otherwise) const {
  if (const auto given = find(key)) return given->boolean();
  record(key, otherwise ? "true" : "false");
  return otherwise;
}

std::string Reader::text_or(const std::string& key, const std::string& otherwise) const {
  if (const auto given = find(key)) return given->text();
  record(key, otherwise);
  return otherwise;
}

Femtoseconds Reader::time_or(const std::string& key, Femtoseconds otherwise, Femtoseconds min, Femtoseconds max) const {
  if (const auto given = find(key)) return given->time(min, max);
  record(key, format(otherwise));
  return otherwise;
}

Clock Reader::clock_or(const std::string& key, Clock otherwise) const {
  if (const auto given = find(key)) return given->clock();
  record(key, format(otherwise));
  return otherwise;
}

Bytes Reader::bytes_or(const std::string& key, Bytes otherwise, Bytes min, Bytes max) const {
  if (const auto given = find(key)) return given->bytes(min, max);
  record(key, format(otherwise));
  return otherwise;
}

BitsPerSecond Reader::rate_or(const std::string& key, BitsPerSecond otherwise, BitsPerSecond min,
                              BitsPerSecond max) const {
  if (const auto given = find(key)) return given->rate(min, max);
  record(key, format(otherwise));
  return otherwise;
}

Micrometres Reader::length_or(const std::string& key, Micrometres otherwise, Micrometres min, Micrometres max) const {
  if (const auto given = find(key)) return given->length(min, max);
  record(key, format(otherwise));
  return otherwise;
}

std::int64_t Reader::count_or(const std::string& key, std::string_view unit, std::int64_t otherwise, std::int64_t min,
                              std::int64_t max) const {
  if (const auto given = find(key)) return given->count(unit, min, max);
  record(key, format(otherwise, unit));
  return otherwise;
}

double Reader::measure_or(const std::string& key, std::string_view unit, double otherwise, double min,
                          double max) const {
  if (const auto given = find(key)) return given->measure(unit, min, max);
  record(key, format(otherwise) + std::string(unit));
  return otherwise;
}

std::optional<Reader> Reader::optional_section(const std::string& key) const {
  if (const auto given = find(key)) return given->reader();
  return std::nullopt;
}

Reader Reader::section_or_empty(const std::string& key) const {
  if (const auto given = find(key)) return given->reader();
  auto& slot = state_->slot(key);
  if (!slot) {
    auto empty = std::make_shared<Value>();
    empty->kind = Value::Kind::map;
    empty->file = state_->value->file;
    empty->line = state_->value->line;
    empty->column = state_->value->column;
    slot = Effective::given(std::move(empty));
  }
  return Node(slot->raw, state_->path_of(key), slot, state_).reader();
}

std::vector<Node> Reader::list_or_empty(const std::string& key) const {
  if (const auto given = find(key)) return given->items();
  auto& slot = state_->slot(key);
  slot = std::make_shared<Effective>();
  slot->kind = Effective::Kind::list;
  return {};
}

bool Reader::has(const std::string& key) const { return state_->ask(key) != nullptr; }

std::vector<std::string> Reader::keys() const { return key_names(*state_->value); }

void Reader::adopt(const std::string& key, Document& other) const {
  find(key);
  const auto root = other.root();
  if (root.state_ == state_) throw error(key, "cannot contain the document it stands in");
  state_->slot(key) = root.state_->effective;
  state_->children.push_back(root.state_);
}

void Reader::finish() const { finish_state(*state_); }

SourcePosition Reader::position() const { return state_->value->position(); }
const std::string& Reader::path() const { return state_->path; }

ConfigError Reader::error(const std::string& message) const {
  return ConfigError(position(), with_path(state_->path, message));
}

ConfigError Reader::error(const std::string& key, const std::string& message) const {
  const auto* member = state_->ask(key);
  const auto where = member == nullptr ? position() : member->value->position();
  return ConfigError(where, with_path(state_->path_of(key), message));
}

}  // namespace fs
