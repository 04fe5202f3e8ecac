// SPDX-License-Identifier: Apache-2.0
// Fixed-size bit sets of 64-bit words: requests, grants, awake chips.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace fs {

constexpr int lowest_bit(std::uint64_t word) { return __builtin_ctzll(word); }

/// A set of up to 64 * Words small integers.
template <int Words>
class BitSet {
 public:
  static constexpr int capacity = 64 * Words;

  void set(int i) { words_[place(i)] |= 1ULL << (i & 63); }
  void clear(int i) { words_[place(i)] &= ~(1ULL << (i & 63)); }
  bool test(int i) const { return (words_[place(i)] >> (i & 63)) & 1U; }
  /// Set where `member`, without a branch.
  void set_if(int i, bool member) { words_[place(i)] |= static_cast<std::uint64_t>(member) << (i & 63); }
  /// Member or not, without a branch.
  void assign(int i, bool member) {
    auto& word = words_[place(i)];
    word = (word & ~(1ULL << (i & 63))) | (static_cast<std::uint64_t>(member) << (i & 63));
  }
  void reset() { words_ = {}; }
  /// The integers 0 .. count-1.
  static BitSet first(int count) {
    BitSet s;
    for (int w = 0; w < Words; ++w) {
      const int left = count - 64 * w;
      s.words_[w] = left >= 64 ? ~0ULL : left > 0 ? (1ULL << left) - 1 : 0;
    }
    return s;
  }

  bool any() const {
    std::uint64_t all = 0;
    for (const auto w : words_) all |= w;
    return all != 0;
  }
  bool none() const { return !any(); }
  /// Exactly one member.
  bool is_single() const { return count() == 1; }
  int count() const {
    int n = 0;
    for (const auto w : words_) n += __builtin_popcountll(w);
    return n;
  }
  /// Lowest member; the set must not be empty.
  int lowest() const {
    for (int w = 0; w + 1 < Words; ++w) {
      if (words_[w] != 0) return 64 * w + lowest_bit(words_[w]);
    }
    return 64 * (Words - 1) + lowest_bit(words_[Words - 1]);
  }
  /// First member at or after `start`, wrapping to the lowest: a round-robin pick. The set must not be empty.
  /// No branch depends on the members: which word a random set's pick lies in cannot be predicted.
  [[gnu::always_inline]] int next_from(int start) const {
    if constexpr (Words == 1) {
      const std::uint64_t high = words_[0] & (~0ULL << start);
      return lowest_bit(high != 0 ? high : words_[0]);
    } else if constexpr (Words == 2) {
      const std::uint64_t from = ~0ULL << (start & 63);
      const std::uint64_t high0 = start < 64 ? words_[0] & from : 0;
      const std::uint64_t high1 = words_[1] & (start < 64 ? ~0ULL : from);
      const bool wraps = (high0 | high1) == 0;
      const std::uint64_t low = wraps ? words_[0] : high0;
      const std::uint64_t top = wraps ? words_[1] : high1;
      return lowest_bit(low != 0 ? low : top) + (low != 0 ? 0 : 64);
    } else {
      const int w0 = start >> 6;
      const std::uint64_t high = words_[w0] & (~0ULL << (start & 63));
      if (high != 0) return 64 * w0 + lowest_bit(high);
      for (int w = w0 + 1; w < Words; ++w) {
        if (words_[w] != 0) return 64 * w + lowest_bit(words_[w]);
      }
      return lowest();
    }
  }
  /// Calls f(i) for each member, ascending. f may change this set: it walks a copy of each word.
  template <class F>
  [[gnu::always_inline]] void for_each(F&& f) const {
    for (int w = 0; w < Words; ++w) {
      for (std::uint64_t word = words_[w]; word != 0; word &= word - 1) f(64 * w + lowest_bit(word));
    }
  }

  BitSet& operator|=(const BitSet& o) {
    for (int w = 0; w < Words; ++w) words_[w] |= o.words_[w];
    return *this;
  }
  BitSet& operator&=(const BitSet& o) {
    for (int w = 0; w < Words; ++w) words_[w] &= o.words_[w];
    return *this;
  }
  BitSet& remove(const BitSet& o) {
    for (int w = 0; w < Words; ++w) words_[w] &= ~o.words_[w];
    return *this;
  }
  friend BitSet operator&(BitSet a, const BitSet& b) { return a &= b; }
  friend BitSet operator|(BitSet a, const BitSet& b) { return a |= b; }
  friend bool operator==(const BitSet& a, const BitSet& b) { return a.words_ == b.words_; }

  std::uint64_t word(int w) const { return words_[w]; }
  std::uint64_t& word(int w) { return words_[w]; }

 private:
  static constexpr std::size_t place(int i) { return Words == 1 ? 0 : static_cast<unsigned>(i) >> 6; }

  std::array<std::uint64_t, Words> words_{};
};

/// A set whose size is known at run time.
class DynamicBits {
 public:
  DynamicBits() = default;
  explicit DynamicBits(int count) : words_((static_cast<std::size_t>(count) + 63) / 64) {}
  void set(int i) { words_[static_cast<std::size_t>(i) >> 6] |= 1ULL << (i & 63); }
  void clear(int i) { words_[static_cast<std::size_t>(i) >> 6] &= ~(1ULL << (i & 63)); }
  bool test(int i) const { return (words_[static_cast<std::size_t>(i) >> 6] >> (i & 63)) & 1U; }
  std::size_t word_count() const { return words_.size(); }
  std::uint64_t& word(std::size_t w) { return words_[w]; }
  std::uint64_t word(std::size_t w) const { return words_[w]; }
  bool any() const {
    for (const auto w : words_) {
      if (w != 0) return true;
    }
    return false;
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace fs
