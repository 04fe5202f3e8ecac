// SPDX-License-Identifier: Apache-2.0
// The text plot.
#include "system/report/text/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "system/report/text/table.hpp"

namespace fs {

namespace {

constexpr int widest_plot = 60;
constexpr int label_width = 8;

/// Dots on a grid finer than the characters that show it.
class Canvas {
 public:
  Canvas(int columns, int rows, bool unicode)
      : columns_(columns), rows_(rows), unicode_(unicode), cells_(static_cast<std::size_t>(columns * rows)) {}

  int width() const { return columns_ * (unicode_ ? 2 : 1); }
  int height() const { return rows_ * (unicode_ ? 4 : 1); }
  /// A dot at (x, y), y upwards.
  void dot(int x, int y) {
    const int down = height() - 1 - y;
    if (unicode_) {
      constexpr unsigned char bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
      cell(x / 2, down / 4) |= bits[down % 4][x % 2];
    } else {
      cell(x, down) = '*';
    }
  }
  /// Marks the top row above x as cut off.
  void clip(int x) { clipped_.push_back(unicode_ ? x / 2 : x); }

  std::string row(int r) const {
    std::string text;
    for (int c = 0; c < columns_; ++c) {
      const auto value = cells_[place(c, r)];
      if (r == 0 && std::find(clipped_.begin(), clipped_.end(), c) != clipped_.end()) {
        text += '^';
      } else if (value == 0) {
        text += ' ';
      } else if (unicode_) {
        text += {'\xe2', static_cast<char>(0xa0 | (value >> 6)), static_cast<char>(0x80 | (value & 0x3f))};
      } else {
        text += static_cast<char>(value);
      }
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

 private:
  std::size_t place(int column, int row) const {
    const int cells_before = row * columns_ + column;
    return static_cast<std::size_t>(cells_before);
  }
  unsigned char& cell(int column, int row) { return cells_[place(column, row)]; }

  int columns_;
  int rows_;
  bool unicode_;
  std::vector<unsigned char> cells_;
  std::vector<int> clipped_;
};

double median_y(const std::vector<PlotPoint>& points) {
  std::vector<double> y;
  for (const auto& point : points) y.push_back(point.y);
  std::nth_element(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(y.size() / 2), y.end());
  return y[y.size() / 2];
}

struct Axes {
  double x_low, x_high, y_low, y_high;
};

Axes axes_of(const std::vector<PlotPoint>& points) {
  Axes axes{points[0].x, points[0].x, std::min(0.0, points[0].y), points[0].y};
  for (const auto& point : points) {
    axes.x_low = std::min(axes.x_low, point.x);
    axes.x_high = std::max(axes.x_high, point.x);
    axes.y_low = std::min(axes.y_low, point.y);
    axes.y_high = std::max(axes.y_high, point.y);
  }
  const double cut = 4 * median_y(points);
  if (cut > axes.y_low && axes.y_high > cut) axes.y_high = cut;
  return axes;
}

}  // namespace

std::string plot(const TextStyle& style, std::vector<PlotPoint> points, const std::string& x_name,
                 const std::string& y_name, int rows) {
  points.erase(std::remove_if(points.begin(), points.end(),
                              [](const PlotPoint& p) { return !std::isfinite(p.x) || !std::isfinite(p.y); }),
               points.end());
  if (points.empty()) return "";
  const auto axes = axes_of(points);
  if (axes.x_high <= axes.x_low || axes.y_high <= axes.y_low) return "";
  const int columns = std::min(widest_plot, style.width - label_width - 6);
  Canvas canvas(columns, rows, style.unicode);
  for (const auto& point : points) {
    const auto x =
        static_cast<int>(std::lround((point.x - axes.x_low) / (axes.x_high - axes.x_low) * (canvas.width() - 1)));
    if (point.y > axes.y_high) {
      canvas.clip(x);
      continue;
    }
    const double share = (point.y - axes.y_low) / (axes.y_high - axes.y_low);
    canvas.dot(x, static_cast<int>(std::lround(share * (canvas.height() - 1))));
  }
  std::string text = fmt::format("  {}\n", y_name);
  const char* edge = style.unicode ? "┤" : "|";
  for (int r = 0; r < rows; ++r) {
    const auto label = r == 0 ? short_number(axes.y_high) : r == rows - 1 ? short_number(axes.y_low) : "";
    text += fmt::format("  {:>{}} {}{}\n", label, label_width, edge, canvas.row(r));
  }
  const auto left = fmt::format("{:.4g}", axes.x_low);
  text += fmt::format("  {:>{}}  {}{:>{}}  {}\n", "", label_width, left, fmt::format("{:.4g}", axes.x_high),
                      std::max(1, columns - display_width(left)), x_name);
  return text;
}

}  // namespace fs
