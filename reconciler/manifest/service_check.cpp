// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/service_check.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/manifest/value_checks.hpp"
#include "reconciler/model/value_forms.hpp"

#include <string>

namespace authzd {
namespace {

constexpr std::string_view kPartOfVpc = "is.";

std::string hint_for(std::string_view meant) {
  if (!meant.starts_with(kPartOfVpc)) return "did you mean \"" + std::string(meant) + "\"?";
  return "write service: is and resourceType: " + printable(meant.substr(kPartOfVpc.size()));
}

std::string hint_for_form(std::string_view value, std::string_view meant) {
  const auto parts = crn_parts(value);
  if (parts.size() > 4 && !parts[4].empty()) {
    return "take the service name out of the CRN: " + quoted(parts[4]);
  }
  if (!meant.empty()) return hint_for(meant);
  return "a service is named as in its CRNs: kms, hs-crypto, server-protect, cloud-object-storage, "
         "is";
}

void warn_of_unknown(const YamlCursor& node, std::string_view value, const std::string& meant) {
  node.warning(quoted(value) + " is not known offline as a service",
               meant.empty() ? "IAM may know it: plan asks IAM" : hint_for(meant));
}

}  // namespace

bool check_service(const YamlCursor& node, std::string_view value, const ServiceCheck& check) {
  if (value.starts_with(kPartOfVpc) && value.size() > kPartOfVpc.size()) {
    node.error(quoted(value) + " is not a service: the console writes so for a part of one",
               hint_for(value));
    return false;
  }
  using Verdict = ServiceNames::Verdict;
  ServiceNames::Judgement judged;
  if (check.names != nullptr) judged = check.names->judge(value);
  if (!is_service_name(value)) {
    node.error(quoted(value) + " is not a service name", hint_for_form(value, judged.meant));
    return false;
  }
  if (judged.verdict == Verdict::miswritten) {
    node.error("no service is called " + quoted(value), hint_for(judged.meant));
    return false;
  }
  if (judged.verdict == Verdict::unknown && check.warns_of_unknown) {
    warn_of_unknown(node, value, check.names->nearest(value));
  }
  return true;
}

void check_roles(const YamlCursor& list, std::string_view service, const ServiceCheck& check) {
  if (!list.is_list() || check.names == nullptr) return;
  const auto items = list.list();
  for (const YamlCursor& item : *items) {
    if (item.raw_text().find_first_of("*?") != std::string::npos) continue;  // a glob
    const std::string meant = check.names->meant_role(service, item.raw_text());
    if (meant.empty()) continue;
    item.warning(
        "role " + quoted(item.raw_text()) + " of " + printable(service) + " is not known offline",
        "did you mean \"" + meant + "\"?");
  }
}

}  // namespace authzd
