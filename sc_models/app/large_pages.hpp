// SPDX-License-Identifier: Apache-2.0
// Memory in large pages, where the system gives them.
#pragma once

namespace fs {

/// Asks for large pages for what will be allocated from now on: what a fabric touches each cycle lies scattered over
/// megabytes, and finding its small pages costs a tenth of the time. Address space is set aside, memory is not: it is
/// taken as it is touched, in steps of 2 MB. Without large pages, or without that much address space, nothing changes.
void use_large_pages();

}  // namespace fs
