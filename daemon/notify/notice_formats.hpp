// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Notices as each receiver takes them, one function a format. Text from outside (subjects, names,
// errors) is only ever text in them: it makes no mention, no link and no markup.
#pragma once

#include "daemon/notify/notice.hpp"
#include "reconciler/base/result.hpp"
#include "reconciler/base/secret.hpp"

#include <string>
#include <string_view>

namespace authzd {

/// A CloudEvent 1.0 in JSON, structured mode, of the first account alone. `id` is the event's, the
/// same for each attempt.
std::string cloud_event(const Notice& notice, const std::string& id);

/// {"text": …}, as Slack and compatible services accept it.
std::string slack_message(const Notice& notice);

/// A message with one Adaptive Card, as a Workflows webhook of Microsoft Teams posts it.
std::string teams_message(const Notice& notice);

/// Whether PagerDuty gets such a notice: the others begin and end no incident.
bool is_incident(NoticeKind kind);

/// An event of PagerDuty's Events API v2: a hold and a failing account trigger, their ends resolve
/// the incident with the same key. It contains the routing key.
std::string pagerduty_event(const Notice& notice, const Secret& routing_key);

/// The JSON of `text`, in which each "{name}" within a string is replaced by that value, escaped.
/// Errors: invalid_config, if it is not JSON, or names an unknown value.
Result<std::string> filled_template(std::string_view text, const Notice& notice);

}  // namespace authzd
