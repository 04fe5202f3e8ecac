// SPDX-License-Identifier: Apache-2.0
// Exact decimal arithmetic behind the units, and the table of units.
#include "config/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "common/wide.hpp"

namespace fs {
namespace {

struct Unit {
  const char* name;
  std::int64_t factor;  // in the dimension's base unit
  bool printed = true;  // whether format() may choose it
};

struct Dimension {
  const char* what;   // "a time"
  const char* whole;  // what the value must be a whole number of
  const char* hint;   // what is allowed
  std::vector<Unit> units;
};

constexpr std::int64_t kilo = 1'000;
constexpr std::int64_t mega = 1'000'000;
constexpr std::int64_t giga = 1'000'000'000;
constexpr std::int64_t tera = 1'000'000'000'000;

const Dimension& time_units() {
  static const Dimension d{"a time",
                           " of femtoseconds",
                           "a time such as 320ps, 1.5ns, 10us or 2ms (fs, ps, ns, us, ms, s, min, h)",
                           {{"h", 3'600 * kilo * tera, false},
                            {"min", 60 * kilo * tera, false},
                            {"s", kilo * tera},
                            {"ms", tera},
                            {"us", giga},
                            {"ns", mega},
                            {"ps", kilo},
                            {"fs", 1}}};
  return d;
}
const Dimension& clock_units() {  // in millihertz, so that 1.33 GHz and 32.768 kHz are whole
  static const Dimension d{"a clock",
                           " of millihertz",
                           "a frequency such as 1.33GHz or 500MHz (Hz, kHz, MHz, GHz)",
                           {{"GHz", giga * kilo}, {"MHz", mega * kilo}, {"kHz", kilo * kilo}, {"Hz", kilo}}};
  return d;
}
const Dimension& byte_units() {
  static const Dimension d{"a size",
                           " of bytes",
                           "a size such as 64B, 4KiB, 4KB or 80GB (B, KB, MB, GB, TB; KiB, MiB, GiB, TiB)",
                           {{"TiB", 1LL << 40},
                            {"GiB", 1LL << 30},
                            {"MiB", 1LL << 20},
                            {"KiB", 1LL << 10},
                            {"TB", tera},
                            {"GB", giga},
                            {"MB", mega},
                            {"KB", kilo},
                            {"kB", kilo, false},
                            {"B", 1}}};
  return d;
}
const Dimension& rate_units() {
  static const Dimension d{
      "a rate",
      " of bits per second",
      "a rate such as 50GB/s or 212.5Gbps (B/s, KB/s, MB/s, GB/s, TB/s; bps, kbps, Mbps, Gbps, Tbps)",
      {{"TB/s", 8 * tera},
       {"GB/s", 8 * giga},
       {"MB/s", 8 * mega},
       {"KB/s", 8 * kilo, false},
       {"kB/s", 8 * kilo},
       {"B/s", 8},
       {"TiB/s", 8LL << 40, false},
       {"GiB/s", 8LL << 30, false},
       {"MiB/s", 8LL << 20, false},
       {"KiB/s", 8LL << 10, false},
       {"Tbps", tera},
       {"Gbps", giga},
       {"Mbps", mega},
       {"kbps", kilo},
       {"Kbps", kilo, false},
       {"bps", 1},
       {"Tb/s", tera, false},
       {"Gb/s", giga, false},
       {"Mb/s", mega, false},
       {"kb/s", kilo, false},
       {"b/s", 1, false},
       {"Tbit/s", tera, false},
       {"Gbit/s", giga, false},
       {"Mbit/s", mega, false},
       {"kbit/s", kilo, false},
       {"bit/s", 1, false}}};
  return d;
}
const Dimension& length_units() {
  static const Dimension d{"a length",
                           " of micrometres",
                           "a length such as 3m, 80km or 50cm (um, mm, cm, m, km)",
                           {{"km", giga}, {"m", mega}, {"cm", 10 * kilo}, {"mm", kilo}, {"um", 1}}};
  return d;
}

[[noreturn]] void fail(const std::string& message) { throw std::invalid_argument(message); }

std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 40;
  if (text.size() <= longest) return '"' + std::string(text) + '"';
  return '"' + std::string(text.substr(0, longest)) + "...\"";
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// sign * digits * 10^exponent, followed by a unit.
struct Decimal {
  bool negative = false;
  std::uint64_t digits = 0;
  int exponent = 0;
  std::string_view unit;
};

// Reads digits with an optional point; returns the number of digit characters seen.
int scan_digits(std::string_view text, std::size_t& at, Decimal& decimal) {
  constexpr auto limit = std::numeric_limits<std::uint64_t>::max() / 10 - 1;
  int seen = 0;
  int zeros = 0;  // held back, so that trailing zeros cost no digits
  bool point = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    ++seen;
    if (point) --decimal.exponent;
    if (text[at] == '0' || decimal.digits == 0) {
      zeros += decimal.digits != 0 && text[at] == '0' ? 1 : 0;
      decimal.digits += static_cast<std::uint64_t>(text[at] - '0');
      continue;
    }
    for (; zeros > 0; --zeros) {
      if (decimal.digits > limit) fail(in_quotes(text) + " has too many digits: at most 18 are kept exactly");
      decimal.digits *= 10;
    }
    if (decimal.digits > limit) fail(in_quotes(text) + " has too many digits: at most 18 are kept exactly");
    decimal.digits = decimal.digits * 10 + static_cast<std::uint64_t>(text[at] - '0');
  }
  decimal.exponent += zeros;
  return seen;
}

bool scan_exponent(std::string_view text, std::size_t& at, Decimal& decimal) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return true;
  std::size_t next = at + 1;
  const bool negative = next < text.size() && text[next] == '-';
  if (next < text.size() && (text[next] == '-' || text[next] == '+')) ++next;
  if (next >= text.size() || !is_digit(text[next])) return true;  // not an exponent: perhaps a unit
  int exponent = 0;
  for (; next < text.size() && is_digit(text[next]); ++next) {
    exponent = exponent * 10 + (text[next] - '0');
    if (exponent > 10'000) return false;
  }
  decimal.exponent += negative ? -exponent : exponent;
  at = next;
  return true;
}

// False if the text does not begin with a number.
bool scan(std::string_view text, Decimal& decimal) {
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    decimal.negative = text[0] == '-';
    at = 1;
  }
  if (scan_digits(text, at, decimal) == 0) return false;
  if (!scan_exponent(text, at, decimal)) fail(in_quotes(text) + " is out of every range");
  if (at < text.size() && text[at] == ' ') ++at;
  decimal.unit = text.substr(at);
  return true;
}

// decimal * factor as a whole number.
std::int64_t scale(std::string_view text, const Decimal& decimal, std::int64_t factor, const char* whole) {
  constexpr auto largest = static_cast<Uint128>(std::numeric_limits<std::int64_t>::max());
  Uint128 value = static_cast<Uint128>(decimal.digits) * static_cast<Uint128>(factor);
  int exponent = value == 0 ? 0 : decimal.exponent;
  for (; exponent < 0; ++exponent) {
    if (value % 10 != 0) fail(in_quotes(text) + " is not a whole number" + whole);
    value /= 10;
  }
  for (; exponent > 0 && value <= largest; --exponent) value *= 10;
  if (value > largest) fail(in_quotes(text) + " is too large");
  const auto magnitude = static_cast<std::int64_t>(value);
  return decimal.negative ? -magnitude : magnitude;
}

std::int64_t parse(std::string_view text, const Dimension& dimension) {
  Decimal decimal;
  if (!scan(text, decimal)) fail(in_quotes(text) + " is not " + dimension.what + ": give " + dimension.hint);
  if (decimal.unit.empty()) fail(in_quotes(text) + " has no unit: give " + dimension.hint);
  for (const auto& unit : dimension.units) {
    if (decimal.unit == unit.name) return scale(text, decimal, unit.factor, dimension.whole);
  }
  fail(in_quotes(text) + " is not " + dimension.what + ": give " + dimension.hint);
}

// value / factor as a decimal of at most `places` decimal places, or nothing if it has more.
std::string exact_quotient(std::int64_t value, std::int64_t factor, int places) {
  const bool negative = value < 0;
  auto rest = negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
  std::string out = (negative ? "-" : "") + std::to_string(static_cast<std::int64_t>(rest / factor));
  rest %= factor;
  if (rest != 0) out += '.';
  for (; rest != 0; --places) {
    if (places == 0) return {};
    rest *= 10;
    out += static_cast<char>('0' + static_cast<int>(rest / factor));
    rest %= factor;
  }
  return out;
}

// The shortest exact form; of equally short ones the unit listed first.
std::string print(std::int64_t value, const Dimension& dimension, int places = 3) {
  std::string best;
  for (const auto& unit : dimension.units) {
    if (!unit.printed) continue;
    const auto number = exact_quotient(value, unit.factor, places);
    if (number.empty() || (value != 0 && number[0] == '0')) continue;
    const auto candidate = number + unit.name;
    if (best.empty() || candidate.size() < best.size()) best = candidate;
  }
  return best;
}

constexpr std::int64_t slowest_clock = mega;         // 1 kHz in millihertz
constexpr std::int64_t fastest_clock = tera * kilo;  // 1 THz
constexpr std::int64_t period_times_millihertz = mega * tera;

Femtoseconds period_of(std::int64_t millihertz) {
  return Femtoseconds((period_times_millihertz + millihertz / 2) / millihertz);
}

// Whether a unit of time, so that a clock may be given by its period.
bool ends_like_a_time(std::string_view text) {
  Decimal decimal;
  if (!scan(text, decimal)) return false;
  for (const auto& unit : time_units().units) {
    if (decimal.unit == unit.name) return true;
  }
  return false;
}

}  // namespace

