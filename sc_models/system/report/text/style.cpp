// SPDX-License-Identifier: Apache-2.0
// Terminal detection, colours and bars.
#include "system/report/text/style.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

namespace fs {

namespace {

constexpr int default_width = 100;
constexpr int narrowest = 40;
constexpr int widest = 200;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    auto value = environment(name);
    if (value.empty()) continue;
    std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

int terminal_width(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const int columns = std::atoi(environment("COLUMNS").c_str());
  return columns > 0 ? columns : default_width;
}

}  // namespace

TextStyle detect_style(int descriptor, bool plain) {
  TextStyle style;
  style.width = std::clamp(terminal_width(descriptor), narrowest, widest);
  style.unicode = !plain && locale_is_utf8();
  style.colour = !plain && isatty(descriptor) != 0 && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  return style;
}

std::string title(const TextStyle& style, const std::string& text) {
  return '\n' + paint(style, Colour::bold, text) + '\n';
}

std::string paint(const TextStyle& style, Colour colour, const std::string& text) {
  if (!style.colour) return text;
  constexpr const char* codes[] = {"31", "32", "33", "36", "1", "2"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<int>(colour)], text);
}

std::string bar(const TextStyle& style, double share, int cells) {
  share = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  std::string text;
  int used = 0;
  if (style.unicode) {
    constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto total = static_cast<int>(std::lround(share * cells * 8));
    for (; used < total / 8; ++used) text += "█";
    if (total % 8 != 0) {
      text += eighths[total % 8];
      ++used;
    }
  } else {
    used = static_cast<int>(std::lround(share * cells));
    text.assign(static_cast<std::size_t>(used), '#');
  }
  return text + std::string(static_cast<std::size_t>(std::max(0, cells - used)), ' ');
}

int display_width(const std::string& text) {
  int width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
      ++width;
    }
  }
  return width;
}

}  // namespace fs
