// SPDX-License-Identifier: Apache-2.0
#include "energy/catalogue.hpp"

#include <stdexcept>

namespace fs {
namespace {

constexpr double joules_per_picojoule = 1e-12;

Draw read_draw(const Reader& reader, const Part& part) {
  Draw draw;
  draw.cause = reader.choice<EnergyCause>("cause", {{"serdes", EnergyCause::serdes},
                                                    {"fec", EnergyCause::fec},
                                                    {"dsp", EnergyCause::dsp},
                                                    {"optics", EnergyCause::optics},
                                                    {"amplifier", EnergyCause::amplifier},
                                                    {"switch_core", EnergyCause::switch_core},
                                                    {"nic", EnergyCause::nic},
                                                    {"memory", EnergyCause::memory}});
  const bool by_bit = reader.has("per_bit");
  if (by_bit && reader.has("power")) throw reader.error("per_bit", "give power or per_bit, not both");
  if (by_bit && part.rate == BitsPerSecond(0)) throw reader.error("per_bit", "needs a part with a rate");
  if (by_bit) {
    draw.watts =
        reader.measure("per_bit", "pJ/bit", 0, 1e6) * joules_per_picojoule * static_cast<double>(part.rate.value());
  } else {
    draw.watts = reader.measure("power", "W", 0, 1e6);
  }
  draw.idle = reader.ratio("idle");
  if (part.rate == BitsPerSecond(0) && draw.idle != 1) throw reader.error("idle", "is 1 for a part without a rate");
  return draw;
}

bool has_rate(PartKind kind) { return kind != PartKind::amplifier && kind != PartKind::fibre; }
bool has_length(PartKind kind) { return kind == PartKind::link || kind == PartKind::fibre; }

Part read_part(const Reader& reader, const PartCatalogue& so_far) {
  Part part;
  part.name = reader.text("name");
  part.kind = reader.choice<PartKind>("kind", {{"link", PartKind::link},
                                               {"serdes", PartKind::serdes},
                                               {"switch", PartKind::switch_chip},
                                               {"nic", PartKind::nic},
                                               {"memory", PartKind::memory},
                                               {"amplifier", PartKind::amplifier},
                                               {"fibre", PartKind::fibre}});
  if (has_rate(part.kind)) {
    part.rate = reader.rate("rate", BitsPerSecond(1'000'000), BitsPerSecond(1'000'000'000'000'000));
  }
  part.price = reader.number_or("price", 0, 0, 1e9);
  if (has_length(part.kind)) part.price_per_metre = reader.number_or("price_per_metre", 0, 0, 1e6);
  if (part.kind == PartKind::link) {
    part.reach = reader.length_or("reach", part.reach, Micrometres(1));
    if (reader.has("serdes")) part.serdes = so_far.part(reader.node("serdes"), PartKind::serdes);
  }
  for (const auto& item : reader.list_or_empty("draws")) part.draws.push_back(read_draw(item.reader(), part));
  return part;
}

}  // namespace

PartCatalogue PartCatalogue::read(const Reader& reader) {
  PartCatalogue catalogue;
  for (const auto& item : reader.list("parts")) {
    const Reader entry = item.reader();
    auto part = std::make_shared<const Part>(read_part(entry, catalogue));
    for (const auto& other : catalogue.parts_) {
      if (other->name == part->name) throw entry.error("name", "'" + part->name + "' is there twice");
    }
    catalogue.parts_.push_back(std::move(part));
  }
  return catalogue;
}

PartPtr PartCatalogue::part(const std::string& name, PartKind kind) const {
  std::string names;
  for (const auto& part : parts_) {
    if (part->kind != kind) continue;
    if (part->name == name) return part;
    names += (names.empty() ? "" : ", ") + part->name;
  }
  throw std::invalid_argument("no " + std::string(to_string(kind)) + " '" + name + "' among the parts: there " +
                              (names.empty() ? "is none" : "are " + names));
}

PartPtr PartCatalogue::part(const Node& name, PartKind kind) const {
  try {
    return part(name.text(), kind);
  } catch (const std::invalid_argument& problem) {
    throw name.error(problem.what());
  }
}

std::string PartCatalogue::links_that_reach(Micrometres length) const {
  std::string names;
  for (const auto& part : parts_) {
    if (part->kind != PartKind::link || part->reach < length) continue;
    names += (names.empty() ? "" : ", ") + part->name;
  }
  return names.empty() ? "none" : names;
}

CostTerms read_cost_terms(const Reader& reader) {
  CostTerms terms;
  terms.currency = reader.text_or("currency", terms.currency);
  terms.lifetime_years = reader.measure_or("lifetime", "years", 5, 0.01, 100);
  terms.electricity_per_kwh = reader.measure_or("electricity", "/kWh", 0.08, 0, 1000);
  terms.overhead = reader.number_or("overhead", 1.2, 1, 10);
  return terms;
}

}  // namespace fs
