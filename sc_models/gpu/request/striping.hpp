// SPDX-License-Identifier: Apache-2.0
// Which of its links a GPU takes for a request.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/random.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

enum class Striping : std::uint8_t {
  region,       ///< by hash of the target's 256-byte region: one region, one link
  destination,  ///< by hash of the target: one target, one link
  round_robin,  ///< the next link each time
  random,       ///< any link, drawn
};

/// Why a striping cannot hold the profile's order, or an empty string.
std::string striping_problem(Striping striping, const Profile& profile);

class Striper {
 public:
  /// `links` 0 .. 64; `stream` keyed by the GPU's name. Every target may be reached over every link until restricted.
  Striper(Striping striping, int links, int targets, const RandomStream& stream);

  /// Only the links of `mask` (bit l: link l) lead to `target`.
  void restrict_links(NodeId target, std::uint64_t mask) { allowed_[index(target)] = mask & all_; }
  std::uint64_t links(NodeId target) const { return allowed_[index(target)]; }

  /// The link for a request to `offset` of `target`'s memory; -1 when none leads there. Round robin and random move on
  /// with every call.
  int choose(NodeId target, std::uint64_t offset) { return choose_again(target, offset, 0); }
  /// For the resend number `attempt` of a request: where the protocol keeps no order, another link each time.
  int choose_again(NodeId target, std::uint64_t offset, unsigned attempt);

 private:
  Striping striping_;
  std::uint64_t all_;
  std::vector<std::uint64_t> allowed_;
  std::uint64_t turn_ = 0;
  RandomStream stream_;
};

}  // namespace fs
