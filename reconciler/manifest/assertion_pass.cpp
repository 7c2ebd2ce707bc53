// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/assertion_pass.hpp"

#include "reconciler/base/text.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kGrantsAStep = 64;

std::string rule_text(const AssertionFinding& finding) {
  return std::string(to_string(finding.rule)) + " " + printable(finding.pattern_text);
}

std::string name_text(const Assertion& assertion, const SourcePos& at) {
  return "the assertion \"" + assertion.name + "\" at " + printable(to_string(at));
}

std::string violation_text(const Assertion& assertion, const AssertionFinding& finding) {
  const std::string who = name_text(assertion, finding.pattern);
  if (finding.rule == AssertionRule::never) {
    return who + " forbids this grant: " + rule_text(finding);
  }
  return who + " does not list this grant, and it reaches a target of its list (" +
         rule_text(finding) + ")";
}

std::string doubt_text(const Assertion& assertion, const AssertionFinding& finding) {
  if (finding.rule == AssertionRule::always) {
    return "undecided: no grant here surely keeps the assertion \"" + assertion.name + "\" (" +
           rule_text(finding) + ")";
  }
  return "undecided: this grant may break " + name_text(assertion, finding.pattern) + " (" +
         rule_text(finding) + ")";
}

/// What a finding at a grant is about: the pattern of its assertion.
std::vector<RelatedPlace> asserted_at(const Assertion& assertion, const AssertionFinding& finding) {
  if (finding.grant.file.empty() || finding.pattern.file.empty()) return {};
  return {{finding.pattern,
           "what the assertion \"" + assertion.name + "\" says: " + rule_text(finding)}};
}

constexpr std::string_view kAlwaysHint = "whether a policy in IAM does, plan says";
constexpr std::string_view kDoubtHint =
    "the two overlap only if what each of them names belongs together, or if a role's name and CRN "
    "are of one role; plan knows more role names";

}  // namespace

AssertionPass::AssertionPass(const Desired& desired,
                             std::span<const SourceFile* const> files,
                             AssertionPassOptions options)
    : desired_(desired), files_(files), options_(options) {}

bool AssertionPass::step() {
  if (next_assertion_ == desired_.assertions.size()) return false;
  const Assertion& assertion = desired_.assertions[next_assertion_];
  if (!check_) check_.emplace(assertion, desired_.account);
  GlobWork work;
  const std::size_t stop = std::min(next_grant_ + kGrantsAStep, desired_.grants.size());
  // A step that has spent half its budget ends early; each grant gets a full budget in the end.
  while (next_grant_ < stop && work.left > GlobWork{}.left / 2) {
    see(desired_.grants[next_grant_++], work);
  }
  if (next_grant_ < desired_.grants.size()) return true;
  results_.push_back(std::move(*check_).finish(Sight::manifests));
  tell(assertion, results_.back());
  check_.reset();
  next_grant_ = 0;
  ++next_assertion_;
  return true;
}

void AssertionPass::see(const Grant& grant, GlobWork& work) {
  if (grant.expires_at && *grant.expires_at <= options_.now) return;
  PolicyContent content;
  content.subject = grant.subject;
  content.resource = grant.resource;
  content.roles.insert(grant.roles.begin(), grant.roles.end());
  check_->see(access_of(grant), {.grant = grant.position}, content, work);
}

void AssertionPass::tell(const Assertion& assertion, const AssertionResult& result) {
  std::size_t told = 0;
  for (const AssertionFinding& finding : result.findings) {
    told += finding.verdict == Verdict::violated ? 1U : 0U;
    tell(assertion, finding);
  }
  if (told >= result.violations) return;
  add({.severity = Severity::error,
       .position = assertion.position,
       .message = count_of(result.violations - told, "more grant breaks", "more grants break") +
                  " the assertion \"" + assertion.name + "\""});
}

void AssertionPass::tell(const Assertion& assertion, const AssertionFinding& finding) {
  const bool is_of_grant = !finding.grant.file.empty();
  const bool is_violated = finding.verdict == Verdict::violated;
  if (!is_violated && !options_.tells_undecided) return;
  Diagnostic diagnostic{
      .severity = is_violated ? Severity::error : Severity::warning,
      .position = is_of_grant ? finding.grant : finding.pattern,
      .message = is_violated ? violation_text(assertion, finding) : doubt_text(assertion, finding),
      .related = asserted_at(assertion, finding)};
  if (!is_violated) {
    diagnostic.hint = is_of_grant ? kDoubtHint : kAlwaysHint;
  } else if (assertion.description.empty()) {
    diagnostic.hint = "change the grant, or the assertion";
  } else {
    diagnostic.hint = printable(assertion.description);
  }
  add(std::move(diagnostic));
}

void AssertionPass::add(Diagnostic diagnostic) {
  const SourcePos& at = diagnostic.position;
  const auto file = std::ranges::find(
      files_, at.file, [](const SourceFile* each) { return std::string_view(each->name); });
  if (file != files_.end()) {
    attach_source(diagnostic, (*file)->text, offset_of((*file)->text, at));
  }
  diagnostics_.push_back(std::move(diagnostic));
}

}  // namespace authzd
