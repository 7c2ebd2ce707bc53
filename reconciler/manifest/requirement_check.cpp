// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "reconciler/manifest/requirement_check.hpp"

#include "reconciler/base/text.hpp"
#include "reconciler/model/role.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace authzd {
namespace {

/// | ticketFor    | needs a ticket                                        | reported at       |
/// |--------------|-------------------------------------------------------|-------------------|
/// | delegate     | a grant with the role Authorization Delegator         | the roles         |
/// | otherAccount | a source whose account is not exactly the own one     | the source        |
/// | widening     | a grant that the revision in force does not have, or  | the first of such |
/// |              | has with fewer roles, an earlier end, or suspended    | grants            |
class RequirementPass {
 public:
  RequirementPass(const Authorization& authorization,
                  const AccountId& account,
                  const RequirementCheck& check,
                  Timestamp now)
      : authorization_(authorization), account_(account), check_(check), now_(now) {}

  void run() {
    if (authorization_.grants.empty() || !authorization_.name_node) return;
    const Rationale& rationale = authorization_.grants.front().rationale;
    if (check_.require.owner && rationale.owner.empty()) owner();
    if (check_.require.max_lifetime) lifetime();
    if (!rationale.ticket.empty()) return;
    if (needs(TicketFor::delegate)) delegation();
    if (needs(TicketFor::other_account)) other_account();
    if (needs(TicketFor::widening)) widening();
  }

 private:
  [[nodiscard]] bool needs(TicketFor what) const {
    return check_.require.ticket_for.contains(what);
  }

  [[nodiscard]] std::string who() const { return "authorization " + quoted(authorization_.name); }

  void report(const YamlCursor& at, std::string message, std::string hint) const {
    if (!check_.is_in_force) return at.error(std::move(message), std::move(hint));
    at.warning(std::move(message),
               hint + "; it is in force already and stays so, but the next revision needs it");
  }

  void owner() const {
    report(*authorization_.name_node,
           who() + " has no owner",
           "the configuration has require.owner: write metadata: {owner: …}, who answers for it");
  }

  void lifetime() const {
    const std::string limit = to_string(*check_.require.max_lifetime);
    const Timestamp latest = now_ + *check_.require.max_lifetime;
    const std::string at_most =
        "at most " + to_rfc3339(std::chrono::floor<std::chrono::seconds>(latest));
    const Grant& grant = authorization_.grants.front();
    if (grant.is_protected) {
      return report(*authorization_.name_node,
                    who() + " is protected, and so never ends",
                    "the configuration has require.maxLifetime: " + limit +
                        "; write spec: {expiresAt: …} in place of protect: true, " + at_most);
    }
    if (!grant.expires_at) {
      return report(*authorization_.name_node,
                    who() + " has no end",
                    "the configuration has require.maxLifetime: " + limit +
                        "; write spec: {expiresAt: …}, " + at_most);
    }
    if (*grant.expires_at <= latest) return;
    report(authorization_.expires_node ? *authorization_.expires_node : *authorization_.name_node,
           "expiresAt is further ahead than " + limit,
           "the configuration has require.maxLifetime: " + limit + "; " + at_most);
  }

  static std::string ticket_hint(std::string_view what) {
    return "the configuration has require.ticketFor: [" + std::string(what) +
           "]; write spec: {ticket: …}";
  }

  void delegation() const {
    const auto& roles = authorization_.grants.front().roles;
    const auto delegates = [](const std::string& role) {
      return role == kAuthorizationDelegator || is_delegator(role);
    };
    if (std::ranges::none_of(roles, delegates)) return;
    report(authorization_.roles_node ? *authorization_.roles_node : *authorization_.name_node,
           who() + " delegates, and has no ticket",
           ticket_hint("delegate"));
  }

  void other_account() const {
    std::optional<SourcePos> reported;  // the grants of a source follow each other
    for (std::size_t i = 0; i < authorization_.grants.size(); ++i) {
      if (authorization_.grants[i].subject.equals_value("accountId") == account_.value) continue;
      const YamlCursor& source = authorization_.nodes[i].source;
      if (reported == source.position()) continue;
      reported = source.position();
      report(source,
             "this source may be in another account, and " + who() + " has no ticket",
             ticket_hint("otherAccount"));
    }
  }

  /// How the revision in force has the grant; null: not at all.
  [[nodiscard]] const Grant* before(const Grant& grant) const {
    const auto& applied = check_.applied->grants;
    const auto found = std::ranges::lower_bound(applied, grant.key, {}, &Grant::key);
    if (found == applied.end() || found->key != grant.key) return nullptr;
    return found->suspend || found->release ? nullptr : &*found;
  }

  [[nodiscard]] bool is_wider(const Grant& grant) const {
    if (grant.suspend || grant.release) return false;
    const Grant* was = before(grant);
    if (was == nullptr) return true;
    if (!std::ranges::includes(was->roles, grant.roles)) return true;
    if (!was->expires_at) return false;
    return !grant.expires_at || *grant.expires_at > *was->expires_at;
  }

  void widening() const {
    if (check_.is_in_force) return;
    if (check_.applied == nullptr) {
      authorization_.name_node->warning(
          who() + " has no ticket",
          "the configuration has require.ticketFor: [widening]; a grant that is new or wider than "
          "in the revision in force needs one, and which one that is, is not known here");
      return;
    }
    const auto& grants = authorization_.grants;
    const auto first =
        std::ranges::find_if(grants, [this](const Grant& grant) { return is_wider(grant); });
    if (first == grants.end()) return;
    const auto count = static_cast<std::size_t>(
        std::count_if(first, grants.end(), [this](const Grant& grant) { return is_wider(grant); }));
    const std::string others =
        count == 1 ? "" : ", like " + count_of(count - 1, "more grant", "more grants");
    const GrantNodes& nodes =
        authorization_.nodes[static_cast<std::size_t>(first - grants.begin())];
    report(nodes.target,
           "this grant is new or wider than in the revision in force" + others + ", and " + who() +
               " has no ticket",
           ticket_hint("widening"));
  }

  const Authorization& authorization_;
  const AccountId& account_;
  const RequirementCheck& check_;
  Timestamp now_;
};

}  // namespace

std::string fingerprint_of(const Requirements& require) {
  if (require == Requirements{}) return {};
  std::string text = require.owner ? "owner" : "";
  for (const TicketFor what : require.ticket_for) {
    text += " ticket" + std::to_string(static_cast<int>(what));
  }
  if (require.max_lifetime) text += " lifetime " + to_string(*require.max_lifetime);
  return text;
}

void check_requirements(const Authorization& authorization,
                        const LoadOptions& options,
                        std::vector<Diagnostic>& problems) {
  const RequirementCheck& check = options.requirements;
  const std::size_t before = problems.size();
  RequirementPass(authorization, options.account, check, options.now).run();
  for (Diagnostic& each : std::span(problems).subspan(before)) each.is_unmet = check.is_in_force;
}

}  // namespace authzd
