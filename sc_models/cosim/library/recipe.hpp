// SPDX-License-Identifier: Apache-2.0
// What is known of an RTL core before it is built: a small YAML file, usually written by farspan_add_core.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fs::cosim {

/// Keys of the file:
///   core          the name in scenarios; the file is called after it
///   top           the top module
///   sources       SystemVerilog files, packages first; relative to the file
///   include_dirs  folders where modules and headers are found by name; relative to the file; default none
///   arguments     more arguments for Verilator; default none
///   parameters    which of known_parameters() the top takes; default none: a core of one shape
///   profile       rtl: only what docs/switch.md calls rtl_profile; any: everything but what the pins say; any
///   latency       cycles from a flit's edge to the edge after which it stands on the tx pins, pipelines not counted,
///                 1 to 4096; 1cycles
struct Recipe {
  std::string name;
  std::string top;
  std::vector<std::string> sources;
  std::vector<std::string> include_dirs;
  std::vector<std::string> arguments;
  std::vector<std::string> parameters;
  bool rtl_profile = false;
  int latency = 1;
  std::filesystem::path file;

  bool takes(const std::string& parameter) const;
};

/// Throws ConfigError.
Recipe read_recipe(const std::filesystem::path& file);

}  // namespace fs::cosim
