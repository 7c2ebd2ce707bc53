// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/app/http_frontend.hpp"

#include "daemon/app/daemon_board.hpp"
#include "daemon/http/status_listener.hpp"
#include "daemon/http/webhook.hpp"
#include "daemon/net/small_file.hpp"
#include "daemon/net/version.hpp"

#include <algorithm>
#include <utility>

namespace authzd {
namespace {

std::vector<std::chrono::milliseconds> drift_ages(const Plan& plan, Timestamp now) {
  std::vector<std::chrono::milliseconds> ages;
  for (const Action* action : wanted_actions(plan)) {
    const auto since = action->drift ? parse_rfc3339(action->drift->at) : std::nullopt;
    if (since) ages.push_back(std::max(now - *since, std::chrono::milliseconds(0)));
  }
  return ages;
}

/// `before`: the end of the cycle before it.
CycleFacts facts_of(const AccountRuntime& account,
                    const CycleEnd& end,
                    std::optional<Timestamp> before) {
  CycleFacts facts;
  const auto& run = account.status().last_run;
  if (run) {
    facts.ended = run->ended;
    facts.took = run->ended - run->began;
    facts.drifted = run->drifted;
    if (end.performed) facts.drift_ages = drift_ages(end.performed->planned.plan, run->ended);
    auto deletions = account.state().runs.deletion_times(before.value_or(run->began));
    if (deletions) facts.deletions = std::move(*deletions);
  }
  if (end.performed) {
    facts.plan = &end.performed->planned.plan;
    facts.list_took = end.performed->planned.list_took;
    facts.policies = end.performed->planned.policies;
  }
  if (end.error || (!end.performed && !end.wait)) {
    facts.result = CycleResult::error;
    facts.may_pass = end.error && is_transient(end.error->code);
  } else if (end.performed && count(*end.performed).failed > 0) {
    facts.result = CycleResult::incomplete;
    facts.may_pass = true;
  } else if (end.refusal) {
    facts.result = CycleResult::refused;
  }
  return facts;
}

}  // namespace

struct HttpFrontend::Parts {
  Parts(const CommandContext& context,
        AdminConfig the_admin,
        Daemon& daemon,
        const DaemonSource& source)
      : admin(std::move(the_admin)),
        clock(context.clock),
        board(daemon, source),
        pages({board, cycles, clock, context.randomness, kVersion, context.log, token(), guard()}) {
  }

  std::function<Result<Secret>()> token() {
    if (admin.token_file.empty()) return {};
    return [this] { return read_token_file(admin.token_file, "the token of admin.tokenFile"); };
  }

  std::function<Result<void>(const HttpRequest&)> guard() {
    if (admin.hook_secret_file.empty()) return {};
    return [this](const HttpRequest& request) -> Result<void> {
      const auto secret =
          read_secret_file(admin.hook_secret_file, "the secret of admin.hookSecretFile");
      if (!secret) return secret.error();
      return hooks.admit(request, *secret, clock.now());
    };
  }

  AdminConfig admin;
  Clock& clock;
  DaemonBoard board;
  CycleTally cycles;
  WebhookGuard hooks;
  StatusSite pages;
};

HttpFrontend::HttpFrontend(const CommandContext& context,
                           const AdminConfig& admin,
                           Daemon& daemon,
                           const DaemonSource& source)
    : parts_(std::make_unique<Parts>(context, admin, daemon, source)) {
  daemon.on_cycle([this](const AccountRuntime& account, const CycleEnd& end) {
    const auto before = parts_->cycles.of(account.spec().name).last_reconcile;
    parts_->cycles.add(account.spec().name, facts_of(account, end, before));
    parts_->board.note(account, end);
  });
}

HttpFrontend::~HttpFrontend() = default;

StatusSite& HttpFrontend::pages() {
  return parts_->pages;
}

}  // namespace authzd
