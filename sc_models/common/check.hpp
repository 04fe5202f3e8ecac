// SPDX-License-Identifier: Apache-2.0
// Broken invariants: a check that stays on in release, and the exception it throws.
#pragma once

#include <stdexcept>
#include <string>

namespace fs {

/// Thrown when the simulator finds its own state inconsistent. A run that sees one ends with exit status 1.
class InvariantError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void invariant_failed(const char* file, int line, const char* condition, const std::string& message);

}  // namespace fs

/// For cold paths, on in every build: `FS_CHECK(inside == 0, "flits left inside " + name)`.
#define FS_CHECK(condition, message)                                     \
  do {                                                                   \
    if (__builtin_expect(!(condition), 0)) {                             \
      ::fs::invariant_failed(__FILE__, __LINE__, #condition, (message)); \
    }                                                                    \
  } while (false)
