// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/chosen_accounts.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/fleet_book.hpp"
#include "daemon/cli/setup.hpp"
#include "daemon/config/git_url.hpp"
#include "daemon/iam/service_catalogue.hpp"
#include "daemon/source/local_repository.hpp"
#include "reconciler/base/text.hpp"
#include "reconciler/manifest/loader.hpp"
#include "reconciler/report/desired_diff.hpp"

#include <algorithm>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

namespace authzd {
namespace {

/// Whose manifests are compared.
struct Compared {
  std::string name;  // in the configuration; empty: they belong to no account
  AccountId account;
  LoadLimits limits = {};
  std::vector<std::string> paths = {"."};
  std::optional<AccountTraits> traits = {};  // none: the account is not known
};

/// An account as it is in both revisions, which differs where a file of the source names it.
struct ComparedAccount {
  std::optional<Compared> before;  // none: it is not of that revision, or leaves with it
  std::optional<Compared> after;
};

/// The manifests of one account in both revisions; the diffs point into them.
struct TwoStates {
  Desired before;
  Desired after;
};

/// Where both revisions are read.
class Revisions {
 public:
  virtual ~Revisions() = default;
  virtual Async<ComparedRevision> find(std::string name) = 0;
  virtual Async<Fetched> read(ComparedRevision revision, std::vector<std::string> paths) = 0;
  /// The source at a revision that was found; null: there is none.
  [[nodiscard]] virtual std::shared_ptr<Source> at(const ComparedRevision& revision) const = 0;
};

class LocalRevisions final : public Revisions {
 public:
  explicit LocalRevisions(LocalRepository repository) : repository_(std::move(repository)) {}

  Async<ComparedRevision> find(std::string name) override {
    auto commit = co_await repository_.commit_of(name);
    if (!commit) co_return std::move(commit).error();
    ComparedRevision found{std::move(name), *std::move(commit)};
    co_return found;
  }

  Async<Fetched> read(ComparedRevision revision, std::vector<std::string> paths) override {
    GitFolder folder;
    folder.paths = std::move(paths);
    co_return co_await snapshot_of(repository_, revision.commit, std::move(folder));
  }

  std::shared_ptr<Source> at(const ComparedRevision&) const override { return nullptr; }

 private:
  LocalRepository repository_;
};

/// Of the configured source: each revision has a copy of its own, as it may be on any branch.
class RemoteRevisions final : public Revisions {
 public:
  explicit RemoteRevisions(std::shared_ptr<Source> source) : source_(std::move(source)) {}

  Async<ComparedRevision> find(std::string name) override {
    auto made = source_->at(name);
    if (!made) co_return std::move(made).error();
    copies_[name] = *std::move(made);
    ComparedRevision found{std::move(name), {}};
    co_return found;
  }

  Async<Fetched> read(ComparedRevision revision, std::vector<std::string> paths) override {
    co_return co_await copies_.at(revision.name)->fetch(std::move(paths), "");
  }

  std::shared_ptr<Source> at(const ComparedRevision& revision) const override {
    return copies_.at(revision.name);
  }

