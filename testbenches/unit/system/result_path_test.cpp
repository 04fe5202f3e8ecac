// SPDX-License-Identifier: Apache-2.0
// Paths into a result document.
#include "system/expect/result_path.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using fs::ResultPath;
using nlohmann::ordered_json;

namespace {

const ordered_json& result() {
  static const auto json = ordered_json::parse(R"({
    "digest": "00ff", "packet_latency_ns": {"all": {"mean": 12.5, "min": 3, "max": 40}},
    "links": [{"name": "gpu0.p1>sw0.p0", "utilisation": 0.5}, {"name": "gpu1.p1>sw0.p1", "utilisation": 0.75}],
    "empty": []})");
  return json;
}

double one(const std::string& path) {
  const auto lookup = ResultPath(path).find(result());
  EXPECT_EQ(lookup.missing, "");
  EXPECT_EQ(lookup.matches.size(), 1U);
  return lookup.matches.at(0).value->get<double>();
}

std::string missing(const std::string& path) { return ResultPath(path).find(result()).missing; }

}  // namespace

TEST(ResultPath, FollowsKeys) { EXPECT_EQ(one("packet_latency_ns.all.mean"), 12.5); }

TEST(ResultPath, TakesEntriesByPositionFromEitherEnd) {
  EXPECT_EQ(one("links[0].utilisation"), 0.5);
  EXPECT_EQ(one("links[-1].utilisation"), 0.75);
}

TEST(ResultPath, TakesEntriesByNameWithDotsInIt) { EXPECT_EQ(one("links[gpu1.p1>sw0.p1].utilisation"), 0.75); }

TEST(ResultPath, StarTakesEveryEntryAndSaysWhich) {
  const auto lookup = ResultPath("links[*].utilisation").find(result());
  ASSERT_EQ(lookup.matches.size(), 2U);
  EXPECT_EQ(lookup.matches[1].where, "links[1].utilisation");
}

TEST(ResultPath, AMissingKeyNamesItsNearestNeighbours) {
  const auto text = missing("packet_latency_ns.all.maen");
  EXPECT_EQ(text, "packet_latency_ns.all has no key 'maen'; nearest: mean, min, max");
  EXPECT_EQ(missing("latency").substr(0, 41), "the result has no key 'latency'; nearest:");
}

TEST(ResultPath, AMissingEntryIsNamed) {
  EXPECT_EQ(missing("links[2].utilisation"), "links has 2 entries, so none at [2]");
  EXPECT_EQ(missing("links[-3]"), "links has 2 entries, so none at [-3]");
  EXPECT_NE(missing("links[gpu0.p1>sw0.p1]").find("nearest: gpu0.p1>sw0.p0"), std::string::npos);
  EXPECT_EQ(missing("digest[0]"), "digest is not a list");
  EXPECT_EQ(missing("digest.x"), "digest has no key 'x'");
  EXPECT_EQ(missing("empty[*]"), "empty is empty");
}

TEST(ResultPath, MalformedPathsAreRefused) {
  for (const char* path : {"", ".", "a.", ".a", "a..b", "a[", "a[]", "a[0]b", "[0]"}) {
    EXPECT_THROW(ResultPath{path}, std::invalid_argument) << path;
  }
}
