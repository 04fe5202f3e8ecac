// SPDX-License-Identifier: Apache-2.0
// Forking, collecting and failing.
#include "system/sweep/processes.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>

#include "common/check.hpp"
#include "config/error.hpp"
#include "system/report/output.hpp"

namespace fs {

namespace {

using nlohmann::json;

[[noreturn]] void fail_to(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

json failure(const char* kind, const std::string& message) { return {{"kind", kind}, {"message", message}}; }

/// The child's whole life: does the work, and says how it ended.
json answer_of(const Work& work) {
  try {
    return {{"kind", "answer"}, {"text", work()}};
  } catch (const ConfigError& error) {
    auto report = failure("config", error.message());
    report["file"] = error.position().file;
    report["line"] = error.position().line;
    report["column"] = error.position().column;
    return report;
  } catch (const InvariantError& error) {
    return failure("invariant", error.what());
  } catch (const OutputError& error) {
    return failure("output", error.what());
  } catch (const std::exception& error) {
    return failure("other", error.what());
  }
}

/// A child process and the memory in which it leaves its answer.
class Child {
 public:
  Child(const Work& work, std::size_t index) : index_(index) {
    std::fflush(nullptr);
    file_ = ::memfd_create("farspan-answer", MFD_CLOEXEC);
    if (file_ < 0) fail_to("memfd_create");
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) fail_to("fork");
    if (pid_ == 0) live(work, parent);
  }

  std::size_t index() const { return index_; }
  pid_t pid() const { return pid_; }

  /// After the child's end with wait status `status`.
  json collect(int status) const {
    std::string text;
    const auto size = ::lseek(file_, 0, SEEK_END);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    std::size_t done = 0;
    while (done < text.size()) {
      const auto count = ::pread(file_, text.data() + done, text.size() - done, static_cast<off_t>(done));
      if (count <= 0) break;
      done += static_cast<std::size_t>(count);
    }
    ::close(file_);
    if (WIFSIGNALED(status)) {
      return failure("process", std::string("ended by signal: ") + ::strsignal(WTERMSIG(status)));
    }
    auto answer = json::parse(text, nullptr, false);
    if (WEXITSTATUS(status) != 0 || answer.is_discarded()) {
      return failure("process", "ended without a result, exit status " + std::to_string(WEXITSTATUS(status)));
    }
    return answer;
  }

 private:
  [[noreturn]] void live(const Work& work, pid_t parent) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const auto text = answer_of(work).dump(-1, ' ', false, json::error_handler_t::replace);
    std::size_t done = 0;
    while (done < text.size()) {
      const auto count = ::write(file_, text.data() + done, text.size() - done);
      if (count < 0 && errno != EINTR) ::_exit(1);
      if (count > 0) done += static_cast<std::size_t>(count);
    }
    std::fflush(nullptr);
    ::_exit(0);
  }

  std::size_t index_;
  int file_ = -1;
  pid_t pid_ = -1;
};

[[noreturn]] void rethrow(const json& report, const std::string& label) {
  const auto message = (label.empty() ? "" : label + ": ") + report["message"].get<std::string>();
  const auto& kind = report["kind"];
  if (kind == "config") throw ConfigError({report["file"], report["line"], report["column"]}, message);
  if (kind == "invariant") throw InvariantError(message);
  if (kind == "output") throw OutputError(message);
  if (kind == "process") throw ProcessError(message);
  throw std::runtime_error(message);
}

/// Waits for any of `running`, takes it out, and returns it with its report.
std::pair<std::size_t, json> wait_for_one(std::vector<Child>& running) {
  while (true) {
    for (auto child = running.begin(); child != running.end(); ++child) {
      int status = 0;
      // With one child there is nothing to poll for.
      const auto ended = ::waitpid(child->pid(), &status, running.size() == 1 ? 0 : WNOHANG);
      if (ended < 0 && errno != EINTR) fail_to("waitpid");
      if (ended != child->pid()) continue;
      std::pair<std::size_t, json> result{child->index(), child->collect(status)};
      running.erase(child);
      return result;
    }
    constexpr useconds_t poll_microseconds = 2'000;
    ::usleep(poll_microseconds);
  }
}

}  // namespace

std::vector<std::string> run_in_processes(
    const std::vector<Work>& work, const std::vector<std::string>& labels, int jobs,
    const std::function<void(std::size_t)>& on_done,
    const std::function<std::string(std::size_t, const std::string& why)>& instead_of_crash) {
  std::vector<std::optional<json>> reports(work.size());
  std::vector<Child> running;
  std::size_t next = 0;
  std::size_t done = 0;
  bool failed = false;
  while (!running.empty() || (next < work.size() && !failed)) {
    while (next < work.size() && !failed && running.size() < static_cast<std::size_t>(jobs)) {
      running.emplace_back(work[next], next);
      ++next;
    }
    auto [index, report] = wait_for_one(running);
    if (instead_of_crash && report["kind"] == "process") {
      report = {{"kind", "answer"}, {"text", instead_of_crash(index, report["message"].get<std::string>())}};
    }
    failed = failed || report["kind"] != "answer";
    reports[index] = std::move(report);
    on_done(++done);
  }
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < work.size() && reports[i]; ++i) {
    if ((*reports[i])["kind"] != "answer") rethrow(*reports[i], labels.empty() ? "" : labels[i]);
    answers.push_back((*reports[i])["text"].get<std::string>());
  }
  return answers;
}

}  // namespace fs
