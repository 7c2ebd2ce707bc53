// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/desired_diff.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/report/fitting.hpp"
#include "reconciler/report/json_values.hpp"
#include "reconciler/report/layout.hpp"
#include "reconciler/report/plan_markdown.hpp"
#include "reconciler/report/wording.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>

namespace authzd {
namespace {

using report::Json;

constexpr std::array<std::string_view, 3> kKinds{"added", "changed", "removed"};
constexpr std::array<char, 3> kSymbols{'+', '~', '-'};

/// A name of a role that could be read as two, or as more than a name, is quoted.
std::string manifest_role(const std::string& name) {
  const bool is_plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" -_.:").find(c) != std::string_view::npos;
  });
  return is_plain ? name : quote(name);
}

std::string manifest_roles(const Grant& grant) {
  std::vector<std::string> roles;
  for (const std::string& role : grant.roles) roles.push_back(manifest_role(role));
  return roles.empty() ? "no role" : join(roles, ", ");
}

std::string wanted_text(const Grant& grant) {
  // Every target is in the account that the manifests are of.
  const AccountId home{std::string(grant.resource.equals_value("accountId"))};
  return party_text(grant.subject, home) + " → " + party_text(grant.resource, home) + " : " +
         manifest_roles(grant);
}

std::string flag_text(bool is_set) {
  return is_set ? "yes" : "no";
}

std::string end_of(const Grant& grant) {
  return grant.expires_at ? to_rfc3339(*grant.expires_at) : "never";
}

std::string text_or_none(const std::string& text) {
  return text.empty() ? "none" : printable(text);
}

std::string review_of(const Grant& grant) {
  return grant.rationale.review_by ? to_rfc3339(*grant.rationale.review_by) : "none";
}

std::string description_of(const Grant& grant) {
  return grant.description ? quote(*grant.description) : "as IAM has it";
}

/// What a manifest has about a grant beyond its sides and roles.
std::vector<Difference> facts_of(const Grant& grant) {
  std::vector<Difference> facts;
  if (grant.description && !grant.description->empty()) {
    facts.push_back({"description", quote(*grant.description)});
  }
  if (grant.is_protected) facts.push_back({"protected", "yes"});
  if (grant.suspend) facts.push_back({"suspended", "yes"});
  if (grant.release) facts.push_back({"released", "yes"});
  if (grant.expires_at) facts.push_back({"ends", end_of(grant)});
  std::ranges::copy(rationale_facts(grant.rationale), std::back_inserter(facts));
  return facts;
}

std::size_t count_kind(const DesiredDiff& diff, GrantChangeKind kind) {
  return static_cast<std::size_t>(std::ranges::count(diff.changes, kind, &GrantChange::kind));
}

std::string diff_summary(const DesiredDiff& diff) {
  return "Diff: " + std::to_string(count_kind(diff, GrantChangeKind::added)) + " added, " +
         std::to_string(count_kind(diff, GrantChangeKind::changed)) + " changed, " +
         std::to_string(count_kind(diff, GrantChangeKind::removed)) + " removed; " +
         std::to_string(diff.unchanged) + " unchanged.";
}

const Grant& shown_of(const GrantChange& change) {
  return change.after != nullptr ? *change.after : *change.before;
}

std::vector<Difference> details_of(const GrantChange& change) {
  if (change.before != nullptr && change.after != nullptr) {
    return differences(*change.before, *change.after);
  }
  return facts_of(shown_of(change));
}

/// "main (4f2a91c0d3e1)"; the commit alone where that is how it was asked for.
std::string revision_text(const ComparedRevision& revision) {
  if (revision.name == revision.commit) return printable(revision.commit);
  return printable(revision.name) + " (" + printable(revision.commit) + ")";
}

std::string shown_account(const AccountDiff& account) {
  return printable(account.account_name.empty() ? account.account.value : account.account_name);
}

char symbol_of(GrantChangeKind kind) {
  return kSymbols.at(static_cast<std::size_t>(kind));
}

std::string assertion_text(const AssertionDelta& delta) {
  return "assertion " + printable(delta.name);
}

