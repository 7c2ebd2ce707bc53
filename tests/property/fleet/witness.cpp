// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "tests/property/fleet/witness.hpp"

namespace authzd::test {
namespace {

constexpr std::string_view kOpening = "(authzd: ";

bool is_someone_elses(const Observed& policy) {
  return !policy.template_id.empty() || policy.created_by.value.starts_with("crn:");
}

}  // namespace

std::string marker_in(const Observed& policy) {
  const std::string& text = policy.content.description;
  const auto at = text.rfind(kOpening);
  if (at == std::string::npos || !text.ends_with(')')) return {};
  return text.substr(at, text.size() - at - 1);
}

bool is_protected(const Observed& policy) {
  return marker_in(policy).ends_with('!');
}

bool Witness::is_signed(const Observed& policy) const {
  return !is_someone_elses(policy) &&
         marker_in(policy).starts_with(std::string(kOpening) + owner_ + "/");
}

bool Witness::is_visibly_own(const Observed& policy) const {
  return is_signed(policy) && (policy.created_by == who_ || policy.last_modified_by == who_);
}

bool Witness::is_own(const Observed& policy) const {
  return is_visibly_own(policy) || (is_signed(policy) && known_.contains(policy.id));
}

void Witness::claim(std::string& description) const {
  const auto at = description.rfind(kOpening);
  if (at == std::string::npos) return;
  const auto name = at + kOpening.size();
  description.replace(name, description.find('/', name) - name, owner_);
}

void Witness::listed(const Observed& policy) {
  if (is_own(policy)) known_.insert(policy.id);
}

void Witness::shown(const Observed& policy) {
  listed(policy);
  last_shown_.insert_or_assign(policy.id, policy);
}

void Witness::sends(const std::string& verb, const PolicyId& id, const PolicyContent* content) {
  ++sent_;
  if (!may_write_) blame(verb + " in mode observe");
  if (verb == "POST") {
    if (!wanted_.contains(key_of(kFleetAccount, *content))) blame("POST of what no manifest wants");
    return;
  }
  if (verb == "PATCH") {
    if (!deleted_.contains(id)) blame("PATCH of " + id.value + ", which it did not delete");
    return;
  }
  const auto seen = last_shown_.find(id);
  if (seen == last_shown_.end()) return blame(verb + " of " + id.value + " without a look at it");
  judge_change(verb, seen->second);
}

void Witness::judge_change(const std::string& verb, const Observed& seen) {
  const std::string what = verb + " of " + seen.id.value + " (" + seen.content.description + ")";
  if (is_someone_elses(seen)) return blame(what + ", a service's or an enterprise's");
  if (verb == "DELETE") {
    if (is_protected(seen)) blame(what + ", which is protected");
    const bool may_be_unmarked = people_approve_ && known_.contains(seen.id);
    if (!is_own(seen) && !(may_be_unmarked && marker_in(seen).empty()))
      blame(what + ", not its own");
    return;
  }
  if (is_own(seen)) return;
  const bool is_bare = marker_in(seen).empty();
  const bool is_wanted = wanted_.contains(key_of(kFleetAccount, seen.content));
  const bool may_take = may_take_over_ || known_.contains(seen.id);
  if (!is_bare || !is_wanted || !may_take) blame(what + ", not its own");
}

void Witness::did(const std::string& verb, const Observed& policy) {
  deeds_.push_back({verb, policy.id, key_of(kFleetAccount, policy.content)});
  written_.insert(policy.id);
  known_.insert(policy.id);
  if (verb != "DELETE") return;
  deleted_.insert(policy.id);
  if (people_approve_) return;
  if (++deletes_ > most_deletes_) {
    blame("delete number " + std::to_string(deletes_) + " in a day, and nobody approved");
  }
}

}  // namespace authzd::test
