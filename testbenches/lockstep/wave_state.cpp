// SPDX-License-Identifier: Apache-2.0
#include "wave_state.hpp"

#include <gtkwave/fstapi.h>

#include <map>
#include <memory>
#include <vector>

namespace fs::lockstep {

namespace {

struct Closer {
  void operator()(void* reader) const { fstReaderClose(reader); }
};
using Reader = std::unique_ptr<void, Closer>;

/// Full names without ranges, and their handles.
std::map<std::string, fstHandle> signals(void* reader) {
  std::map<std::string, fstHandle> all;
  std::vector<std::string> scopes;
  while (const fstHier* item = fstReaderIterateHier(reader)) {
    if (item->htyp == FST_HT_SCOPE) {
      scopes.emplace_back(item->u.scope.name);
    } else if (item->htyp == FST_HT_UPSCOPE) {
      scopes.pop_back();
    } else if (item->htyp == FST_HT_VAR) {
      std::string name;
      for (const auto& scope : scopes) name += scope + ".";
      name += item->u.var.name;
      all[name.substr(0, name.find(' '))] = item->u.var.handle;
    }
  }
  return all;
}

std::string value_at_end(void* reader, fstHandle handle, unsigned bits) {
  std::vector<char> buffer(bits + 65536);
  const char* value = fstReaderGetValueFromHandleAtTime(reader, fstReaderGetEndTime(reader), handle, buffer.data());
  return value == nullptr ? "" : value;
}

std::string hex(const std::string& bits) {
  std::string digits;
  const std::size_t head = bits.size() % 4;
  for (std::size_t k = 0; k < bits.size();) {
    const std::size_t n = k == 0 && head != 0 ? head : 4;
    unsigned digit = 0;
    for (std::size_t j = 0; j < n; ++j) digit = digit * 2 + (bits[k + j] == '1');
    digits += "0123456789abcdef"[digit];
    k += n;
  }
  return digits;
}

}  // namespace

std::string last_registers(const std::string& file) {
  const Reader reader(fstReaderOpen(file.c_str()));
  if (!reader) return "  (no waveform " + file + ")\n";
  std::string text;
  for (const auto& [name, handle] : signals(reader.get())) {
    if (name.size() < 2 || name.compare(name.size() - 2, 2, "_q") != 0) continue;
    const std::string bits = value_at_end(reader.get(), handle, 0);
    if (bits.find('1') == std::string::npos) continue;
    text += "  " + name + " " + (bits.size() > 1 ? "0x" + hex(bits) : bits) + "\n";
  }
  return text;
}

std::string last_value(const std::string& file, const std::string& name) {
  const Reader reader(fstReaderOpen(file.c_str()));
  if (!reader) return "";
  const auto all = signals(reader.get());
  const auto found = all.find(name);
  return found == all.end() ? "" : value_at_end(reader.get(), found->second, 0);
}

}  // namespace fs::lockstep
