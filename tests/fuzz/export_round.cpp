// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From IAM's list of policies to manifests and back: what `authzd export` writes of any list loads,
// and wants exactly what IAM has.
#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/export.hpp"
#include "tests/fuzz/policies.hpp"
#include "tests/fuzz/promises.hpp"

#include <set>

namespace authzd::fuzz {
namespace {

const AccountId kHome{std::string(kHomeAccount)};

std::set<Key> keys_of(const std::vector<Observed>& policies) {
  std::set<Key> keys;
  for (const Observed& policy : policies) keys.insert(key_of(kHome, policy.content));
  return keys;
}

}  // namespace

void export_round(std::string_view input) {
  const auto page = decode_policy_page(input);
  if (!page) return;
  const Export exported = export_manifests(page->policies, {kHome, "platform", {}});
  promise_showable(exported.yaml, "an export may be shown");

  const std::vector<SourceFile> files{{"export.yaml", exported.yaml}};
  LoadOptions options;
  options.account = kHome;
  const LoadOutcome loaded = load_manifests(files, options);
  if (has_errors(loaded.diagnostics)) promise(false, render(loaded.diagnostics));
  promise(loaded.desired.grants.size() == exported.exported,
          "each policy that is exported is a grant");
  const std::set<Key> keys = keys_of(page->policies);
  for (const Grant& grant : loaded.desired.grants) {
    promise(keys.contains(grant.key), "an export wants nothing that IAM does not have");
  }
}

}  // namespace authzd::fuzz
