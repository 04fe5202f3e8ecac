// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/storage.hpp"

#include <algorithm>
#include <cstring>

#include "common/check.hpp"

namespace fs {

const Storage::Page* Storage::find(std::uint64_t number) const {
  const auto it = pages_.find(number);
  return it == pages_.end() ? nullptr : it->second.get();
}

Storage::Page& Storage::page(std::uint64_t number) {
  auto& slot = pages_[number];
  if (!slot) slot = std::make_unique<Page>(Page{});
  return *slot;
}

void Storage::read(std::uint64_t offset, std::uint8_t* data, std::uint64_t bytes) const {
  while (bytes > 0) {
    const std::uint64_t inside = offset % page_bytes;
    const std::uint64_t run = std::min(bytes, page_bytes - inside);
    if (const Page* p = find(offset / page_bytes)) {
      std::memcpy(data, p->data() + inside, run);
    } else {
      std::memset(data, 0, run);
    }
    offset += run;
    data += run;
    bytes -= run;
  }
}

void Storage::write(std::uint64_t offset, const std::uint8_t* data, std::uint64_t bytes, const std::uint8_t* enables,
                    std::uint64_t enable_length) {
  std::uint64_t done = 0;
  while (done < bytes) {
    const std::uint64_t inside = (offset + done) % page_bytes;
    const std::uint64_t run = std::min(bytes - done, page_bytes - inside);
    std::uint8_t* to = page((offset + done) / page_bytes).data() + inside;
    if (enables == nullptr) {
      std::memcpy(to, data + done, run);
    } else {
      for (std::uint64_t i = 0; i < run; ++i) {
        if (enables[(done + i) % enable_length] != 0) to[i] = data[done + i];
      }
    }
    done += run;
  }
}

void Storage::atomic(AtomicKind kind, std::uint64_t offset, std::uint8_t* data, std::uint32_t width) {
  FS_CHECK(width == 4 || width == 8 || width == 16, "atomics are 4, 8 or 16 bytes wide");
  std::array<std::uint8_t, 16> cell{};
  read(offset, cell.data(), width);
  const Uint128 old = load_integer(cell.data(), width);
  const Uint128 compare = kind == AtomicKind::compare_swap ? load_integer(data + width, width) : 0;
  store_integer(cell.data(), atomic_result(kind, old, load_integer(data, width), compare), width);
  write(offset, cell.data(), width);
  store_integer(data, old, width);
}

Uint128 atomic_result(AtomicKind kind, Uint128 old, Uint128 operand, Uint128 compare) {
  switch (kind) {
    case AtomicKind::none:
      return old;
    case AtomicKind::add:
      return old + operand;
    case AtomicKind::swap:
      return operand;
    case AtomicKind::compare_swap:
      return old == compare ? operand : old;
    case AtomicKind::bit_and:
      return old & operand;
    case AtomicKind::bit_or:
      return old | operand;
    case AtomicKind::bit_xor:
      return old ^ operand;
    case AtomicKind::min:
      return std::min(old, operand);
    case AtomicKind::max:
      return std::max(old, operand);
  }
  return old;
}

Uint128 load_integer(const std::uint8_t* data, std::uint32_t width) {
  Uint128 value = 0;
  for (std::uint32_t i = 0; i < width; ++i) value |= static_cast<Uint128>(data[i]) << (8 * i);
  return value;
}

void store_integer(std::uint8_t* data, Uint128 value, std::uint32_t width) {
  for (std::uint32_t i = 0; i < width; ++i) data[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace fs
