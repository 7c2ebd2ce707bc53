// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/http/status_page.hpp"

#include "reconciler/base/text.hpp"

#include <string_view>

namespace authzd {
namespace {

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<title>authzd</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
h2 { margin-bottom: .2rem; } table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
code { word-break: break-all; } .good { color: #067d2c; } .bad { color: #b3261e; }
.quiet { color: #666; }
@media (prefers-color-scheme: dark) {
  body { background: #161616; color: #e8e8e8; } .good { color: #5fd38d; }
  .bad { color: #ff8a80; } .quiet { color: #999; }
}
</style>
</head>
<body>
)";

/// Safe as text and as an attribute's value.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    switch (c) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&#39;"; break;
      default: safe += c;
    }
  }
  return safe;
}

std::string element(std::string_view name, const std::string& content) {
  return "<" + std::string(name) + ">" + content + "</" + std::string(name) + ">";
}

std::string row(std::string_view head, const std::string& content) {
  return "<tr><th>" + std::string(head) + "</th><td>" + content + "</td></tr>\n";
}

std::string time_text(Timestamp time) {
  return escaped(to_rfc3339(std::chrono::floor<std::chrono::seconds>(time)));
}

/// "2m ago", "in 3m".
std::string distance(Timestamp time, Timestamp now) {
  const auto away = std::chrono::floor<std::chrono::seconds>(time > now ? time - now : now - time);
  const std::string text = to_string(std::chrono::milliseconds(away));
  return time_text(time) + " <span class=quiet>" + (time > now ? "in " + text : text + " ago") +
         "</span>";
}

/// A row for a condition: `good` is the value that needs no attention.
std::string condition_row(std::string_view name, const Condition& condition, bool good) {
  const bool is_well = condition.is_true == good;
  std::string said = "<span class=" + std::string(is_well ? "good" : "bad") + ">" +
                     (condition.is_true ? "yes" : "no") + "</span> " + escaped(condition.reason);
  if (!condition.message.empty()) {
    said += " <span class=quiet>" + escaped(condition.message) + "</span>";
  }
  return row(name, said);
}

std::string revision_text(const std::string& revision) {
  return revision.empty() ? "<span class=quiet>none</span>" : element("code", escaped(revision));
}

std::string run_text(const LastRun& run, Timestamp now) {
  return element("code", escaped(run.id)) + " " + distance(run.ended, now) + ": " +
         std::to_string(run.created) + " created, " + std::to_string(run.updated) + " updated, " +
         std::to_string(run.deleted) + " deleted, " + std::to_string(run.failed) + " failed; " +
         std::to_string(run.in_sync()) + " of " + std::to_string(run.managed()) + " in sync; " +
         count_of(run.policies, "policy", "policies") + " in IAM, those of others too";
}

std::string holds_text(const AccountStatus& status) {
  std::string text;
  for (const HeldActions& hold : status.holds) {
    text += "<p>" + escaped(hold.rail) + " holds " + count_of(hold.actions, "action", "actions") +
            ": " + escaped(hold.message) + "<br>" +
            element("code", escaped(approve_command(status, hold))) + "</p>\n";
  }
  return text;
}

std::string failing_text(const AccountStatus& status, Timestamp now) {
  std::string text;
  for (const FailingObject& object : status.failing) {
    text += "<p>" + element("b", escaped(object.name)) + " " + escaped(object.reason) + ": " +
            escaped(object.message);
    if (object.next_attempt) text += ", next try " + distance(*object.next_attempt, now);
    text += "</p>\n";
  }
  return text;
}

std::string account_text(const AccountStatus& status, Timestamp now) {
  std::string text = "<h2>" + escaped(status.name) + "</h2>\n<p class=quiet>" +
                     escaped(status.id.value) + ", mode " + escaped(to_string(status.mode)) +
                     (status.is_suspended ? ", suspended" : "") + "</p>\n<table>\n";
  text += condition_row("Ready", status.ready, true);
  text += condition_row("Stalled", status.stalled, false);
  text += condition_row("Held", status.held, false);
  text += condition_row("AssertionsHold", status.assertions_hold, true);
  text += row("Applied", revision_text(status.applied_revision));
  if (status.attempted_revision != status.applied_revision) {
    text += row("Attempted", revision_text(status.attempted_revision));
  }
  text += row("Last run", status.last_run ? run_text(*status.last_run, now) : "none has ended yet");
  if (status.reconciling.is_true) {
    text += row("Next", "a cycle is under way");
  } else if (status.next_cycle) {
    text += row("Next", distance(*status.next_cycle, now));
  }
  return text + "</table>\n" + holds_text(status) + failing_text(status, now);
}

}  // namespace

std::string status_page(const DaemonStatus& daemon, const std::string& version, Timestamp now) {
  std::string text(kHead);
  text += "<h1>authzd</h1>\n<p class=quiet>version " + escaped(version) + ", " + time_text(now) +
          "</p>\n";
  if (const auto& reload = daemon.refused_reload) {
    text +=
        "<p class=bad>The last reload of the configuration was refused, and the one before it "
        "goes on: " +
        escaped(reload->why) + " (" + distance(reload->at, now) + ")</p>\n";
  }
  for (const AccountStatus& status : daemon.accounts) text += account_text(status, now);
  return text + "</body>\n</html>\n";
}

}  // namespace authzd
