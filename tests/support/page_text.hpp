// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// All that was read of a page of a list as text, so that two readings can be compared and shown.
#pragma once

#include "daemon/iam/policy_codec.hpp"

#include <string>

namespace authzd::test {

inline std::string text_of(const AttributeSet& side) {
  std::string text;
  for (const Attribute& each : side.items()) {
    text +=
        "\n    " + to_string(each) + " by " + each.op + " as " + std::to_string(each.value.index());
  }
  return text;
}

inline std::string text_of(const Observed& policy) {
  std::string text = "policy " + policy.id.value + "\n  state " +
                     std::to_string(static_cast<int>(policy.state)) + "\n  description " +
                     policy.content.description + "\n  created " + policy.created_by.value + " " +
                     policy.created_at + "\n  modified " + policy.last_modified_by.value + " " +
                     policy.last_modified_at + "\n  template " + policy.template_id;
  if (policy.last_permit_at) text += "\n  used " + to_rfc3339(*policy.last_permit_at);
  text += "\n  subject" + text_of(policy.content.subject);
  text += "\n  resource" + text_of(policy.content.resource);
  for (const std::string& role : policy.content.roles) text += "\n  role " + role;
  for (const auto& [role, name] : policy.role_names) text += "\n  " + role + " is " + name;
  for (const auto& [name, value] : policy.content.extras) text += "\n  " + name + ": " + value;
  return text + "\n";
}

inline std::string text_of(const UnreadablePolicy& policy) {
  return "unreadable " + policy.id.value + "\n  " + policy.problem + "\n  " +
         policy.description.value_or("none") + "\n  " + policy.created_by.value + " " +
         policy.last_modified_by.value + "\n";
}

inline std::string text_of(const Result<PolicyPage>& page) {
  if (!page) return "error " + authzd::to_string(page.error());
  std::string text;
  for (const Observed& policy : page->policies) text += text_of(policy);
  for (const UnreadablePolicy& policy : page->unreadable) text += text_of(policy);
  return text + "next " + page->next_start;
}

}  // namespace authzd::test
