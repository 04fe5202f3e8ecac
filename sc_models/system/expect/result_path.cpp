// SPDX-License-Identifier: Apache-2.0
// Following a path, and saying what is near when it leads nowhere.
#include "system/expect/result_path.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace fs {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t names_offered = 5;

/// Levenshtein's edit distance.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::optional<long> whole_number(const std::string& text) {
  long value = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

std::string name_of(const ordered_json& entry) {
  if (!entry.is_object()) return "";
  const auto name = entry.find("name");
  return name != entry.end() && name->is_string() ? name->get<std::string>() : "";
}

std::string place(const std::string& where) { return where.empty() ? "the result" : where; }

}  // namespace

std::string nearest_names(const std::string& wanted, std::vector<std::string> candidates, std::size_t most) {
  std::stable_sort(candidates.begin(), candidates.end(), [&](const std::string& a, const std::string& b) {
    return distance(wanted, a) < distance(wanted, b);
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i) text += (i > 0 ? ", " : "") + candidates[i];
  return text;
}

ResultPath::ResultPath(const std::string& text) : text_(text) {
  const auto wrong = [&](const std::string& why) {
    return std::invalid_argument("result path '" + text + "': " + why);
  };
  std::size_t i = 0;
  while (true) {
    const auto end = std::min(text.find_first_of(".[", i), text.size());
    if (end == i) throw wrong("a key is missing");
    steps_.push_back({false, text.substr(i, end - i)});
    i = end;
    while (i < text.size() && text[i] == '[') {
      const auto close = text.find(']', i);
      if (close == std::string::npos) throw wrong("'[' without ']'");
      if (close == i + 1) throw wrong("[] is empty; a position, a name or * belongs there");
      steps_.push_back({true, text.substr(i + 1, close - i - 1)});
      i = close + 1;
    }
    if (i == text.size()) return;
    if (text[i] != '.') throw wrong("'.' or '[' belongs after ']'");
    ++i;
  }
}

ResultPath::Lookup ResultPath::find(const ordered_json& root) const {
  Lookup lookup;
  follow(0, {"", &root}, lookup);
  return lookup;
}

void ResultPath::follow(std::size_t step, const Match& from, Lookup& lookup) const {
  if (step == steps_.size()) {
    lookup.matches.push_back(from);
    return;
  }
  if (steps_[step].bracket) {
    follow_entries(step, from, lookup);
    return;
  }
  const auto& key = steps_[step].text;
  if (from.value->is_object() && from.value->contains(key)) {
    follow(step + 1, {from.where + (from.where.empty() ? "" : ".") + key, &(*from.value)[key]}, lookup);
    return;
  }
  if (!lookup.missing.empty()) return;
  std::vector<std::string> keys;
  if (from.value->is_object()) {
    for (const auto& item : from.value->items()) keys.push_back(item.key());
  }
  lookup.missing = place(from.where) + " has no key '" + key + "'" +
                   (keys.empty() ? "" : "; nearest: " + nearest_names(key, std::move(keys), names_offered));
}

void ResultPath::follow_entries(std::size_t step, const Match& from, Lookup& lookup) const {
  const auto& selector = steps_[step].text;
  const auto enter = [&](std::size_t i) {
    follow(step + 1, {from.where + '[' + std::to_string(i) + ']', &(*from.value)[i]}, lookup);
  };
  if (!from.value->is_array()) {
    if (lookup.missing.empty()) lookup.missing = place(from.where) + " is not a list";
    return;
  }
  const auto size = from.value->size();
  if (selector == "*") {
    for (std::size_t i = 0; i < size; ++i) enter(i);
    if (size == 0 && lookup.missing.empty()) lookup.missing = place(from.where) + " is empty";
    return;
  }
  if (const auto position = whole_number(selector)) {
    const auto i = *position < 0 ? *position + static_cast<long>(size) : *position;
    if (i >= 0 && i < static_cast<long>(size)) return enter(static_cast<std::size_t>(i));
    if (lookup.missing.empty()) {
      lookup.missing = place(from.where) + " has " + std::to_string(size) + " entries, so none at [" + selector + "]";
    }
    return;
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < size; ++i) {
    const auto name = name_of((*from.value)[i]);
    if (name == selector) return enter(i);
    if (!name.empty()) names.push_back(name);
  }
  if (lookup.missing.empty()) {
    lookup.missing = place(from.where) + " has no entry called '" + selector + "'" +
                     (names.empty() ? "" : "; nearest: " + nearest_names(selector, std::move(names), names_offered));
  }
}

}  // namespace fs
