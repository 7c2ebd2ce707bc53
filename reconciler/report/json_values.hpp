// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// The JSON forms that several writers share. Private to this folder: it brings nlohmann along.
#pragma once

#include "reconciler/plan/plan.hpp"

#include <nlohmann/json.hpp>

#include <optional>

namespace authzd::report {

using Json = nlohmann::ordered_json;

Json attributes_json(const AttributeSet& attributes);
Json content_json(const std::optional<PolicyContent>& content);  // null for none
Json position_json(const SourcePos& position);                   // null where there is none
Json body_json(const std::optional<PolicyContent>& content);     // what POST and PUT would carry

/// Never throws: bytes that are not UTF-8 become U+FFFD. `indent` -1 makes one line.
std::string dump(const Json& json, int indent);

}  // namespace authzd::report
