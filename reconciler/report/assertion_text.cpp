// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/report/assertion_text.hpp"

#include "reconciler/base/text.hpp"

namespace authzd {
namespace {

constexpr std::size_t kMostNamed = 10;

bool is_only_missing(const AssertionResult& result) {
  for (const AssertionFinding& finding : result.findings) {
    if (finding.verdict == result.verdict && finding.rule != AssertionRule::always) return false;
  }
  return true;
}

std::size_t amount(const AssertionResult& result) {
  return result.verdict == Verdict::violated ? result.violations : result.undecided;
}

}  // namespace

std::string assertions_summary(std::span<const AssertionResult> results) {
  const AssertionCounts counts = count(results);
  return "Assertions: " + std::to_string(counts.hold) +
         (counts.hold == 1 ? " holds, " : " hold, ") + std::to_string(counts.violated) +
         " violated, " + std::to_string(counts.undecided) + " undecided.";
}

std::string result_text(const AssertionResult& result) {
  std::string text =
      "the assertion " + printable(result.name) + " is " + std::string(to_string(result.verdict));
  if (result.verdict == Verdict::undecided && result.findings.empty()) {
    return text + ", because of " + count_of(result.undecided, "policy", "policies") +
           " that cannot be read";
  }
  if (result.verdict == Verdict::holds || is_only_missing(result)) return text;
  return text + (result.verdict == Verdict::violated ? ", by " : ", because of ") +
         count_of(amount(result), "policy", "policies");
}

std::string rule_text(const AssertionFinding& finding) {
  return std::string(to_string(finding.rule)) + " " + printable(finding.pattern_text);
}

std::string culprit_text(const AssertionFinding& finding,
                         const AccountId& home,
                         const RoleNames& names) {
  if (!finding.content) {
    return finding.verdict == Verdict::violated ? "no policy gives it"
                                                : "no policy surely gives it";
  }
  std::string text =
      finding.id.empty() ? "a policy to be created" : "policy " + printable(finding.id.value);
  if (!finding.author.empty()) text += " (created by " + printable(finding.author.value) + ")";
  return text + ": " + grant_text(*finding.content, home, names);
}

std::string change_text(const AssertionChange& change) {
  return "this revision " + std::string(change.is_removed ? "removes" : "changes") +
         " the assertion " + printable(change.name);
}

std::string trouble_text(std::span<const AssertionResult> results) {
  const bool has_violated = count(results).violated > 0;
  const Verdict shown = has_violated ? Verdict::violated : Verdict::undecided;
  std::string text;
  std::size_t named = 0;
  for (const AssertionResult& result : results) {
    if (result.verdict != shown || ++named > kMostNamed) continue;
    text += (text.empty() ? "" : "; ") + result_text(result);
    for (const AssertionFinding& finding : result.findings) {
      if (finding.verdict != shown || finding.id.empty()) continue;
      text +=
          " (policy " + printable(finding.id.value) + (amount(result) > 1 ? " and others)" : ")");
      break;
    }
  }
  if (named > kMostNamed) text += "; and " + std::to_string(named - kMostNamed) + " more";
  return text;
}

}  // namespace authzd
