// SPDX-License-Identifier: Apache-2.0
#include "switch/route_table.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

namespace {

/// The place of `item` in `items`, appended when it is new.
template <class T>
std::size_t intern(std::vector<T>& items, const T& item) {
  const auto at = static_cast<std::size_t>(std::find(items.begin(), items.end(), item) - items.begin());
  if (at == items.size()) items.push_back(item);
  return at;
}

}  // namespace

RouteTable::RouteTable(int ports, int vcs, int classes, int destinations, std::string name)
    : ports_(ports),
      vcs_(vcs),
      classes_(classes),
      destinations_(static_cast<std::size_t>(destinations)),
      name_(std::move(name)),
      rows_(static_cast<std::size_t>(classes) * static_cast<std::size_t>(destinations)) {}

void RouteTable::check(ClassId cls, NodeId dst, const RouteRow& row) const {
  const std::string where = "switch " + name_ + ", route row (class " + std::to_string(index(cls)) + ", destination " +
                            std::to_string(index(dst)) + "): ";
  FS_CHECK(index(cls) < static_cast<std::size_t>(classes_), where + "no such class");
  FS_CHECK(index(dst) < destinations_, where + "no such destination");
  FS_CHECK(!row.outputs.empty(), where + "no output");
  FS_CHECK(std::is_sorted(row.outputs.begin(), row.outputs.end()), where + "outputs must ascend");
  FS_CHECK(std::adjacent_find(row.outputs.begin(), row.outputs.end()) == row.outputs.end(), where + "output twice");
  FS_CHECK(index(row.outputs.back()) < static_cast<std::size_t>(ports_), where + "no such output port");
  FS_CHECK((row.vcs_low | row.vcs_high) != 0, where + "no VC allowed");
  const auto beyond = [&](int v) { return v >= vcs_; };
  FS_CHECK(row.vcs_high == 0 || !beyond(127 - __builtin_clzll(row.vcs_high)), where + "no such VC");
  FS_CHECK(row.vcs_low == 0 || !beyond(63 - __builtin_clzll(row.vcs_low)), where + "no such VC");
}

void RouteTable::write(ClassId cls, NodeId dst, const RouteRow& row) {
  check(cls, dst, row);
  AnyVcSet mask;
  mask.word(0) = row.vcs_low;
  mask.word(1) = row.vcs_high;
  const auto mask_id = intern(masks_, mask);
  FS_CHECK(mask_id < 256, "switch " + name_ + ": more than 256 different VC masks in the route table");
  std::vector<std::uint8_t> outputs;
  for (const auto port : row.outputs) outputs.push_back(static_cast<std::uint8_t>(index(port)));

  Row& packed = rows_[index(cls) * destinations_ + index(dst)];
  packed.vcs = static_cast<std::uint8_t>(mask_id);
  packed.output = outputs.front();
  packed.list = static_cast<std::uint32_t>(intern(lists_, outputs));
  if (outputs.size() == 1) {
    packed.choice = Choice::single;
  } else {
    switch (row.mode) {
      case RouteMode::hashed:
        packed.choice = Choice::hashed;
        break;
      case RouteMode::sprayed:
        packed.choice = Choice::sprayed;
        break;
      case RouteMode::adaptive:
        packed.choice = Choice::adaptive;
        break;
    }
  }
}

void RouteTable::missing(const Flit& flit) const {
  FS_CHECK(false, "switch " + name_ + ": no route for class " + std::to_string(index(flit.cls)) + ", destination " +
                      std::to_string(index(flit.dst)));
  __builtin_unreachable();
}

}  // namespace fs
