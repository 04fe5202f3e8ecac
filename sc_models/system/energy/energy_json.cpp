// SPDX-License-Identifier: Apache-2.0
#include "system/energy/energy_json.hpp"

namespace fs {
namespace {

constexpr double picojoules = 1e12;
constexpr double bytes_per_petabyte = 1e15;

Json scales(const std::array<double, scale_count>& values) {
  Json json;
  for (std::size_t i = 0; i < scale_count; ++i) json[to_string(static_cast<Scale>(i))] = values[i];
  return json;
}

Json parts(const EnergyAccount& account, double seconds) {
  Json list = Json::array();
  for (const auto& row : account.rows()) {
    double joules = 0;
    for (const auto& draw : row.part->draws) joules += row.joules(draw, seconds);
    list.push_back({{"name", row.part->name},
                    {"kind", to_string(row.part->kind)},
                    {"scale", to_string(row.scale)},
                    {"pieces", row.pieces},
                    {"units", row.units},
                    {"bits", row.bits},
                    {"joules", joules},
                    {"watts", seconds > 0 ? joules / seconds : 0.0},
                    {"capital", row.capital()}});
  }
  return list;
}

}  // namespace

void put_energy(Json& result, const EnergyAccount& account, const CostTerms& terms, double seconds, double bytes) {
  const EnergyReport report(account, seconds, bytes);
  Json causes;
  for (std::size_t i = 0; i < energy_cause_count; ++i) {
    causes[to_string(static_cast<EnergyCause>(i))] = report.by_cause[i];
  }
  const double network = report.joules() - report.by_scale[static_cast<std::size_t>(Scale::node)];
  const bool delivered = bytes > 0;  // nulls: nothing delivered would otherwise be cheapest
  result["energy"] = {{"by_cause", std::move(causes)},
                      {"by_scale", scales(report.by_scale)},
                      {"idle_j", report.idle_joules},
                      {"with_bits_j", report.bit_joules},
                      {"total_j", report.joules()},
                      {"mean_power_w", report.watts()},
                      {"delivered_bytes", bytes},
                      {"pj_per_delivered_bit", delivered ? Json(report.joules_per_bit() * picojoules) : Json()},
                      {"network_pj_per_delivered_bit", delivered ? Json(network / (8 * bytes) * picojoules) : Json()},
                      {"parts", parts(account, seconds)}};
  const double capital = report.capital_per_byte(terms);
  const double electricity = report.electricity_per_byte(terms);
  result["cost"] = {
      {"currency", terms.currency},
      {"capital", report.capital},
      {"by_scale", scales(report.capital_by_scale)},
      {"lifetime_years", terms.lifetime_years},
      {"electricity_per_kwh", terms.electricity_per_kwh},
      {"overhead", terms.overhead},
      {"per_delivered_byte", delivered ? Json(capital + electricity) : Json()},
      {"per_delivered_petabyte", delivered ? Json((capital + electricity) * bytes_per_petabyte) : Json()},
      {"capital_per_delivered_petabyte", delivered ? Json(capital * bytes_per_petabyte) : Json()},
      {"electricity_per_delivered_petabyte", delivered ? Json(electricity * bytes_per_petabyte) : Json()}};
}

}  // namespace fs
