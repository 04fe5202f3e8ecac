// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/recovery_config.hpp"

namespace fs {

RecoveryFormat read_recovery(const Reader& reader) {
  RecoveryFormat r;
  constexpr Femtoseconds longest = one_second() * 100;
  r.request_timeout = reader.time_or("request_timeout", r.request_timeout, Femtoseconds(0), longest);
  r.retries = reader.integer_or("retries", r.retries, 0, 15);
  r.tag_reuse = reader.choice_or<TagReuse>("tag_reuse", r.tag_reuse,
                                           {{"drain", TagReuse::drain}, {"generation", TagReuse::generation}});
  r.drain = reader.time_or("drain", r.drain, Femtoseconds(0), longest);
  r.generation_bits = reader.integer_or("generation_bits", r.generation_bits, 1, 8);
  r.posted_loss = reader.choice_or<PostedLoss>("posted_loss", r.posted_loss,
                                               {{"flush", PostedLoss::flush}, {"silent", PostedLoss::silent}});
  if (r.retries > 0 && r.request_timeout == Femtoseconds(0)) {
    throw reader.error("retries", "needs a request_timeout: without it nothing is ever sent again");
  }
  return r;
}

}  // namespace fs
