// SPDX-License-Identifier: Apache-2.0
#include "cosim/library/recipe.hpp"

#include <algorithm>

#include "config/document.hpp"
#include "cosim/library/shape.hpp"

namespace fs::cosim {
namespace {

std::vector<std::string> texts(const Reader& reader, const std::string& key) {
  std::vector<std::string> list;
  for (const auto& node : reader.list_or_empty(key)) list.push_back(node.text());
  return list;
}

std::vector<std::string> paths(const Reader& reader, const std::string& key, const std::filesystem::path& base) {
  std::vector<std::string> list;
  for (const auto& node : reader.list_or_empty(key)) {
    const auto path = base / node.text();
    std::error_code error;
    if (!std::filesystem::exists(path, error)) throw node.error("there is no " + path.string());
    list.push_back(std::filesystem::absolute(path).lexically_normal().string());
  }
  return list;
}

}  // namespace

bool Recipe::takes(const std::string& parameter) const {
  return std::find(parameters.begin(), parameters.end(), parameter) != parameters.end();
}

Recipe read_recipe(const std::filesystem::path& file) {
  Document document = Document::from_file(file.string());
  const Reader reader = document.root();
  const auto base = file.parent_path();
  Recipe recipe;
  recipe.file = file;
  recipe.name = reader.text("core");
  if (recipe.name != file.stem()) {
    throw reader.error("core", "'" + recipe.name + "' is in a file of another name: " + file.filename().string());
  }
  recipe.top = reader.text("top");
  recipe.sources = paths(reader, "sources", base);
  if (recipe.sources.empty()) throw reader.error("needs sources: at least one SystemVerilog file");
  recipe.include_dirs = paths(reader, "include_dirs", base);
  recipe.arguments = texts(reader, "arguments");
  recipe.parameters = texts(reader, "parameters");
  const auto& known = known_parameters();
  for (const auto& parameter : recipe.parameters) {
    if (std::find(known.begin(), known.end(), parameter) != known.end()) continue;
    std::string all;
    for (const auto& name : known) all += (all.empty() ? "" : ", ") + name;
    throw reader.error("parameters", "no parameter '" + parameter + "' comes from a scenario; allowed are " + all);
  }
  recipe.rtl_profile = reader.choice_or<bool>("profile", false, {{"any", false}, {"rtl", true}});
  recipe.latency = static_cast<int>(reader.cycles_or("latency", Cycles(1), Cycles(1), Cycles(4096)).value());
  reader.finish();
  return recipe;
}

}  // namespace fs::cosim
