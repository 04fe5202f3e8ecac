// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/l2_tags.hpp"

#include <stdexcept>

#include "common/check.hpp"

namespace fs {

L2Tags::L2Tags(const L2Config& config, std::uint64_t lines)
    : ways_(static_cast<std::uint64_t>(config.ways)),
      sets_(static_cast<std::uint64_t>(config.size.value() / (config.ways * config.line.value()))) {
  if (sets_ == 0) throw std::invalid_argument("l2.size holds less than one set of ways x line bytes");
  const std::uint64_t tags = (lines + sets_ - 1) / sets_;
  FS_CHECK(tags <= L2TagStore<std::uint32_t>::tag_limit, "a memory beyond the reach of the L2's tags");
  if (tags <= L2TagStore<std::uint16_t>::tag_limit) {
    narrow_.emplace(sets_, ways_);
  } else {
    wide_.emplace(sets_, ways_);
  }
}

/// To touch the lines of a set in the order in which they were used leaves them in that order.
void L2Tags::widen() {
  wide_.emplace(sets_, ways_);
  narrow_->for_each([this](std::uint64_t line, bool dirty) { wide_->touch(line, dirty); });
  narrow_.reset();
}

}  // namespace fs
