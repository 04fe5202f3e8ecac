// SPDX-License-Identifier: Apache-2.0
#include "energy/account.hpp"

namespace fs {
namespace {

constexpr double seconds_per_year = 365.25 * 24 * 3600;
constexpr double joules_per_kwh = 3.6e6;
constexpr double metres_per_micrometre = 1e-6;

}  // namespace

double AccountRow::watts_idle() const {
  double watts = 0;
  for (const auto& draw : part->draws) {
    if (fec || draw.cause != EnergyCause::fec) watts += part->ends() * units * draw.watts * draw.idle;
  }
  return watts;
}

double AccountRow::joules(const Draw& draw, double seconds) const {
  if (!fec && draw.cause == EnergyCause::fec) return 0;
  const double always = part->ends() * units * draw.watts * draw.idle * seconds;
  const auto rate = static_cast<double>(part->rate.value());
  return rate > 0 ? always + draw.watts * (1 - draw.idle) / rate * bits : always;
}

AccountRow& EnergyAccount::row(const PartPtr& part, Scale scale, bool fec) {
  for (auto& row : rows_) {
    if (row.part->name == part->name && row.part->kind == part->kind && row.scale == scale && row.fec == fec) {
      return row;
    }
  }
  AccountRow added;
  added.part = part;
  added.scale = scale;
  added.fec = fec;
  rows_.push_back(added);
  return rows_.back();
}

void EnergyAccount::add_link(const PartPtr& part, Scale scale, double rate, Micrometres length, double bits, bool fec) {
  for (const auto& piece : {part, part->serdes}) {
    if (!piece) continue;
    AccountRow& entry = row(piece, scale, fec);
    const double units = rate / static_cast<double>(piece->rate.value());
    entry.pieces += 1;
    entry.units += units;
    entry.bits += bits;
    entry.metres += units * static_cast<double>(length.value()) * metres_per_micrometre;
  }
}

void EnergyAccount::add_chip(const PartPtr& part, Scale scale, double rate, double bits) {
  AccountRow& entry = row(part, scale);
  entry.pieces += 1;
  entry.units += rate / static_cast<double>(part->rate.value());
  entry.bits += bits;
}

void EnergyAccount::add_pieces(const PartPtr& part, Scale scale, double pieces, double share, double bits) {
  AccountRow& entry = row(part, scale);
  entry.pieces += pieces;
  entry.units += pieces * share;
  entry.bits += bits;
}

void EnergyAccount::add_fibre(const PartPtr& part, Scale scale, Micrometres length, double share) {
  AccountRow& entry = row(part, scale);
  entry.pieces += 1;
  entry.units += share;
  entry.metres += share * static_cast<double>(length.value()) * metres_per_micrometre;
}

EnergyReport::EnergyReport(const EnergyAccount& account, double time, double bytes)
    : seconds(time), delivered_bytes(bytes) {
  for (const auto& row : account.rows()) {
    const auto scale = static_cast<std::size_t>(row.scale);
    double joules = 0;
    for (const auto& draw : row.part->draws) {
      const double part = row.joules(draw, seconds);
      by_cause[static_cast<std::size_t>(draw.cause)] += part;
      joules += part;
    }
    const double idle = row.watts_idle() * seconds;
    idle_joules += idle;
    bit_joules += joules - idle;
    by_scale[scale] += joules;
    capital_by_scale[scale] += row.capital();
    capital += row.capital();
  }
}

double EnergyReport::capital_per_byte(const CostTerms& terms) const {
  if (!(delivered_bytes > 0)) return 0;
  return capital / (terms.lifetime_years * seconds_per_year) * seconds / delivered_bytes;
}

double EnergyReport::electricity_per_byte(const CostTerms& terms) const {
  if (!(delivered_bytes > 0)) return 0;
  return joules() * terms.overhead / joules_per_kwh * terms.electricity_per_kwh / delivered_bytes;
}

}  // namespace fs
