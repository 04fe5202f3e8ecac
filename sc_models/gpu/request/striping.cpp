// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/striping.hpp"

#include <stdexcept>

#include "common/bits.hpp"
#include "gpu/transaction.hpp"

namespace fs {

std::string striping_problem(Striping striping, const Profile& profile) {
  if (profile.order == Order::region && striping != Striping::region && striping != Striping::destination) {
    return "the protocol keeps order within a region: striping must be `region` or `destination`";
  }
  if (profile.order == Order::destination && striping != Striping::destination) {
    return "the protocol keeps order within a destination: striping must be `destination`";
  }
  if (profile.order == Order::none && profile.packets.posted_writes) {
    return "posted writes need a protocol that keeps order: nothing else makes a later load wait for the store";
  }
  return {};
}

Striper::Striper(Striping striping, int links, int targets, const RandomStream& stream)
    : striping_(striping), stream_(stream) {
  if (links < 0 || links > 64) throw std::invalid_argument("a GPU has 0 to 64 links");
  all_ = links == 64 ? ~0ULL : (1ULL << links) - 1;
  allowed_.assign(static_cast<std::size_t>(targets), all_);
}

int Striper::choose_again(NodeId target, std::uint64_t offset, unsigned attempt) {
  std::uint64_t mask = allowed_[index(target)];
  if (mask == 0) return -1;
  const auto count = static_cast<std::uint64_t>(__builtin_popcountll(mask));
  const std::uint64_t place = (static_cast<std::uint64_t>(target) + 1) << 48;
  std::uint64_t pick = 0;
  switch (striping_) {
    case Striping::region:
      pick = mix64(place ^ (offset / region_bytes)) % count;
      break;
    case Striping::destination:
      pick = mix64(place) % count;
      break;
    case Striping::round_robin:
      pick = turn_++ % count;
      break;
    case Striping::random:
      pick = stream_.below(count);
      break;
  }
  pick = (pick + attempt) % count;
  for (; pick > 0; --pick) mask &= mask - 1;
  return lowest_bit(mask);
}

}  // namespace fs
