// SPDX-License-Identifier: Apache-2.0
// What the process does when it is told to end, or crashes, while a file is open that must be closed to be readable.
#pragma once

#include <functional>

namespace fs {

/// One at a time in a process. SIGTERM, SIGINT and SIGHUP wait until stop_asked() is looked at; a second one ends the
/// process at once. So do crash signals (SIGSEGV, SIGABRT, ...) that another process sent. Real crashes and
/// std::terminate call `close` and go on as they would have.
class CrashGuard {
 public:
  explicit CrashGuard(std::function<void()> close);
  ~CrashGuard();
  CrashGuard(const CrashGuard&) = delete;
  CrashGuard& operator=(const CrashGuard&) = delete;

  /// A signal asked the process to end.
  static bool stop_asked();
  /// Ends the process by the signal that asked for it.
  [[noreturn]] static void stop();
};

}  // namespace fs
