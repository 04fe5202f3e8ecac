// SPDX-License-Identifier: Apache-2.0
// Quantities as people write them ("1.5ns", "1.33GHz", "50GB/s", "80km"): exact parsing, and formatting that parses
// back to the same value.
//
// The parse functions throw std::invalid_argument, whose text says what is wrong and what is allowed. A number is a
// decimal with an optional exponent; one space may stand between it and the unit. Nothing is rounded unless said so.
#pragma once

#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/quantity.hpp"

namespace fs {

/// A length of cable or fibre.
using Micrometres = Quantity<struct MicrometreTag>;

/// Units fs, ps, ns, us, ms, s, min, h; a whole number of femtoseconds.
Femtoseconds parse_time(std::string_view text);
/// Units Hz, kHz, MHz, GHz, 1 kHz to 1 THz; or the period, as a time. The period is rounded to the nearest femtosecond.
Clock parse_clock(std::string_view text);
/// Units B, kB, KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB, TiB (powers of 1024); a whole number of bytes.
Bytes parse_bytes(std::string_view text);
/// Units of bits: bps, kbps, Mbps, Gbps, Tbps, also written Gb/s and Gbit/s; of bytes: B/s, kB/s, MB/s, GB/s, TB/s,
/// KiB/s, MiB/s, GiB/s, TiB/s. A whole number of bits per second.
BitsPerSecond parse_rate(std::string_view text);
/// Units um, mm, cm, m, km; a whole number of micrometres.
Micrometres parse_length(std::string_view text);
/// A whole number of `unit` (plural, such as "cycles"); "1cycle" is accepted too.
std::int64_t parse_count(std::string_view text, std::string_view unit);
/// A finite decimal number of `unit`: parse_measure("0.2dB/km", "dB/km") is 0.2.
double parse_measure(std::string_view text, std::string_view unit);
/// A bare whole number; "1e6" is one.
std::int64_t parse_integer(std::string_view text);
/// A bare finite decimal number.
double parse_number(std::string_view text);
/// true or false (also yes/no, on/off).
bool parse_boolean(std::string_view text);

/// The inverse of the parse functions: the largest unit in which the value is a short exact decimal.
std::string format(Femtoseconds time);
std::string format(Clock clock);
std::string format(Bytes bytes);
std::string format(BitsPerSecond rate);
std::string format(Micrometres length);
std::string format(std::int64_t count, std::string_view unit);
/// The shortest decimal that parses back to the same number.
std::string format(double number);

}  // namespace fs