Femtoseconds parse_time(std::string_view text) { return Femtoseconds(parse(text, time_units())); }

Clock parse_clock(std::string_view text) {
  constexpr const char* range = " is out of range: a clock is between 1kHz and 1THz";
  if (ends_like_a_time(text)) {
    const auto period = parse_time(text);
    if (period < period_of(fastest_clock) || period > period_of(slowest_clock)) fail(in_quotes(text) + range);
    return Clock(period);
  }
  const auto millihertz = parse(text, clock_units());
  if (millihertz < slowest_clock || millihertz > fastest_clock) fail(in_quotes(text) + range);
  return Clock(period_of(millihertz));
}

Bytes parse_bytes(std::string_view text) { return Bytes(parse(text, byte_units())); }
BitsPerSecond parse_rate(std::string_view text) { return BitsPerSecond(parse(text, rate_units())); }
Micrometres parse_length(std::string_view text) { return Micrometres(parse(text, length_units())); }

std::int64_t parse_count(std::string_view text, std::string_view unit) {
  const auto hint = ": give a whole number of " + std::string(unit) + " such as 16" + std::string(unit);
  Decimal decimal;
  if (!scan(text, decimal)) fail(in_quotes(text) + " is not a number of " + std::string(unit) + hint);
  if (decimal.unit.empty()) fail(in_quotes(text) + " has no unit" + hint);
  const bool singular = unit.size() > 1 && unit.back() == 's' && decimal.unit == unit.substr(0, unit.size() - 1);
  if (decimal.unit != unit && !singular) fail(in_quotes(text) + " is not a number of " + std::string(unit) + hint);
  return scale(text, decimal, 1, (" of " + std::string(unit)).c_str());
}

