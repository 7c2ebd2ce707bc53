// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/kms_twins.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/report/export.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kOld = "hs-crypto";
constexpr std::string_view kNew = "kms";
constexpr std::string_view kUnknownKey = "ID-OF-THE-KEY-IN-KEY-PROTECT";

/// A role on hs-crypto, by its display name or the last part of its CRN, and its equivalent on kms.
struct RolePair {
  std::string_view old_role;
  std::string_view new_role;
};
constexpr std::array kRoles{RolePair{"Reader", "Reader"},
                            RolePair{"Writer", "Writer"},
                            RolePair{"Manager", "Manager"},
                            RolePair{"Reader Plus", "ReaderPlus"},
                            RolePair{"ReaderPlus", "ReaderPlus"},
                            RolePair{"KMS Key Purge Role", "KeyPurge"},
                            RolePair{"KeyPurge", "KeyPurge"},
                            RolePair{"Key Manager", "Key Manager"},
                            RolePair{"Viewer", "Viewer"},
                            RolePair{"Operator", "Operator"},
                            RolePair{"Editor", "Editor"},
                            RolePair{"Administrator", "Administrator"},
                            RolePair{"AuthorizationDelegator", kAuthorizationDelegator},
                            RolePair{kAuthorizationDelegator, kAuthorizationDelegator}};

/// The migration's own check looks for one of these.
constexpr std::array<std::string_view, 4> kEnough{"Reader", "ReaderPlus", "Writer", "Manager"};

/// Sources that pass the right to use a key on to their parts.
bool needs_delegator(std::string_view source) {
  return source.starts_with("databases-for-") || source == "messages-for-rabbitmq" ||
         source == "containers-kubernetes";
}

bool is_old(const Grant& grant, const TwinRequest& request) {
  if (grant.resource.equals_value("serviceName") != kOld) return false;
  return request.from_instance.empty() ||
         grant.resource.equals_value("serviceInstance") == to_lower(request.from_instance);
}

class Pairing {
 public:
  Pairing(const Desired& desired, const TwinRequest& request)
      : desired_(desired), request_(request) {
    for (const Grant& grant : desired_.grants) by_key_.emplace(grant.key, &grant);
  }

  Twins run() {
    for (const Grant& grant : desired_.grants) {
      if (is_old(grant, request_)) add(grant);
    }
    write(twins_, "", out_.written);
    write(incomplete_, "# ", out_.to_complete);
    announce();
    return std::move(out_);
  }

 private:
  void note(const Grant& grant, const std::string& what) {
    out_.notes.push_back(printable(grant.name) + ": " + what);
  }

  void add(const Grant& grant) {
    if (grant.suspend || grant.release) {
      note(grant,
           std::string("no twin, since it is ") + (grant.suspend ? "suspended" : "released"));
      return;
    }
    PolicyContent twin{.subject = grant.subject,
                       .resource = target_of(grant),
                       .roles = roles_of(grant),
                       .description = grant.description.value_or("")};
    old_.insert(grant.name);
    if (std::ranges::all_of(twin.roles, is_delegator_name)) {
      note(grant, "no twin: none of its roles has its like on kms");
      return;
    }
    const Key key(desired_.account, twin.subject, twin.resource);
    if (const auto there = by_key_.find(key); there != by_key_.end()) {
      note(grant, printable(there->second->name) + " has its twin already");
      return;
    }
    if (!made_.insert(key).second) return;  // two old instances become one
    const bool names_key = twin.resource.find("resource") != nullptr;
    std::string name = with_tail(grant.name, "-kms");
    texts_.emplace(name, DocumentTexts{grant.labels, grant.annotations, grant.rationale});
    Observed one = stand_in(std::move(twin), name, grant.is_protected);
    (names_key ? incomplete_ : twins_).push_back(std::move(one));
    if (!names_key) return;
    note(grant,
         "it names a key, and the key has another id in Key Protect: the twin is a comment, to be "
         "completed once the key is there");
  }

  static bool is_delegator_name(const std::string& role) { return role == kAuthorizationDelegator; }

