// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/break_glass.hpp"

#include "daemon/iam/service_catalogue.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/assertion_pass.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/model/marker.hpp"
#include "reconciler/report/wording.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace authzd {
namespace {

constexpr std::size_t kMostShownGrants = 5;

std::string shown_grant(const Grant& grant, const AccountId& home) {
  return party_text(grant.subject, home) + std::string(kArrow) + party_text(grant.resource, home) +
         " : " + printable(join(grant.roles, ", "));
}

void describe(BreakGlass& glass, const AccountId& home) {
  const std::size_t shown = std::min(glass.grants.size(), kMostShownGrants);
  for (std::size_t i = 0; i < shown; ++i) glass.what.push_back(shown_grant(glass.grants[i], home));
  if (glass.grants.size() > shown) {
    glass.what.push_back("and " + std::to_string(glass.grants.size() - shown) + " more");
  }
}

/// What the assertions of the revision forbid, they forbid here, too.
std::vector<Diagnostic> asserted_against(const Desired& desired,
                                         const SourceFile& file,
                                         Timestamp now) {
  const std::array<const SourceFile*, 1> files{&file};
  AssertionPass pass(desired, files, {now, false});
  while (pass.step()) {
  }
  return pass.take_diagnostics();
}

Error first_of(const std::vector<Diagnostic>& diagnostics) {
  const auto found = std::ranges::find(diagnostics, Severity::error, &Diagnostic::severity);
  return {ErrorCode::invalid_manifest,
          "the manifest cannot be used: " + one_line(*found) + "; nothing was granted"};
}

}  // namespace

Result<DecodedGlass> decode_break_glass(const AccountSpec& spec,
                                        BreakGlass of,
                                        const std::vector<Assertion>& assertions) {
  const SourceFile file{of.name, of.manifest};
  LoadLimits limits;
  limits.max_grants = kMostBreakGlassGrants;
  limits.max_pairs = kMostBreakGlassGrants;
  const LoadOptions options{.account = spec.id,
                            .now = of.made,
                            .limits = limits,
                            .services = {.names = &known_services()}};
  LoadOutcome loaded = load_manifests(std::span(&file, 1), options);
  if (has_errors(loaded.diagnostics)) return first_of(loaded.diagnostics);
  if (!loaded.desired.assertions.empty()) {
    return Error{ErrorCode::invalid_manifest,
                 "an assertion cannot be granted; nothing was granted"};
  }
  if (auto why = why_no_break_glass(loaded.desired.grants)) return std::move(*why);
  loaded.desired.assertions = assertions;
  const auto against = asserted_against(loaded.desired, file, of.made);
  if (has_errors(against)) return first_of(against);
  of.grants = break_glass_grants(std::move(loaded.desired.grants), of);
  describe(of, spec.id);
  return DecodedGlass{std::move(of), std::move(loaded.diagnostics)};
}

Result<std::vector<BreakGlass>> active_break_glass(const AccountSpec& spec,
                                                   const AccountState& state) {
  auto kept = state.break_glass.active();
  if (!kept) return std::move(kept).error();
  std::vector<BreakGlass> active;
  for (KeptBreakGlass& each : *kept) {
    auto decoded = decode_break_glass(spec, each.glass, {});
    active.push_back(decoded ? std::move(decoded->glass) : std::move(each.glass));
  }
  return active;
}

Result<std::map<std::string, std::set<Key>>> keys_of_break_glass(const AccountSpec& spec,
                                                                 const AccountState& state,
                                                                 const TrustedTime& time) {
  constexpr std::chrono::hours kSupersededFor(24);
  const auto all = state.break_glass.all();
  if (!all) return all.error();
  std::map<std::string, std::set<Key>> keys;
  for (const KeptBreakGlass& kept : *all) {
    const bool is_recent = kept.over && kept.how == BreakGlassEnd::superseded &&
                           time.earliest < kept.glass.ends + kSupersededFor;
    if (kept.over && !is_recent) continue;
    const auto decoded = decode_break_glass(spec, kept.glass, {});
    if (!decoded) continue;
    for (const Grant& grant : decoded->glass.grants) {
      keys[kept.glass.name].insert(Key({}, grant.subject, grant.resource));
    }
  }
  return keys;
}

Result<void> take_glass(const ReadingContext& context, SharedRevision& good, Planned& planned) {
  // Only of the manifests: the end of a break-glass grant is reported with the grant.
  planned.due = due_dates(good->desired, context.time.now(), context.spec.remind_before);
  auto active = active_break_glass(context.spec, context.state);
  if (!active) return std::move(active).error();
  active->insert(active->end(), context.asked.begin(), context.asked.end());
  if (active->empty()) return {};
  OpenedGlass opened = with_break_glass(good->desired, *active);
  std::erase_if(*active, [&opened](const BreakGlass& each) {
    return std::ranges::binary_search(opened.superseded, each.name);
  });
  planned.break_glass = std::move(*active);
  planned.superseded = std::move(opened.superseded);
  auto both = std::make_shared<GoodRevision>(*good);
  both->desired = std::move(opened.desired);
  good = std::move(both);
  return {};
}

Result<void> close_break_glass(AccountState& state, const Planned& planned) {
  const Timestamp now = planned.time.now;
  for (const std::string& name : planned.superseded) {
    auto closed = state.break_glass.close(name, now, BreakGlassEnd::superseded);
    if (!closed) return closed;
  }
  std::set<std::string> ended;
  for (const BreakGlass& each : planned.break_glass) {
    if (planned.time.has_passed(each.ends)) ended.insert(each.name);
  }
  if (ended.empty()) return {};
  const std::vector<Observed>& listed = planned.listed;
  for (const Observed& policy : listed) {
    const auto marker = parse_description(policy.content.description).marker;
    if (marker && policy.state == PolicyState::active) ended.erase(marker->name);
  }
  for (const std::string& name : ended) {
    auto closed = state.break_glass.close(name, now, BreakGlassEnd::expired);
    if (!closed) return closed;
  }
  return {};
}

}  // namespace authzd
