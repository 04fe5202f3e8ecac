// SPDX-License-Identifier: Apache-2.0
// A mutant's trial in a process of its own: it may crash, hang or print at will.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>

namespace fs::mutation {

/// What `verdict` says in the child, or how that ended: "crashed: ..." when it does not settle, hangs or breaks.
inline std::string in_child(const std::function<std::string()>& verdict) {
  constexpr unsigned most_seconds = 120;
  int ends[2];
  if (pipe(ends) != 0) std::exit(1);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    alarm(most_seconds);
    if (!std::freopen("/dev/null", "w", stderr) || !std::freopen("/dev/null", "w", stdout)) std::_Exit(1);
    const std::string said = verdict();
    const bool written = write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    std::_Exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[256];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;)
    said.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return std::string("crashed: ") + strsignal(WTERMSIG(status));
  return said.empty() ? "crashed: exit " + std::to_string(WEXITSTATUS(status)) : said;
}

}  // namespace fs::mutation
