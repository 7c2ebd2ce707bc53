// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/report_proposals.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/export.hpp"
#include "reconciler/report/manifest_patch.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::chrono::days kUntilEnd{31};

PolicyOwner owner_in(const ProposalFacts& facts, const Observed& policy) {
  return facts.owner_of(policy, parse_description(policy.content.description));
}

/// Grants as a patch removes them: all of a document, or all at one place of its targets.
using Place = std::pair<std::string, SourcePos>;  // the name, and the target

std::multiset<std::pair<std::string, Key>> granted(std::span<const Grant> grants,
                                                   const std::set<Place>& without) {
  std::multiset<std::pair<std::string, Key>> found;
  for (const Grant& grant : grants) {
    if (!without.contains({grant.name, grant.position})) found.emplace(grant.name, grant.key);
  }
  return found;
}

class Patch {
 public:
  Patch(const ProposalFacts& facts, const std::set<Key>& unneeded) : facts_(facts) {
    std::map<std::string, std::set<Place>> all;
    for (const Grant& grant : facts.desired->grants) {
      all[grant.name].insert({grant.name, grant.position});
    }
    for (const Grant& grant : facts.desired->grants) {
      if (unneeded.contains(grant.key)) places_.insert({grant.name, grant.position});
    }
    // One of several sources at a place is still needed.
    for (const Grant& grant : facts.desired->grants) {
      if (!unneeded.contains(grant.key)) places_.erase({grant.name, grant.position});
    }
    for (const auto& [name, places] : all) {
      if (std::ranges::includes(places_, places)) whole_.insert(name);
    }
  }

  /// Empty: there is none.
  std::string text() {
    for (const auto& [name, at] : places_) {
      if (!mark(name, at)) return {};
    }
    if (lines_.empty() || !keeps_the_rest()) return {};
    std::string patch;
    for (const SourceFile& file : facts_.text->files) {
      const auto found = lines_.find(file.name);
      if (found != lines_.end()) patch += removal_patch(file.name, file.text, found->second);
    }
    return patch;
  }

 private:
  bool mark(const std::string& name, const SourcePos& at) {
    const auto& files = facts_.text->files;
    const auto file = std::ranges::find(files, at.file, &SourceFile::name);
    if (file == files.end() || at.line <= 0) return false;
    const auto line = static_cast<std::size_t>(at.line);
    const auto found =
        whole_.contains(name) ? document_lines(file->text, line) : item_lines(file->text, line);
    if (found) lines_[at.file].insert(found->begin(), found->end());
    return found.has_value();
  }

  [[nodiscard]] bool keeps_the_rest() const {
    const std::vector<SourceFile>& before = facts_.text->files;
    std::vector<SourceFile> after = before;
    for (SourceFile& file : after) {
      const auto found = lines_.find(file.name);
      if (found != lines_.end()) file.text = without_lines(file.text, found->second);
    }
    LoadOptions options;
    options.account = facts_.account;
    if (facts_.text->traits) options.traits = &*facts_.text->traits;
    const LoadOutcome was = load_manifests(before, options);
    const LoadOutcome becomes = load_manifests(after, options);
    return !has_errors(was.diagnostics) && !has_errors(becomes.diagnostics) &&
           granted(becomes.desired.grants, {}) == granted(was.desired.grants, places_);
  }

  const ProposalFacts& facts_;
  std::set<Place> places_;
  std::set<std::string> whole_;           // documents of which nothing is needed
  std::map<std::string, LineSet> lines_;  // by file
};

void propose_patch(const ProposalFacts& facts,
                   const std::set<Key>& unneeded,
                   std::vector<ReportProposal>& proposals) {
  if (unneeded.empty() || facts.desired == nullptr || facts.text == nullptr) return;
  std::string patch = Patch(facts, unneeded).text();
  if (patch.empty()) return;
  proposals.push_back({printable(facts.account_name) +
                           ": a patch that takes what is unneeded out of the manifests; rails hold "
                           "the deletes as ever",
                       std::move(patch)});
}

Export exported(const ProposalFacts& facts, const Observed& policy) {
  return export_manifests(
      std::span(&policy, 1),
      {.account = facts.account, .role_names = facts.names, .services = &known_services()});
}

}  // namespace

void propose_removals(const ProposalFacts& facts,
                      std::span<const Observed* const> policies,
                      std::vector<ReportProposal>& proposals) {
  std::set<Key> ours;
  std::string manifests;
  const auto end = std::chrono::floor<std::chrono::days>(facts.now) + kUntilEnd;
  for (const Observed* policy : policies) {
    const PolicyOwner owner = owner_in(facts, *policy);
    if (owner == PolicyOwner::ours) ours.insert(key_of(facts.account, policy->content));
    if (owner != PolicyOwner::unmanaged) continue;
    const Export one = exported(facts, *policy);
    if (one.exported == 0) continue;
    manifests += one.yaml + "  expiresAt: \"" + to_rfc3339(Timestamp(end)) + "\"\n";
  }
  propose_patch(facts, ours, proposals);
  if (manifests.empty()) return;
  proposals.push_back({printable(facts.account_name) +
                           ": manifests that take unmanaged policies over ('authzd plan --adopt "
                           "identical') and announce their end",
                       std::move(manifests)});
}

void propose_twins(const ProposalFacts& facts,
                   std::span<const NarrowerTwin> twins,
                   std::vector<ReportProposal>& proposals) {
  std::string manifests;
  for (const NarrowerTwin& twin : twins) {
    if (owner_in(facts, *twin.policy) == PolicyOwner::foreign) continue;
    Observed narrower = *twin.policy;
    narrower.content.resource = with_instance(narrower.content.resource, twin.instance);
    narrower.content.description.clear();
    const Export one = exported(facts, narrower);
    if (one.exported > 0) manifests += one.yaml;
  }
  if (manifests.empty()) return;
  proposals.push_back({printable(facts.account_name) +
                           ": manifests for the one instance alone; once they are applied, "
                           "the wider ones can go",
                       std::move(manifests)});
}

}  // namespace authzd
