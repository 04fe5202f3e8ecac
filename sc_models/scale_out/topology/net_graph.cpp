// SPDX-License-Identifier: Apache-2.0
#include "scale_out/topology/net_graph.hpp"

#include <map>

#include "common/check.hpp"

namespace fs {

NetNodeId NetGraph::add_endpoint(const std::string& name) {
  FS_CHECK(nodes.size() == endpoints, "endpoints come before switches");
  nodes.push_back({name, false, 0});
  return static_cast<NetNodeId>(endpoints++);
}

NetNodeId NetGraph::add_switch(const std::string& name, int level) {
  nodes.push_back({name, true, level});
  return static_cast<NetNodeId>(nodes.size() - 1);
}

void NetGraph::connect(NetNodeId first, NetNodeId second, const NetLinkSpec& spec) {
  links.push_back({first, second, spec});
}

std::vector<std::vector<NetPortId>> NetGraph::ports_by_node() const {
  std::vector<std::vector<NetPortId>> result(nodes.size());
  for (std::uint32_t port = 0; port < ports(); ++port) {
    const auto id = static_cast<NetPortId>(port);
    result[index(owner(id))].push_back(id);
  }
  return result;
}

std::vector<std::string> NetGraph::port_names() const {
  std::map<std::string, int> seen;
  std::vector<std::string> names;
  for (std::uint32_t port = 0; port < ports(); ++port) {
    const auto id = static_cast<NetPortId>(port);
    std::string name = node(owner(id)).name + "->" + node(owner(opposite(id))).name;
    const int before = seen[name]++;
    if (before > 0) name += "#" + std::to_string(before);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace fs
