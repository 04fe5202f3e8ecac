// SPDX-License-Identifier: Apache-2.0
#include "workload/read/gpu_set.hpp"

#include <algorithm>
#include <cstdint>

namespace fs {
namespace {

/// A number of at most six digits, or -1.
int number_in(const std::string& text) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && !text.empty() && text.size() <= 6 ? std::stoi(text) : -1;
}

void append(std::vector<NodeId>& gpus, const Node& node, int node_count) {
  const auto text = node.text();
  const auto dash = text.find('-');
  const int first = number_in(text.substr(0, dash));
  const int last = dash == std::string::npos ? first : number_in(text.substr(dash + 1));
  if (first < 0 || last < 0) {
    throw node.error("\"" + text + "\" is not a set of GPUs: expected a number such as 5 or a range such as 3-7");
  }
  if (last < first) throw node.error("the range " + text + " runs backwards");
  if (last >= node_count) {
    throw node.error("GPU " + std::to_string(last) + " does not exist: expected 0 to " +
                     std::to_string(node_count - 1));
  }
  for (int gpu = first; gpu <= last; ++gpu) gpus.push_back(static_cast<NodeId>(gpu));
}

}  // namespace

std::vector<NodeId> gpu_list(const Node& node, int node_count, bool repeats) {
  std::vector<NodeId> gpus;
  if (node.is_list()) {
    const auto items = node.items();
    if (items.empty()) throw node.error("names no GPU: expected at least one");
    for (const auto& item : items) append(gpus, item, node_count);
  } else {
    append(gpus, node, node_count);
  }
  if (repeats) return gpus;
  auto sorted = gpus;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) throw node.error("GPU " + std::to_string(index(*twice)) + " is named twice");
  return gpus;
}

std::vector<NodeId> gpus_or_all(const Reader& reader, const std::string& key, int node_count) {
  const auto given = reader.optional_node(key);
  if (given && (!given->is_scalar() || given->text() != "all")) return gpu_list(*given, node_count);
  if (!given) reader.text_or(key, "all");
  std::vector<NodeId> gpus;
  for (int gpu = 0; gpu < node_count; ++gpu) gpus.push_back(static_cast<NodeId>(gpu));
  return gpus;
}

}  // namespace fs
