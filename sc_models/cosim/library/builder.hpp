// SPDX-License-Identifier: Apache-2.0
// Builds a core in a shape: Verilator and a compiler, in a folder beside the recipe, once.
#pragma once

#include <filesystem>
#include <string>

#include "cosim/library/recipe.hpp"
#include "cosim/library/shape.hpp"
#include "cosim/pin_model.hpp"

namespace fs::cosim {

/// The shared object of `recipe` in `shape`: brought up to date, or built first, which takes seconds to minutes and is
/// said on stderr. Several processes may ask at once: one builds, the others wait. Throws
/// std::runtime_error with the first of the tools' complaints and the place of their log.
std::filesystem::path build_core(const Recipe& recipe, const std::string& shape_name, const Shape& shape);

/// Loads a shared object that build_core made; returns what makes a model of it. Throws std::runtime_error.
PinModel* (*open_core(const std::filesystem::path& object))(VerilatedContext&, const char*);

}  // namespace fs::cosim
