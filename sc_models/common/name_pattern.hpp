// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fnmatch.h>

#include <string>

namespace fs {

/// Whether `name` is meant by `pattern`, in which * stands for any text, ? for one character and [0-3] for one of
/// several (POSIX.1-2017, Shell & Utilities, 2.13).
inline bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace fs
