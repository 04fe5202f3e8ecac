// SPDX-License-Identifier: Apache-2.0
// Writing files whole.
#include "system/report/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace fs {

namespace {

std::string last_error() { return std::generic_category().message(errno); }

std::string temporary_name(const std::filesystem::path& file) {
  return file.string() + ".part-" + std::to_string(::getpid());
}

/// Writes everything or throws; the file may be left incomplete.
void write_all(int descriptor, const std::string& text, const std::string& name) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw OutputError("cannot write " + name + ": " + last_error());
    done += static_cast<std::size_t>(count);
  }
}

}  // namespace

void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::error_code unknown;
  if (!std::filesystem::is_directory(folder, unknown)) {
    const bool other = std::filesystem::exists(folder, unknown) && !unknown;
    throw OutputError("cannot write results to " + folder.string() + ": " +
                      (other || !error ? "it is not a folder" : error.message()));
  }
  const auto probe = temporary_name(folder / "probe");
  const int descriptor = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) throw OutputError("cannot write results to " + folder.string() + ": " + last_error());
  ::close(descriptor);
  ::unlink(probe.c_str());
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  const auto part = temporary_name(file);
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) throw OutputError("cannot write " + file.string() + ": " + last_error());
  try {
    write_all(descriptor, text, file.string());
  } catch (...) {
    ::close(descriptor);
    ::unlink(part.c_str());
    throw;
  }
  const bool closed = ::close(descriptor) == 0;
  if (!closed || ::rename(part.c_str(), file.c_str()) != 0) {
    const auto why = last_error();
    ::unlink(part.c_str());
    throw OutputError("cannot write " + file.string() + ": " + why);
  }
}

}  // namespace fs
