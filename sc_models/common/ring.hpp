// SPDX-License-Identifier: Apache-2.0
// A first-in first-out queue in one power-of-two array; grows when full, never shrinks, never allocates in steady
// state.
#pragma once

#include <cassert>
#include <cstddef>
#include <utility>
#include <vector>

namespace fs {

template <class T>
class Ring {
 public:
  explicit Ring(std::size_t capacity = 4) {
    std::size_t size = 4;
    while (size < capacity) size *= 2;
    items_.resize(size);
  }

  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  T& front() {
    assert(!empty());
    return items_[head_ & mask()];
  }
  const T& front() const {
    assert(!empty());
    return items_[head_ & mask()];
  }
  T& back() {
    assert(!empty());
    return items_[(tail_ - 1) & mask()];
  }
  /// Element i counted from the front.
  T& operator[](std::size_t i) { return items_[(head_ + i) & mask()]; }
  const T& operator[](std::size_t i) const { return items_[(head_ + i) & mask()]; }
  void push(T item) {
    if (size() == items_.size()) grow();
    items_[tail_++ & mask()] = std::move(item);
  }
  T pop() {
    assert(!empty());
    return std::move(items_[head_++ & mask()]);
  }
  void clear() { head_ = tail_ = 0; }

 private:
  std::size_t mask() const { return items_.size() - 1; }
  void grow() {
    std::vector<T> bigger(items_.size() * 2);
    const auto count = size();
    for (std::size_t i = 0; i < count; ++i) bigger[i] = std::move((*this)[i]);
    items_.swap(bigger);
    head_ = 0;
    tail_ = count;
  }

  std::vector<T> items_;
  std::size_t head_ = 0;
  std::size_t tail_ = 0;
};

}  // namespace fs
