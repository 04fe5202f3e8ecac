// SPDX-License-Identifier: Apache-2.0
// Sets of GPUs as scenarios write them.
#pragma once

#include <string>
#include <vector>

#include "common/ids.hpp"
#include "config/reader.hpp"

namespace fs {

/// `5`, `3-7`, or a list of these, in the order written. Refuses an empty list, numbers not below `node_count`, ranges
/// that run backwards, and, unless `repeats`, a GPU named twice.
std::vector<NodeId> gpu_list(const Node& node, int node_count, bool repeats = false);

/// The set at `key`; `all`, also where the key is missing, is every GPU in order.
std::vector<NodeId> gpus_or_all(const Reader& reader, const std::string& key, int node_count);

}  // namespace fs
