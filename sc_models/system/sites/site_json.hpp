// SPDX-License-Identifier: Apache-2.0
// What messages, gateways and the waves between them did, as parts of the result document.
#pragma once

#include "system/report/result_json.hpp"
#include "system/sites/site_carrier.hpp"

namespace fs {

/// Sets `messages`, `gateways`, `wavelengths` and `networks`, as far as there are any, and adds to `events`. `end`:
/// when the run did.
void put_sites(Json& result, const SitesPlan& plan, const SiteCarrier& carrier, Femtoseconds end);

}  // namespace fs
