// SPDX-License-Identifier: Apache-2.0
// Four VCs side by side: what a small router asks of all VCs of an output at once, in one vector register where there
// is one. Results do not depend on which form is compiled.
#pragma once

#include <cstdint>

#if defined(__SSE4_1__)
#include <smmintrin.h>
#endif

namespace fs::vc_lanes {

constexpr int count = 4;
/// A small number or set that, unlike std::uint8_t, is no alias of everything: a store to it leaves pointers in
/// registers.
enum Small : std::uint8_t {};
/// Bits of a set of VCs, lane by lane: all ones where the VC is absent.
struct Absent {
  alignas(16) std::uint16_t narrow[16][8];
  alignas(16) std::uint32_t wide[16][4];
};
constexpr Absent make_absent() {
  Absent a{};
  for (unsigned set = 0; set < 16; ++set) {
    for (unsigned v = 0; v < 8; ++v) a.narrow[set][v] = v < 4 && ((set >> v) & 1U) != 0 ? 0 : 0xffff;
    for (unsigned v = 0; v < 4; ++v) a.wide[set][v] = ((set >> v) & 1U) != 0 ? 0 : 0xffffffff;
  }
  return a;
}
inline constexpr Absent absent = make_absent();

/// Of the lanes in `members` (not empty), the one whose value comes first at or after `start`, wrapping at `size` <=
/// 256. Returns its distance << 8 | lane.
inline unsigned nearest(const std::uint16_t (&values)[count], unsigned members, int start, int size) {
#if defined(__SSE4_1__)
  __m128i ahead = _mm_sub_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(values)),
                                _mm_set1_epi16(static_cast<short>(start)));
  ahead = _mm_add_epi16(ahead, _mm_and_si128(_mm_srai_epi16(ahead, 15), _mm_set1_epi16(static_cast<short>(size))));
  ahead = _mm_or_si128(ahead, _mm_load_si128(reinterpret_cast<const __m128i*>(absent.narrow[members])));
  const auto found = static_cast<unsigned>(_mm_cvtsi128_si32(_mm_minpos_epu16(ahead)));
  return (found & 0xff) << 8 | found >> 16;
#else
  unsigned best = ~0U;
  for (unsigned v = 0; v < count; ++v) {
    const int ahead = values[v] - start;
    const auto key = static_cast<unsigned>(ahead < 0 ? ahead + size : ahead) << 8 | v;
    if (((members >> v) & 1U) != 0 && key < best) best = key;
  }
  return best;
#endif
}

/// The lanes that hold `value`.
inline unsigned equal(const std::uint16_t (&values)[count], int value) {
#if defined(__SSE4_1__)
  const __m128i same = _mm_cmpeq_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(values)),
                                       _mm_set1_epi16(static_cast<short>(value)));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(same, same))) & 0xf;
#else
  unsigned set = 0;
  for (unsigned v = 0; v < count; ++v) set |= static_cast<unsigned>(values[v] == value) << v;
  return set;
#endif
}

/// For each lane, the requester that comes first at or after the lane's pointer, wrapping at `size` <= 1024.
class Requesters {
 public:
  Requesters(const std::uint16_t (&pointers)[count], int size) {
#if defined(__SSE4_1__)
    pointers_ = _mm_cvtepu16_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(pointers)));
    size_ = _mm_set1_epi32(size);
    best_ = _mm_set1_epi32(-1);
#else
    for (unsigned v = 0; v < count; ++v) {
      pointers_[v] = pointers[v];
      best_[v] = ~0U;
    }
    size_ = size;
#endif
  }

  /// `requester` (below `size`) asks for the lanes in `members`, under a `name` of 16 bits.
  void add(int requester, int name, unsigned members) {
#if defined(__SSE4_1__)
    __m128i ahead = _mm_sub_epi32(_mm_set1_epi32(requester), pointers_);
    ahead = _mm_add_epi32(ahead, _mm_and_si128(_mm_srai_epi32(ahead, 31), size_));
    __m128i key = _mm_or_si128(_mm_slli_epi32(ahead, 16), _mm_set1_epi32(name));
    key = _mm_or_si128(key, _mm_load_si128(reinterpret_cast<const __m128i*>(absent.wide[members])));
    best_ = _mm_min_epu32(best_, key);
#else
    for (unsigned v = 0; v < count; ++v) {
      const int ahead = requester - static_cast<int>(pointers_[v]);
      const auto key = static_cast<std::uint32_t>(ahead < 0 ? ahead + size_ : ahead) << 16 |
                       static_cast<std::uint32_t>(name) | absent.wide[members][v];
      if (key < best_[v]) best_[v] = key;
    }
#endif
  }

  /// Calls f(name, lanes) for each requester that some lane has chosen, lowest lane first.
  template <class F>
  [[gnu::always_inline]] void for_each_chosen(F&& f) const {
    alignas(16) std::uint32_t name[count];
#if defined(__SSE4_1__)
    const __m128i names = _mm_and_si128(best_, _mm_set1_epi32(0xffff));
    _mm_store_si128(reinterpret_cast<__m128i*>(name), names);
    unsigned left = lanes(_mm_cmpeq_epi32(best_, _mm_set1_epi32(-1))) ^ ((1U << count) - 1);
#else
    unsigned left = 0;
    for (unsigned v = 0; v < count; ++v) {
      name[v] = best_[v] & 0xffff;
      left |= static_cast<unsigned>(best_[v] != ~0U) << v;
    }
#endif
    while (left != 0) {
      const std::uint32_t chosen = name[__builtin_ctz(left)];
#if defined(__SSE4_1__)
      unsigned same = lanes(_mm_cmpeq_epi32(names, _mm_set1_epi32(static_cast<int>(chosen))));
#else
      unsigned same = 0;
      for (unsigned v = 0; v < count; ++v) same |= static_cast<unsigned>(name[v] == chosen) << v;
#endif
      same &= left;
      left &= ~same;
      f(static_cast<int>(chosen), same);
    }
  }

 private:
#if defined(__SSE4_1__)
  static unsigned lanes(__m128i mask) { return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(mask))); }

  __m128i pointers_, size_, best_;
#else
  std::uint32_t pointers_[count], best_[count];
  int size_;
#endif
};

/// First member at or after `start` (0 to 3), wrapping; the set must not be empty.
inline int next_from(unsigned members, int start) {
  const unsigned after = members >> start << start;
  return __builtin_ctz(after != 0 ? after : members);
}

}  // namespace fs::vc_lanes
