// SPDX-License-Identifier: Apache-2.0
#include "cosim/runtime/messages.hpp"

#include <verilated.h>

#include <cstdarg>
#include <cstdio>
#include <utility>

namespace {

/// Models of other contexts than ours print as Verilator's always do.
bool keeping = false;

std::string& kept() {
  static std::string text;
  return text;
}

}  // namespace

extern "C" int farspan_verilated_print(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  if (!keeping) {
    const int written = std::vprintf(format, arguments);
    va_end(arguments);
    return written;
  }
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  if (length > 0) {
    std::string& text = kept();
    const auto before = text.size();
    text.resize(before + static_cast<std::size_t>(length) + 1);
    std::vsnprintf(&text[before], static_cast<std::size_t>(length) + 1, format, again);
    text.resize(before + static_cast<std::size_t>(length));
    fs::cosim::messages_waiting = true;
  }
  va_end(again);
  return length;
}

namespace fs::cosim {

bool messages_waiting = false;

VerilatedContext& verilated_context() {
  // Never destroyed: models may outlive every static object.
  static auto* const context = [] {
    auto* fresh = new VerilatedContext;
    fresh->fatalOnError(false);
    fresh->threads(1);
    fresh->traceEverOn(true);
    keeping = true;
    return fresh;
  }();
  return *context;
}

std::string take_messages() {
  messages_waiting = false;
  return std::exchange(kept(), {});
}

}  // namespace fs::cosim
