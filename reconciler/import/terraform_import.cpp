// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/import/terraform_import.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/import/terraform_handover.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/export.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kSuffix = ".yaml";

/// The account of the targets, if they all name the same. Empty: none names any.
struct Accounts {
  std::set<AccountId> named;

  void add(const StatePolicy& policy) {
    const std::string_view account = policy.content.resource.equals_value("accountId");
    if (is_account_id(account)) named.insert(AccountId{std::string(account)});
  }
};

void complete(AttributeSet& side, const AccountId& account) {
  if (side.find("accountId") != nullptr) return;
  side.add({"accountId", std::string(kStringEquals), account.value});
}

class Importer {
 public:
  Importer(const StateReading& state, const TerraformImportOptions& options)
      : options_(options), policies_(state.policies) {}

  TerraformImport run() {
    find_account();
    for (StatePolicy& policy : policies_) {
      complete(policy.content.subject, account_);
      complete(policy.content.resource, account_);
    }
    refuse_doubts();
    if (!out_.refusals.empty()) return std::move(out_);
    judge();
    write();
    return std::move(out_);
  }

 private:
  void find_account() {
    Accounts accounts;
    for (const StatePolicy& policy : policies_) accounts.add(policy);
    if (options_.account.empty() && accounts.named.size() > 1) {
      std::vector<std::string> ids;
      for (const AccountId& id : accounts.named) ids.push_back(quote_value(id.value));
      out_.refusals.push_back("the targets are in several accounts (" + join(ids, ", ") +
                              "): name the one to take over with --account");
    }
    if (!options_.account.empty()) {
      out_.account = options_.account;
    } else if (accounts.named.size() == 1) {
      out_.account = *accounts.named.begin();
    }
    account_ = out_.account.empty() ? kNoAccount : out_.account;
  }

  /// Refuses if it is unclear which resource a policy belongs to.
  void refuse_doubts() {
    std::map<PolicyId, const StatePolicy*> ids;
    std::map<Key, const StatePolicy*> keys;
    for (const StatePolicy& policy : policies_) {
      if (policy.id.empty()) {
        refuse(policy, "it has no id: apply or remove it in Terraform first");
        continue;
      }
      const auto [same_id, is_new_id] = ids.emplace(policy.id, &policy);
      if (!is_new_id) {
        refuse(policy,
               "its policy " + printable(policy.id.value) + " is that of " +
                   shown(*same_id->second) + ", too: take one of them out of the state");
        continue;
      }
      if (!policy.unreadable.empty()) continue;
      const auto [same_key, is_new_key] = keys.emplace(key_of(account_, policy.content), &policy);
      if (!is_new_key) {
        refuse(policy,
               "it grants the same source the same target as " + shown(*same_key->second) +
                   ", by another policy: IAM has one such policy at most, so refresh the state");
      }
    }
  }

  void refuse(const StatePolicy& policy, const std::string& why) {
    out_.refusals.push_back(shown(policy) + ": " + why);
  }

  static std::string shown(const StatePolicy& policy) { return printable(policy.address.full); }

  /// Decides which resources stay with Terraform, and which policies authzd already has.
  void judge() {
    std::map<PolicyId, std::string> reasons;
    for (const LeftOut& left : exported(wanted({})).left_out) reasons[left.id] = left.why;
    std::map<std::string, std::string> instead;  // the instance that makes its resource stay
    for (const StatePolicy& policy : policies_) {
      if (is_marked(policy)) {
        out_.managed.push_back(policy.address.full);
        continue;
      }
      const auto reason = reasons.find(policy.id);
      const bool is_writable = policy.unreadable.empty() && reason == reasons.end();
      if (is_writable) continue;
      kept_.insert(policy.address.in_config);
      instead.emplace(policy.address.in_config, policy.address.full);
      out_.kept.push_back(
          shown(policy) + ": " +
          printable(policy.unreadable.empty() ? reason->second : policy.unreadable));
    }
    for (const StatePolicy& policy : policies_) {
      const auto other = instead.find(policy.address.in_config);
      if (other == instead.end() || is_marked(policy) || !policy.unreadable.empty() ||
          reasons.contains(policy.id)) {
        continue;
      }
      out_.kept.push_back(shown(policy) +
                          ": Terraform forgets a resource with all its instances, and " +
                          printable(other->second) + " stays");
    }
    std::ranges::sort(out_.kept);
  }

  static bool is_marked(const StatePolicy& policy) {
    return parse_description(policy.content.description).marker.has_value();
  }

  /// The policies of a group that become manifests; without a name, of all groups.
  std::vector<const StatePolicy*> wanted(const std::optional<std::string>& group) const {
    std::vector<const StatePolicy*> found;
    for (const StatePolicy& policy : policies_) {
      if (is_marked(policy) || !policy.unreadable.empty()) continue;
      if (kept_.contains(policy.address.in_config)) continue;
      if (!group || file_of(policy) == *group) found.push_back(&policy);
    }
    return found;
  }

  Export exported(const std::vector<const StatePolicy*>& policies) const {
    std::vector<Observed> stand_ins;
    ExportOptions options{
        .account = account_, .owner = std::string(kStandInOwner), .services = options_.services};
    for (const StatePolicy* policy : policies) {
      stand_ins.push_back(stand_in(policy->content, names_.at(policy->address.full), false));
      stand_ins.back().id = policy->id;
      options.origins[policy->id] = policy->address.full;
    }
    return export_manifests(stand_ins, options);
  }

  void write() {
    std::set<std::string> files;
    for (const StatePolicy* policy : wanted({})) files.insert(file_of(*policy));
    for (const std::string& file : files) {
      const auto group = wanted(file);
      out_.manifests[file] = exported(group).yaml;
      out_.policies += group.size();
    }
    std::vector<const StatePolicy*> forgotten;
    for (const StatePolicy& policy : policies_) {
      if (kept_.contains(policy.address.in_config)) continue;
      forgotten.push_back(&policy);
      if (!policy.address.module.empty()) out_.forget.push_back(policy.address.full);
    }
    out_.removed = removed_blocks(forgotten);
  }

  [[nodiscard]] std::string file_of(const StatePolicy& policy) const {
    if (options_.group_by == GroupBy::label) {
      const std::string label = to_label(policy.address.in_config);
      return (label.empty() ? "policies" : label) + std::string(kSuffix);
    }
    const bool by_source = options_.group_by == GroupBy::source;
    const AttributeSet& side = by_source ? policy.content.subject : policy.content.resource;
    for (const std::string_view name : {"serviceName", "resourceType"}) {
      const std::string label = to_label(side.equals_value(name));
      if (!label.empty()) return label + std::string(kSuffix);
    }
    return (side.find("resourceGroupId") != nullptr ? "resource-group" : "any") +
           std::string(kSuffix);
  }

  static std::map<std::string, std::string> all_names(const std::vector<StatePolicy>& policies) {
    std::vector<ResourceAddress> addresses;
    for (const StatePolicy& policy : policies) addresses.push_back(policy.address);
    return names_of(addresses);
  }

  const TerraformImportOptions& options_;
  std::vector<StatePolicy> policies_;
  std::map<std::string, std::string> names_ = all_names(policies_);
  AccountId account_;
  std::set<std::string> kept_;  // in_config
  TerraformImport out_;
};

}  // namespace

TerraformImport import_terraform(const StateReading& state, const TerraformImportOptions& options) {
  return Importer(state, options).run();
}

}  // namespace authzd
