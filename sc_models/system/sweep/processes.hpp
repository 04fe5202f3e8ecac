// SPDX-License-Identifier: Apache-2.0
// Work in child processes: a SystemC kernel starts once a process, and points of a sweep run side by side.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace fs {

/// A child process that ended without an answer: a signal, or an exit of its own.
class ProcessError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Work for a child: returns its answer. May throw; see run_in_processes.
using Work = std::function<std::string()>;

/// Runs each piece of work in a child process of its own, at most `jobs` (>= 1) at once, started in order. Returns the
/// answers in the order of the work. `on_done(done)` is called here, in the parent, after each end.
///
/// When one fails, no more are started, those running are waited for, and the failure of the first in order is thrown
/// here as what it was there: ConfigError, InvariantError, OutputError, else std::runtime_error; ProcessError where the
/// child did not say. Its message begins with `labels[i]` (as many as work, or empty). So which error comes out does
/// not depend on `jobs`.
///
/// With `instead_of_crash` a child that ends without an answer is no failure: what that returns for it is its answer.
std::vector<std::string> run_in_processes(
    const std::vector<Work>& work, const std::vector<std::string>& labels, int jobs,
    const std::function<void(std::size_t)>& on_done,
    const std::function<std::string(std::size_t, const std::string& why)>& instead_of_crash = {});

}  // namespace fs
