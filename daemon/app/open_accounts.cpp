// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/recording.hpp"
#include "daemon/app/standing_alone.hpp"
#include "daemon/cycle/audit_trail.hpp"
#include "daemon/iam/iam.hpp"
#include "daemon/iam/offline_reader.hpp"
#include "daemon/iam/profile_finder.hpp"
#include "daemon/iam/session.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/record/trace_recorder.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/model/marker.hpp"

#include <map>
#include <ostream>
#include <set>
#include <string_view>

namespace authzd {
namespace {

HttpClientOptions http_options(const Origin& origin,
                               const IamSetup& iam,
                               const SharedAccess& shared) {
  return {.origin = origin,
          .ca_file = iam.ca_file,
          .concurrency = iam.concurrency,
          .limits = iam.limits,
          .proxies = iam.proxies,
          .pools = shared.pools};
}

/// Null: Resource Controller is where IAM is.
std::shared_ptr<HttpClient> connect_resources(const CommandContext& context,
                                              const IamSetup& iam,
                                              const SharedAccess& shared,
                                              const std::shared_ptr<ApiCalls>& calls) {
  if (iam.resource_controller.origin == iam.endpoint.origin) return nullptr;
  auto http = make_late_http_client(context.executor,
                                    http_options(iam.resource_controller.origin, iam, shared));
  return make_counting_client(std::move(http), calls);
}

/// Connects to IAM. A writer is made only if the command may write and the mode allows it.
Result<void> connect(const CommandContext& context,
                     const IamSetup& iam,
                     const AccountSetup& account,
                     AccountAccess access,
                     SharedAccess& shared,
                     const std::shared_ptr<TraceRecorder>& recorder,
                     AccountParts& parts) {
  auto http = make_http_client(context.executor, http_options(iam.endpoint.origin, iam, shared));
  if (!http) return std::move(http).error();
  if (recorder != nullptr) {
    *http = make_recording_client(std::move(*http), recorder, TracePeer::iam, context.clock);
  }
  parts.calls = std::make_shared<ApiCalls>();
  parts.http = make_counting_client(std::move(*http), parts.calls);

  const IamOptions options{.account = account.spec.id,
                           .base_path = iam.endpoint.path,
                           .resources_path = iam.resource_controller.path,
                           .page_size = iam.page_size,
                           .list_patience = iam.list_patience,
                           .requests_per_second = iam.requests_per_second,
                           .lists = shared.lists};
  auto metadata = make_metadata_client(context.executor, account.credential);
  if (!metadata) return std::move(metadata).error();
  if (recorder != nullptr && *metadata != nullptr) {
    *metadata = make_recording_client(*metadata, recorder, TracePeer::metadata, context.clock);
  }
  const IamSeams seams{.http = *parts.http,
                       .clock = context.clock,
                       .randomness = context.randomness,
                       .total = shared.pace.total(iam.total_requests_per_second),
                       .tokens = shared.pace.tokens(to_string(iam.endpoint.origin)),
                       .log = parts.log,
                       .metadata = std::move(*metadata),
                       .resources = connect_resources(context, iam, shared, parts.calls)};
  auto session = make_session(options, seams, account.credential);
  parts.pace = session->pace();
  parts.reader = make_policy_reader(session, options);
  if (access == AccountAccess::write && account.spec.mode != Mode::observe) {
    parts.writer = make_policy_writer(std::move(session));
  }
  return {};
}

/// The daemon's state of an account, or one that ends with this call.
Result<std::unique_ptr<AccountState>> open_state(const AccountId& account,
                                                 const std::shared_ptr<Database>& database) {
  if (database != nullptr) return std::make_unique<AccountState>(database, account);
  return state_in_memory(account);
}

/// A call that only plans has no state of its own where one is configured: the plan is as it will
/// be with that one.
bool keeps_state(const CommandContext& context,
                 const Setup& setup,
                 const std::shared_ptr<Database>& database) {
  return database != nullptr || (!setup.state_path.empty() && !context.options.local);
}

/// A list says nothing of who we are, so that a marker of ours is taken at its word: what a cycle
/// with an identity would call disputed is shown as ours. Errors: invalid_config where the list is
/// another account's.
Result<void> trust_saved(const SavedList& list, const AccountSpec& spec, AccountState& state) {
  std::map<PolicyId, PolicyOrigin> ours;
  std::set<std::string_view> accounts;
  for (const Observed& policy : list.policies) {
    const auto account = policy.content.resource.equals_value("accountId");
    if (!account.empty()) accounts.insert(account);
    const auto& marker = parse_description(policy.content.description).marker;
    if (!marker) continue;
    if (marker->owner == spec.owner || spec.previous_owners.contains(marker->owner)) {
      ours.emplace(policy.id, PolicyOrigin::created);
    }
  }
  if (!accounts.empty() && !accounts.contains(spec.id.value)) {
    return Error{ErrorCode::invalid_config,
                 "the saved list is of account " + printable(*accounts.begin()) + ", not of " +
                     printable(spec.id.value) +
                     ": save one of that account, or name the other account"};
  }
  return state.policies.remember(ours);
}

/// One for all accounts; null where the command reads no manifests.
Result<std::shared_ptr<Source>> open_source(const CommandContext& context, const Setup& setup) {
  if (setup.opened_source || !setup.source) return setup.opened_source;
  return make_source(context.executor, context.clock, *setup.source, setup.source_place);
}

}  // namespace

namespace {

/// What is found is bounded: a fleet has a limit.
Async<std::vector<FleetEntry>> discover(CommandContext context,
                                        IamSetup iam,
                                        SharedAccess& shared,  // coroutine-ref: the process's
                                        FleetPart part) {
  const Origin& origin = iam.endpoint.origin;
  auto http = make_http_client(context.executor, http_options(origin, iam, shared));
  if (!http) co_return std::move(http).error();
  auto metadata = make_metadata_client(context.executor, part.common.credential);
  if (!metadata) co_return std::move(metadata).error();
  const auto tokens = shared.pace.tokens(to_string(origin));
  const auto wire_to = [&](HttpClient& client, const std::string& path) {
    return Wire(client, path, tokens, context.clock, context.randomness, context.log);
  };
  TokenWires wires{wire_to(**http, iam.endpoint.path), {}};
  if (*metadata) wires.metadata = {*metadata, wire_to(**metadata, "")};
  auto source = make_token_source(part.common.credential, wires, context.clock);
  auto profiles = co_await find_profiles(std::move(source), wires.iam, part.profile);
  if (!profiles) co_return std::move(profiles).error();
  if (profiles->size() > kMaxFleet) {
    co_return Error{ErrorCode::bad_response,
                    "IAM shows " + std::to_string(profiles->size()) +
                        " accounts; a fleet has at most " + std::to_string(kMaxFleet)};
  }
  std::vector<FleetEntry> entries;
  for (AssumableProfile& profile : *profiles) {
    FleetEntry entry;
    entry.traits.name = profile.account.value;
    entry.id = std::move(profile.account);
    entry.mode = part.common.bound;
    entry.profile = std::move(profile.id);
    entries.push_back(std::move(entry));
  }
  co_return entries;
}

}  // namespace

FleetBook::Discover make_discover(const CommandContext& context,
                                  const IamSetup& iam,
                                  SharedAccess& shared) {
  return [context, iam, &shared](FleetPart part) {
    return discover(context, iam, shared, std::move(part));
  };
}

Result<std::shared_ptr<AccountOpener>> AccountOpener::make(Opening opening) {
  auto source = open_source(opening.context, opening.setup);
  if (!source) return std::move(source).error();
  return std::shared_ptr<AccountOpener>(new AccountOpener(opening, std::move(*source)));
}

AccountOpener::AccountOpener(Opening opening, std::shared_ptr<Source> source)
    : opening_(opening),
      source_(std::move(source)),
      recorder_(opening.against ? nullptr : recorder_of(opening.context, opening.setup)),
      audit_(make_audit_trail(opening.setup.audit_file, opening.setup.state_path)) {}

Result<void> AccountOpener::take_saved(const AccountSetup& account, AccountParts& parts) {
  auto list = parse_saved_list(*opening_.against);
  if (!list) return std::move(list).error();
  for (const std::string& warning : list->warnings) {
    opening_.context.console.err << "authzd: " << printable(warning) << '\n';
  }
  auto taken = trust_saved(*list, account.spec, *parts.state);
  if (!taken) return std::move(taken).error().context("account " + account.spec.name);
  parts.reader = std::make_unique<OfflineReader>(std::move(*list), account.spec.id);
  parts.is_offline = true;
  return {};
}

Result<std::shared_ptr<AccountRuntime>> AccountOpener::open(std::size_t number) {
  const auto& [context, setup, access, against, state, shared] = opening_;
  const AccountSetup& account = setup.accounts[number];
  AccountParts parts;
  parts.spec = account.spec;
  parts.spec.trusts_markers = access == AccountAccess::show && state == nullptr;
  parts.spec.keeps_state = keeps_state(context, setup, state);
  parts.schedule = account.schedule;
  parts.run = std::make_shared<std::string>();
  parts.log = context.log.with("account", account.spec.name).with("run", parts.run);
  parts.fingerprint = setup.fingerprint + account.fingerprint;
  parts.observers = {audit_};
  auto memory = open_state(account.spec.id, state);
  if (!memory) return std::move(memory).error();
  parts.state = std::move(*memory);
  if (shared.rollout && !setup.rollout.waves.empty()) parts.rollout = shared.rollout;
  if (!setup.state_path.empty()) parts.state->suspensions.heed(setup.state_path);
  parts.source = source_;
  parts.grants_room = shared.grants;
  if (setup.accounts.size() > 1) parts.parsed = shared.parsed;
  parts.selectors = shared.selectors;
  auto connected = against ? take_saved(account, parts)
                           : connect(context, setup.iam, account, access, shared, recorder_, parts);
  if (!connected) return std::move(connected).error();
  return std::make_shared<AccountRuntime>(std::move(parts), context.clock);
}

Result<Accounts> open_accounts(const CommandContext& context,
                               const Setup& setup,
                               AccountAccess access,
                               const std::optional<std::string>& against,
                               const std::shared_ptr<Database>& state,
                               SharedAccess& shared) {
  auto opener = AccountOpener::make({context, setup, access, against, state, shared});
  if (!opener) return std::move(opener).error();
  Accounts accounts;
  for (std::size_t number = 0; number < (*opener)->count(); ++number) {
    auto account = (*opener)->open(number);
    if (!account) return std::move(account).error();
    accounts.push_back(std::move(*account));
  }
  return accounts;
}

}  // namespace authzd
