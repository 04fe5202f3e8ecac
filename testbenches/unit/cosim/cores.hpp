// SPDX-License-Identifier: Apache-2.0
// Recipes for the tests' own RTL, in a folder that stays, so that each core is built once.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cosim/library/core_library.hpp"

namespace fs::testing {

/// Writes the recipe `name` and returns its folder. A recipe that is there and the same is left alone.
inline std::filesystem::path recipe_file(const std::string& name, const std::string& text) {
  const std::filesystem::path folder = CORES_FOLDER;
  std::filesystem::create_directories(folder);
  const std::string whole = "core: " + name + "\n" + text;
  const auto file = folder / (name + ".yaml");
  std::ifstream there(file);
  const std::string old{std::istreambuf_iterator<char>(there), std::istreambuf_iterator<char>()};
  if (old == whole) return folder;
  // Tests are processes of their own: nobody may see half a file.
  const auto fresh = folder / (name + ".yaml." + std::to_string(::getpid()));
  std::ofstream(fresh) << whole;
  std::filesystem::rename(fresh, file);
  return folder;
}

inline cosim::CoreLibrary library_with(const std::string& name, const std::string& text) {
  return cosim::CoreLibrary({recipe_file(name, text)});
}

inline cosim::CoreLibrary crosspoint_library() {
  return library_with("crosspoint",
                      "top: xp_switch\nsources: [" CROSSPOINT_FOLDER "/xp_switch.sv]\ninclude_dirs: [" CROSSPOINT_FOLDER
                      "]\nparameters: [NumPorts, NumVcs, NumClasses, NumDests, PoolDepth, PeerShared, PeerReserve]\n"
                      "latency: 2cycles\n");
}

}  // namespace fs::testing
