// SPDX-License-Identifier: Apache-2.0
// What a document refuses at load and by set(), each at its exact position.
#include "config/document.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "support.hpp"

namespace fs {
namespace {

TEST(Document, RefusesEmptyTexts) {
  const std::string empty = "t:1:1: empty: expected a mapping of keys to values";
  EXPECT_EQ(load_error(""), empty);
  EXPECT_EQ(load_error("# nothing\n\n"), empty);
  EXPECT_EQ(load_error("---\n"), empty);
}

TEST(Document, RefusesARootThatIsNotAMapping) {
  EXPECT_EQ(load_error("\n- 1\n- 2\n"), "t:2:1: is a list: expected a mapping of keys to values");
  EXPECT_EQ(load_error("hello"), "t:1:1: is a single value: expected a mapping of keys to values");
}

TEST(Document, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_EQ(load_error("a: 1\nb: 2\na: 3\n"), "t:3:1: duplicate key 'a': already given at line 1");
  EXPECT_EQ(load_error("a:\n  - x: {y: 1,\n       z: 2, y: 3}\n"),
            "t:3:14: duplicate key 'y': already given at line 2");
  EXPECT_EQ(load_error("a: {x: 1}\nb: {x: 1}\n"), "nothing wrong");
}

TEST(Document, RefusesMalformedYamlWhereItIsMalformed) {
  EXPECT_EQ(load_error("a: ]").substr(0, 21), "t:1:4: malformed YAML");
  EXPECT_EQ(load_error("a: 1\n b: 2\n").substr(0, 21), "t:2:3: malformed YAML");
  EXPECT_EQ(load_error("a: [1, 2\n").substr(0, 2), "t:");
  EXPECT_EQ(load_error("a: *nowhere\n").substr(0, 21), "t:1:4: malformed YAML");
}

TEST(Document, RefusesKeysThatAreNotPlain) {
  EXPECT_EQ(load_error("a: 1\n? [x, y]\n: 2\n"),
            "t:2:3: a key must be a single value, not a list; or is a bracket not closed?");
  EXPECT_EQ(load_error("a: 1\n: 2\n"), "t:2:1: a key must be a single value, but this one is empty");
  EXPECT_EQ(load_error("? " + std::string(300, 'k') + "\n: 1\n"), "t:1:3: this key is too long: at most 256 bytes");
}

TEST(Document, RefusesTagsAndSecondDocuments) {
  EXPECT_EQ(load_error("a: !!binary aGk=\n"),
            "t:1:4: the tag tag:yaml.org,2002:binary has no meaning here: write plain values");
  EXPECT_EQ(load_error("a: 1\n---\nb: 2\n"), "t:2:1: a second YAML document begins here: only one is allowed");
}

TEST(Document, RefusesBytesThatAreNotText) {
  EXPECT_EQ(load_error(std::string("a: 1\nb: \0", 9)), "t:2:4: not a text file: byte 0x00 is not UTF-8 text");
  EXPECT_EQ(load_error("a: \xff\xfe"), "t:1:4: not a text file: byte 0xff is not UTF-8 text");
  EXPECT_EQ(load_error("a: \xc0\xaf"), "t:1:4: not a text file: byte 0xc0 is not UTF-8 text");
  EXPECT_EQ(load_error("a: \xed\xa0\x80"), "t:1:4: not a text file: byte 0xed is not UTF-8 text");
  EXPECT_EQ(load_error("\xef\xbb\xbf"
                       "a: \xc2\xb5s\r\n"),
            "nothing wrong");
}

TEST(Document, RefusesDeepNestingAndAliasBombs) {
  EXPECT_EQ(load_error("a: " + std::string(70, '[') + std::string(70, ']')),
            "t:1:67: nested too deeply: at most 64 levels");
  EXPECT_NE(load_error("a: " + std::string(100'000, '[')), "nothing wrong");
  EXPECT_EQ(load_error("a: &a [1, *a]\n"), "t:1:11: this alias refers to a value that contains it");
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "*a" : ", *a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(load_error(bomb), "t:6:45: too many values: at most 1000000 after expanding aliases");
  std::string tower = "a0: &a0 [1]\n";
  for (int i = 1; i < 100; ++i) {
    tower += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  EXPECT_EQ(load_error(tower), "t:64:12: nested too deeply: at most 64 levels");
}

TEST(Document, ExpandsAliasesInPlace) {
  auto document = Document::from_text("a: &x {n: 1}\nb: *x\n", "t");
  EXPECT_EQ(document.root().section("b").integer("n", 0, 9), 1);
  EXPECT_EQ(document.root().section("a").integer("n", 0, 9), 1);
}

class DocumentFile : public testing::Test {
 protected:
  DocumentFile() : folder_(std::filesystem::path(testing::TempDir()) / ("farspan_config_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~DocumentFile() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& bytes) const {
    auto path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string error_of_file(const std::string& path) const {
    return error_of([&] { Document::from_file(path); });
  }
  std::filesystem::path folder_;
};

TEST_F(DocumentFile, ReadsAFileAndNamesItInErrors) {
  const auto path = write("good.yaml", "a: 1\nb: 2\n");
  auto document = Document::from_file(path);
  EXPECT_EQ(document.root().integer("a", 0, 9), 1);
  EXPECT_EQ(error_of([&] { document.root().integer("b", 5, 9); }),
            path + ":2:4: b: 2 is out of range: must be between 5 and 9");
}

TEST_F(DocumentFile, RefusesWhatIsNotAReadableFile) {
  EXPECT_EQ(error_of_file("/nonexistent/x.yaml"), "/nonexistent/x.yaml:1:1: no such file");
  EXPECT_EQ(error_of_file(folder_.string()), folder_.string() + ":1:1: is a directory: expected a YAML file");
  const auto path = write("empty.yaml", "");
  EXPECT_EQ(error_of_file(path), path + ":1:1: empty: expected a mapping of keys to values");
}

TEST_F(DocumentFile, RefusesTenMegabytesBeforeParsingThem) {
  const auto path = write("big.yaml", std::string(10'000'000, '['));
  EXPECT_EQ(error_of_file(path), path + ":1:1: too large: at most 4194304 bytes");
}

TEST(DocumentSet, ReplacesAndCreatesValues) {
  auto document = Document::from_text("a: {b: [{c: 1}, {c: 2}]}\nempty:\n", "t");
  document.set("a.b[1].c", "7");
  document.set("new.nested.list", "[1, 2, 3]");
  document.set("empty.x", "3ns");
  const auto root = document.root();
  const auto items = root.section("a").list("b");
  EXPECT_EQ(items[0].reader().integer("c", 0, 9), 1);
  EXPECT_EQ(items[1].reader().integer("c", 0, 9), 7);
  EXPECT_EQ(root.section("new").section("nested").list("list").size(), 3U);
  EXPECT_EQ(root.section("empty").time("x"), nanoseconds(3));
  root.finish();
}

TEST(DocumentSet, NamesItselfInErrorsOfItsValue) {
  auto document = Document::from_text("a: 1\n", "t");
  document.set("a", "lots");
  EXPECT_EQ(error_of([&] { document.root().integer("a", 0, 9); }),
            "--set a=lots:1:1: a: \"lots\" is not a number: give a whole number without a unit");
  EXPECT_EQ(error_of([&] { document.set("a", "{x: 1, x: 2}"); }),
            "--set a={x: 1, x: 2}:1:8: duplicate key 'x': already given at line 1");
  EXPECT_EQ(error_of([&] { document.set("a", ""); }), "--set a=:1:1: empty: expected a value");
}

TEST(DocumentSet, CopiesAValueWithItsPosition) {
  auto document = Document::from_text("load: 1\nvalues:\n  - [0.5]\n  - lots\n", "t");
  auto point = document.clone();
  point.set("load", *document.find("values[1]"));
  EXPECT_EQ(error_of([&] { point.root().ratio("load"); }).substr(0, 19), "t:4:5: load: \"lots\"");
  EXPECT_EQ(error_of([&] { point.set("load.x", *document.find("values[0]")); }),
            "t:3:5: cannot reach 'load.x': 'load' is a single value, not a mapping (t:4:5)");
}

TEST(DocumentSet, RefusesPathsThatLeadNowhere) {
  auto document = Document::from_text("a: {b: [1]}\n", "t");
  const auto set_error = [&](const std::string& path) { return error_of([&] { document.set(path, "1"); }); };
  EXPECT_EQ(set_error(""), "--set =1:1:1: malformed path '': a key is empty; write a.b[2].c");
  EXPECT_EQ(set_error("a..b"), "--set a..b=1:1:1: malformed path 'a..b': a key is empty; write a.b[2].c");
  EXPECT_EQ(set_error("a.b[x]"), "--set a.b[x]=1:1:1: malformed path 'a.b[x]': an index is written [0], [1], ...");
  EXPECT_EQ(set_error("a.b[0"), "--set a.b[0=1:1:1: malformed path 'a.b[0': an index is written [0], [1], ...");
  EXPECT_EQ(set_error("a.b[0]c"), "--set a.b[0]c=1:1:1: malformed path 'a.b[0]c': expected '.' or '[' after ']'");
  EXPECT_EQ(set_error("a.b[1]"), "--set a.b[1]=1:1:1: cannot reach 'a.b[1]': 'a.b' has 1 entries, counted from 0");
  EXPECT_EQ(set_error("a[0]"), "--set a[0]=1:1:1: cannot reach 'a[0]': 'a' is a mapping, not a list (t:1:4)");
  EXPECT_EQ(
      set_error("a.b.c"),
      "--set a.b.c=1:1:1: cannot reach 'a.b.c': 'a.b' is a list, not a mapping; its entries are a.b[0] to [0] (t:1:8)");
  EXPECT_EQ(set_error("n[0]"), "--set n[0]=1:1:1: cannot reach 'n[0]': 'n' does not exist, and only keys are created");
  EXPECT_EQ(document.clone().root().section("a").list("b").size(), 1U) << "a refused set changes nothing";
}

TEST(Document, ClonesAreIndependent) {
  auto document = Document::from_text("a: 1\nb: 2\n", "t");
  auto copy = document.clone();
  copy.set("a", "5");
  EXPECT_TRUE(copy.remove("b"));
  EXPECT_FALSE(copy.remove("nothing.there"));
  EXPECT_EQ(document.root().integer("a", 0, 9), 1);
  EXPECT_EQ(copy.root().integer("a", 0, 9), 5);
  EXPECT_FALSE(copy.find("b"));
  EXPECT_EQ(document.find("b")->integer(0, 9), 2);
}

TEST(Document, PutsAnotherDocumentInPlaceOfAName) {
  auto document = Document::from_text("protocol: fast\n", "t");
  document.replace("protocol", Document::from_text("\nwidth: wide\n", "fast.yaml"));
  document.set("protocol.depth", "3");
  EXPECT_EQ(document.root().section("protocol").integer("depth", 0, 9), 3);
  EXPECT_EQ(error_of([&] { document.root().section("protocol").integer("width", 0, 9); }),
            "fast.yaml:2:8: protocol.width: \"wide\" is not a number: give a whole number without a unit");
}

}  // namespace
}  // namespace fs
