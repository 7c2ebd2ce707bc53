// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 10 of the schema: what the good revision was read with.
#pragma once

namespace authzd {

// `traits`: the account's name, labels and parameters in JSON; empty: before there were any.
inline constexpr const char* kVersion10 = R"sql(
ALTER TABLE revisions ADD COLUMN traits TEXT NOT NULL DEFAULT '';
)sql";

}  // namespace authzd
