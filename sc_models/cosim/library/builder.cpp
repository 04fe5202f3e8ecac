// SPDX-License-Identifier: Apache-2.0
#include "cosim/library/builder.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "cosim/library/installed.hpp"

namespace fs::cosim {
namespace {

using Path = std::filesystem::path;

/// Held by one process at a time; others wait.
class FolderLock {
 public:
  explicit FolderLock(const Path& file) : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (file_ < 0) throw std::runtime_error("cannot write " + file.string() + ": " + std::strerror(errno));
    while (::flock(file_, LOCK_EX) != 0 && errno == EINTR) {}
  }
  ~FolderLock() { ::close(file_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int file_;
};

/// Runs a command with its output in `log`; whether it succeeded.
bool run(const std::vector<std::string>& command, const Path& log) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot run " + command[0] + ": " + std::strerror(failure));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw std::runtime_error(std::string("waitpid: ") + std::strerror(errno));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// The first lines that name an error.
std::string complaints(const Path& log) {
  constexpr int most = 8;
  std::ifstream in(log);
  std::string text;
  int found = 0;
  for (std::string line; found < most && std::getline(in, line);) {
    if (line.find("rror") == std::string::npos || line.find("-- Configuring incomplete") == 0) continue;
    text += "\n  " + line;
    ++found;
  }
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ";") + item;
  return text;
}

std::vector<std::string> configure_command(const Recipe& recipe, const Shape& shape, const Path& folder) {
  const Installed installed = where_installed();
  std::vector<std::string> parameters;
  for (const auto& [name, value] : shape) parameters.push_back("-G" + name + "=" + value);
  return {installed.cmake,
          "-S",
          installed.sc_models + "/cosim/plugin",
          "-B",
          folder.string(),
          "-G",
          "Ninja",
          "-DCMAKE_BUILD_TYPE=None",
          "-DCMAKE_CXX_COMPILER=" + installed.compiler,
          "-DFARSPAN_SC_MODELS=" + installed.sc_models,
          "-DFARSPAN_RUNTIME=" + installed.runtime,
          "-DFARSPAN_ARCH=" + installed.arch,
          "-DCORE_TOP=" + recipe.top,
          "-DCORE_SOURCES=" + joined(recipe.sources),
          "-DCORE_INCLUDE_DIRS=" + joined(recipe.include_dirs),
          "-DCORE_ARGS=" + joined(recipe.arguments),
          "-DCORE_PARAMETERS=" + joined(parameters)};
}

std::string text_of(const std::vector<std::string>& command) {
  std::string text;
  for (const auto& word : command) text += word + '\n';
  return text;
}

std::string file_text(const Path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::filesystem::path build_core(const Recipe& recipe, const std::string& shape_name, const Shape& shape) {
  const Path cores = std::filesystem::absolute(recipe.file.parent_path());
  const Path folder = cores / recipe.name / shape_name;
  const Path log = folder / "build.log";
  Path object = folder / "core.so";
  const Path asked = folder / "configured.txt";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::runtime_error("cannot make " + folder.string() + ": " + error.message());
  const FolderLock lock(folder / "lock");

  std::filesystem::remove(log, error);
  const auto configure = configure_command(recipe, shape, folder);
  const bool fresh = !std::filesystem::exists(object, error);
  if (fresh) {
    std::fprintf(stderr, "building core '%s' as %s, once; log: %s\n", recipe.name.c_str(), shape_name.c_str(),
                 log.c_str());
  }
  const auto failed = [&] {
    return std::runtime_error("core '" + recipe.name + "' as " + shape_name + " cannot be built:" + complaints(log) +
                              "\n  all of it: " + log.string());
  };
  if (file_text(asked) != text_of(configure)) {
    if (!run(configure, log)) throw failed();
    std::ofstream(asked) << text_of(configure);
  }
  if (!run({where_installed().cmake, "--build", folder.string()}, log)) throw failed();
  return object;
}

PinModel* (*open_core(const std::filesystem::path& object))(VerilatedContext&, const char*) {
  void* handle = ::dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw std::runtime_error(std::string("cannot load ") + ::dlerror());
  const auto* entry = static_cast<const PluginEntry*>(::dlsym(handle, plugin_symbol));
  if (entry == nullptr || entry->interface != plugin_interface) {
    throw std::runtime_error(object.string() + " is not a core that this farspan can load; remove its folder");
  }
  return entry->create;
}

}  // namespace fs::cosim
