// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/findings.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/report/json_values.hpp"

#include <algorithm>

namespace authzd {
namespace {

using report::Json;

std::string_view word_for(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

Json number_or_null(int number) {
  return number > 0 ? Json(number) : Json();
}

Json problem_json(const Problem& problem) {
  const Diagnostic& diagnostic = problem.diagnostic;
  Json json;
  json["severity"] = word_for(diagnostic.severity);
  json["file"] = report::optional_text(diagnostic.position.file);
  json["line"] = number_or_null(diagnostic.position.line);
  json["column"] = number_or_null(diagnostic.position.column);
  json["message"] = diagnostic.message;
  json["hint"] = report::optional_text(diagnostic.hint);
  json["accounts"] = problem.accounts;
  return json;
}

Json manifests_json(const CheckedManifests& checked) {
  Json json;
  json["account"] = report::optional_text(checked.account);
  json["valid"] = checked.is_valid;
  json["files"] = checked.files;
  json["ignored"] = checked.ignored;
  json["authorizations"] = checked.authorizations;
  json["policies"] = checked.policies;
  json["instanceNames"] = checked.instance_names;
  json["assertions"] = Json::array();
  for (const AssertionResult& result : checked.assertions) {
    json["assertions"].push_back(report::assertion_json(result));
  }
  return json;
}

/// The message and the hint in one text.
std::string full_text(const Diagnostic& diagnostic, std::string_view between) {
  if (diagnostic.hint.empty()) return diagnostic.message;
  return diagnostic.message + std::string(between) + diagnostic.hint;
}

// ── SARIF ───────────────────────────────────────────────────────────────────────────────────────

constexpr std::string_view kSarifSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kRule = "authzd/valid";

/// A path as a URI reference (RFC 3986): a file:// URI if it is absolute.
std::string uri_of(std::string_view path) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  if (path.starts_with("./")) path.remove_prefix(2);
  for (const char c : path) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("/-._~").find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    uri +=
        is_plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return uri;
}

Json location_json(const SourcePos& position) {
  Json place;
  place["artifactLocation"]["uri"] = uri_of(position.file);
  place["region"]["startLine"] = std::max(position.line, 1);
  if (position.column > 0) place["region"]["startColumn"] = position.column;
  Json location;
  location["physicalLocation"] = std::move(place);
  return location;
}

/// Text for a link of a message, whose brackets would end it (SARIF 2.1.0, section 3.11.6).
std::string link_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// Each has an id, by which the message links to it: what shows results shows no place besides.
void relate(Json& result, const std::vector<RelatedPlace>& related) {
  if (related.empty()) return;
  std::string text = result["message"]["text"].get<std::string>();
  Json locations = Json::array();
  for (const RelatedPlace& place : related) {
    const std::size_t id = locations.size() + 1;
    Json location = location_json(place.position);
    location["id"] = id;
    location["message"]["text"] = place.message;
    locations.push_back(std::move(location));
    text += "\n[" + link_text(place.message) + "](" + std::to_string(id) + ")";
  }
  result["message"]["text"] = std::move(text);
  result["relatedLocations"] = std::move(locations);
}

Json result_json(const Diagnostic& diagnostic) {
  Json json;
  json["ruleId"] = kRule;
  json["ruleIndex"] = 0;
  json["level"] = word_for(diagnostic.severity);
  json["message"]["text"] = full_text(diagnostic, "\n");
  json["locations"] = Json::array({location_json(diagnostic.position)});
  relate(json, diagnostic.related);
  return json;
}

/// For a problem without a position: the check itself failed.
Json notification_json(const Diagnostic& diagnostic) {
  Json json;
  json["level"] = word_for(diagnostic.severity);
  json["message"]["text"] = full_text(diagnostic, "\n");
  return json;
}

Json driver_json(std::string_view version) {
  Json rule;
  rule["id"] = kRule;
  rule["name"] = "Valid";
  rule["shortDescription"]["text"] = "Manifests and configurations that authzd takes";
  rule["fullDescription"]["text"] =
      "authzd refuses a revision of manifests, or a configuration, that has an error.";
  rule["help"]["text"] = "Run 'authzd validate PATH': it shows each line, and what was meant.";
  Json driver;
  driver["name"] = "authzd";
  driver["version"] = version;
  driver["rules"] = Json::array({std::move(rule)});
  return driver;
}

// ── GitHub ──────────────────────────────────────────────────────────────────────────────────────

/// The value of a workflow command, which ends at its line's end; a property's value also ends at a
/// colon or comma.
std::string escaped(std::string_view text, bool is_property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%': out += "%25"; break;
      case '\r': out += "%0D"; break;
      case '\n': out += "%0A"; break;
      case ':': out += is_property ? "%3A" : ":"; break;
      case ',': out += is_property ? "%2C" : ","; break;
      default: out += c;
    }
  }
  return out;
}

