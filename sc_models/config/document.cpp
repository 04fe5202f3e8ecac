// SPDX-License-Identifier: Apache-2.0
// Loading, changing and printing a document.
#include "config/document.hpp"

#include <utility>

#include "config/detail/effective.hpp"
#include "config/detail/path.hpp"
#include "config/detail/reader_state.hpp"
#include "config/detail/text_input.hpp"
#include "config/detail/value.hpp"
#include "config/detail/yaml_input.hpp"

namespace fs {
namespace {

using detail::Effective;
using detail::PathStep;
using detail::Value;
using Slot = std::shared_ptr<Value>;

std::shared_ptr<Value> parse_mapping(std::string_view text, const std::string& name) {
  auto root = detail::parse_yaml(text, name);
  if (!root || root->kind == Value::Kind::null)
    throw ConfigError({name, 1, 1}, "empty: expected a mapping of keys to values");
  if (root->kind != Value::Kind::map) {
    throw ConfigError(root->position(),
                      std::string("is ") + detail::name_of(root->kind) + ": expected a mapping of keys to values");
  }
  return root;
}

// Whether `step` can go into `value` at all; throws if the kinds do not fit.
void check_kind(const Value& value, const PathStep& step, const std::string& path, const std::string& parent,
                const SourcePosition& where) {
  const auto wanted = step.key.empty() ? Value::Kind::list : Value::Kind::map;
  if (value.kind == wanted) return;
  std::string entries;
  if (value.kind == Value::Kind::list && !value.items.empty()) {
    entries = "; its entries are " + parent + "[0] to [" + std::to_string(value.items.size() - 1) + "]";
  }
  throw ConfigError(where, "cannot reach '" + path + "': '" + parent + "' is " + detail::name_of(value.kind) +
                               ", not " + detail::name_of(wanted) + entries + " (" + to_string(value.position()) + ")");
}

// The place at `path`, created where mapping keys are missing.
Slot& make_place(Slot& root, const std::string& path, const SourcePosition& where) {
  const auto file = std::make_shared<const std::string>(where.file);
  Slot* place = &root;
  std::string parent = "the document";
  for (const auto& step : detail::parse_path(path, where)) {
    if (!*place && step.key.empty()) {
      throw ConfigError(where,
                        "cannot reach '" + path + "': '" + parent + "' does not exist, and only keys are created");
    }
    if (!*place || (*place)->kind == Value::Kind::null) {  // created by the step before, or written without a value
      *place = std::make_shared<Value>();
      (*place)->kind = Value::Kind::map;
      (*place)->file = file;
    }
    Value& value = **place;
    check_kind(value, step, path, parent, where);
    if (step.key.empty()) {
      if (step.index >= value.items.size()) {
        throw ConfigError(where, "cannot reach '" + path + "': '" + parent + "' has " +
                                     std::to_string(value.items.size()) + " entries, counted from 0");
      }
      place = &value.items[step.index];
    } else {
      auto member = value.find(step.key);
      if (member == value.members.end()) {
        value.members.push_back({step.key, 1, 1, nullptr, file});
        member = value.members.end() - 1;
      }
      place = &member->value;
    }
    parent = path.substr(0, step.end);
  }
  return *place;
}

// The value at `path`, or null.
Slot find_place(const Slot& root, const std::vector<PathStep>& steps) {
  Slot place = root;
  for (const auto& step : steps) {
    if (step.key.empty()) {
      if (step.index >= place->items.size()) return nullptr;
      place = place->items[step.index];
    } else {
      const auto member = place->find(step.key);
      if (member == place->members.end()) return nullptr;
      place = member->value;
    }
  }
  return place;
}

}  // namespace

struct Document::State {
  std::string name;
  Slot root;
  std::shared_ptr<Effective> effective;
  std::shared_ptr<detail::ReaderState> reader;

  // Readers handed out keep the tree they began with.
  void change(Slot next) {
    root = std::move(next);
    effective = nullptr;
    reader = nullptr;
  }
};

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document Document::from_file(const std::string& path) { return from_text(detail::read_text_file(path), path); }

Document Document::from_text(std::string_view text, const std::string& name) {
  auto state = std::make_unique<State>();
  state->name = name;
  state->root = parse_mapping(text, name);
  return Document(std::move(state));
}

Document Document::clone() const {
  auto state = std::make_unique<State>();
  state->name = state_->name;
  state->root = detail::deep_copy(*state_->root);
  return Document(std::move(state));
}

void Document::set(const std::string& path, const std::string& value_text, const std::string& origin) {
  const SourcePosition where{origin + " " + path + "=" + value_text, 1, 1};
  auto value = detail::parse_yaml(value_text, where.file);
  if (!value) throw ConfigError(where, "empty: expected a value");
  auto root = detail::deep_copy(*state_->root);
  make_place(root, path, where) = std::move(value);
  state_->change(std::move(root));
}

void Document::set(const std::string& path, const Node& value) {
  auto root = detail::deep_copy(*state_->root);
  make_place(root, path, value.position()) = detail::deep_copy(*value.value_);
  state_->change(std::move(root));
}

void Document::replace(const std::string& path, const Document& other) {
  auto root = detail::deep_copy(*state_->root);
  make_place(root, path, {state_->name, 1, 1}) = detail::deep_copy(*other.state_->root);
  state_->change(std::move(root));
}

namespace {

void fill(Value& value, const Value& base) {
  for (const auto& member : base.members) {
    const auto mine = value.find(member.key);
    if (mine == value.members.end()) {
      value.members.push_back(member);
      value.members.back().value = detail::deep_copy(*member.value);
      value.members.back().file = base.file;
    } else if (mine->value->kind == Value::Kind::null) {
      value.members.erase(mine);
    } else if (mine->value->kind == Value::Kind::map && member.value->kind == Value::Kind::map) {
      fill(*mine->value, *member.value);
    }
  }
}

}  // namespace

void Document::underlay(const std::string& path, const Document& other) {
  auto root = detail::deep_copy(*state_->root);
  auto& place = make_place(root, path, {state_->name, 1, 1});
  if (!place || place->kind != Value::Kind::map) {
    throw ConfigError({state_->name, 1, 1}, path + " must be a mapping");
  }
  fill(*place, *other.state_->root);
  state_->change(std::move(root));
}

bool Document::remove(const std::string& path) {
  auto steps = detail::parse_path(path, {state_->name, 1, 1});
  const auto last = std::move(steps.back());
  steps.pop_back();
  auto root = detail::deep_copy(*state_->root);
  const auto parent = find_place(root, steps);
  if (!parent || last.key.empty()) return false;
  const auto member = parent->find(last.key);
  if (member == parent->members.end()) return false;
  parent->members.erase(member);
  state_->change(std::move(root));
  return true;
}

std::optional<Node> Document::find(const std::string& path) const {
  const auto value = find_place(state_->root, detail::parse_path(path, {state_->name, 1, 1}));
  if (!value) return std::nullopt;
  return Node(value, path, Effective::given(value), nullptr);
}

Reader Document::root() {
  if (!state_->reader) {
    state_->effective = std::make_shared<Effective>();
    state_->effective->kind = Effective::Kind::map;
    state_->reader = std::make_shared<detail::ReaderState>(state_->root, "", state_->effective);
    state_->effective->reader = state_->reader;
  }
  return Reader(state_->reader);
}

std::string Document::effective_yaml() const {
  return state_->effective ? detail::to_yaml(*state_->effective) : "{}\n";
}

const std::string& Document::name() const { return state_->name; }

}  // namespace fs
