// SPDX-License-Identifier: Apache-2.0
// The save file with which GTKWave opens a waveform: what to show of it, in which order, and where to look first.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "common/quantity.hpp"
#include "system/waves/fabric_signals.hpp"
#include "system/waves/fst_file.hpp"

namespace fs {

struct SaveFile {
  Femtoseconds from{0};  ///< of the recording
  Femtoseconds to{0};
  std::optional<Femtoseconds> event;
  std::string event_name;
  std::string event_where;     ///< the link or chip it happened to, if any
  std::filesystem::path file;  ///< the waveform
  bool closed = true;          ///< it can be read: signals of Verilated models are listed
};

/// Writes `save_file`. Throws OutputError.
///
/// On top the journey of one packet or transaction, the most complete that was seen; then links with all their signals:
/// that of the event, open, or those of its chip, those of the journey and the busiest; then, folded, the links of the
/// chips on that journey. Signals of Verilated models have groups of their own. Markers stand at the event and at the
/// journey's steps.
void write_save_file(const SaveFile& save, const RunningFabric& fabric, const FabricSignals& signals,
                     const FstFile& fst, const std::filesystem::path& save_file);

}  // namespace fs
