// SPDX-License-Identifier: Apache-2.0
// The command line as the user types it.
#include "app/command_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using fs::Command;
using fs::CommandLine;
using fs::ParsedMessage;
using testing::HasSubstr;

namespace {

std::variant<CommandLine, ParsedMessage> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "farspan");
  return fs::parse_command_line(static_cast<int>(words.size()), words.data());
}

CommandLine line(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  if (const auto* message = std::get_if<ParsedMessage>(&parsed)) ADD_FAILURE() << message->text;
  return std::get<CommandLine>(parsed);
}

ParsedMessage message(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  return std::holds_alternative<ParsedMessage>(parsed) ? std::get<ParsedMessage>(parsed)
                                                       : ParsedMessage{"accepted", -1};
}

}  // namespace

TEST(CommandLine, RunTakesEverythingItPromises) {
  const auto l = line({"run", "a.yaml", "--set", "x.y=1", "b.yaml", "--set", "z=[1, 2]", "--seed", "9", "--out", "o",
                       "--until", "5us", "-j", "3", "--junit", "j.xml", "--allow-deadlock", "--quiet"});
  EXPECT_EQ(l.command, Command::run);
  EXPECT_THAT(l.files, testing::ElementsAre("a.yaml", "b.yaml"));
  EXPECT_THAT(l.settings, testing::ElementsAre(testing::Pair("x.y", "1"), testing::Pair("z", "[1, 2]")));
  EXPECT_EQ(l.seed, 9U);
  EXPECT_EQ(l.out, "o");
  EXPECT_EQ(l.until, fs::microseconds(5));
  EXPECT_EQ(l.jobs, 3);
  EXPECT_EQ(l.junit, "j.xml");
  EXPECT_TRUE(l.allow_deadlock && l.quiet && l.sleep && !l.plain);
}

TEST(CommandLine, OptionsMayStandBeforeTheFiles) {
  const auto l = line({"run", "--set", "a=b=c", "--quiet", "f.yaml"});
  EXPECT_THAT(l.files, testing::ElementsAre("f.yaml"));
  EXPECT_THAT(l.settings, testing::ElementsAre(testing::Pair("a", "b=c")));
}

TEST(CommandLine, WavesTakeTheirWindowWithAnEqualsSignAndNoFile) {
  const auto whole = line({"run", "--waves", "a.yaml", "--out", "o"});
  EXPECT_THAT(whole.files, testing::ElementsAre("a.yaml"));
  ASSERT_TRUE(whole.waves);
  EXPECT_EQ(whole.waves->kind, fs::WaveOptions::Kind::whole);
  const auto part = line(
      {"run", "--waves=1us..2us", "--waves-scope", "gpu0,sw*", "--waves-scope", "gpu7.2-*", "a.yaml", "--out", "o"});
  EXPECT_THAT(part.files, testing::ElementsAre("a.yaml"));
  EXPECT_EQ(part.waves->to, fs::microseconds(2));
  EXPECT_THAT(part.waves->scopes, testing::ElementsAre("gpu0", "sw*", "gpu7.2-*"));
  EXPECT_FALSE(line({"run", "a.yaml"}).waves);
  EXPECT_THAT(message({"run", "a.yaml", "--waves"}).text, HasSubstr("needs --out"));
}

TEST(CommandLine, CheckTakesFilesAndSettings) {
  const auto l = line({"check", "a.yaml", "--set", "x=1"});
  EXPECT_EQ(l.command, Command::check);
  EXPECT_EQ(l.settings.size(), 1U);
}

TEST(CommandLine, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(message({"--help"}).status, 0);
  EXPECT_THAT(message({"--help"}).text, HasSubstr("Examples:"));
  EXPECT_EQ(message({"--version"}).status, 0);
  EXPECT_THAT(message({"--version"}).text, testing::MatchesRegex("farspan [0-9]+\\.[0-9]+\\.[0-9]+\n"));
  EXPECT_EQ(message({"run", "--help"}).status, 0);
}

TEST(CommandLine, MistakesAreBadInput) {
  EXPECT_EQ(message({}).status, 2);
  EXPECT_EQ(message({"run"}).status, 2);
  EXPECT_EQ(message({"fly", "a.yaml"}).status, 2);
  EXPECT_EQ(message({"run", "a.yaml", "--frobnicate"}).status, 2);
  EXPECT_EQ(message({"run", "a.yaml", "--seed", "-1"}).status, 2);
  EXPECT_EQ(message({"run", "a.yaml", "-j", "0"}).status, 2);
  EXPECT_THAT(message({"run", "a.yaml", "--until", "5"}).text, HasSubstr("--until"));
  EXPECT_THAT(message({"run", "a.yaml", "--set", "novalue"}).text, HasSubstr("path=value"));
}

TEST(CommandLine, TheReproducingCommandParsesBackToTheSameRun) {
  const auto l =
      line({"run", "a b.yaml", "other.yaml", "--set", "x=it's [1]", "--seed", "9", "--until", "5us", "-j", "3"});
  EXPECT_EQ(fs::reproduce_command(l, "a b.yaml"), "farspan run 'a b.yaml' --set 'x=it'\\''s [1]' --seed 9 --until 5us");
}
