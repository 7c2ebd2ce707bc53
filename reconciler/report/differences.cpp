// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// What an action changes of a policy: the second half of wording.hpp.
#include "reconciler/base/text.hpp"
#include "reconciler/report/wording.hpp"

#include <map>
#include <utility>

namespace authzd {
namespace {

std::string description_text(std::string_view text) {
  return text.empty() ? "none" : quote(text);
}

std::string extras_text(const std::map<std::string, std::string>& extras) {
  std::vector<std::string> parts;
  for (const auto& [name, json] : extras) parts.push_back(printable(name + " " + json));
  return parts.empty() ? "none" : join(parts, ", ");
}

std::string all_attributes(const AttributeSet& side) {
  std::vector<std::string> parts;
  for (const Attribute& attribute : side.items()) parts.push_back(to_string(attribute));
  return parts.empty() ? "no attribute" : join(parts, ", ");
}

struct Change {
  std::string label;
  std::string before;
  std::string after;
};

/// Both sides of a change. Where the usual words leave out what differs, every attribute is shown.
Change change_of(std::string label,
                 const AttributeSet& before,
                 const AttributeSet& after,
                 const AccountId& home,
                 const RoleNames& names) {
  std::string was = party_text(before, home, names);
  std::string becomes = party_text(after, home, names);
  if (was == becomes) {
    was = all_attributes(before);
    becomes = all_attributes(after);
  }
  return {std::move(label), std::move(was), std::move(becomes)};
}

std::vector<Change> changes_of(const PolicyContent& before,
                               const PolicyContent& after,
                               const AccountId& home,
                               const RoleNames& names) {
  std::vector<Change> found;
  if (before.subject != after.subject) {
    found.push_back(change_of("source", before.subject, after.subject, home, names));
  }
  if (before.resource != after.resource) {
    found.push_back(change_of("target", before.resource, after.resource, home, names));
  }
  if (before.roles != after.roles) {
    found.push_back({"roles", roles_text(before.roles, names), roles_text(after.roles, names)});
  }
  if (before.description != after.description) {
    found.push_back(
        {"description", description_text(before.description), description_text(after.description)});
  }
  if (before.extras != after.extras) {
    found.push_back({"other", extras_text(before.extras), extras_text(after.extras)});
  }
  return found;
}

}  // namespace

std::vector<Difference> differences(const PolicyContent& before,
                                    const PolicyContent& after,
                                    const AccountId& home,
                                    const RoleNames& names) {
  std::vector<Difference> found;
  for (auto& [label, was, becomes] : changes_of(before, after, home, names)) {
    found.push_back({std::move(label), (was += kArrow) += becomes});
  }
  return found;
}

std::string sides_text(const Action& action, const AccountId& home, const RoleNames& names) {
  std::string wanted;
  std::string has;
  if (action.before && action.after) {
    for (const Change& each : changes_of(*action.before, *action.after, home, names)) {
      wanted += (wanted.empty() ? "" : ", ") + each.label + " " + each.after;
      has += (has.empty() ? "" : ", ") + each.label + " " + each.before;
    }
  } else {
    wanted = action.after ? grant_text(*action.after, home, names) : "nothing";
    has = action.before ? grant_text(*action.before, home, names) : "nothing";
  }
  return "wanted: " + wanted + "; IAM has: " + has;
}

}  // namespace authzd
