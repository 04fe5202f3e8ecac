// SPDX-License-Identifier: Apache-2.0
// Files to text, and whether bytes are text at all.
#pragma once

#include <string>
#include <string_view>

namespace fs::detail {

/// The bytes of a regular file of at most Document::max_bytes; throws ConfigError.
std::string read_text_file(const std::string& path);

/// The text without a byte order mark, if it is UTF-8 without control characters and not too large; throws ConfigError.
std::string_view checked_text(std::string_view text, const std::string& name);

}  // namespace fs::detail
