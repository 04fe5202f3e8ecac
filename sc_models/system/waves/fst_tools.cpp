// SPDX-License-Identifier: Apache-2.0
#include "system/waves/fst_tools.hpp"

#include <gtkwave/fstapi.h>

#include <cstring>
#include <memory>

#include "system/report/output.hpp"

namespace fs {
namespace {

struct CloseReader {
  void operator()(void* reader) const { fstReaderClose(reader); }
};
using FstReader = std::unique_ptr<void, CloseReader>;
struct CloseWriter {
  void operator()(void* writer) const { fstWriterClose(writer); }
};
using FstWriter = std::unique_ptr<void, CloseWriter>;

FstReader open_reader(const std::filesystem::path& file) {
  FstReader reader(fstReaderOpen(file.c_str()));
  if (!reader) throw OutputError("cannot read " + file.string());
  return reader;
}

/// Declares in `writer` what `reader` has; handles come out the same.
void copy_hierarchy(void* reader, void* writer) {
  fstReaderIterateHierRewind(reader);
  while (const fstHier* h = fstReaderIterateHier(reader)) {
    switch (h->htyp) {
      case FST_HT_SCOPE:
        fstWriterSetScope(writer, static_cast<fstScopeType>(h->u.scope.typ), h->u.scope.name, h->u.scope.component);
        break;
      case FST_HT_UPSCOPE:
        fstWriterSetUpscope(writer);
        break;
      case FST_HT_VAR:
        fstWriterCreateVar(writer, static_cast<fstVarType>(h->u.var.typ), static_cast<fstVarDir>(h->u.var.direction),
                           h->u.var.typ == FST_VT_GEN_STRING ? 0 : h->u.var.length, h->u.var.name,
                           h->u.var.is_alias ? h->u.var.handle : 0);
        break;
      case FST_HT_ATTRBEGIN:
        fstWriterSetAttrBegin(writer, static_cast<fstAttrType>(h->u.attr.typ), h->u.attr.subtype,
                              h->u.attr.name_length == 0 ? nullptr : h->u.attr.name, h->u.attr.arg);
        break;
      case FST_HT_ATTREND:
        fstWriterSetAttrEnd(writer);
        break;
      default:
        break;
    }
  }
}

/// Takes the changes of one part after the other and passes on those inside the window.
struct Cut {
  struct Value {
    std::string bytes;
    bool text = false;
    bool written = false;
  };

  void take(std::uint64_t time, fstHandle handle, const unsigned char* bytes, std::size_t count, bool text) {
    // Each file begins with everything unknown, before its first values at the same time.
    if (time > to || (!text && bytes[0] == 'x')) return;
    if (time >= from && !begun) begin();
    Value& value = latest[handle];
    const auto* chars = reinterpret_cast<const char*>(bytes);
    if (value.written && value.bytes.size() == count && std::memcmp(value.bytes.data(), chars, count) == 0) return;
    value.bytes.assign(chars, count);
    value.text = text;
    if (!begun) return;
    advance(time);
    write(handle, value);
  }
  /// The values that hold as the window opens.
  void begin() {
    begun = true;
    advance(from);
    for (std::size_t handle = 0; handle < latest.size(); ++handle) {
      if (!latest[handle].bytes.empty() || latest[handle].text) write(static_cast<fstHandle>(handle), latest[handle]);
    }
  }
  void advance(std::uint64_t time) {
    if (written_any && time <= now) return;
    written_any = true;
    now = time;
    fstWriterEmitTimeChange(writer, time);
  }
  void write(fstHandle handle, Value& value) {
    value.written = true;
    if (value.text) {
      fstWriterEmitVariableLengthValueChange(writer, handle, value.bytes.data(),
                                             static_cast<std::uint32_t>(value.bytes.size()));
    } else {
      fstWriterEmitValueChange(writer, handle, value.bytes.data());
    }
  }

  void* writer = nullptr;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<std::size_t> lengths;  ///< by handle: bytes of a value; 0: a text
  std::vector<Value> latest;         ///< by handle
  bool begun = false;
  bool written_any = false;
  std::uint64_t now = 0;
};

std::vector<std::size_t> value_lengths(void* reader) {
  std::vector<std::size_t> lengths(fstReaderGetMaxHandle(reader) + 1);
  fstReaderIterateHierRewind(reader);
  while (const fstHier* h = fstReaderIterateHier(reader)) {
    if (h->htyp != FST_HT_VAR || h->u.var.is_alias) continue;
    lengths[h->u.var.handle] = h->u.var.typ == FST_VT_GEN_STRING ? 0 : h->u.var.length;
  }
  return lengths;
}

}  // namespace

std::vector<FstVariable> list_variables(const std::filesystem::path& file) {
  const FstReader reader = open_reader(file);
  std::vector<FstVariable> variables;
  std::vector<std::string> scopes = {""};
  fstReaderIterateHierRewind(reader.get());
  while (const fstHier* h = fstReaderIterateHier(reader.get())) {
    if (h->htyp == FST_HT_SCOPE) {
      scopes.push_back((scopes.back().empty() ? "" : scopes.back() + '.') + h->u.scope.name);
    } else if (h->htyp == FST_HT_UPSCOPE && scopes.size() > 1) {
      scopes.pop_back();
    } else if (h->htyp == FST_HT_VAR) {
      std::string name = h->u.var.name;
      const auto blank = name.find(" [");
      if (blank != std::string::npos) name.erase(blank, 1);
      variables.push_back(
          {scopes.back(), name, h->u.var.typ == FST_VT_GEN_STRING ? 0 : static_cast<int>(h->u.var.length)});
    }
  }
  return variables;
}

void cut_window(const std::vector<std::filesystem::path>& parts, Femtoseconds from, Femtoseconds to,
                const std::filesystem::path& out) {
  const FstWriter writer(fstWriterCreate(out.c_str(), 1));
  if (!writer) throw OutputError("cannot write " + out.string());
  fstWriterSetPackType(writer.get(), FST_WR_PT_LZ4);
  fstWriterSetTimescaleFromString(writer.get(), "1fs");
  fstWriterSetVersion(writer.get(), "farspan");
  Cut cut;
  cut.writer = writer.get();
  cut.from = static_cast<std::uint64_t>(from.value());
  cut.to = static_cast<std::uint64_t>(to.value());
  for (const auto& part : parts) {
    const FstReader reader = open_reader(part);
    if (cut.latest.empty()) {
      copy_hierarchy(reader.get(), writer.get());
      cut.lengths = value_lengths(reader.get());
      cut.latest.resize(cut.lengths.size());
    }
    fstReaderSetFacProcessMaskAll(reader.get());
    fstReaderIterBlocksSetNativeDoublesOnCallback(reader.get(), 1);
    fstReaderIterBlocks2(
        reader.get(),
        [](void* self, std::uint64_t time, fstHandle handle, const unsigned char* value) {
          auto& c = *static_cast<Cut*>(self);
          c.take(time, handle, value, c.lengths[handle], false);
        },
        [](void* self, std::uint64_t time, fstHandle handle, const unsigned char* value, std::uint32_t length) {
          static_cast<Cut*>(self)->take(time, handle, value, length, true);
        },
        &cut, nullptr);
  }
  if (!cut.begun) cut.begin();
  cut.advance(cut.to);
}

}  // namespace fs
