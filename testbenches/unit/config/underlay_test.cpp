// SPDX-License-Identifier: Apache-2.0
// A file refined by another: what stands, what is filled in, what is left out, and who is blamed.
#include <gtest/gtest.h>

#include "support.hpp"

namespace fs {
namespace {

Document base() {
  return Document::from_text("name: base\nlanes:\n  count: 2\n  rate: 10\nsizes: [1, 2]\nframe: {kind: fixed}\n",
                             "base.yaml");
}

/// A document whose `protocol` is `text` over the base.
Document over_base(const std::string& text) {
  auto document = Document::from_text("protocol:\n" + text, "t");
  document.underlay("protocol", base());
  return document;
}

TEST(DocumentUnderlay, FillsInWhatIsMissingAtAnyDepth) {
  auto document = over_base("  lanes: {count: 4}\n  own: 7\n");
  const Reader protocol = document.root().section("protocol");
  EXPECT_EQ(protocol.text("name"), "base");
  EXPECT_EQ(protocol.section("lanes").integer("count", 0, 99), 4);
  EXPECT_EQ(protocol.section("lanes").integer("rate", 0, 99), 10);
  EXPECT_EQ(protocol.integer("own", 0, 99), 7);
  EXPECT_EQ(protocol.list("sizes").size(), 2U);
  protocol.section("frame").text("kind");
  EXPECT_EQ(error_of([&] { document.root().finish(); }), "nothing wrong");
}

TEST(DocumentUnderlay, LetsAListOrAnotherKindOfValueStandWhole) {
  auto document = over_base("  sizes: [9]\n  lanes: none\n");
  const Reader protocol = document.root().section("protocol");
  EXPECT_EQ(protocol.list("sizes").size(), 1U);
  EXPECT_EQ(protocol.text("lanes"), "none");
}

TEST(DocumentUnderlay, LeavesOutAKeyThatIsGivenWithoutValue) {
  auto document = over_base("  lanes: {rate: ~}\n  frame:\n");
  const Reader protocol = document.root().section("protocol");
  EXPECT_FALSE(protocol.section("lanes").has("rate"));
  EXPECT_FALSE(protocol.has("frame"));
  EXPECT_TRUE(document.find("protocol.name"));
}

TEST(DocumentUnderlay, BlamesEachFileForItsOwnKeysAndValues) {
  auto document = over_base("  lanes: {count: 0}\n");
  const Reader protocol = document.root().section("protocol");
  protocol.list("sizes");
  protocol.section("frame").text("kind");
  EXPECT_EQ(error_of([&] { protocol.integer("name", 0, 9); }).substr(0, 14), "base.yaml:1:7:");
  EXPECT_EQ(error_of([&] { protocol.section("lanes").integer("count", 1, 9); }).substr(0, 8), "t:2:18: ");
  EXPECT_EQ(error_of([&] { protocol.finish(); }).substr(0, 14), "base.yaml:4:3:") << "lanes.rate";
}

TEST(DocumentUnderlay, LeavesTheBaseAsItWas) {
  const Document below = base();
  auto document = Document::from_text("protocol: {lanes: {rate: 1}}\n", "t");
  document.underlay("protocol", below);
  document.set("protocol.sizes[0]", "5");
  EXPECT_EQ(below.find("sizes")->items().front().integer(0, 9), 1);
}

TEST(DocumentUnderlay, NeedsAMappingToFill) {
  auto document = Document::from_text("protocol: fast\n", "t");
  EXPECT_EQ(error_of([&] { document.underlay("protocol", base()); }), "t:1:1: protocol must be a mapping");
  EXPECT_EQ(error_of([&] { document.underlay("nothing", base()); }), "t:1:1: nothing must be a mapping");
}

TEST(DocumentSet, BlamesItselfForAKeyThatItCreated) {
  auto document = Document::from_text("a: {b: 1}\n", "t");
  document.set("a.c", "2");
  const Reader a = document.root().section("a");
  a.integer("b", 0, 9);
  EXPECT_EQ(error_of([&] { a.finish(); }).substr(0, 14), "--set a.c=2:1:");
}

}  // namespace
}  // namespace fs