void write_text(const AccountDiff& account, Layout& out) {
  for (const GrantChange& change : account.diff.changes) {
    const Grant& grant = shown_of(change);
    out.headline(symbol_of(change.kind), wanted_text(grant));
    const bool is_renamed = change.before != nullptr && change.before->name != grant.name;
    if (!is_renamed) out.detail("authorization", printable(grant.name));
    for (const auto& [label, text] : details_of(change)) out.detail(label, text);
    if (!grant.position.file.empty()) out.detail("manifest", printable(to_string(grant.position)));
  }
  for (const AssertionDelta& delta : account.diff.assertions) {
    out.headline(symbol_of(delta.kind), assertion_text(delta));
    if (!delta.position.file.empty()) out.detail("manifest", printable(to_string(delta.position)));
  }
  out.gap();
  out.exact_line(diff_summary(account.diff));
}

Json wanted_json(const Grant* grant) {
  if (grant == nullptr) return nullptr;
  return {{"name", grant->name},
          {"position", report::position_json(grant->position)},
          {"subject", report::attributes_json(grant->subject)},
          {"resource", report::attributes_json(grant->resource)},
          {"roles", grant->roles},
          {"description", grant->description ? Json(*grant->description) : Json(nullptr)},
          {"protected", grant->is_protected},
          {"suspended", grant->suspend},
          {"released", grant->release},
          {"expiresAt", report::time_json(grant->expires_at)},
          {"rationale", report::rationale_json(grant->rationale)}};
}

Json account_json(const AccountDiff& account) {
  Json changes = Json::array();
  for (const GrantChange& change : account.diff.changes) {
    changes.push_back({{"kind", to_string(change.kind)},
                       {"grant", wanted_text(shown_of(change))},
                       {"before", wanted_json(change.before)},
                       {"after", wanted_json(change.after)}});
  }
  Json assertions = Json::array();
  for (const AssertionDelta& delta : account.diff.assertions) {
    assertions.push_back({{"kind", to_string(delta.kind)},
                          {"name", delta.name},
                          {"position", report::position_json(delta.position)}});
  }
  return {{"accountName", report::optional_text(account.account_name)},
          {"changes", std::move(changes)},
          {"assertions", std::move(assertions)},
          {"counts",
           {{"added", count_kind(account.diff, GrantChangeKind::added)},
            {"changed", count_kind(account.diff, GrantChangeKind::changed)},
            {"removed", count_kind(account.diff, GrantChangeKind::removed)},
            {"unchanged", account.diff.unchanged}}}};
}

std::string markdown_row(const GrantChange& change) {
  const Grant& grant = shown_of(change);
  std::string details;
  for (const auto& [label, text] : details_of(change)) {
    details += (details.empty() ? "" : "; ") + label + " " + text;
  }
  return "| `" + std::string(1, symbol_of(change.kind)) + "` | " +
         markdown_escape(wanted_text(grant)) + " | " + markdown_escape(grant.name) + " | " +
         markdown_escape(details) + " | " +
         (grant.position.file.empty() ? "" : markdown_escape(to_string(grant.position))) + " |\n";
}

std::string markdown_row(const AssertionDelta& delta) {
  return "| `" + std::string(1, symbol_of(delta.kind)) + "` | " +
         markdown_escape(assertion_text(delta)) + " | | | " +
         (delta.position.file.empty() ? "" : markdown_escape(to_string(delta.position))) + " |\n";
}

