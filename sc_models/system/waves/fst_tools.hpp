// SPDX-License-Identifier: Apache-2.0
// Reading FST files: what is in them, and cutting a piece out of several that follow each other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

/// A signal as a file declares it.
struct FstVariable {
  std::string scope;  ///< `sw0.core`
  std::string name;   ///< with its range: `tx_valid_o[71:0]`
  int bits = 0;       ///< 0: a text
};

/// The signals of a file, in its order. Throws OutputError when it cannot be read.
std::vector<FstVariable> list_variables(const std::filesystem::path& file);

/// Writes to `out` what `parts` say of the time from `from` to `to`, both included. The parts have the same signals,
/// times of 1 fs, and follow each other. What a signal was before `from` is its value there. Throws OutputError.
void cut_window(const std::vector<std::filesystem::path>& parts, Femtoseconds from, Femtoseconds to,
                const std::filesystem::path& out);

}  // namespace fs
