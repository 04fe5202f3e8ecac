// SPDX-License-Identifier: Apache-2.0
// Whatever bytes arrive: a document, or a ConfigError with a position inside the text. Nothing else ever comes out.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>

#include "config/document.hpp"

namespace fs {
namespace {

enum class Mode { hashed, sprayed };

constexpr const char* valid_text = R"(# A document with every kind of value.
name: "study \"one\""
seed: 12345
topology: &shape
  ports: 72
  links: [1, 2, 3, 0x4]
  sizes: [{size: 64B}, {size: 4KiB, weight: 0.25}]
copy: *shape
link: {latency: 1.5ns, rate: 50GB/s, cable: 3m, clock: 1.33GHz}
mode: sprayed
depth: 64flits
pipeline: 4cycles
on: true
text: |
  several
  lines
)";

// Reads with every method, as a caller would who trusts nothing.
void read_everything(const Reader& root) {
  root.text_or("name", "");
  root.integer_or("seed", std::int64_t{1}, 0, 1'000'000);
  root.boolean_or("on", false);
  root.text_or("text", "");
  root.count_or("depth", "flits", 1);
  root.cycles_or("pipeline", Cycles(1));
  root.choice_or("mode", Mode::hashed, {{"hashed", Mode::hashed}, {"sprayed", Mode::sprayed}});
  for (const char* key : {"topology", "copy"}) {
    const auto shape = root.section_or_empty(key);
    shape.integer_or("ports", 1, 1, 1024);
    for (const auto& item : shape.list_or_empty("links")) item.text();
    for (const auto& item : shape.list_or_empty("sizes")) {
      item.reader().bytes_or("size", Bytes(1));
      item.reader().ratio_or("weight", 1);
    }
  }
  const auto link = root.section_or_empty("link");
  link.time_or("latency", nanoseconds(1));
  link.rate_or("rate", BitsPerSecond(8));
  link.length_or("cable", Micrometres(1));
  link.clock_or("clock", Clock());
  root.finish();
}

// Loads and reads `text`; what was accepted must print to something that is accepted again and prints the same.
void survives(const std::string& text) {
  std::optional<std::string> printed;
  try {
    auto document = Document::from_text(text, "fuzz");
    for (const auto& key : document.root().keys()) document.root().node(key);
    const auto as_given = document.effective_yaml();
    auto again = Document::from_text(as_given, "again");
    for (const auto& key : again.root().keys()) again.root().node(key);
    RC_ASSERT(again.effective_yaml() == as_given);
    auto typed = Document::from_text(text, "fuzz");
    read_everything(typed.root());
    printed = typed.effective_yaml();
  } catch (const ConfigError& error) {
    RC_ASSERT(error.position().file == "fuzz");
    const auto lines = std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 2;
    RC_ASSERT(error.position().line >= 1);
    RC_ASSERT(error.position().line <= lines);
    RC_ASSERT(error.position().column >= 1);
    return;
  }
  auto again = Document::from_text(*printed, "again");
  read_everything(again.root());
  RC_ASSERT(again.effective_yaml() == *printed);
}

rc::Gen<std::string> yaml_soup() {
  const auto token = rc::gen::element<std::string>(
      "a", "b", "name", "link", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "&x ", "*x",
      "!t ", "!!str ", "\"", "'", "\\", "|\n", ">\n ", "#", " #", "?", "? ", "---\n", "...\n", "%YAML 1.2\n", "~",
      "null", "1ns", "64B", "<<", "\t", "\r\n", "@", "`", "\xc2\xb5", "\xef\xbb\xbf", "\xe2\x80\xa8");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(token), [](const std::vector<std::string>& tokens) {
    std::string text;
    for (const auto& t : tokens) text += t;
    return text;
  });
}

TEST(MalformedText, TheUnharmedDocumentIsAccepted) {
  auto document = Document::from_text(valid_text, "valid");
  read_everything(document.root());
  EXPECT_EQ(document.root().section("copy").integer("ports", 1, 99), 72);
}

RC_GTEST_PROP(MalformedText, RandomBytesAreRefusedOrRead, (const std::string& bytes)) { survives(bytes); }

RC_GTEST_PROP(MalformedText, RandomYamlTokensAreRefusedOrRead, ()) { survives(*yaml_soup()); }

RC_GTEST_PROP(MalformedText, HarmedDocumentsAreRefusedOrRead, ()) {
  std::string text = valid_text;
  const auto wounds = *rc::gen::inRange(1, 6);
  for (int i = 0; i < wounds && !text.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto length = std::min<std::size_t>(*rc::gen::inRange<std::size_t>(1, 20), text.size() - at);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(*rc::gen::inRange<std::size_t>(0, text.size()), length));
        break;
      case 2:
        text[at] = *rc::gen::arbitrary<char>();
        break;
      default:
        text.insert(at, *yaml_soup());
        break;
    }
  }
  survives(text);
}

RC_GTEST_PROP(MalformedText, AnyPathAndValueCanBeSetOrAreRefused, ()) {
  auto document = Document::from_text(valid_text, "fuzz");
  const auto steps = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "topology", "sizes", "link", ".", ".", "[0]", "[1]", "[9]", "[", "]", "x", "99999999999999999999", "-1"));
  std::string path;
  for (const auto& step : steps) path += step;
  const auto value = *rc::gen::oneOf(yaml_soup(), rc::gen::arbitrary<std::string>());
  try {
    document.set(path, value);
    RC_ASSERT(document.find(path).has_value());
    read_everything(document.root());
  } catch (const ConfigError& error) {
    RC_ASSERT(error.position().line >= 1);
  }
}

}  // namespace
}  // namespace fs
