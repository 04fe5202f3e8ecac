// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/storage.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace fs {
namespace {

TEST(Storage, UntouchedBytesReadAsZerosAndTakeNoPage) {
  Storage storage;
  std::vector<std::uint8_t> data(100, 7);
  storage.read(1ULL << 40, data.data(), data.size());
  EXPECT_EQ(data, std::vector<std::uint8_t>(100, 0));
  EXPECT_EQ(storage.pages(), 0U);
}

TEST(Storage, WritesAcrossPagesComeBack) {
  Storage storage;
  std::vector<std::uint8_t> data(9000);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
  storage.write(4000, data.data(), data.size());
  std::vector<std::uint8_t> back(9000);
  storage.read(4000, back.data(), back.size());
  EXPECT_EQ(back, data);
}

TEST(Storage, ByteEnablesRepeatOverTheData) {
  Storage storage;
  const std::uint8_t data[] = {1, 2, 3, 4, 5, 6};
  const std::uint8_t enables[] = {0xff, 0, 0};
  storage.write(4095, data, 6, enables, 3);
  std::uint8_t back[6];
  storage.read(4095, back, 6);
  EXPECT_EQ(std::vector<std::uint8_t>(back, back + 6), (std::vector<std::uint8_t>{1, 0, 0, 4, 0, 0}));
}

std::uint64_t after(AtomicKind kind, std::uint32_t width, Uint128 start, Uint128 operand, Uint128 compare = 0) {
  Storage storage;
  std::uint8_t cell[16], data[32] = {};
  store_integer(cell, start, width);
  storage.write(64, cell, width);
  store_integer(data, operand, width);
  store_integer(data + width, compare, width);
  storage.atomic(kind, 64, data, width);
  EXPECT_EQ(load_integer(data, width), start);
  storage.read(64, cell, width);
  return static_cast<std::uint64_t>(load_integer(cell, width));
}

TEST(Storage, AtomicsLeaveTheirResultAndBringTheOldValue) {
  EXPECT_EQ(after(AtomicKind::add, 4, 0xffffffff, 2), 1U);
  EXPECT_EQ(after(AtomicKind::add, 8, 0xffffffff, 2), 0x100000001U);
  EXPECT_EQ(after(AtomicKind::swap, 16, 5, 6), 6U);
  EXPECT_EQ(after(AtomicKind::compare_swap, 8, 5, 6, 5), 6U);
  EXPECT_EQ(after(AtomicKind::compare_swap, 8, 5, 6, 4), 5U);
  EXPECT_EQ(after(AtomicKind::bit_and, 4, 12, 10), 8U);
  EXPECT_EQ(after(AtomicKind::bit_or, 4, 12, 10), 14U);
  EXPECT_EQ(after(AtomicKind::bit_xor, 4, 12, 10), 6U);
  EXPECT_EQ(after(AtomicKind::min, 4, 12, 10), 10U);
  EXPECT_EQ(after(AtomicKind::max, 4, 12, 10), 12U);
}

}  // namespace
}  // namespace fs