  /// The new instance replaces whatever located the old one; a key ring keeps its name.
  AttributeSet target_of(const Grant& grant) {
    std::vector<Attribute> attributes;
    for (const Attribute& one : grant.resource.items()) {
      if (one.name == "serviceName" || one.name == "serviceInstance") continue;
      if (one.name == "resourceGroupId" || one.name == "region") {
        note(grant, "the twin leaves out " + to_string(one) + ", which is of the old instance");
        continue;
      }
      if (one.name == "keyRing") {
        note(grant, "the key ring of its twin must be there before keys move into it");
      }
      attributes.push_back(one);
      if (one.name == "resource") {
        attributes.back().op = kStringEquals;
        attributes.back().value = std::string(kUnknownKey);
      }
    }
    attributes.push_back({"serviceName", std::string(kStringEquals), std::string(kNew)});
    attributes.push_back({"serviceInstance", std::string(kStringEquals), request_.to_instance});
    return AttributeSet(std::move(attributes));
  }

  RoleSet roles_of(const Grant& grant) {
    const std::string_view source = grant.subject.equals_value("serviceName");
    RoleSet roles;
    for (const std::string& written : grant.roles) {
      const std::string_view word = is_crn(written) ? last_part(written) : written;
      const auto pair = std::ranges::find(kRoles, word, &RolePair::old_role);
      if (pair == kRoles.end()) {
        note(grant, "kms has no role like " + quote(written) + "; the twin goes without it");
        continue;
      }
      // Secrets Manager is a Viewer on hs-crypto, and a Reader on kms.
      const bool reads = source == "secrets-manager" && pair->new_role == "Viewer";
      roles.emplace(reads ? "Reader" : pair->new_role);
    }
    const auto is_enough = [&](std::string_view one) { return roles.contains(one); };
    if (!roles.empty() && std::ranges::none_of(kEnough, is_enough)) {
      note(grant, "the migration asks for Reader, ReaderPlus, Writer or Manager, and it has none");
    }
    if (!roles.empty() && needs_delegator(source)) roles.emplace(kAuthorizationDelegator);
    return roles;
  }

  void write(std::vector<Observed>& twins, std::string_view prefix, std::size_t& count) {
    if (twins.empty()) return;
    const Export written = export_manifests(
        twins, {.account = desired_.account, .owner = std::string(kStandInOwner), .texts = texts_});
    count = written.exported;
    for (const std::string_view line : split_lines(written.yaml)) {
      ((out_.yaml += prefix) += line) += '\n';
    }
  }

  /// An end applies to a whole document: one with other targets must be split first.
  void announce() {
    std::map<std::string, std::vector<const Grant*>> documents;
    for (const Grant& grant : desired_.grants) documents[grant.name].push_back(&grant);
    for (const std::string& name : old_) {
      const std::vector<const Grant*>& grants = documents[name];
      const Grant& first = *grants.front();
      const auto is_left = [&](const Grant* grant) { return is_old(*grant, request_); };
      if (!std::ranges::all_of(grants, is_left)) {
        note(first,
             "it has other targets, too: move those on hs-crypto into a document of their own, "
             "which then gets the end");
        continue;
      }
      if (first.expires_at) {
        note(first, "it ends at " + to_rfc3339(*first.expires_at) + " already");
        continue;
      }
      out_.ends += "# " + printable(name) + " in " + printable(first.position.file) +
                   "\nspec:\n  expiresAt: \"" + to_rfc3339(request_.end) + "\"\n";
    }
  }

  const Desired& desired_;
  const TwinRequest& request_;
  std::map<Key, const Grant*> by_key_;
  std::set<Key> made_;
  std::set<std::string> old_;
  TextsByName texts_;
  std::vector<Observed> twins_;
  std::vector<Observed> incomplete_;
  Twins out_;
};

}  // namespace

Twins kms_twins(const Desired& desired, const TwinRequest& request) {
  return Pairing(desired, request).run();
}

}  // namespace authzd
