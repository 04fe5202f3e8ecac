// SPDX-License-Identifier: Apache-2.0
// The shipped protocols for tests of one link.
#pragma once

#include <string>

#include "config/document.hpp"
#include "flit/profile/profile_config.hpp"
#include "link/errors/bit_errors.hpp"
#include "support/project.hpp"

namespace fs::product {

inline Profile load(const std::string& name) {
  auto document = Document::from_file(project_file("scenarios/protocols/") + name + ".yaml");
  return read_profile(document.root());
}

/// The bit error ratio at which a codeword (no FEC: a frame of 64 bytes) is lost with probability `wanted`.
inline double ratio_for(const Profile& p, double wanted) {
  const FecCode code = p.fec.symbols > 0
                           ? FecCode{static_cast<int>(p.fec.symbols), static_cast<int>(p.fec.correctable), 10}
                           : FecCode{64, 0, 8};
  double low = 0;
  double high = 0.1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (codeword_failure_at(code, {middle}) < wanted ? low : high) = middle;
  }
  return high;
}

}  // namespace fs::product
