// SPDX-License-Identifier: Apache-2.0
// The configuration as it took effect: complete, self-contained, and the same when read again.
#include <gtest/gtest.h>

#include "config/document.hpp"
#include "support.hpp"

namespace fs {
namespace {

struct Values {
  std::int64_t ports;
  Femtoseconds latency;
  Clock core;
  std::string name;
  double load;
  std::vector<std::int64_t> sizes;
  std::int64_t depth;

  friend bool operator==(const Values& a, const Values& b) {
    return a.ports == b.ports && a.latency == b.latency && a.core == b.core && a.name == b.name && a.load == b.load &&
           a.sizes == b.sizes && a.depth == b.depth;
  }
};

Values read(const Reader& root) {
  Values v{};
  v.load = root.ratio_or("load", 1.0 / 3);
  v.ports = root.integer("ports", 1, 99);
  const auto link = root.section_or_empty("link");
  v.latency = link.time_or("latency", Femtoseconds(751'881));
  v.core = link.clock_or("core", Clock(Femtoseconds(751'880)));
  v.name = root.text_or("name", "a: \"b\"\n");
  for (const auto& item : root.list("sizes")) v.sizes.push_back(item.reader().bytes_or("size", Bytes(64)).value());
  v.depth = root.count_or("depth", "flits", 16);
  root.finish();
  return v;
}

TEST(Effective, MakesDefaultsExplicitInTheOrderOfReading) {
  auto document = Document::from_text("sizes: [{}, {size: 0.5KiB}]\nports: 0x\n", "t");
  document.set("ports", "8");
  read(document.root());
  EXPECT_EQ(document.effective_yaml(), R"(load: 0.3333333333333333
ports: 8
link:
  latency: 751881fs
  core: 1.33GHz
name: "a: \"b\"\n"
sizes:
  - size: 64B
  - size: 0.5KiB
depth: 16flits
)");
}

TEST(Effective, GivesTheSameValuesWhenReadAgain) {
  auto document = Document::from_text("sizes: [{}, {size: 0.5KiB}]\nports: 8\nlink: {core: 1.7GHz}\n", "t");
  const auto first = read(document.root());
  auto again = Document::from_text(document.effective_yaml(), "again");
  EXPECT_EQ(read(again.root()), first);
  EXPECT_EQ(again.effective_yaml(), document.effective_yaml());
}

TEST(Effective, ContainsAdoptedDocuments) {
  auto other = Document::from_text("speed: 50GB/s\n", "fast.yaml");
  auto document = Document::from_text("protocol: fast\n", "t");
  const auto root = document.root();
  root.adopt("protocol", other);
  other.root().rate("speed");
  other.root().time_or("latency", nanoseconds(5));
  root.finish();
  EXPECT_EQ(document.effective_yaml(), "protocol:\n  speed: 50GB/s\n  latency: 5ns\n");
}

TEST(Effective, KeepsUnreadNodesAsGiven) {
  auto document = Document::from_text("expect:\n  - [a.b, '<', 3]\n  - {x: [1, {y: ~}], z: 'null'}\n  - []\n", "t");
  document.root().node("expect");
  const auto printed = document.effective_yaml();
  EXPECT_EQ(printed, "expect:\n  - [a.b, \"<\", 3]\n  - x:\n      - 1\n      - y: ~\n    z: \"null\"\n  - []\n");
  auto again = Document::from_text(printed, "again");
  again.root().node("expect");
  EXPECT_EQ(again.effective_yaml(), printed);
}

TEST(Effective, IsAnEmptyMappingWhenNothingWasRead) {
  EXPECT_EQ(Document::from_text("a: 1\n", "t").effective_yaml(), "{}\n");
}

TEST(Effective, QuotesWhatYamlWouldReadDifferently) {
  auto document = Document::from_text("{}", "t");
  const auto root = document.root();
  const std::vector<std::string> texts = {"",    "~",  "null",    "- a",       "a #b", "a: b", "'",
                                          " x ", "@x", "a\tb\\n", "\xc2\xb5s", "---",  "..."};
  for (std::size_t i = 0; i < texts.size(); ++i) root.text_or("k" + std::to_string(i), texts[i]);
  auto again = Document::from_text(document.effective_yaml(), "again");
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(again.root().text("k" + std::to_string(i)), texts[i]);
}

}  // namespace
}  // namespace fs
