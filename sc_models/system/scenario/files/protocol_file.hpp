// SPDX-License-Identifier: Apache-2.0
// The protocol a scenario names, a file of its own, put into the scenario.
#pragma once

#include "config/document.hpp"

namespace fs {

/// Puts the protocol that `protocol:` names, a file of scenarios/protocols/, in the name's place; `{base: NAME, ...}`
/// refines it. Looked for beside the scenario (in protocols/ and ../protocols/), then where the program was built from.
void resolve_protocol(Document& document);

/// Makes a protocol that is only named one that refines nothing, `{base: NAME}`, so that its keys can be set one by
/// one.
void open_protocol(Document& document);

}  // namespace fs
