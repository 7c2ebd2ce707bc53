// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/validation.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "daemon/net/version.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/ignore_rules.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/model/role.hpp"
#include "reconciler/model/value_forms.hpp"
#include "reconciler/plan/asserted.hpp"
#include "reconciler/plan/instances.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::string_view kStandardInputName = "<stdin>";

std::string after_comma(std::size_t ignored) {
  return ignored == 0 ? std::string() : ", " + ignored_text(ignored);
}

Diagnostic no_authorization(const Snapshot& snapshot, std::size_t elsewhere) {
  const std::size_t files = snapshot.files.size();
  std::string what = "there is no *.yaml or *.yml to check";
  if (files > 0) {
    const bool is_standard_input = files == 1 && snapshot.files.front().name == kStandardInputName;
    what = "there is no authorization in " +
           (is_standard_input ? "standard input" : count_of(files, "file", "files"));
  }
  if (elsewhere > 0) {
    what = "none of the " + count_of(elsewhere, "authorization", "authorizations") +
           " is for this account (metadata.accounts)";
  }
  return {Severity::error,
          {},
          what + after_comma(snapshot.ignored.size()),
          "with --allow-empty that is valid"};
}

std::size_t errors_in(std::span<const Diagnostic> diagnostics) {
  return static_cast<std::size_t>(
      std::ranges::count(diagnostics, Severity::error, &Diagnostic::severity));
}

/// Whether there are such instances only IBM Cloud can say.
std::string names_text(std::size_t names) {
  if (names == 0) return {};
  return ", " + count_of(names, "instance name that is", "instance names that are") +
         " looked up when a plan is made";
}

/// By the manifests alone: what is undecided here, plan may decide.
std::string assertions_text(const CheckedManifests& checked) {
  if (checked.assertions.empty()) return {};
  const AssertionCounts counts = count(checked.assertions);
  std::string text = ", " + count_of(checked.assertions.size(), "assertion", "assertions");
  if (counts.undecided > 0) text += " (" + std::to_string(counts.undecided) + " undecided)";
  return text;
}

std::string result_text(const CheckedManifests& checked) {
  return count_of(checked.files, "file", "files") + ", " +
         count_of(checked.authorizations, "authorization", "authorizations") + ", " +
         count_of(checked.policies, "policy", "policies") + names_text(checked.instance_names) +
         assertions_text(checked) + after_comma(checked.ignored);
}

std::string result_text(const CheckedConfiguration& checked) {
  std::string text = printable(checked.file) + " configures " +
                     count_of(checked.accounts.size(), "account", "accounts");
  if (checked.accounts.size() < 2) return text;
  std::string_view before = ": ";
  for (const std::string& account : checked.accounts) {
    text += std::string(before) + printable(account);
    before = ", ";
  }
  return text;
}

/// IAM decides; but a misspelt name should not be found only after it was merged. Custom roles are
/// nowhere published, so that this is a warning.
std::vector<Diagnostic> unpublished_roles(const Desired& desired) {
  std::vector<Diagnostic> warnings;
  std::set<std::pair<std::string, std::string>> told;
  for (const Grant& grant : desired.grants) {
    const RoleQuery pair = role_query(grant.subject, grant.resource);
    const std::vector<Role> published = published_roles(pair);
    if (published.empty()) continue;
    for (const std::string& role : grant.roles) {
      const bool is_known =
          is_crn(role) || std::ranges::any_of(published, [&role](const Role& each) {
            return each.display_name == role;
          });
      if (is_known || !told.emplace(to_string(grant.position), role).second) continue;
      std::vector<std::string> names;
      for (const Role& each : published) names.push_back(each.display_name);
      std::ranges::sort(names);
      warnings.push_back(
          {Severity::warning,
           grant.position,
           "IBM publishes no role " + quote(role) + " for " +
               (pair.target_service.empty() ? pair.target_group : pair.target_service),
           "published are " + join(names, ", ") + "; a custom role is found when a plan is made"});
    }
  }
  return warnings;
}

std::string account_text(const std::string& name) {
  return name.empty() ? std::string() : "account " + printable(name) + ": ";
}

}  // namespace

