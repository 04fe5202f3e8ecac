// SPDX-License-Identifier: Apache-2.0
// Refuses what is not a readable text file before any parser sees it.
#include "config/detail/text_input.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "config/document.hpp"

namespace fs::detail {
namespace {

std::string too_large() { return "too large: at most " + std::to_string(Document::max_bytes) + " bytes"; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

// Length of the well-formed UTF-8 sequence at `at` (RFC 3629: no overlong forms, no surrogates), or 0.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[at + i])) return 0;
  }
  if (lead == 0xe0 && byte(1) < 0xa0) return 0;
  if (lead == 0xed && byte(1) >= 0xa0) return 0;
  if (lead == 0xf0 && byte(1) < 0x90) return 0;
  if (lead == 0xf4 && byte(1) >= 0x90) return 0;
  return length;
}

std::string hex(char c) {
  char digits[8];
  std::snprintf(digits, sizeof digits, "0x%02x", static_cast<unsigned char>(c));
  return digits;
}

}  // namespace

std::string read_text_file(const std::string& path) {
  const SourcePosition start{path, 1, 1};
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) throw ConfigError(start, "no such file");
  if (std::filesystem::is_directory(status)) throw ConfigError(start, "is a directory: expected a YAML file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(start, "cannot be read: check its permissions");
  std::string text;
  char block[1 << 16];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    text.append(block, static_cast<std::size_t>(file.gcount()));
    if (text.size() > Document::max_bytes) throw ConfigError(start, too_large());
  }
  if (file.bad()) throw ConfigError(start, "cannot be read to its end");
  return text;
}

std::string_view checked_text(std::string_view text, const std::string& name) {
  if (text.size() > Document::max_bytes) throw ConfigError({name, 1, 1}, too_large());
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  int line = 1;
  std::size_t line_start = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto length = utf8_length(text, at);
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
    if (length == 0 || control) {
      throw ConfigError({name, line, static_cast<int>(at - line_start) + 1},
                        "not a text file: byte " + hex(c) + " is not UTF-8 text");
    }
    at += length;
    if (c == '\n') {
      ++line;
      line_start = at;
    }
  }
  return text;
}

}  // namespace fs::detail
