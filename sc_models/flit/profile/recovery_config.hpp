// SPDX-License-Identifier: Apache-2.0
// The `recovery:` block of a protocol profile (docs/faults.md has every key).
#pragma once

#include "config/reader.hpp"
#include "flit/profile/recovery.hpp"

namespace fs {

/// Throws ConfigError.
RecoveryFormat read_recovery(const Reader& reader);

}  // namespace fs
