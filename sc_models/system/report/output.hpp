// SPDX-License-Identifier: Apache-2.0
// Files of results: there whole or not at all.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace fs {

/// A folder or file that cannot be written. what() names it and says why.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Makes `folder`, with its parents, unless it is there, and proves that a file can be written in it: call before the
/// run. Throws OutputError.
void prepare_folder(const std::filesystem::path& folder);

/// Writes `text` under a temporary name in the same folder, then renames it to `file`: a reader sees the old file or
/// the whole new one. Throws OutputError, and leaves nothing behind.
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace fs
