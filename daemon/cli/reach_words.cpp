// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/reach_words.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/instance.hpp"

#include <algorithm>
#include <ostream>

namespace authzd {
namespace {

/// A party that is one word, which may be something else than a service.
bool is_one_word(const ReachParty& party) {
  return !party.service.empty() && party.instance.empty() && party.resource.empty();
}

const AttributeSet& side_of(const ReachPolicy& policy, bool is_source) {
  return is_source ? policy.subject : policy.resource;
}

std::string command_for(bool is_source, const std::string& party) {
  return std::string("`authzd reach ") + (is_source ? "--from " : "") + party + "`";
}

}  // namespace

bool correct_service(const CommandContext& context, std::string& service) {
  if (service.empty()) return false;
  const auto judged = known_services().judge(to_lower(service));
  if (judged.verdict == ServiceNames::Verdict::miswritten) {
    context.console.err << "authzd: the service " << quote(service) << " is " << judged.meant
                        << " in IAM\n";
    service = judged.meant;
  }
  return judged.verdict != ServiceNames::Verdict::unknown;
}

ReachWords::ReachWords(const CommandContext& context, ReachFilter& filter)
    : context_(context),
      role_(filter.role),
      target_{Side::target, filter.target},
      source_{Side::source, filter.source} {
  for (Sought* sought : {&target_, &source_}) {
    sought->is_known = correct_service(context, sought->party.service);
  }
}

void ReachWords::look_at(const ReachView& list) {
  look_at(list, target_);
  look_at(list, source_);
  if (role_.empty()) return;
  for (const ReachPolicy& policy : list.policies) {
    roles_.insert(policy.roles.begin(), policy.roles.end());
  }
}

/// As an instance or a resource of either side, and as a policy or an authorization.
void ReachWords::look_at(const ReachView& list, Sought& sought) const {
  if (sought.is_known || !is_one_word(sought.party)) return;
  const std::string& word = sought.party.service;
  for (const ReachPolicy& policy : list.policies) {
    for (const bool is_source : {true, false}) {
      const AttributeSet& side = side_of(policy, is_source);
      const std::string service(side.equals_value("serviceName"));
      const std::string instance(side.equals_value(kServiceInstance));
      const bool is_of_side = is_source == (sought.side == Side::source);
      sought.is_known |= is_of_side && service == to_lower(word);
      if (service.empty() || instance.empty()) continue;
      const auto name = instance_name(service, instance, list.names);
      const bool is_instance = to_lower(instance) == to_lower(word) || (name && *name == word);
      const bool is_resource = side.equals_value("resource") == word;
      if (!is_instance && !is_resource) continue;
      const std::string party = printable(service) + ":" + printable(instance);
      sought.meanings.insert(std::string(is_instance ? "an instance" : "a resource") + " of " +
                             printable(service) + ": " + command_for(is_source, party));
    }
    if (policy.name == word) {
      sought.meanings.insert("an authorization: `authzd list --name " + printable(word) + "`");
    }
    if (policy.id.value == word) {
      sought.meanings.insert("a policy: `authzd list --id " + printable(word) + " -o wide`");
    }
  }
}

void ReachWords::tell_of_unknown(std::span<const Reached> found) const {
  for (const Sought* sought : {&target_, &source_}) {
    tell_of_service(*sought);
    tell_of_instance(*sought, found);
  }
  tell_of_role();
}

void ReachWords::tell_of_role() const {
  if (role_.empty()) return;
  const std::string lower = to_lower(role_);
  const bool is_known = std::ranges::any_of(roles_, [&lower](const std::string& role) {
    return to_lower(role).find(lower) != std::string::npos;
  });
  if (is_known) return;
  const std::vector<std::string_view> known(roles_.begin(), roles_.end());
  const auto meant = did_you_mean(role_, known);
  context_.console.err << "authzd: no policy here has a role like " << quote(role_)
                       << (meant ? "; did you mean " + *meant + "?" : std::string()) << '\n';
}

void ReachWords::tell_of_service(const Sought& sought) const {
  if (sought.is_known || sought.party.service.empty()) return;
  const std::string& word = sought.party.service;
  std::string text = "authzd: no policy here names a service " + quote(word);
  if (!sought.meanings.empty()) {
    text += ". It is " +
            join(std::vector<std::string>(sought.meanings.begin(), sought.meanings.end()), "; ");
  } else if (const auto near = known_services().nearest(to_lower(word)); !near.empty()) {
    text += ", nor does IBM publish one; did you mean " + near + "?";
  } else {
    text +=
        ", nor does IBM publish one. To ask for an instance write SERVICE:INSTANCE, for a key "
        "or a bucket its CRN";
  }
  context_.console.err << text << '\n';
}

void ReachWords::tell_of_instance(const Sought& sought, std::span<const Reached> found) const {
  if (sought.party.instance.empty()) return;
  const bool is_named = std::ranges::any_of(found, [&sought](const Reached& one) {
    const AttributeSet& side = side_of(*one.policy, sought.side == Side::source);
    return !side.equals_value(kServiceInstance).empty();
  });
  if (is_named) return;
  context_.console.err << "authzd: no policy names the instance " << quote(sought.party.instance)
                       << "; what is shown is of all instances\n";
}

}  // namespace authzd
