// SPDX-License-Identifier: Apache-2.0
#include "system/waves/crash_guard.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <utility>

#include "common/check.hpp"

namespace fs {
namespace {

constexpr std::array ask_signals{SIGTERM, SIGINT, SIGHUP};
constexpr std::array crash_signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr unsigned longest_close_seconds = 20;

volatile sig_atomic_t asked = 0;
volatile sig_atomic_t closing = 0;
bool guarded = false;
std::function<void()> close_file;
std::array<struct sigaction, ask_signals.size()> ask_before;
std::array<struct sigaction, crash_signals.size()> crash_before;
std::terminate_handler terminate_before = nullptr;

/// Best effort from inside a crash: closing allocates and writes, which a handler should not. What it cannot save, the
/// last flush has.
void close_once() {
  if (closing != 0) return;
  closing = 1;
  ::alarm(longest_close_seconds);
  close_file();
  ::alarm(0);
}

void on_ask(int signal) { asked = signal; }

void on_crash(int signal, siginfo_t* info, void*) {
  for (std::size_t i = 0; i < crash_signals.size(); ++i) ::sigaction(crash_signals[i], &crash_before[i], nullptr);
  if (info->si_code == SI_USER) {  // by kill, from outside: nothing is broken, so there is time for a proper end
    asked = signal;
    return;
  }
  close_once();
  ::raise(signal);
}

[[noreturn]] void on_terminate() {
  close_once();
  if (terminate_before != nullptr) terminate_before();
  std::abort();
}

struct sigaction ask_action() {
  struct sigaction a = {};
  a.sa_handler = on_ask;
  ::sigemptyset(&a.sa_mask);
  a.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  return a;
}

struct sigaction crash_action() {
  struct sigaction a = {};
  a.sa_sigaction = on_crash;
  ::sigemptyset(&a.sa_mask);
  a.sa_flags = SA_NODEFER | SA_SIGINFO;
  return a;
}

}  // namespace

CrashGuard::CrashGuard(std::function<void()> close) {
  FS_CHECK(!guarded, "one crash guard a process");
  guarded = true;
  close_file = std::move(close);
  closing = 0;
  const auto ask = ask_action();
  const auto crash = crash_action();
  for (std::size_t i = 0; i < ask_signals.size(); ++i) {
    ::sigaction(ask_signals[i], nullptr, &ask_before[i]);
    // Who runs this with a signal ignored (nohup) wants it ignored.
    if (ask_before[i].sa_handler != SIG_IGN) ::sigaction(ask_signals[i], &ask, nullptr);
  }
  for (std::size_t i = 0; i < crash_signals.size(); ++i) ::sigaction(crash_signals[i], &crash, &crash_before[i]);
  terminate_before = std::set_terminate(on_terminate);
}

CrashGuard::~CrashGuard() {
  for (std::size_t i = 0; i < ask_signals.size(); ++i) ::sigaction(ask_signals[i], &ask_before[i], nullptr);
  for (std::size_t i = 0; i < crash_signals.size(); ++i) ::sigaction(crash_signals[i], &crash_before[i], nullptr);
  std::set_terminate(terminate_before);
  close_file = nullptr;
  guarded = false;
}

bool CrashGuard::stop_asked() { return asked != 0; }

void CrashGuard::stop() {
  const int signal = asked;
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  std::_Exit(128 + signal);
}

}  // namespace fs
