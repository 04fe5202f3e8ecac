// SPDX-License-Identifier: Apache-2.0
// 128-bit integers, a compiler extension named in one place.
#pragma once

namespace fs {

__extension__ using Int128 = __int128;
__extension__ using Uint128 = unsigned __int128;

}  // namespace fs