 private:
  std::shared_ptr<Source> source_;
  std::map<std::string, std::shared_ptr<Source>> copies_;
};

/// Errors: also where the manifests are not valid; what is wrong is shown.
Async<Desired> load(CommandContext context,
                    Revisions& revisions,        // coroutine-ref: the awaiter's
                    ComparedRevision& revision,  // coroutine-ref: the awaiter's
                    std::optional<Compared> account) {
  if (!account) co_return Desired{};
  const Compared& compared = *account;
  auto fetched = co_await revisions.read(revision, compared.paths);
  if (!fetched) co_return std::move(fetched).error();
  if (auto* refused = std::get_if<RefusedRevision>(&*fetched)) co_return std::move(refused->why);
  const Snapshot& snapshot = std::get<Snapshot>(*fetched);
  revision.commit = snapshot.revision;
  const LoadOptions options{.account = compared.account,
                            .now = context.clock.now(),
                            .limits = compared.limits,
                            .services = {.names = &known_services()},
                            .traits = compared.traits ? &*compared.traits : nullptr};
  LoadOutcome loaded = load_manifests(snapshot.files, options);
  if (!has_errors(loaded.diagnostics)) co_return std::move(loaded.desired);
  context.console.err << render(loaded.diagnostics);
  co_return Error{ErrorCode::invalid_manifest, "its manifests have errors"};
}

Async<TwoStates> load_both(CommandContext context,
                           Revisions& revisions,    // coroutine-ref: the awaiter's
                           DiffDocument& document,  // coroutine-ref: the awaiter's
                           ComparedAccount compared) {
  auto before = co_await load(context, revisions, document.from, compared.before);
  if (!before) {
    co_return std::move(before).error().context("revision " + printable(document.from.name));
  }
  auto after = co_await load(context, revisions, document.to, compared.after);
  if (!after) {
    co_return std::move(after).error().context("revision " + printable(document.to.name));
  }
  TwoStates states{*std::move(before), *std::move(after)};
  co_return states;
}

std::string diff_rendered(const DiffDocument& document, OutputForm form, TextStyle style) {
  switch (form) {
    case OutputForm::json: return diff_json(document);
    case OutputForm::markdown: return diff_markdown(document);
    case OutputForm::text: break;
  }
  return diff_text(document, style);
}

/// Which accounts there are in a revision.
using AccountsAt = std::function<Async<std::vector<Compared>>(const ComparedRevision& revision)>;

/// By id, in the order of `before` and then of `after`.
std::vector<ComparedAccount> paired(std::vector<Compared> before, std::vector<Compared> after) {
  std::vector<ComparedAccount> all;
  for (Compared& each : before) all.push_back({std::move(each), {}});
  for (Compared& each : after) {
    const auto is_it = [&](const ComparedAccount& pair) {
      return pair.before && pair.before->account == each.account;
    };
    const auto found = std::ranges::find_if(all, is_it);
    (found == all.end() ? all.emplace_back() : *found).after = std::move(each);
  }
  return all;
}

/// The revisions, and the accounts as they are in both.
Async<std::vector<ComparedAccount>> find_all(Revisions& revisions,  // coroutine-ref: the awaiter's
                                             const DiffCommand& command,  // coroutine-ref: as well
                                             DiffDocument& document,      // coroutine-ref: as well
                                             AccountsAt accounts) {
  auto from = co_await revisions.find(command.from);
  if (!from) co_return std::move(from).error();
  auto to = co_await revisions.find(command.to);
  if (!to) co_return std::move(to).error();
  document.from = *std::move(from);
  document.to = *std::move(to);
  auto before = co_await accounts(document.from);
  if (!before) {
    co_return std::move(before).error().context("revision " + printable(document.from.name));
  }
  auto after = co_await accounts(document.to);
  if (!after) {
    co_return std::move(after).error().context("revision " + printable(document.to.name));
  }
  co_return paired(*std::move(before), *std::move(after));
}

Ending compare(CommandContext context,
               Revisions& revisions,  // coroutine-ref: the awaiter's
               DiffCommand command,
               AccountsAt accounts) {
  DiffDocument document;
  const auto all = co_await find_all(revisions, command, document, std::move(accounts));
  if (!all) {
    co_return fail(context, all.error());
  }
  std::list<TwoStates> states;  // the diffs point into them
  bool differs = false;
  for (const ComparedAccount& compared : *all) {
    auto loaded = co_await load_both(context, revisions, document, compared);
    if (!loaded) {
      co_return fail(context, loaded.error());
    }
    const TwoStates& both = states.emplace_back(*std::move(loaded));
    const Compared& named = compared.after ? *compared.after : *compared.before;
    AccountDiff account{named.name, named.account, diff_desired(both.before, both.after)};
    differs = differs || !account.diff.empty();
    document.accounts.push_back(std::move(account));
  }
  context.console.out << diff_rendered(document, command.output, context.console.style);
  co_return differs&& command.detailed_exitcode ? ExitCode::changes : ExitCode::done;
}

Async<std::vector<Compared>> same_accounts(std::vector<Compared> all) {
  co_return all;
}

/// One `account`, where a call without a configuration names it: the default of source.account.
Ending compare_local(CommandContext context, DiffCommand command) {
  auto repository = LocalRepository::open(command.repository);
  if (!repository) {
    co_return fail(context, repository.error());
  }
  Compared compared;
  compared.account = kAnyAccount;
  const auto& named = context.options.accounts;
  if (named.size() > 1 || (!named.empty() && !is_account_id(named.front()))) {
    co_return fail_usage(context,
                         "without --config, --account is the id of the one account that the "
                         "manifests are of: 32 hex digits");
  }
  if (!named.empty()) compared.account = AccountId{to_lower(named.front())};
  if (!command.paths.empty()) compared.paths = command.paths;
  LocalRevisions revisions(*std::move(repository));
  const AccountsAt accounts = [compared](const ComparedRevision&) {
    return same_accounts({compared});
  };
  co_return co_await compare(context, revisions, std::move(command), accounts);
}

/// Those of the configuration, and those that its files of accounts name in that revision.
Async<std::vector<Compared>> accounts_of(CommandContext context,
                                         Setup setup,
                                         SetupNeeds needs,
                                         std::shared_ptr<Source> source) {
  if (!setup.fleet.empty()) {
    const auto look = co_await add_offline_accounts(setup, std::move(source));
    if (!look) co_return look.error();
    context.console.err << render(look->diagnostics);
    if (!look->failures.empty()) co_return look->failures.front();
    if (auto chosen = choose_accounts(setup, context.options, needs); !chosen) {
      co_return to_error(chosen.error());
    }
  }
  std::vector<Compared> all;
  for (const AccountSetup& account : setup.accounts) {
    const AccountSpec& spec = account.spec;
    if (spec.is_removed) continue;
    all.push_back({spec.name,
                   spec.id,
                   spec.load_limits,
                   spec.paths,
                   AccountTraits{spec.name, spec.labels, spec.params}});
  }
  co_return all;
}

Ending compare_configured(CommandContext context, DiffCommand command) {
  if (!command.paths.empty()) {
    co_return fail_usage(context,
                         "--path is for a repository on this host: the configuration "
                         "says which paths each account has");
  }
  const SetupNeeds needs{.manifests = true, .mode = false, .key = false, .alone = false};
  auto setup = make_setup(context.options, context.environment, needs);
  if (!setup) {
    co_return fail(context, setup.error());
  }
  auto source = make_source(context.executor, context.clock, *setup->source, setup->source_place);
  if (!source) {
    co_return fail(context, source.error());
  }
  RemoteRevisions revisions(*std::move(source));
  const AccountsAt accounts = [&](const ComparedRevision& revision) {
    return accounts_of(context, *setup, needs, revisions.at(revision));
  };
  co_return co_await compare(context, revisions, std::move(command), accounts);
}

}  // namespace

Ending run_command(CommandContext context, DiffCommand command) {
  if (context.options.config) {
    co_return co_await compare_configured(context, std::move(command));
  }
  co_return co_await compare_local(context, std::move(command));
}

}  // namespace authzd