std::vector<AssertionDelta> diff_assertions(std::span<const Assertion> before,
                                            std::span<const Assertion> after) {
  std::vector<AssertionDelta> deltas;
  for (const Assertion& assertion : after) {
    if (std::ranges::find(before, assertion.name, &Assertion::name) == before.end()) {
      deltas.push_back({GrantChangeKind::added, assertion.name, assertion.position});
    }
  }
  for (const AssertionChange& change : assertion_changes(before, after)) {
    const auto& side = change.is_removed ? before : after;
    const auto found = std::ranges::find(side, change.name, &Assertion::name);
    const auto kind = change.is_removed ? GrantChangeKind::removed : GrantChangeKind::changed;
    deltas.push_back({kind, change.name, found == side.end() ? SourcePos{} : found->position});
  }
  std::ranges::sort(deltas, [](const AssertionDelta& a, const AssertionDelta& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
  return deltas;
}

}  // namespace

std::string_view to_string(GrantChangeKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}

std::vector<Difference> differences(const Grant& before, const Grant& after) {
  std::vector<Difference> found;
  const auto compare = [&found](std::string label, const std::string& was, const std::string& is) {
    if (was != is) found.push_back({std::move(label), was + " → " + is});
  };
  compare("authorization", printable(before.name), printable(after.name));
  compare("roles", manifest_roles(before), manifest_roles(after));
  compare("description", description_of(before), description_of(after));
  compare("protected", flag_text(before.is_protected), flag_text(after.is_protected));
  compare("suspended", flag_text(before.suspend), flag_text(after.suspend));
  compare("released", flag_text(before.release), flag_text(after.release));
  compare("ends", end_of(before), end_of(after));
  compare("owner", text_or_none(before.rationale.owner), text_or_none(after.rationale.owner));
  compare("purpose", text_or_none(before.rationale.reason), text_or_none(after.rationale.reason));
  compare("ticket", text_or_none(before.rationale.ticket), text_or_none(after.rationale.ticket));
  compare("review by", review_of(before), review_of(after));
  return found;
}

DesiredDiff diff_desired(const Desired& before, const Desired& after) {
  DesiredDiff diff;
  auto old = before.grants.begin();
  auto now = after.grants.begin();
  while (old != before.grants.end() || now != after.grants.end()) {
    const bool is_removed =
        now == after.grants.end() || (old != before.grants.end() && old->key < now->key);
    const bool is_added = !is_removed && (old == before.grants.end() || now->key < old->key);
    if (is_removed) {
      diff.changes.push_back({GrantChangeKind::removed, &*old++, nullptr});
    } else if (is_added) {
      diff.changes.push_back({GrantChangeKind::added, nullptr, &*now++});
    } else {
      if (differences(*old, *now).empty()) {
        ++diff.unchanged;
      } else {
        diff.changes.push_back({GrantChangeKind::changed, &*old, &*now});
      }
      ++old;
      ++now;
    }
  }
  std::ranges::stable_sort(diff.changes, {}, &GrantChange::kind);
  diff.assertions = diff_assertions(before.assertions, after.assertions);
  return diff;
}

std::string diff_text(const DiffDocument& document, TextStyle style) {
  Layout out(style);
  out.line("From " + revision_text(document.from) + " to " + revision_text(document.to));
  for (const AccountDiff& account : document.accounts) {
    out.gap();
    if (!account.account_name.empty()) {
      out.line("Account " + shown_account(account));
      out.gap();
    }
    write_text(account, out);
  }
  return std::move(out).take();
}

std::string diff_json(const DiffDocument& document) {
  const auto revision_json = [](const ComparedRevision& revision) {
    return Json{{"name", revision.name}, {"commit", revision.commit}};
  };
  Json accounts = Json::array();
  for (const AccountDiff& account : document.accounts) accounts.push_back(account_json(account));
  const Json json{{"formatVersion", kDiffFormatVersion},
                  {"from", revision_json(document.from)},
                  {"to", revision_json(document.to)},
                  {"accounts", std::move(accounts)}};
  return report::dump(json, 2) + "\n";
}

std::string diff_markdown(const DiffDocument& document) {
  std::vector<FittedPart> parts;
  FittedPart top;
  top.head = "### authzd: what the manifests change\n\nFrom " +
             markdown_escape(revision_text(document.from)) + " to " +
             markdown_escape(revision_text(document.to)) + "\n\n";
  parts.push_back(std::move(top));
  for (const AccountDiff& account : document.accounts) {
    FittedPart part;
    if (!account.account_name.empty()) {
      part.head = "#### Account " + markdown_escape(account.account_name) + "\n\n";
    }
    if (!account.diff.empty()) {
      part.head +=
          "| | Who → what : roles | Authorization | Differs in | Manifest |\n"
          "|---|---|---|---|---|\n";
    }
    for (const GrantChange& change : account.diff.changes) {
      part.rows.push_back(markdown_row(change));
    }
    for (const AssertionDelta& delta : account.diff.assertions) {
      part.rows.push_back(markdown_row(delta));
    }
    part.tail = "\n" + diff_summary(account.diff) + "\n\n";
    parts.push_back(std::move(part));
  }
  return fit(parts, kMarkdownLimit);
}

}  // namespace authzd
