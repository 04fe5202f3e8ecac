// SPDX-License-Identifier: Apache-2.0
// Energy and cost as parts of the result document.
#pragma once

#include "energy/account.hpp"
#include "system/report/result_json.hpp"

namespace fs {

/// Sets `energy` and `cost` in `result`, of a run of `seconds` that delivered `bytes`.
void put_energy(Json& result, const EnergyAccount& account, const CostTerms& terms, double seconds, double bytes);

}  // namespace fs
