// SPDX-License-Identifier: Apache-2.0
// A small plot of points in text.
#pragma once

#include <string>
#include <vector>

#include "system/report/text/style.hpp"

namespace fs {

struct PlotPoint {
  double x = 0;
  double y = 0;
};

/// Points on linear axes, `rows` text rows high, indented by two, with the extremes written at the axes; braille dots
/// in Unicode (2 x 4 to a character), else '*'. Points that are not finite are left out; fewer than two distinct x give
/// "". `x_name` and `y_name` label the axes. Above four times the median, y is cut off (marked '^'), so that one
/// saturated point does not flatten the rest.
std::string plot(const TextStyle& style, std::vector<PlotPoint> points, const std::string& x_name,
                 const std::string& y_name, int rows = 8);

}  // namespace fs
