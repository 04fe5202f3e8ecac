// SPDX-License-Identifier: Apache-2.0
// One FST file for everything: signals of the model, pushed by whoever owns them, and those of Verilated models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/quantity.hpp"

class VerilatedFstC;

namespace fs {

/// A signal of the model in a file; one namespace for numbers and lanes.
enum class SignalId : std::uint32_t {};
/// A table that gives a number's values names.
enum class ValueNames : std::uint32_t { none = 0 };

/// Declare everything, then open. The order that Verilator's writer asks for: construct and declare; start the kernel
/// with SC_ZERO_TIME; trace() of each Verilated model on verilated(); open(); run; close(). Closing and opening again
/// begins another file with the same signals.
class FstFile {
 public:
  /// Registers with the SystemC kernel, which calls `end_of_instant` with the time after the last delta cycle of every
  /// instant, whether or not a file is open.
  explicit FstFile(std::function<void(Femtoseconds)> end_of_instant);
  ~FstFile();
  FstFile(const FstFile&) = delete;
  FstFile& operator=(const FstFile&) = delete;

  /// A table: value i is called names[i].
  ValueNames add_names(const std::string& title, std::vector<std::string> names);
  /// Signals declared from here to leave() are inside `scope`.
  void enter(const std::string& scope);
  void leave();
  /// A number of `bits` (1 .. 32), 0 at first.
  SignalId add_number(const std::string& name, int bits, ValueNames names = ValueNames::none);
  /// A text: a transaction lane. Empty is idle.
  SignalId add_lane(const std::string& name);
  std::size_t signal_count() const;
  /// As other tools call it: `gpu0.p1_to_sw1.credits_request[4:0]`.
  const std::string& path(SignalId signal) const;

  /// For trace() of Verilated models.
  VerilatedFstC& verilated();

  /// Throws OutputError when the file cannot be written.
  void open(const std::filesystem::path& file);
  void close();
  bool is_open() const;
  /// What has been dumped so far reaches the file at the next dump: a process that is killed after it leaves a file
  /// that can be read up to here.
  void flush();

  /// The value from the next dump on.
  void set(SignalId id, std::uint32_t value);
  void set(SignalId id, const std::string& text);
  /// Writes what has changed, as of `time`: not before that of the last dump. `with_models`: also what Verilated models
  /// have changed, which is a question to each of their signals. The first dump of a file writes everything.
  void dump(Femtoseconds time, bool with_models);

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace fs
