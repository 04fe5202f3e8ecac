// SPDX-License-Identifier: Apache-2.0
// What a packet at the front of a queue waits for: for reports of deadlocks.
#pragma once

#include <string>
#include <tuple>

namespace fs {

struct HeadWait {
  int input = 0;
  int vc = 0;
  int output = -1;     ///< -1: not known, of RTL that does not show it
  int output_vc = -1;  ///< the one it holds, or would take: the first where it may take several; -1: not known
  bool holds = false;  ///< it holds that VC
  // Else: who does, unless it is free.
  int holder_input = -1;
  int holder_vc = -1;
  // And what is missing, where nobody holds it.
  int credits = -1;  ///< -1: not told
  int flits = 0;     ///< that it needs credits for

  bool held_by_another() const { return holder_input >= 0; }
  friend bool operator==(const HeadWait& a, const HeadWait& b) {
    return std::tie(a.input, a.vc, a.output, a.output_vc, a.holds, a.holder_input, a.holder_vc, a.credits, a.flits) ==
           std::tie(b.input, b.vc, b.output, b.output_vc, b.holds, b.holder_input, b.holder_vc, b.credits, b.flits);
  }
};

inline std::string text_of(const HeadWait& wait) {
  std::string text = "input " + std::to_string(wait.input) + " VC " + std::to_string(wait.vc);
  if (wait.output < 0) return text + " has " + std::to_string(wait.flits) + " flits";
  text += " waits for output " + std::to_string(wait.output);
  if (wait.output_vc < 0) return text;
  text += " VC " + std::to_string(wait.output_vc);
  if (wait.holds) text += ", which it holds";
  if (wait.held_by_another()) {
    text += ", held by input " + std::to_string(wait.holder_input) + " VC " + std::to_string(wait.holder_vc);
  }
  if (wait.credits >= 0) {
    text += (wait.holds ? " and which has " : ", which has ") + std::to_string(wait.credits) + " credits for " +
            std::to_string(wait.flits) + " flits";
  }
  return text;
}

}  // namespace fs
