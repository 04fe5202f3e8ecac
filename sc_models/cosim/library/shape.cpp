// SPDX-License-Identifier: Apache-2.0
#include "cosim/library/shape.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <stdexcept>

#include "switch/flit_bits.hpp"

namespace fs::cosim {
namespace {

/// 16 bits a VC, VC 0 low, as a sized hexadecimal literal.
std::string per_vc(const std::vector<int>& values, int vcs) {
  std::string digits;
  for (int v = vcs - 1; v >= 0; --v) {
    char text[8];
    const auto i = static_cast<std::size_t>(v);
    std::snprintf(text, sizeof text, "%04x", static_cast<unsigned>(i < values.size() ? values[i] : 0) & 0xffffU);
    digits += text;
  }
  return std::to_string(16 * vcs) + "'h" + digits;
}

struct Parameter {
  const char* name;
  std::string (*value)(const SwitchConfig&);
};

const Parameter parameters[] = {
    {"NumPorts", [](const SwitchConfig& c) { return std::to_string(c.ports); }},
    {"NumVcs", [](const SwitchConfig& c) { return std::to_string(c.vcs); }},
    {"NumClasses", [](const SwitchConfig& c) { return std::to_string(c.classes); }},
    {"NumDests", [](const SwitchConfig& c) { return std::to_string(c.destinations); }},
    {"FlitWidth", [](const SwitchConfig&) { return std::to_string(FlitLayout::bits); }},
    {"PoolDepth",
     [](const SwitchConfig& c) {
       const bool shared = c.buffer == BufferKind::shared_pool;
       return std::to_string(shared ? c.pool_depth : std::accumulate(c.depth.begin(), c.depth.end(), 0));
     }},
    {"Reserve", [](const SwitchConfig& c) { return per_vc(c.depth, c.vcs); }},
    {"LongestPacket",
     [](const SwitchConfig& c) {
       return std::to_string(
           c.longest_packet.empty() ? 1 : *std::max_element(c.longest_packet.begin(), c.longest_packet.end()));
     }},
    {"Iterations", [](const SwitchConfig& c) { return std::to_string(c.iterations); }},
    {"InputPipeline", [](const SwitchConfig& c) { return std::to_string(c.input_pipeline); }},
    {"OutputPipeline", [](const SwitchConfig& c) { return std::to_string(c.output_pipeline); }},
    {"PeerShared", [](const SwitchConfig& c) { return std::string(c.peer_shared_pool ? "1'b1" : "1'b0"); }},
    {"PeerDepth", [](const SwitchConfig& c) { return std::to_string(c.peer_depth > 0 ? c.peer_depth : 65534); }},
    {"PeerReserve", [](const SwitchConfig& c) { return per_vc(c.peer_reserve, c.vcs); }},
};

}  // namespace

const std::vector<std::string>& known_parameters() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const auto& parameter : parameters) list.emplace_back(parameter.name);
    return list;
  }();
  return names;
}

std::string parameter_value(const std::string& name, const SwitchConfig& config) {
  for (const auto& parameter : parameters) {
    if (name == parameter.name) return parameter.value(config);
  }
  throw std::invalid_argument("no parameter is called " + name);
}

Shape shape_of(const SwitchConfig& config, const std::vector<std::string>& names) {
  Shape shape;
  for (const auto& name : names) shape.emplace_back(name, parameter_value(name, config));
  return shape;
}

std::string shape_hash(const Shape& shape) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const auto& [name, value] : shape) {
    for (const char c : name + '=' + value + '\n') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  char text[24];
  std::snprintf(text, sizeof text, "%012llx", static_cast<unsigned long long>(hash >> 16));
  return text;
}

std::string shape_name(const SwitchConfig& config, const Shape& shape) {
  return std::to_string(config.ports) + 'x' + std::to_string(config.vcs) + '-' + shape_hash(shape);
}

}  // namespace fs::cosim
