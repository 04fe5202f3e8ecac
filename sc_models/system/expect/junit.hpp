// SPDX-License-Identifier: Apache-2.0
// Expectations as JUnit XML, for continuous integration.
#pragma once

#include <string>
#include <vector>

#include "system/expect/expectation.hpp"

namespace fs {

/// One scenario file.
struct JunitSuite {
  std::string file;                          ///< as given on the command line
  std::string name;                          ///< the scenario's name, or the file where it was not read
  double seconds = 0;                        ///< wall time
  std::vector<ExpectationOutcome> outcomes;  ///< one test case each
  std::string error;                         ///< why the run has no results; empty when it has
  std::string command;                       ///< a shell command that does this run again
};

/// One document for all suites. A suite always has a test case "runs", which carries `error`, so that a scenario
/// without expectations shows too. Every failure and error ends with the command that reproduces it.
std::string junit_xml(const std::vector<JunitSuite>& suites);

/// `text` for an XML 1.0 attribute or element: the five special characters escaped; control characters, and bytes that
/// are not UTF-8, as U+FFFD.
std::string xml_escape(const std::string& text);

}  // namespace fs
