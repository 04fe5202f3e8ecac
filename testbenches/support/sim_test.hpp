// SPDX-License-Identifier: Apache-2.0
// A test with a SystemC kernel of its own, in which every warning or error of SystemC is a failure unless expected.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <systemc>
#include <vector>

namespace fs::test {

class SimTest : public ::testing::Test {
 protected:
  SimTest() {
    // The old kernel is left as it is: modules of earlier tests still point to it.
    sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    reports().clear();
    sc_core::sc_report_handler::set_handler(&SimTest::report);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
  }
  void TearDown() override {
    for (const auto& text : reports()) ADD_FAILURE() << "SystemC reports: " << text;
  }

  /// Takes the reports so far; a test that expects some takes them before its end.
  static std::vector<std::string> take_reports() {
    std::vector<std::string> taken;
    taken.swap(reports());
    return taken;
  }
  static void run_for(const sc_core::sc_time& time) { sc_core::sc_start(time); }

 private:
  static std::vector<std::string>& reports() {
    static std::vector<std::string> texts;
    return texts;
  }
  static void report(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
    if (report.get_severity() >= sc_core::SC_WARNING) {
      reports().push_back(std::string(report.get_msg_type()) + ": " + report.get_msg());
    }
    sc_core::sc_report_handler::default_handler(report, actions & ~static_cast<unsigned>(sc_core::SC_DISPLAY));
  }
};

}  // namespace fs::test
