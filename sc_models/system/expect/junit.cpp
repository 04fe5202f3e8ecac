// SPDX-License-Identifier: Apache-2.0
// JUnit XML.
#include "system/expect/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace fs {

namespace {

constexpr const char* replacement = "\xef\xbf\xbd";

/// Bytes of the well-formed, XML-allowed UTF-8 character at `i`; 0 where there is none.
std::size_t character_length(const std::string& text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const auto first = byte(i);
  if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || i + length > text.size()) return 0;
  unsigned code = first & (0xffU >> (length + 1));
  for (std::size_t k = i + 1; k < i + length; ++k) {
    if ((byte(k) & 0xc0U) != 0x80U) return 0;
    code = code << 6 | (byte(k) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool forbidden = (code >= 0xd800 && code < 0xe000) || code == 0xfffe || code == 0xffff || code > 0x10ffff;
  return overlong || forbidden ? 0 : length;
}

std::string entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    case '\t':
      return "&#9;";
    default:
      return std::string(1, c);
  }
}

std::string failure_text(const ExpectationOutcome& outcome, const std::string& command) {
  auto text = to_string(outcome.position) + ": expected " + outcome.text + '\n';
  text += "value: " + outcome.value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
  if (!outcome.limit.empty()) text += "limit: " + outcome.limit + '\n';
  if (!outcome.why.empty()) text += outcome.why + '\n';
  return text + "reproduce: " + command;
}

std::string test_case(const std::string& class_name, const std::string& name, const std::string& inner) {
  const auto start =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml_escape(class_name), xml_escape(name));
  return inner.empty() ? start + "/>\n" : start + ">\n" + inner + "    </testcase>\n";
}

std::string suite_xml(const JunitSuite& suite) {
  const auto failed = std::count_if(suite.outcomes.begin(), suite.outcomes.end(), [](const auto& o) { return !o.ok; });
  auto xml =
      fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\" file=\"{}\">\n",
                  xml_escape(suite.name), suite.outcomes.size() + 1, failed, suite.error.empty() ? 0 : 1, suite.seconds,
                  xml_escape(suite.file));
  std::string error;
  if (!suite.error.empty()) {
    error = fmt::format("      <error message=\"{}\">{}</error>\n", xml_escape(suite.error),
                        xml_escape(suite.error + "\nreproduce: " + suite.command));
  }
  xml += test_case(suite.name, "runs", error);
  for (const auto& outcome : suite.outcomes) {
    std::string failure;
    if (!outcome.ok) {
      failure = fmt::format("      <failure message=\"{}\">{}</failure>\n", xml_escape(outcome.text),
                            xml_escape(failure_text(outcome, suite.command)));
    }
    xml += test_case(suite.name, outcome.text, failure);
  }
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string xml_escape(const std::string& text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size();) {
    const auto length = character_length(text, i);
    if (length == 0) {
      escaped += replacement;
      ++i;
    } else {
      escaped += length == 1 ? entity(text[i]) : text.substr(i, length);
      i += length;
    }
  }
  return escaped;
}

std::string junit_xml(const std::vector<JunitSuite>& suites) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"farspan\">\n";
  for (const auto& suite : suites) xml += suite_xml(suite);
  return xml + "</testsuites>\n";
}

}  // namespace fs
