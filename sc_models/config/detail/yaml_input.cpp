// SPDX-License-Identifier: Apache-2.0
// Builds the value tree from the YAML library's events, checking what that library lets pass.
#include "config/detail/yaml_input.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_map>

#include "config/detail/text_input.hpp"
#include "config/document.hpp"

namespace fs::detail {
namespace {

constexpr std::size_t max_key_bytes = 256;  // YAML itself wants keys below 1024 characters

class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& name) : file_(std::make_shared<const std::string>(name)) {}

  std::shared_ptr<Value> root() { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(make(Value::Kind::null, mark), anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto original = anchor < anchors_.size() ? anchors_[anchor] : nullptr;
    if (!original) fail(mark, "this alias refers to a value that contains it");
    place(copy(*original, mark, open_.size()), mark);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag);
    auto value = make(Value::Kind::scalar, mark);
    value->text = text;
    value->quoted = tag == "!";
    add(std::move(value), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Value::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Value::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    throw ConfigError({*file_, std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1}, message);
  }

 private:
  struct Open {
    std::shared_ptr<Value> value;
    YAML::anchor_t anchor = 0;
    bool has_key = false;  // a key is waiting for its value
    Value::Member key;
    std::unordered_map<std::string, int> lines;  // of the keys so far
  };

  std::shared_ptr<Value> make(Value::Kind kind, const YAML::Mark& mark) {
    count(mark);
    auto value = std::make_shared<Value>();
    value->kind = kind;
    value->file = file_;
    value->line = mark.line + 1;
    value->column = mark.column + 1;
    return value;
  }
  void count(const YAML::Mark& mark) {
    if (++values_ > Document::max_values) {
      fail(mark, "too many values: at most " + std::to_string(Document::max_values) + " after expanding aliases");
    }
  }
  std::shared_ptr<Value> copy(const Value& original, const YAML::Mark& mark, std::size_t depth) {
    count(mark);
    const bool nests = original.kind == Value::Kind::map || original.kind == Value::Kind::list;
    if (nests) check_depth(mark, ++depth);
    auto value = std::make_shared<Value>(original);
    for (auto& member : value->members) member.value = copy(*member.value, mark, depth);
    for (auto& item : value->items) item = copy(*item, mark, depth);
    return value;
  }
  void check_depth(const YAML::Mark& mark, std::size_t depth) const {
    if (depth <= static_cast<std::size_t>(Document::max_depth)) return;
    fail(mark, "nested too deeply: at most " + std::to_string(Document::max_depth) + " levels");
  }
  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      fail(mark, "the tag " + tag + " has no meaning here: write plain values");
  }
  void remember(YAML::anchor_t anchor, const std::shared_ptr<Value>& value) {
    if (anchor == 0) return;
    if (anchor >= anchors_.size()) anchors_.resize(anchor + 1);
    anchors_[anchor] = value;
  }
  void add(std::shared_ptr<Value> value, YAML::anchor_t anchor) {
    remember(anchor, value);
    const YAML::Mark mark = mark_of(*value);
    place(std::move(value), mark);
  }
  static YAML::Mark mark_of(const Value& value) {
    YAML::Mark mark;
    mark.line = value.line - 1;
    mark.column = value.column - 1;
    return mark;
  }

  void open(Value::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_tag(mark, tag);
    check_depth(mark, open_.size() + 1);
    if (!open_.empty() && open_.back().value->kind == Value::Kind::map && !open_.back().has_key) {
      fail(mark, "a key must be a single value, not " + std::string(name_of(kind)) + "; or is a bracket not closed?");
    }
    Open level;
    level.value = make(kind, mark);
    level.anchor = anchor;
    open_.push_back(std::move(level));
  }
  void close() {
    const auto done = std::move(open_.back());
    open_.pop_back();
    remember(done.anchor, done.value);
    place(done.value, mark_of(*done.value));
  }

  // A finished value becomes the root, the next entry, the next key, or the value of the waiting key.
  void place(std::shared_ptr<Value> value, const YAML::Mark& mark) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    auto& level = open_.back();
    if (level.value->kind == Value::Kind::list) {
      level.value->items.push_back(std::move(value));
    } else if (level.has_key) {
      if (value->kind == Value::Kind::null) {  // the library marks what follows the gap
        value->line = level.key.line;
        value->column = level.key.column;
      }
      level.key.value = std::move(value);
      level.value->members.push_back(std::move(level.key));
      level.has_key = false;
    } else {
      take_key(level, *value, mark);
    }
  }
  void take_key(Open& level, const Value& value, const YAML::Mark& mark) {
    if (value.kind != Value::Kind::scalar)
      fail(mark, "a key must be a single value, but this one is " + std::string(name_of(value.kind)));
    if (value.text.empty()) fail(mark, "a key must not be empty");
    if (value.text.size() > max_key_bytes)
      fail(mark, "this key is too long: at most " + std::to_string(max_key_bytes) + " bytes");
    const auto [first, is_new] = level.lines.try_emplace(value.text, mark.line + 1);
    if (!is_new) {
      fail(mark, "duplicate key '" + value.text + "': already given at line " + std::to_string(first->second));
    }
    level.key = {value.text, mark.line + 1, mark.column + 1, nullptr};
    level.has_key = true;
  }

  std::shared_ptr<const std::string> file_;
  std::shared_ptr<Value> root_;
  std::vector<Open> open_;
  std::vector<std::shared_ptr<Value>> anchors_;
  std::size_t values_ = 0;
};

}  // namespace

std::shared_ptr<Value> parse_yaml(std::string_view text, const std::string& name) {
  text = checked_text(text, name);
  TreeBuilder builder(name);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return nullptr;
    struct Second : TreeBuilder {
      using TreeBuilder::TreeBuilder;
      void OnDocumentStart(const YAML::Mark& mark) override {
        fail(mark, "a second YAML document begins here: only one is allowed");
      }
    } second(name);
    parser.HandleNextDocument(second);
  } catch (const YAML::Exception& error) {
    builder.fail(error.mark, "malformed YAML: " + error.msg);
  }
  return builder.root();
}

}  // namespace fs::detail
