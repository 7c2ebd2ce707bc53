// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cycle/audit_trail.hpp"

#include "daemon/audit/audit_sinks.hpp"

#include <utility>

namespace authzd {
namespace {

/// "[account run] intent: delete disks".
std::string text_of(const WriteEvent& event, std::string_view kind) {
  return "[" + event.context.account_name + " " + event.context.run_id + "] " + std::string(kind) +
         ": " + std::string(to_string(event.action.verb)) + " " + event.action.name;
}

AuditLine line_of(const WriteEvent& event, std::string json) {
  AuditLine line{std::move(json), {}};
  line.fields = {{"AUTHZD_ACCOUNT", event.context.account_name},
                 {"AUTHZD_ACCOUNT_ID", event.context.account.value},
                 {"AUTHZD_RUN", event.context.run_id},
                 {"AUTHZD_REVISION", event.context.revision},
                 {"AUTHZD_NAME", event.action.name},
                 {"AUTHZD_VERB", std::string(to_string(event.action.verb))}};
  return line;
}

}  // namespace

Result<void> AuditTrail::before_write(const WriteEvent& event, const Command& write) {
  AuditLine line = line_of(event, audit_intent(event.context, event.action, write));
  line.fields.emplace_back("AUTHZD_EVENT", "intent");
  line.fields.emplace_back("AUTHZD_POLICY", write.id.value);
  line.text = text_of(event, "intent");
  auto written = put(std::move(line), Need::every);
  if (written) return {};
  Error error = std::move(written).error();
  error.message += "; nothing is written to IAM that cannot be written down before";
  return error;
}

Result<void> AuditTrail::after(const WriteEvent& event, const Outcome& outcome) {
  AuditLine line = line_of(event, audit_outcome(event.context, event.action, outcome));
  const PolicyId& id = outcome.stored ? outcome.stored->policy.id : event.action.id;
  line.fields.emplace_back("AUTHZD_EVENT", "outcome");
  line.fields.emplace_back("AUTHZD_POLICY", id.value);
  line.fields.emplace_back("AUTHZD_OUTCOME", std::string(to_string(outcome.kind)));
  line.fields.emplace_back("AUTHZD_TRANSACTION", outcome.transaction_id);
  line.text = text_of(event, "outcome") + " outcome=" + std::string(to_string(outcome.kind)) +
              " policy=" + id.value;
  return put(std::move(line), Need::any);
}

Result<void> AuditTrail::approved(const AuditApproval& approval) {
  AuditLine line{audit_approval(approval), {}};
  line.fields = {{"AUTHZD_ACCOUNT", approval.account_name},
                 {"AUTHZD_ACCOUNT_ID", approval.account.value},
                 {"AUTHZD_EVENT", approval.is_revoked ? "revocation" : "approval"}};
  line.text = "[" + approval.account_name + "] " + line.fields.back().second + ": " +
              approval.what + " by " + approval.who;
  return put(std::move(line), Need::any);
}

Result<void> AuditTrail::rolled_out(const AuditRollout& rollout) {
  AuditLine line{audit_rollout(rollout), {}};
  line.fields = {{"AUTHZD_REVISION", rollout.revision}, {"AUTHZD_EVENT", "rollout"}};
  line.text = "rollout: " + rollout.what + " of " + rollout.revision + " by " + rollout.who;
  return put(std::move(line), Need::any);
}

/// What the next line follows. `cut` is set to what was found after it.
Result<ChainHead> AuditTrail::end_of_log(ChainHead kept, std::string& cut) {
  for (const auto& sink : sinks_) {
    auto tail = sink->tail();
    if (!tail) return std::move(tail).error();
    kept = go_on_from(kept, tail->last);
    cut += tail->cut;
  }
  return kept;
}

/// A line that any sink accepted is part of the log.
Result<void> AuditTrail::put(AuditLine line, Need need) {
  return chain_.extend([&](const ChainHead& kept) -> AuditChain::Written {
    std::string cut;
    auto before = end_of_log(kept, cut);
    if (!before && need == Need::every) return {std::nullopt, std::move(before).error()};
    AuditChain::Written written{std::nullopt, {}};
    const ChainHead last = before ? *before : kept;
    if (!before) written.outcome = std::move(before).error();
    line.json = chained(std::move(line.json), last, cut);
    for (const auto& sink : sinks_) {
      auto taken = sink->write(line);
      if (taken) written.head = head_of(line.json, last.number + 1);
      if (!taken && written.outcome) written.outcome = std::move(taken);
      if (!written.outcome && need == Need::every) break;
    }
    return written;
  });
}

bool is_audited(const std::string& file) {
  return !file.empty() || has_journal();
}

std::shared_ptr<AuditTrail> make_audit_trail(const std::string& file, const std::string& state) {
  std::vector<std::unique_ptr<AuditSink>> sinks;
  if (!file.empty()) sinks.push_back(std::make_unique<AuditFile>(file));
  if (has_journal()) sinks.push_back(std::make_unique<AuditJournal>(send_to_journal()));
  return std::make_shared<AuditTrail>(std::move(sinks), chain_file(state));
}

}  // namespace authzd
