// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/loader_errors.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>

namespace authzd {

Error invalid_revision(const std::vector<Diagnostic>& diagnostics) {
  const auto errors = static_cast<std::size_t>(
      std::count_if(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
        return diagnostic.severity == Severity::error;
      }));
  return {ErrorCode::invalid_manifest,
          "the manifests have " + count_of(errors, "error", "errors") +
              "; nothing of this revision is applied"};
}

Error empty_source() {
  return {
      ErrorCode::invalid_manifest,
      "the manifests hold no authorization; if that is meant, set allowEmpty: true at the account "
      "in the configuration"};
}

Error never_read(std::size_t attempts) {
  return {ErrorCode::invalid_manifest,
          "authzd ended " + count_of(attempts, "time", "times") +
              " while it read this revision, so it is not read again: it may ask for more time or "
              "memory than there is. 'authzd validate PATH' shows what is in it; another revision "
              "is read as ever"};
}

Error no_descendant(const std::string& revision,
                    const std::string& applied,
                    Lineage lineage,
                    bool can_be_let_in,
                    const std::string& approve_options) {
  const std::string how =
      lineage == Lineage::goes_back
          ? ", the one applied last, descends from it: the branch was set back"
          : ", the one applied last, is no ancestor of it: the branch was set back, or its "
            "history rewritten";
  const std::string advice =
      can_be_let_in
          ? ". If that is meant: authzd approve " + printable(revision) + approve_options
          : ". Nobody can say who did that, so that with rails.approvers.notTheAuthor nobody can "
            "let it in: set the branch to " +
                printable(applied) + " again, and commit what is meant on top of it";
  return {
      ErrorCode::unsafe_plan,
      "revision " + printable(revision) + " is not applied: " + printable(applied) + how + advice};
}

}  // namespace authzd
