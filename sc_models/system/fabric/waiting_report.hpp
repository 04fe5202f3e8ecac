// SPDX-License-Identifier: Apache-2.0
// Who waits for whom when nothing moves any more.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "system/fabric/running_fabric.hpp"

namespace fs {

/// A line each, at most `limit`: first the cycle of buffers that wait for each other, if there is one.
std::vector<std::string> waiting_report(const RunningFabric& fabric, std::size_t limit);

}  // namespace fs
