// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Version 6 of the schema: instances by name.
#pragma once

namespace authzd {

inline constexpr const char* kVersion6 = R"sql(
CREATE TABLE named_instances (            -- what names in manifests stood for when last looked up
  account TEXT NOT NULL, service TEXT NOT NULL, name TEXT NOT NULL,
  resource_group TEXT NOT NULL, region TEXT NOT NULL, -- empty: any
  id TEXT NOT NULL, before TEXT NOT NULL, -- the id before that
  PRIMARY KEY (account, service, name, resource_group, region)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace authzd
