// SPDX-License-Identifier: Apache-2.0
// Names of things in a fabric that can break, and what stands for several of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fabric/graph.hpp"

namespace fs {

/// What a kind of fault can hit.
enum class PlaceKind : std::uint8_t {
  link,         ///< `gpu7.2-sw2.7`
  channel,      ///< `gpu7.2->sw2.7`
  switch_chip,  ///< `sw2`
  gpu,          ///< `gpu7`
  switch_port,  ///< `sw2.7`
};

/// The link of this name, or that at a port of this name (`sw2.7`).
std::optional<LinkId> find_link(const Graph& graph, const std::string& name);
std::optional<ChannelId> find_channel(const Graph& graph, const std::string& name);
std::optional<LinkEnd> find_switch_port(const Graph& graph, const std::string& name);
std::optional<ChipId> find_chip(const Graph& graph, const std::string& name, ChipKind kind);

/// Whether `name` is a place of this kind.
bool is_place(const Graph& graph, PlaceKind kind, const std::string& name);
/// Every place of a kind, in the order of the graph: what `any` stands for. Of links also `any_gpu_link` and
/// `any_trunk`; nothing for a word that is none of these.
std::optional<std::vector<std::string>> places_of(const Graph& graph, PlaceKind kind, const std::string& word);
/// "a link such as gpu0.0-sw0.0".
std::string place_example(const Graph& graph, PlaceKind kind);

}  // namespace fs
