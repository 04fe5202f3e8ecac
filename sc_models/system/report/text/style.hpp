// SPDX-License-Identifier: Apache-2.0
// What a terminal can show, and the few marks made with it.
#pragma once

#include <string>

namespace fs {

struct TextStyle {
  int width = 100;       ///< columns, 40 or more
  bool unicode = false;  ///< blocks and arrows beyond ASCII
  bool colour = false;
};

/// The style of the open file `descriptor`. Width from the terminal (else COLUMNS, else 100); Unicode where the
/// locale's character set is UTF-8; colour on a terminal unless NO_COLOR is set or TERM is "dumb". `plain` turns both
/// off.
TextStyle detect_style(int descriptor, bool plain);

enum class Colour { red, green, yellow, cyan, bold, faint };
/// `text` in a colour where the style has colours.
std::string paint(const TextStyle& style, Colour colour, const std::string& text);

/// The line above a table, after an empty one.
std::string title(const TextStyle& style, const std::string& text);

/// A horizontal bar of `share` (0 to 1) of `cells` columns, padded to `cells`: eighths of a block in Unicode, else '#'.
std::string bar(const TextStyle& style, double share, int cells);

/// Columns that `text` takes: its code points, colour sequences left out.
int display_width(const std::string& text);

}  // namespace fs
