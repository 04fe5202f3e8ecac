// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of what was asked for and what was read.
#include "config/detail/reader_state.hpp"

#include <algorithm>
#include <numeric>

namespace fs::detail {
namespace {

// Edits that turn one name into the other: insert, delete, replace, swap neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

ReaderState::ReaderState(std::shared_ptr<const Value> mapping, std::string where, std::shared_ptr<Effective> out)
    : value(std::move(mapping)), path(std::move(where)), effective(std::move(out)), read_(value->members.size()) {
  for (std::size_t i = 0; i < value->members.size(); ++i) members_.emplace(value->members[i].key, i);
}

const Value::Member* ReaderState::ask(const std::string& key) {
  if (asked_.try_emplace(key, true).second) known.push_back(key);
  const auto found = members_.find(key);
  return found == members_.end() ? nullptr : &value->members[found->second];
}

void ReaderState::mark_read(const Value::Member& member) {
  read_[static_cast<std::size_t>(&member - value->members.data())] = true;
}

bool ReaderState::is_read(const Value::Member& member) const {
  return read_[static_cast<std::size_t>(&member - value->members.data())];
}

std::shared_ptr<Effective>& ReaderState::slot(const std::string& key) {
  const auto [place, is_new] = slots_.try_emplace(key, effective->members.size());
  if (is_new) effective->members.emplace_back(key, nullptr);
  return effective->members[place->second].second;
}

const std::string* ReaderState::nearest(const std::string& name, const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : names) {
    const auto edits = distance(name, candidate);
    if (edits < best_distance) {
      best = &candidate;
      best_distance = edits;
    }
  }
  return best;
}

}  // namespace fs::detail
