// SPDX-License-Identifier: Apache-2.0
// Prints the effective tree: mappings in block style, lists of plain values on one line.
#include "config/detail/effective.hpp"

#include <cctype>
#include <cstdio>

namespace fs::detail {
namespace {

// A subset of what YAML allows bare that is safe in every context.
bool is_safe_plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return false;
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '/';
  };
  if (text[0] == '-' || text[0] == '+') {
    if (text.size() < 2 || !is_word(text[1])) return false;
  } else if (!is_word(text[0])) {
    return false;
  }
  for (const char c : text) {
    if (!is_word(c) && c != '-' && c != '+' && c != ' ') return false;
  }
  return text.back() != ' ' && text != "..." && text.find("  ") == std::string::npos;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", byte);
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string scalar_yaml(const std::string& text, bool must_quote) {
  return must_quote || !is_safe_plain(text) ? quoted(text) : text;
}

// One shape for what was read and for what was only handed out.
class Printer {
 public:
  explicit Printer(std::string& out) : out_(out) {}

  void map(const Effective& node, std::size_t indent, bool continues_line) {
    for (const auto& [key, value] : node.members) {
      member(key, *value, indent, continues_line);
      continues_line = false;
    }
  }

 private:
  static Effective expand(const Value& value) {
    Effective node;
    node.kind = value.kind == Value::Kind::map    ? Effective::Kind::map
                : value.kind == Value::Kind::list ? Effective::Kind::list
                                                  : Effective::Kind::raw;
    for (const auto& member : value.members) node.members.emplace_back(member.key, Effective::given(member.value));
    for (const auto& item : value.items) node.items.push_back(Effective::given(item));
    return node;
  }
  static bool is_nested(const Effective& node) {
    return node.kind == Effective::Kind::raw &&
           (node.raw->kind == Value::Kind::map || node.raw->kind == Value::Kind::list);
  }
  static bool fits_one_line(const Effective& node) {
    if (is_nested(node)) return fits_one_line(expand(*node.raw));
    if (node.kind == Effective::Kind::map) return node.members.empty();
    for (const auto& item : node.items) {
      if (!fits_one_line(*item)) return false;
    }
    return true;
  }
  void one_line(const Effective& node) {
    if (is_nested(node)) return one_line(expand(*node.raw));
    switch (node.kind) {
      case Effective::Kind::map:
        out_ += "{}";
        break;
      case Effective::Kind::scalar:
        out_ += scalar_yaml(node.text, false);
        break;
      case Effective::Kind::raw:
        out_ += node.raw->kind == Value::Kind::null ? "~" : scalar_yaml(node.raw->text, node.raw->quoted);
        break;
      case Effective::Kind::list: {
        out_ += '[';
        const char* separator = "";
        for (const auto& item : node.items) {
          out_ += separator;
          one_line(*item);
          separator = ", ";
        }
        out_ += ']';
      }
    }
  }
  void member(const std::string& key, const Effective& node, std::size_t indent, bool continues_line) {
    if (!continues_line) out_.append(indent, ' ');
    out_ += scalar_yaml(key, false) + ":";
    value(node, indent);
  }
  // The value after "key:".
  void value(const Effective& node, std::size_t indent) {
    if (is_nested(node)) return value(expand(*node.raw), indent);
    if (fits_one_line(node)) {
      out_ += ' ';
      one_line(node);
      out_ += '\n';
      return;
    }
    out_ += '\n';
    if (node.kind == Effective::Kind::map) {
      map(node, indent + 2, false);
    } else {
      list(node, indent + 2, false);
    }
  }
  void list(const Effective& node, std::size_t indent, bool continues_line) {
    for (const auto& item : node.items) {
      if (!continues_line) out_.append(indent, ' ');
      out_ += "- ";
      entry(*item, indent + 2);
      continues_line = false;
    }
  }
  // The value after "- ", whose first line is already begun.
  void entry(const Effective& node, std::size_t indent) {
    if (is_nested(node)) return entry(expand(*node.raw), indent);
    if (fits_one_line(node)) {
      one_line(node);
      out_ += '\n';
    } else if (node.kind == Effective::Kind::map) {
      map(node, indent, true);
    } else {
      list(node, indent, true);
    }
  }

  std::string& out_;
};

}  // namespace

std::shared_ptr<Effective> Effective::given(std::shared_ptr<const Value> value) {
  auto node = std::make_shared<Effective>();
  node->kind = Kind::raw;
  node->raw = std::move(value);
  return node;
}

std::shared_ptr<Effective> Effective::scalar(std::string text) {
  auto node = std::make_shared<Effective>();
  node->text = std::move(text);
  return node;
}

std::string to_yaml(const Effective& root) {
  std::string out;
  Printer(out).map(root, 0, false);
  return out.empty() ? "{}\n" : out;
}

}  // namespace fs::detail
