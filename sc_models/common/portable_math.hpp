// SPDX-License-Identifier: Apache-2.0
// Transcendental functions from IEEE basic operations alone: the same bits from every compiler and library, so that
// what is drawn by their results is the same everywhere.
#pragma once

namespace fs {

/// e^x; relative error below 1e-14. Below -745 it is 0, above 709 infinity.
double portable_exp(double x);
/// Complementary error function; relative error below 1e-13 for -6 <= x <= 26 (Abramowitz and Stegun 7.1.6, 7.1.14).
double portable_erfc(double x);
/// Inverse hyperbolic sine of x >= 0.
double portable_asinh(double x);

/// A power ratio in decibels as a factor, and back (factor > 0).
double from_db(double decibels);
double to_db(double factor);

}  // namespace fs
