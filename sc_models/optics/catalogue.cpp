// SPDX-License-Identifier: Apache-2.0
#include "optics/catalogue.hpp"

#include <stdexcept>

namespace fs {
namespace {

template <class T>
const T* find_by_name(const std::vector<T>& entries, const std::string& name) {
  for (const auto& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

template <class T>
const T& get(const std::vector<T>& entries, const std::string& name, const char* what) {
  if (const T* entry = find_by_name(entries, name)) return *entry;
  std::string names;
  for (const auto& entry : entries) names += (names.empty() ? "" : ", ") + entry.name;
  throw std::invalid_argument("no " + std::string(what) + " '" + name + "': there are " + names);
}

template <class T>
const T& get_at(const std::vector<T>& entries, const Node& node, const char* what) {
  try {
    return get(entries, node.text(), what);
  } catch (const std::invalid_argument& problem) {
    throw node.error(problem.what());
  }
}

template <class T>
void add(std::vector<T>& entries, T entry, const Reader& at) {
  if (find_by_name(entries, entry.name) != nullptr) throw at.error("name", "'" + entry.name + "' is there twice");
  entries.push_back(std::move(entry));
}

void read_band(const Reader& reader, FibreBand& band) {
  band.attenuation_db_km = reader.measure("attenuation", "dB/km", 0.001, 10);
  band.dispersion_ps_nm_km = reader.measure("dispersion", "ps/nm/km", -100, 100);
}

FibreType read_fibre(const Reader& reader) {
  FibreType fibre;
  fibre.name = reader.text("name");
  fibre.group_index = reader.number("group_index", 1, 2);
  read_band(reader.section("c_band"), fibre.c_band);
  if (const auto band = reader.optional_section("o_band")) read_band(*band, fibre.o_band);
  fibre.pmd_ps_root_km = reader.measure("pmd", "ps/sqrt(km)", 0, 10);
  fibre.nonlinearity_w_km = reader.measure("nonlinearity", "/W/km", 0, 100);
  return fibre;
}

AmplifierType read_amplifier(const Reader& reader) {
  AmplifierType type;
  type.name = reader.text("name");
  type.max_output_dbm = reader.measure("max_output", "dBm", -10, 40);
  type.noise.clear();
  for (const auto& item : reader.list("noise")) {
    const auto entry = item.reader();
    AmplifierType::Point point;
    point.gain_db = entry.measure("gain", "dB", 0, 60);
    point.noise_figure_db = entry.measure("figure", "dB", -5, 30);
    if (!type.noise.empty() && point.gain_db <= type.noise.back().gain_db) {
      throw entry.error("gain", "gains ascend from point to point");
    }
    type.noise.push_back(point);
  }
  if (type.noise.empty()) throw reader.error("noise", "give at least one point of gain and noise figure");
  return type;
}

OpticalCode read_code(const Reader& reader) {
  OpticalCode code;
  code.name = reader.text("name");
  code.kind = reader.choice<OpticalCode::Kind>("kind", {{"none", OpticalCode::Kind::none},
                                                        {"reed_solomon", OpticalCode::Kind::reed_solomon},
                                                        {"threshold", OpticalCode::Kind::threshold}});
  code.frames_per_codeword = reader.number_or("frames_per_codeword", code.frames_per_codeword, 0.01, 1e6);
  code.interleave = reader.integer_or("interleave", code.interleave, 1, 64);
  if (code.kind == OpticalCode::Kind::reed_solomon) {
    code.symbols = reader.integer("symbols", 3, 4095);
    code.payload_symbols = reader.integer("payload", 1, code.symbols - 2);
    code.symbol_bits = reader.integer("symbol_bits", 2, 16);
    code.rate = static_cast<double>(code.payload_symbols) / code.symbols;
    code.codeword_bytes = code.payload_symbols * code.symbol_bits / 8.0;
  } else if (code.kind == OpticalCode::Kind::threshold) {
    code.threshold = reader.number("threshold", 1e-9, 0.2);
    code.cliff_db = reader.measure_or("cliff", "dB", code.cliff_db, 0.001, 10);
    code.rate = reader.number("rate", 0.1, 1);
    code.codeword_bytes = static_cast<double>(reader.bytes("block", Bytes(1), Bytes(100'000'000)).value());
  }
  return code;
}

void read_coherent(const Reader& reader, TransponderMode& mode) {
  mode.modulation = reader.choice<Modulation>("modulation", {{"qpsk", Modulation::qpsk}, {"qam16", Modulation::qam16}});
  mode.required_osnr_db = reader.measure("required_osnr", "dB", 0, 60);
  if (reader.has("dispersion_limit")) {
    mode.dispersion_limit_ps_nm = reader.measure("dispersion_limit", "ps/nm", 0, 1e7);
  }
  if (reader.has("pmd_limit")) mode.pmd_limit_ps = reader.measure("pmd_limit", "ps", 0, 1000);
  if (reader.has("unamplified_budget")) mode.unamplified_budget_db = reader.measure("unamplified_budget", "dB", 0, 60);
  mode.polarisation_limit_krad_s =
      reader.measure_or("polarisation_limit", "krad/s", mode.polarisation_limit_krad_s, 0, 1e6);
  mode.launch_dbm = reader.measure_or("launch", "dBm", mode.launch_dbm, -30, 20);
}

void read_direct(const Reader& reader, TransponderMode& mode) {
  mode.modulation = reader.choice<Modulation>("modulation", {{"nrz", Modulation::nrz}, {"pam4", Modulation::pam4}});
  mode.loss_budget_db = reader.measure("loss_budget", "dB", 0, 60);
  enum class Band { o, c };
  mode.o_band = reader.choice_or<Band>("band", Band::o, {{"o", Band::o}, {"c", Band::c}}) == Band::o;
}

TransponderMode read_mode(const Reader& reader, const OpticsCatalogue& catalogue) {
  TransponderMode mode;
  mode.name = reader.text("name");
  mode.fec = get_at(catalogue.codes, reader.node("fec"), "code");
  mode.rate = reader.rate("rate", BitsPerSecond(1'000'000'000), BitsPerSecond(100'000'000'000'000));
  mode.lanes = reader.integer_or("lanes", mode.lanes, 1, 64);
  mode.baud_hz = reader.measure("baud", "GBd", 0.1, 1000) * 1e9;
  mode.latency = reader.time("latency", Femtoseconds(0), one_second());
  mode.watts = reader.measure("power", "W", 0, 10000);
  mode.dsp_share = reader.ratio_or("dsp_share", mode.dsp_share);
  mode.price = reader.number_or("price", mode.price, 0, 1e9);
  mode.detection =
      reader.choice<Detection>("detection", {{"direct", Detection::direct}, {"coherent", Detection::coherent}});
  if (mode.detection == Detection::coherent) {
    read_coherent(reader, mode);
  } else {
    read_direct(reader, mode);
  }
  return mode;
}

}  // namespace

const FibreType& OpticsCatalogue::fibre(const Node& name) const { return get_at(fibres, name, "fibre"); }
const AmplifierType& OpticsCatalogue::amplifier(const Node& name) const {
  return get_at(amplifiers, name, "amplifier");
}
const TransponderMode& OpticsCatalogue::mode(const Node& name) const { return get_at(modes, name, "transponder mode"); }
const FibreType& OpticsCatalogue::fibre(const std::string& name) const { return get(fibres, name, "fibre"); }
const AmplifierType& OpticsCatalogue::amplifier(const std::string& name) const {
  return get(amplifiers, name, "amplifier");
}
const TransponderMode& OpticsCatalogue::mode(const std::string& name) const {
  return get(modes, name, "transponder mode");
}
const OpticalCode& OpticsCatalogue::code(const std::string& name) const { return get(codes, name, "code"); }

OpticsCatalogue read_optics_catalogue(const Reader& reader) {
  OpticsCatalogue catalogue;
  for (const auto& item : reader.list("fibres")) add(catalogue.fibres, read_fibre(item.reader()), item.reader());
  for (const auto& item : reader.list("amplifiers")) {
    add(catalogue.amplifiers, read_amplifier(item.reader()), item.reader());
  }
  for (const auto& item : reader.list("codes")) add(catalogue.codes, read_code(item.reader()), item.reader());
  for (const auto& item : reader.list("transponders")) {
    add(catalogue.modes, read_mode(item.reader(), catalogue), item.reader());
  }
  return catalogue;
}

}  // namespace fs
