// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// Where reports of what happens go: the targets of notifications, and the forge that gets the
// status of commits.
#pragma once

#include <string>

namespace authzd {

enum class NotifyFormat {
  cloudevents,    // CloudEvents 1.0, JSON, structured mode
  slack,          // {"text": …}
  teams,          // an Adaptive Card for a Workflows webhook of Microsoft Teams
  pagerduty,      // an event of PagerDuty's Events API v2
  json_template,  // the configured text
};

/// Where PagerDuty takes events, unless `urlFile` names another place.
inline constexpr const char* kPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";

struct NotifyTarget {
  std::string url_file;     // empty: kPagerDutyUrl, for that format alone
  std::string secret_file;  // key of the signature; empty: none
  NotifyFormat format = NotifyFormat::cloudevents;
  std::string ca_file = {};           // CAs for its server only; empty: the system's
  std::string routing_key_file = {};  // of PagerDuty's integration
  std::string template_file = {};     // of a json_template
  bool operator==(const NotifyTarget&) const = default;
};

/// The place of a target in messages: never its URL.
[[nodiscard]] inline const std::string& place_of(const NotifyTarget& target) {
  return target.url_file.empty() ? target.routing_key_file : target.url_file;
}

enum class Forge { none, github, gitlab };

/// Which forge shows whether the accounts match a commit.
struct CommitStatusConfig {
  Forge forge = Forge::none;
  std::string repository;  // GitHub's "owner/name", GitLab's "group/name" or number
  std::string token_file;
  std::string api;           // "https://api.github.com", "https://gitlab.com/api/v4": no final '/'
  std::string ca_file = {};  // as in NotifyTarget
  bool operator==(const CommitStatusConfig&) const = default;
};

/// How the commits of a Git source are shown. Apart from the source's configuration, because a
/// change of it opens no other source.
struct CommitConfig {
  std::string link;  // of a commit's page, with "{commit}" for its id; empty: none
  CommitStatusConfig status = {};
};

}  // namespace authzd