std::string github_line(const Diagnostic& diagnostic) {
  const SourcePos& at = diagnostic.position;
  std::string text = printable(diagnostic.message);
  if (!diagnostic.hint.empty()) text += "\n" + printable(diagnostic.hint);
  std::string properties;
  const auto add = [&properties](std::string_view name, const std::string& value) {
    properties += (properties.empty() ? " " : ",") + std::string(name) + "=" + value;
  };
  if (!at.file.empty()) add("file", escaped(printable(at.file), true));
  if (at.line > 0) add("line", std::to_string(at.line));
  if (at.column > 0) add("col", std::to_string(at.column));
  return "::" + std::string(word_for(diagnostic.severity)) + properties +
         "::" + escaped(text, false) + "\n";
}

}  // namespace

Diagnostic shown(const Problem& problem, std::size_t checked) {
  constexpr std::size_t kMostNamed = 20;
  Diagnostic diagnostic = problem.diagnostic;
  const std::size_t having = problem.accounts.size();
  const bool is_common = checked < 2 || having == checked;
  if (having == 0 || (!problem.is_of_accounts && is_common)) return diagnostic;
  std::vector<std::string> names = problem.accounts;
  names.resize(std::min(having, kMostNamed));
  std::string accounts = (having == 1 ? "account " : "accounts ") + printable(join(names, ", "));
  if (having > kMostNamed) {
    accounts += " and " + std::to_string(having - kMostNamed) + " more (-o json names them)";
  }
  diagnostic.message = accounts + ": " + diagnostic.message;
  return diagnostic;
}

bool Problems::add(const Diagnostic& diagnostic, const std::string& account) {
  Diagnostic common = diagnostic;
  common.account.clear();
  const auto [place, is_new] =
      places_.try_emplace(one_line(common) + '\n' + common.hint, all_.size());
  if (is_new) all_.push_back({std::move(common), {}, !diagnostic.account.empty()});
  if (!account.empty()) all_[place->second].accounts.push_back(account);
  has_error_ = has_error_ || diagnostic.severity == Severity::error;
  return is_new;
}

std::string findings_json(const CheckFindings& findings) {
  Json json;
  json["version"] = 1;
  json["valid"] = !findings.problems.has_error();
  json["manifests"] = Json::array();
  for (const auto& checked : findings.manifests) {
    json["manifests"].push_back(manifests_json(checked));
  }
  json["configurations"] = Json::array();
  for (const auto& checked : findings.configurations) {
    Json one;
    one["file"] = checked.file;
    one["valid"] = checked.is_valid;
    one["accounts"] = checked.accounts;
    json["configurations"].push_back(std::move(one));
  }
  json["problems"] = Json::array();
  for (const Problem& problem : findings.problems.all()) {
    json["problems"].push_back(problem_json(problem));
  }
  return report::dump(json, 2) + "\n";
}

std::string findings_sarif(const CheckFindings& findings, std::string_view version) {
  Json results = Json::array();
  Json notifications = Json::array();
  bool has_run = true;
  for (const Problem& problem : findings.problems.all()) {
    const Diagnostic diagnostic = shown(problem, findings.manifests.size());
    if (diagnostic.position.file.empty()) {
      notifications.push_back(notification_json(diagnostic));
      has_run = has_run && problem.diagnostic.severity != Severity::error;
    } else {
      results.push_back(result_json(diagnostic));
    }
  }
  Json invocation;
  invocation["executionSuccessful"] = has_run;
  invocation["toolExecutionNotifications"] = std::move(notifications);
  Json run;
  run["tool"]["driver"] = driver_json(version);
  run["columnKind"] = "unicodeCodePoints";
  run["invocations"] = Json::array({std::move(invocation)});
  run["results"] = std::move(results);
  Json json;
  json["$schema"] = kSarifSchema;
  json["version"] = "2.1.0";
  json["runs"] = Json::array({std::move(run)});
  return report::dump(json, 2) + "\n";
}

std::string findings_github(const CheckFindings& findings) {
  std::string text;
  for (const Problem& problem : findings.problems.all()) {
    text += github_line(shown(problem, findings.manifests.size()));
  }
  return text;
}

}  // namespace authzd
