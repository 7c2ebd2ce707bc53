// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

// From a Terraform state to manifests: whatever a state holds, what `authzd import` makes of it
// loads, wants exactly what the state says, and tells Terraform to forget resources alone.
#include "reconciler/base/text.hpp"
#include "reconciler/import/terraform_import.hpp"
#include "reconciler/manifest/loader.hpp"
#include "tests/fuzz/promises.hpp"

#include <set>

namespace authzd::fuzz {
namespace {

void promise_plain_blocks(std::string_view removed) {
  for (const std::string_view line : split_lines(removed)) {
    const bool is_known = line.empty() || line.starts_with("#") || line == "removed {" ||
                          line.starts_with("  from = ") || line == "  lifecycle {" ||
                          line == "    destroy = false" || line == "  }" || line == "}";
    promise(is_known, "removed.tf has no other line");
    if (!line.starts_with("  from = ")) continue;
    promise(line.find_first_of(" \"'{}[]()$", 9) == std::string_view::npos,
            "an address is no expression");
  }
}

}  // namespace

void tfstate(std::string_view input) {
  const auto state = read_terraform_state(input);
  if (!state) {
    promise_showable(printable(state.error().message), "an error may be shown");
    return;
  }
  const TerraformImport made = import_terraform(*state, {});
  promise(made.refusals.empty() || (made.manifests.empty() && made.removed.empty()),
          "what is refused makes nothing");
  promise_plain_blocks(made.removed);
  promise_showable(made.removed, "removed.tf may be shown");
  std::vector<SourceFile> files;
  for (const auto& [name, yaml] : made.manifests) {
    promise(name.find('/') == std::string::npos, "a file stays in its folder");
    promise_showable(yaml, "a manifest may be shown");
    files.push_back({name, yaml});
  }
  LoadOptions options;
  options.account = made.account;
  const LoadOutcome loaded = load_manifests(files, options);
  if (has_errors(loaded.diagnostics)) promise(false, render(loaded.diagnostics));
  promise(loaded.desired.grants.size() == made.policies, "each policy is a grant");
  promise(loaded.documents == made.policies, "each has a name of its own");
}

}  // namespace authzd::fuzz