void Validation::check(const Snapshot& snapshot, const ManifestCheck& check) {
  const LoadOptions options{.account = check.account,
                            .now = context_.clock.now(),
                            .limits = check.limits,
                            .services = {.names = &known_services(), .warns_of_unknown = true},
                            .requirements = {.require = check.require},
                            .traits = check.traits ? &*check.traits : nullptr,
                            .parsed = &parsed_};
  LoadOutcome loaded = load_manifests(snapshot.files, options);
  const bool is_empty = loaded.documents == 0 && !has_errors(loaded.diagnostics);
  if (is_empty && !check.may_be_empty) {
    loaded.diagnostics.push_back(no_authorization(snapshot, loaded.elsewhere));
  }
  for (Diagnostic& each : unpublished_roles(loaded.desired)) {
    loaded.diagnostics.push_back(std::move(each));
  }
  add(loaded.diagnostics, check.name);
  if (check.traits) take(loaded.selectors);
  const std::size_t errors = errors_in(loaded.diagnostics);
  if (errors > 0) codes_.insert(ExitCode::invalid);
  CheckedManifests checked{.account = check.name,
                           .files = snapshot.files.size(),
                           .ignored = snapshot.ignored.size(),
                           .authorizations = loaded.documents,
                           .policies = loaded.desired.grants.size(),
                           .is_valid = errors == 0,
                           .instance_names = names_to_look_up(loaded.desired).size(),
                           .assertions = std::move(loaded.assertions)};
  say_result(checked, errors);
  findings_.manifests.push_back(std::move(checked));
}

void Validation::say_result(const CheckedManifests& checked, std::size_t errors) {
  const bool is_for_people = is_text() || form_ == FindingsForm::github;
  if (!is_for_people) return;
  const std::string account = account_text(checked.account);
  if (checked.is_valid) {
    say("Valid: " + account + result_text(checked) + ".\n", false);
  } else if (!account.empty()) {
    say("Invalid: " + account + count_of(errors, "error", "errors") + ".\n", true);
  }
}

void Validation::say_where(const std::string& revision, const std::string& ref) {
  const std::string text = "Checked: " + printable(revision) + ", which is " + printable(ref) +
                           " of source.git; to check a checkout, name its folder of manifests, "
                           "too.\n";
  const bool is_said = std::ranges::find(sayings_, text, &Saying::text) != sayings_.end();
  if (is_text() && !is_said) say(text, false);
}

void Validation::say(std::string text, bool is_error) {
  sayings_.push_back({{}, std::move(text), is_error});
}

void Validation::say_all() const {
  const auto& problems = findings_.problems.all();
  for (const Saying& saying : sayings_) {
    if (saying.problem) {
      context_.console.err << render(shown(problems[*saying.problem], findings_.manifests.size()));
    } else {
      (saying.is_error ? context_.console.err : context_.console.out) << saying.text;
    }
  }
}

void Validation::take(std::span<const SelectorUse> selectors) {
  for (const SelectorUse& use : selectors) {
    SelectorUse& known = selectors_.try_emplace(use.position, use).first->second;
    known.is_met = known.is_met || use.is_met;
  }
}

/// One account cannot tell, and not every account need be checked: then nobody is asked to.
void Validation::warn_of_unmet_selectors() {
  for (const auto& [position, use] : selectors_) {
    if (!use.is_met) add(std::span(&use.unmet, 1), "");
  }
}

void Validation::add(const Error& error, const std::string& name) {
  Error named = error;
  if (!name.empty()) named = std::move(named).context("account " + name);
  add_failure(printable(to_string(named)), exit_code(error));
}

void Validation::add_failure(std::string_view message, ExitCode code) {
  codes_.insert(code);
  if (message.empty()) return;
  findings_.problems.add({Severity::error, {}, std::string(message)}, "");
  if (is_text()) say("authzd: " + std::string(message) + "\n", true);
}

void Validation::add_configuration(CheckedConfiguration checked,
                                   std::span<const Diagnostic> diagnostics) {
  add(diagnostics, "");
  if (checked.is_valid && (is_text() || form_ == FindingsForm::github)) {
    say("Valid: " + result_text(checked) + ".\n", false);
  }
  findings_.configurations.push_back(std::move(checked));
}

void Validation::add(std::span<const Diagnostic> diagnostics, const std::string& name) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool is_new = findings_.problems.add(diagnostic, name);
    if (is_new && is_text()) sayings_.push_back({findings_.problems.all().size() - 1});
  }
}

ExitCode Validation::finish() {
  if (!context_.options.chooses_accounts()) warn_of_unmet_selectors();
  say_all();
  switch (form_) {
    case FindingsForm::text: break;
    case FindingsForm::json: context_.console.out << findings_json(findings_); break;
    case FindingsForm::sarif: context_.console.out << findings_sarif(findings_, kVersion); break;
    case FindingsForm::github: context_.console.out << findings_github(findings_); break;
  }
  return worst(codes_);
}

}  // namespace authzd