double parse_measure(std::string_view text, std::string_view unit) {
  const auto hint = ": give a decimal with its unit such as 1.5" + std::string(unit);
  Decimal decimal;
  if (!scan(text, decimal)) fail(in_quotes(text) + " is not in " + std::string(unit) + hint);
  if (decimal.unit.empty()) fail(in_quotes(text) + " has no unit" + hint);
  if (decimal.unit != unit) fail(in_quotes(text) + " is not in " + std::string(unit) + hint);
  auto number = text.substr(0, text.size() - unit.size());
  if (number.back() == ' ') number.remove_suffix(1);
  return parse_number(number);
}

std::int64_t parse_integer(std::string_view text) {
  Decimal decimal;
  if (!scan(text, decimal) || !decimal.unit.empty())
    fail(in_quotes(text) + " is not a number: give a whole number without a unit");
  return scale(text, decimal, 1, "");
}

double parse_number(std::string_view text) {
  auto digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) fail(in_quotes(text) + " is out of the range of a number");
  if (error != std::errc() || end != digits.data() + digits.size()) {
    fail(in_quotes(text) + " is not a number: give a decimal such as 0.25 or 1e-6, without a unit");
  }
  if (!std::isfinite(value)) fail(in_quotes(text) + " is not a finite number");
  return value;
}

bool parse_boolean(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  fail(in_quotes(text) + " is neither true nor false");
}

std::string format(Femtoseconds time) { return print(time.value(), time_units()); }

std::string format(Clock clock) {
  const auto exact = (period_times_millihertz + clock.period().value() / 2) / clock.period().value();
  for (std::int64_t step = kilo * tera; step >= 1; step /= 10) {
    const auto rounded = (exact + step / 2) / step * step;
    if (rounded < slowest_clock || rounded > fastest_clock) continue;
    if (period_of(rounded) == clock.period()) return print(rounded, clock_units(), 12);
  }
  return format(clock.period());
}

std::string format(Bytes bytes) { return print(bytes.value(), byte_units()); }
std::string format(BitsPerSecond rate) { return print(rate.value(), rate_units()); }
std::string format(Micrometres length) { return print(length.value(), length_units()); }
std::string format(std::int64_t count, std::string_view unit) { return std::to_string(count) + std::string(unit); }

std::string format(double number) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

}  // namespace fs
