// SPDX-License-Identifier: Apache-2.0
#include "switch/flit_bits.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"

namespace fs {
namespace {

TEST(FlitBits, RoundTripKeepsEveryField) {
  RandomStream random(1, "flits", "test");
  for (int n = 0; n < 10'000; ++n) {
    Flit f;
    f.handle = static_cast<PacketHandle>(static_cast<std::uint32_t>(random.next()));
    f.hash_key = static_cast<std::uint32_t>(random.next());
    f.dst = static_cast<NodeId>(random.below(65536));
    f.length = static_cast<std::uint16_t>(random.below(65536));
    f.wire_bytes = static_cast<std::uint16_t>(random.below(65536));
    f.cls = static_cast<ClassId>(random.below(256));
    f.flags = static_cast<std::uint8_t>(random.below(8));
    ASSERT_EQ(unpack_flit(pack_flit(f)), f);
  }
}

TEST(FlitBits, FieldsStandWhereTheDocumentSays) {
  Flit f;
  f.flags = Flit::head_flag | Flit::poison_flag;
  f.cls = ClassId{0x12};
  f.dst = NodeId{0x3456};
  f.length = 0x789a;
  f.wire_bytes = 0xbcde;
  f.hash_key = 0x01234567;
  f.handle = PacketHandle{0x89abcdef};
  EXPECT_EQ(pack_flit(f).low, 0xbcde'789a'3456'1205ULL);
  EXPECT_EQ(pack_flit(f).high, 0x89abcdef'01234567ULL);
}

TEST(FlitBits, ReservedBitsAreIgnoredAndZero) {
  FlitBits bits;
  bits.low = 0xf8;
  EXPECT_EQ(unpack_flit(bits).flags, 0);
  Flit f;
  f.flags = 0xff;
  EXPECT_EQ(pack_flit(f).low & 0xff, 0x07U);
}

}  // namespace
}  // namespace fs
