// SPDX-License-Identifier: Apache-2.0
// Reading keys: what is there, what is missing, what nobody knows.
#include "config/reader.hpp"

#include <gtest/gtest.h>

#include "config/document.hpp"
#include "support.hpp"

namespace fs {
namespace {

enum class Mode { hashed, sprayed };

TEST(Reader, ConvertsEveryKindOfValue) {
  auto document = Document::from_text(R"(
ports: 72
load: 0.5
on: true
name: "a b"
latency: 1.5ns
core: 1.33GHz
page: 4KiB
wire: 50GB/s
cable: 3m
depth: 64flits
pipeline: 4cycles
mode: sprayed
)",
                                      "t");
  const auto root = document.root();
  EXPECT_EQ(root.integer("ports", 1, 256), 72);
  EXPECT_EQ(root.ratio("load"), 0.5);
  EXPECT_TRUE(root.boolean("on"));
  EXPECT_EQ(root.text("name"), "a b");
  EXPECT_EQ(root.time("latency").value(), 1'500'000);
  EXPECT_EQ(root.clock("core").period().value(), 751'880);
  EXPECT_EQ(root.bytes("page").value(), 4096);
  EXPECT_EQ(root.rate("wire").value(), 400'000'000'000);
  EXPECT_EQ(root.length("cable").value(), 3'000'000);
  EXPECT_EQ(root.count("depth", "flits"), 64);
  EXPECT_EQ(root.cycles("pipeline").value(), 4);
  EXPECT_EQ(root.choice<Mode>("mode", {{"hashed", Mode::hashed}, {"sprayed", Mode::sprayed}}), Mode::sprayed);
  root.finish();
}

TEST(Reader, IntegersHaveTheTypeOfTheirBounds) {
  auto document = Document::from_text("a: 9\n", "t");
  static_assert(std::is_same<decltype(document.root().integer("a", 0, 9)), int>::value, "int bounds give int");
  static_assert(std::is_same<decltype(document.root().integer_or("b", std::int64_t{1}, 0, 9)), std::int64_t>::value,
                "an int64 default gives int64");
  EXPECT_EQ(document.root().integer<std::uint64_t>("a", 0, 9), 9U);
}

TEST(Reader, DefaultsStandInForMissingKeys) {
  auto document = Document::from_text("{}", "t");
  const auto root = document.root();
  EXPECT_EQ(root.integer_or("a", 7, 0, 9), 7);
  EXPECT_EQ(root.time_or("b", nanoseconds(3)), nanoseconds(3));
  EXPECT_EQ(root.choice_or("c", Mode::hashed, {{"hashed", Mode::hashed}, {"sprayed", Mode::sprayed}}), Mode::hashed);
  EXPECT_TRUE(root.list_or_empty("d").empty());
  EXPECT_FALSE(root.optional_section("e"));
  EXPECT_EQ(root.section_or_empty("f").boolean_or("x", true), true);
}

TEST(Reader, MissingKeysAreReportedAtTheirMapping) {
  EXPECT_EQ(read_error("a:\n  latecny: 1ns\n", [](const Reader& r) { r.section("a").time("latency"); }),
            "t:2:3: a: missing key 'latency' (there is 'latecny')");
  EXPECT_EQ(read_error("a: 1\n", [](const Reader& r) { r.section("topology"); }), "t:1:1: missing key 'topology'");
}

TEST(Reader, UnknownKeysAreReportedWithTheNearestKnownOne) {
  const auto read = [](const Reader& r) {
    r.integer_or("ports", 1, 0, 9);
    r.section("link").time_or("latency", nanoseconds(1));
    r.finish();
  };
  EXPECT_EQ(read_error("link: {}\nprots: 4\n", read),
            "t:2:1: unknown key 'prots' (did you mean 'ports'?); allowed here: ports, link");
  EXPECT_EQ(read_error("link:\n  latency: 2ns\n  colour: red\n", read),
            "t:3:3: link: unknown key 'colour'; allowed here: latency");
}

TEST(Reader, FinishCoversMappingsInListsAndAdoptedDocuments) {
  const auto read = [](const Reader& r) {
    for (const auto& item : r.list("list")) item.reader().integer("n", 0, 9);
    r.finish();
  };
  EXPECT_EQ(read_error("list:\n  - n: 1\n  - n: 2\n    m: 3\n", read),
            "t:4:5: list[1]: unknown key 'm' (did you mean 'n'?); allowed here: n");
  auto other = Document::from_text("x: 1\n", "other");
  EXPECT_EQ(read_error("named: other\n",
                       [&](const Reader& r) {
                         r.adopt("named", other);
                         r.finish();
                       }),
            "other:1:1: unknown key 'x'; allowed here: none");
}

TEST(Reader, AskingForAKeyIsNotReadingIt) {
  EXPECT_EQ(read_error("a: 1\n",
                       [](const Reader& r) {
                         EXPECT_TRUE(r.has("a"));
                         EXPECT_FALSE(r.has("b"));
                         r.finish();
                       }),
            "t:1:1: key 'a' has no effect here; allowed here: a, b");
}

TEST(Reader, ValuesOutOfRangeAreReportedWithTheRange) {
  const auto at = [](auto read) {
    return read_error("v: 5\nt: 5ns\nb: 4KiB\nc: 3cycles\nr: 1.5\nw: 1GB/s\nl: 2m\n", read);
  };
  EXPECT_EQ(at([](const Reader& r) { r.integer("v", 6, 9); }), "t:1:4: v: 5 is out of range: must be between 6 and 9");
  EXPECT_EQ(at([](const Reader& r) { r.time("t", nanoseconds(6)); }),
            "t:2:4: t: 5ns is out of range: must be at least 6ns");
  EXPECT_EQ(at([](const Reader& r) { r.bytes("b", Bytes(0), Bytes(64)); }),
            "t:3:4: b: 4KiB is out of range: must be between 0B and 64B");
  EXPECT_EQ(at([](const Reader& r) { r.cycles("c", Cycles(4)); }),
            "t:4:4: c: 3cycles is out of range: must be at least 4cycles");
  EXPECT_EQ(at([](const Reader& r) { r.ratio("r"); }), "t:5:4: r: 1.5 is out of range: must be between 0 and 1");
  EXPECT_EQ(at([](const Reader& r) { r.rate("w", BitsPerSecond(1), BitsPerSecond(1'000'000'000)); }),
            "t:6:4: w: 1GB/s is out of range: must be between 1bps and 1Gbps");
  EXPECT_EQ(at([](const Reader& r) { r.length("l", Micrometres(0), Micrometres(1'000'000)); }),
            "t:7:4: l: 2m is out of range: must be between 0m and 1m");
}

TEST(Reader, ValuesOfTheWrongShapeAreReported) {
  const auto at = [](auto read) { return read_error("a: [1]\nb: {x: 1}\nc:\nd: 7\ne: 'fast'\n", read); };
  EXPECT_EQ(at([](const Reader& r) { r.time("a"); }), "t:1:4: a: is a list: expected a time");
  EXPECT_EQ(at([](const Reader& r) { r.integer("b", 0, 9); }), "t:2:4: b: is a mapping: expected a whole number");
  EXPECT_EQ(at([](const Reader& r) { r.list("b"); }), "t:2:4: b: is a mapping: expected a list");
  EXPECT_EQ(at([](const Reader& r) { r.text("c"); }), "t:3:1: c: has no value: expected text");
  EXPECT_EQ(at([](const Reader& r) { r.section("c"); }), "t:3:1: c: is empty: expected a mapping");
  EXPECT_EQ(at([](const Reader& r) { r.section("d"); }), "t:4:4: d: is a single value: expected a mapping");
  EXPECT_EQ(at([](const Reader& r) {
              r.choice<Mode>("e", {{"hashed", Mode::hashed}, {"sprayed", Mode::sprayed}});
            }),
            "t:5:4: e: \"fast\" is not one of hashed, sprayed");
  EXPECT_EQ(at([](const Reader& r) { r.time("d"); }).substr(0, 21), "t:4:4: d: \"7\" has no ");
}

TEST(Reader, ErrorsOfTheCallerPointAtTheKey) {
  auto document = Document::from_text("a:\n  n: 3\n", "t");
  const auto section = document.root().section("a");
  EXPECT_STREQ(section.error("n", "must be even").what(), "t:2:6: a.n: must be even");
  EXPECT_STREQ(section.error("m", "must be even").what(), "t:2:3: a.m: must be even");
  EXPECT_STREQ(section.error("is too small").what(), "t:2:3: a: is too small");
}

TEST(Reader, ListsKeepThePathAndPlaceOfTheirItems) {
  EXPECT_EQ(read_error("a:\n  - 1ns\n  - 2m\n",
                       [](const Reader& r) {
                         for (const auto& item : r.list("a")) item.time();
                       })
                .substr(0, 36),
            "t:3:5: a[1]: \"2m\" is not a time: giv");
}

TEST(Reader, NamesInAMappingKeepTheirOrder) {
  auto document = Document::from_text("z: 1\na: 2\nm: 3\n", "t");
  EXPECT_EQ(document.root().keys(), (std::vector<std::string>{"z", "a", "m"}));
}

TEST(Reader, OutlivesItsDocument) {
  auto document = std::make_unique<Document>(Document::from_text("a: {b: 1}\n", "t"));
  const auto section = document->root().section("a");
  document.reset();
  EXPECT_EQ(section.integer("b", 0, 9), 1);
}

}  // namespace
}  // namespace fs
