// SPDX-License-Identifier: Apache-2.0
// Units hold for every value, not only for those a person thought of.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

#include "config/units.hpp"

namespace fs {
namespace {

// Values of every magnitude, small and round ones included.
std::int64_t any_value() {
  const auto bits = *rc::gen::inRange(0, 64);
  const auto raw = static_cast<std::int64_t>(*rc::gen::arbitrary<std::uint64_t>() >> bits >> 1);
  return *rc::gen::arbitrary<bool>() ? raw : raw / 1'000'000 * 1'000'000;
}

RC_GTEST_PROP(AnyQuantity, PrintsToWhatReadsBackTheSame, ()) {
  const auto v = any_value();
  RC_ASSERT(parse_time(format(Femtoseconds(v))).value() == v);
  RC_ASSERT(parse_bytes(format(Bytes(v))).value() == v);
  RC_ASSERT(parse_rate(format(BitsPerSecond(v))).value() == v);
  RC_ASSERT(parse_length(format(Micrometres(v))).value() == v);
  RC_ASSERT(parse_count(format(v, "flits"), "flits") == v);
  RC_ASSERT(parse_integer(std::to_string(v)) == v);
}

RC_GTEST_PROP(AnyQuantity, ClocksPrintToWhatReadsBackTheSame, ()) {
  const Clock clock(Femtoseconds(*rc::gen::inRange<std::int64_t>(1'000, 1'000'000'000'001)));
  RC_ASSERT(parse_clock(format(clock)).period() == clock.period());
}

RC_GTEST_PROP(AnyQuantity, NumbersPrintToWhatReadsBackTheSame, (double number)) {
  RC_ASSERT(parse_number(format(number)) == number);
}

RC_GTEST_PROP(AnyQuantity, DecimalsAreExact, ()) {
  const auto whole = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
  const auto thousandths = *rc::gen::inRange(0, 1000);
  auto digits = std::to_string(thousandths);
  digits.insert(0, 3 - digits.size(), '0');
  const auto text = std::to_string(whole) + "." + digits;
  RC_ASSERT(parse_time(text + "ps").value() == whole * 1'000 + thousandths);
  RC_ASSERT(parse_time(text + "e3ps").value() == (whole * 1'000 + thousandths) * 1'000);
  RC_ASSERT(parse_bytes(text + "KB").value() == whole * 1'000 + thousandths);
}

RC_GTEST_PROP(AnyQuantity, NoTextBreaksAParser, ()) {
  const auto token =
      rc::gen::element<std::string>("1", "0", "9", "99999999999", ".", "e", "E", "-", "+", " ", "ns", "GHz", "B", "Ki",
                                    "/s", "b", "ps", "km", "flits", "inf", "nan", "x", "\xff", "%");
  std::string text;
  for (const auto& t : *rc::gen::container<std::vector<std::string>>(token)) text += t;
  const auto attempt = [&](auto parse) {
    try {
      parse(text);
    } catch (const std::invalid_argument& refused) {
      RC_ASSERT(std::string(refused.what()).size() > 5U);
    }
  };
  attempt([](const std::string& t) { parse_time(t); });
  attempt([](const std::string& t) { parse_clock(t); });
  attempt([](const std::string& t) { parse_bytes(t); });
  attempt([](const std::string& t) { parse_rate(t); });
  attempt([](const std::string& t) { parse_length(t); });
  attempt([](const std::string& t) { parse_count(t, "flits"); });
  attempt([](const std::string& t) { parse_integer(t); });
  attempt([](const std::string& t) { parse_number(t); });
  attempt([](const std::string& t) { parse_boolean(t); });
}

}  // namespace
}  // namespace fs
